package desk

import (
	"context"
	"time"

	"license.kz/pometka/store"
)

// A wrong clock makes every date wrong. Two witnesses give it away: the instants in the
// register, which cannot lie ahead of now; and the moments of receipt (INTERNALDATE) of
// letters that came since the last pass, which the mail server's clock wrote just now.

const (
	// ClockSlack is by how much two clocks may differ. Terms are counted in days, but
	// Message-IDs, log-ins with tokens and the order of events in seconds.
	ClockSlack = 2 * time.Minute
	clockDay   = 24 * time.Hour // after which a clock that the register contradicts is believed
)

// sighting is a letter that a pass found.
type sighting struct{ received, seen time.Time }

// lag is how long before the pass the letter was received.
func (s sighting) lag() time.Duration { return s.seen.Sub(s.received) }

// witness is what fresh letters say of the clock.
type witness struct {
	looked time.Time // beginning of the last pass that ended; zero: there was none
	latest time.Time // the latest moment of receipt of all letters; none that came later has an earlier one, unless it was moved
	late   sighting  // since it all letters say that the clock is ahead, and by the same span; zero: they do not
	early  sighting  // since it odd letters say that the clock is behind, and by the same span; zero: they do not
	off    time.Time // since when the letters contradict the clock; zero: they do not
	agreed bool      // the last letter agreed with it
}

// enoughBetween is the least time between two letters that prove a clock to be ahead: letters
// of one moment can be moved at one moment.
const enoughBetween = 30 * time.Second

// arrived takes in the newest moment of receipt that a pass saw, and the newest of those that
// are odd; zero: there was none. begun is when the pass began.
//
// A letter that came since the last pass was received between that pass and this one. If
// it was received later than now, the clock is behind: one such letter proves it, unless it
// is odd (see testifies). If it was received long before, a person may have moved it into the
// folder. Such letters prove that the clock is ahead only where each was received after all
// that came before it, and where as much time passed between their receipts as between the
// passes that found them: a clock that is wrong goes on at the pace of the server's, and
// letters that are moved one after the other were not received at the pace of the hand. Odd
// letters prove in the same way that it is behind, if no other letter agrees with it.
func (w *witness) arrived(newest, odd, begun, now time.Time) {
	since := w.looked
	w.looked = begun
	if since.IsZero() || now.Sub(since) < 0 {
		return
	}
	between := now.Sub(since)
	if !newest.IsZero() {
		w.heard(sighting{newest, now}, between)
	}
	if !odd.IsZero() && (newest.IsZero() || !w.agreed) && w.keepsPace(&w.early, sighting{odd, now}, between) {
		w.off = now
	}
}

// heard takes in the newest letter that is not odd.
func (w *witness) heard(is sighting, between time.Duration) {
	moved := is.received.Before(w.latest)
	if !moved && is.lag() >= 0 {
		w.latest = is.received
	}
	w.agreed = false
	switch {
	case is.lag() < -ClockSlack:
		w.off, w.late = is.seen, sighting{}
	case is.lag() <= between+ClockSlack:
		w.off, w.late, w.early, w.agreed = time.Time{}, sighting{}, sighting{}, true
	case moved:
	case w.keepsPace(&w.late, is, between):
		w.off = is.seen
	}
}

// keepsPace reports whether the letter says of the clock what the first of its kind said. If
// it says something else, it is the first from now on.
func (w *witness) keepsPace(first *sighting, is sighting, between time.Duration) bool {
	if first.seen.IsZero() || (is.lag()-first.lag()).Abs() > between+ClockSlack {
		*first = is
		return false
	}
	return is.samePace(*first)
}

// samePace reports whether both clocks counted the same time between two letters, to a
// quarter of it: each may have waited some time for its pass.
func (s sighting) samePace(earlier sighting) bool {
	span := s.seen.Sub(earlier.seen)
	return span >= enoughBetween && (s.lag()-earlier.lag()).Abs() <= span/4
}

// byLetters is Trouble.Count where letters contradicted the clock: then only a letter
// that agrees with it ends the trouble.
const byLetters = 1

// testifies notes what a letter that just came says of the clock. The first pass of a folder
// reads old letters, one that is read anew may hold copies, a junk folder gets letters that
// were moved, and what the register knows was moved or is read anew: none of them counts.
//
// A letter that a client laid there bears whatever moment that named, mostly the Date of its
// sender, which may lie years ahead. So the server's moment counts for itself only where it is
// at most a day ahead, or the topmost Received is as far ahead; else the letter is odd. Where
// that field says that the letter came since the last pass, it is no wrong clock of ours that
// makes the moment lie ahead, by whatever span.
func (p *folderPass) testifies(l *letter) {
	at, now := l.head.InternalDate, p.Now()
	if l.undated {
		at = l.ahead
	}
	if p.cur.FirstPass || p.folder.Junk || p.copies.lay(l.head.UID) || l.seenBefore || undated(at) {
		return
	}
	confirmed := l.readWhole && l.ahead.IsZero() // see settleReceipt
	if at.Sub(now) > clockDay && !confirmed {
		p.report.odd = later(p.report.odd, at)
		return
	}
	if l.readWhole && l.msg.Stamped {
		came := l.msg.ReceivedAt
		if at.Sub(now) > ClockSlack && came.Sub(now) <= ClockSlack && p.witness.looked.Sub(came) <= ClockSlack {
			at = came
		}
	}
	p.report.newest = later(p.report.newest, at)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// checkClock raises the trouble when a witness contradicts the clock, and ends it when
// the same witness agrees, or after a day. last is when the newest event was written.
// The register keeps the latest instant that was seen, to the minute.
func (d *Desk) checkClock(ctx context.Context, now, last time.Time) error {
	text, err := d.Store.Meta(ctx, store.MetaClock)
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
	ahead := high.Sub(now) > ClockSlack
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
	return d.Store.SetMeta(ctx, store.MetaClock, at.UTC().Format(time.RFC3339))
}
