package desk

import (
	"context"

	"license.kz/pometka/store"
)

// SameLetter lists the other requests that are not closed and were made by the
// letter that made r. What staff finds out about the letter, its day of receipt
// above all, is said of each of them: nothing moves that nobody named.
func (d *Desk) SameLetter(ctx context.Context, r store.Request) ([]store.Request, error) {
	var list []store.Request
	for _, number := range d.numbersOf(ctx, r) {
		if number == r.Number {
			continue
		}
		other, err := d.Store.Request(ctx, number)
		if err != nil {
			return nil, err
		}
		if !other.Status.Closed() && len(other.Letters) > 0 && other.Letters[0].ID == r.Letters[0].ID {
			list = append(list, other)
		}
	}
	return list, nil
}
