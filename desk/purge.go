package desk

import (
	"context"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// PurgeBefore is the instant before which a request must have been closed and
// left alone, so that its content was kept for the retention.
func (d *Desk) PurgeBefore(retention time.Duration) time.Time { return d.Now().Add(-retention) }

// DayBegins is the first instant of a day in the operator's zone.
func (d *Desk) DayBegins(day rules.Date) time.Time {
	return time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, d.Zone)
}

// Purge removes the content of the requests that were closed before an instant:
// see store.Purge. progress may be nil. ErrDay: the instant lies ahead.
func (d *Desk) Purge(ctx context.Context, before time.Time, a Actor, progress func(done, total int)) (store.Purged, error) {
	if before.After(d.Now()) {
		return store.Purged{}, &store.About{What: rules.DateIn(before, d.Zone).String(), Err: ErrDay}
	}
	return d.Store.Purge(ctx, before, a.String(), d.Now(), progress)
}

// PurgeByItself is the purge of the night, which the configuration asks for.
func (d *Desk) PurgeByItself(ctx context.Context, retention time.Duration) (store.Purged, error) {
	return d.Purge(ctx, d.PurgeBefore(retention), Actor{Login: store.Machine}, nil)
}

// Forget removes what the register holds of one person: see store.Forget. An
// open request needs a reason. Who asked to be left out of marketing stays left
// out, whether that was fulfilled before or not.
func (d *Desk) Forget(ctx context.Context, address, why string, a Actor) (store.Purged, error) {
	f := store.Forgetting{Address: address, Why: why, Actor: a.String(), Suppress: addressDigest(address)}
	for _, k := range d.Policy.Kinds {
		if k.Suppress {
			f.SuppressFor = append(f.SuppressFor, k.ID)
		}
	}
	return d.Store.Forget(ctx, f, d.Now())
}
