package desk

import "context"

// metaZone is the key of the time zone in which the register began to count the days of
// receipt.
const metaZone = "zone"

// KeepZone returns the time zone in which the register began to count the days of receipt,
// if this desk has another one, and else "". A register that has none noted takes this one.
func (d *Desk) KeepZone(ctx context.Context) (former string, err error) {
	switch zone, err := d.Store.Meta(ctx, metaZone); {
	case err != nil:
		return "", err
	case zone == "":
		return "", d.Store.SetMeta(ctx, metaZone, d.Zone.String())
	case zone != d.Zone.String():
		return zone, nil
	}
	return "", nil
}
