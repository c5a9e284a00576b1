package desk

import (
	"context"
	"slices"
)

// What a server refuses for good may still be a passing fault of it, or an address that takes
// no mail any more. A letter to staff that is lost is therefore written anew after an hour
// (tellLost). From the second refusal in a row on, somebody else is told, too, and the address
// is tried only with what is new; after mostRefused not more than once a day. That a letter is
// uncertain may cost its reader one more, since a copy too many harms no one, but not one each
// hour.
const (
	fewRefused    = 2
	mostRefused   = 8
	mostUncertain = 2
)

// redirect gives what is to be told to addresses that took no letter of late to others, too.
func (d *Desk) redirect(ctx context.Context, b book, p *pile, wake func(*letterTo)) error {
	for _, l := range slices.Clone(p.letters) {
		if l.idle {
			continue
		}
		failed, uncertain, err := d.Store.Unheard(ctx, capKeys(l.addr).Address)
		if err != nil {
			return err
		}
		l.idle = b.again && (failed >= mostRefused || uncertain >= mostUncertain)
		if failed < fewRefused {
			continue
		}
		r, found, err := d.instead(ctx, b, l.reader)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		other := p.to(r)
		wake(other)
		for _, x := range l.data.Lines {
			other.add(x)
		}
		other.data.Letters = append(other.data.Letters, l.data.Letters...)
		other.data.Moved = append(other.data.Moved, l.data.Moved...)
		other.data.NoCalendar = max(other.data.NoCalendar, l.data.NoCalendar)
		other.stages, l.stages = append(other.stages, l.stages...), nil
		other.escalated, l.escalated = append(other.escalated, l.escalated...), nil
	}
	return nil
}

// instead is who gets what a reader does not: who takes letters of the address for reminders
// and of the officer.
func (d *Desk) instead(ctx context.Context, b book, of reader) (r reader, found bool, err error) {
	for _, addr := range []string{d.Reminders.To, d.Reminders.Officer} {
		if addr == "" {
			continue
		}
		if r = d.readerAt(addr, b.today); fold(r.addr) == fold(of.addr) {
			continue
		}
		failed, _, err := d.Store.Unheard(ctx, capKeys(r.addr).Address)
		if err != nil || failed < fewRefused {
			return r, err == nil, err
		}
	}
	return reader{}, false, nil
}
