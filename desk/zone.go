package desk

import (
	"context"

	"license.kz/pometka/store"
)

// KeepZone returns the time zone in which the register began to count the days of receipt,
// if this desk has another one, and else "". A register that has none noted takes this one.
func (d *Desk) KeepZone(ctx context.Context) (former string, err error) {
	switch zone, err := d.Store.Meta(ctx, store.MetaZone); {
	case err != nil:
		return "", err
	case zone == "":
		return "", d.Store.SetMeta(ctx, store.MetaZone, d.Zone.String())
	case zone != d.Zone.String():
		return zone, nil
	}
	return "", nil
}
