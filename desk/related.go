package desk

import (
	"context"
	"slices"

	"license.kz/pometka/store"
)

// SameLetter lists the other requests that are not closed and were made by the
// letter that made r. What staff finds out about the letter, its day of receipt
// above all, is said of each of them: nothing moves that nobody named.
func (d *Desk) SameLetter(ctx context.Context, r store.Request) ([]store.Request, error) {
	numbers, err := d.Store.OfSameLetter(ctx, r.Number)
	if err != nil {
		return nil, err
	}
	var list []store.Request
	for _, number := range numbers {
		if number == r.Number {
			continue
		}
		other, err := d.Store.Request(ctx, number)
		if err != nil {
			return nil, err
		}
		if !other.Status.Closed() {
			list = append(list, other)
		}
	}
	return list, nil
}

// Relatives returns the other requests of the people who wrote the letters of r, the
// latest first, at most limit of them. A form on the site and a colleague who passed a
// letter on send the letters of many people: theirs are no relatives for that.
func (d *Desk) Relatives(ctx context.Context, r store.Request, limit int) ([]store.Relative, error) {
	addresses := []string{r.Sender}
	for _, l := range r.Letters {
		addresses = append(addresses, l.Writer, d.writerOf(l))
	}
	addresses = slices.DeleteFunc(addresses, func(a string) bool {
		return a == "" || d.Operator.Own.Is(a) || d.Operator.Own.IsForm(a)
	})
	return d.Store.Relatives(ctx, r, addresses, limit)
}
