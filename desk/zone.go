package desk

import (
	"context"

	"license.kz/pometka/store"
)

// FormerZone returns the time zone in which the register began to count the days of
// receipt, if this desk has another one, and else "".
func (d *Desk) FormerZone(ctx context.Context) (string, error) {
	zone, err := d.Store.Meta(ctx, store.MetaZone)
	if err != nil || zone == d.Zone.String() {
		return "", err
	}
	return zone, nil
}

// KeepZone notes the zone of this desk in a register that has none noted.
func (d *Desk) KeepZone(ctx context.Context) error {
	zone, err := d.Store.Meta(ctx, store.MetaZone)
	if err != nil || zone != "" {
		return err
	}
	return d.Store.SetMeta(ctx, store.MetaZone, d.Zone.String())
}
