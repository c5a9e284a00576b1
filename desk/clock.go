package desk

import (
	"context"
	"time"
)

// A wrong clock moves every date. Two witnesses tell of it: what the register
// holds already, which cannot lie ahead, and the moments of receipt
// (INTERNALDATE) of letters that came while the program was looking, which the
// mail server's clock wrote a moment ago.

const (
	clockSlack = 2 * time.Minute // by which two clocks may differ
	clockDay   = 24 * time.Hour  // after which a clock is believed again
)

// metaClock is the latest instant that the program has seen.
const metaClock = "clock_high"

// witness is what fresh letters say of the clock.
type witness struct {
	looked time.Time     // beginning of the last pass that ended; zero: there was none
	ahead  time.Duration // by how much the clock seemed ahead at the last letter; 0: it did not
	off    time.Time     // since when the letters contradict the clock; zero: they do not
	agreed bool          // the last letter agreed with it
}

// arrived takes in the newest moment of receipt that a pass saw. begun is when
// the pass began.
//
// A letter that came since the last pass was received between the two. One that
// lies ahead of the clock is proof enough, for nothing is received tomorrow. One
// that lies far behind may have been moved here by a person: only two such, at
// different passes and by the same span, say that the clock is ahead.
func (w *witness) arrived(newest, begun, now time.Time) {
	since := w.looked
	w.looked = begun
	if newest.IsZero() || since.IsZero() || now.Sub(since) < 0 {
		return
	}
	lag, between := now.Sub(newest), now.Sub(since)
	w.agreed = false
	switch {
	case lag < -clockSlack:
		w.off, w.ahead = now, 0
	case lag <= between+clockSlack:
		w.off, w.ahead, w.agreed = time.Time{}, 0, true
	case w.ahead != 0 && (lag-w.ahead).Abs() <= between+clockSlack:
		w.off, w.ahead = now, lag
	default:
		w.ahead = lag
	}
}

// byLetters is the count of a trouble that letters told of: letters end it.
const byLetters = 1

// witnesses notes the newest moment of receipt of letters that just came. What
// a first pass reads is old, and junk is moved about.
func (p *folderPass) witnesses(letters []*letter) {
	if p.cur.FirstPass || p.folder.Junk {
		return
	}
	for _, l := range letters {
		if l.head.InternalDate.After(p.report.newest) {
			p.report.newest = l.head.InternalDate
		}
	}
}

// checkClock raises the trouble when a witness contradicts the clock, and ends
// it when the same witness agrees, or after a day. last is when the newest event
// was written. It keeps the latest instant, to the minute.
func (d *Desk) checkClock(ctx context.Context, now, last time.Time) error {
	text, err := d.Store.Meta(ctx, metaClock)
	if err != nil {
		return err
	}
	kept, err := time.Parse(time.RFC3339, text)
	if err != nil {
		kept = time.Time{}
	}
	t, known, err := d.trouble(ctx, TroubleClock)
	if err != nil {
		return err
	}
	high := kept
	if last.After(high) {
		high = last
	}
	ahead := high.Sub(now) > clockSlack
	believed := d.witness.agreed || known && now.Sub(t.Since) >= clockDay
	switch {
	case !d.witness.off.IsZero():
		return d.Raise(ctx, TroubleClock, byLetters, d.witness.off)
	case ahead && !believed:
		if err := d.keepClock(ctx, high); err != nil { // the alarm itself will be the newest event
			return err
		}
		return d.Raise(ctx, TroubleClock, 0, now)
	case known && t.Count == byLetters && !believed:
		return nil
	case now.Sub(kept) >= time.Minute, ahead, known:
		if err := d.keepClock(ctx, now); err != nil {
			return err
		}
		return d.Clear(ctx, TroubleClock)
	}
	return nil
}

func (d *Desk) keepClock(ctx context.Context, at time.Time) error {
	return d.Store.SetMeta(ctx, metaClock, at.UTC().Format(time.RFC3339))
}
