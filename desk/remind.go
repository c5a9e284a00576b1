package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Reminding reads from the register what is due now. It does not depend on when it last ran:
// started twice, late, or after a week, it tells of each stage of each request once. What
// goes out when:
//
//   - the digest, once for every firing of reminders.schedule, in office hours:
//     all that is due, a letter a person (remind_when.go, digest.go);
//   - in between, within the hour and in office hours: what came in and leaves
//     little time (stage "new");
//   - outside the office hours: what would be too late when the office opens.

// stageNew is the stage of a request that is told of as soon as it came in, which is done if
// at most soonDays working days are left for it, or a person must decide what it is.
const (
	stageNew = "new"
	soonDays = 3
)

// bundling is the least time between two letters about what came in: what arrives together
// is told together, and yet within the hour. In the last minutes (closing) of the office
// hours nothing waits any more; the daemon looks at least every nine minutes.
const (
	bundling = time.Hour
	closing  = 10 * time.Minute
)

// Due is one request that staff must know of today.
type Due struct {
	Number     string
	Kind       rules.Kind
	Candidates []rules.Kind `json:",omitempty"` // of a case on review, which has no kind
	Status     store.Status
	ActBy      rules.Date
	DaysLeft   int // working days until ActBy; negative when the day has passed

	// What staff is told of: the term that Foremost names, and the working days
	// until its last day.
	Source      rules.Source
	Last        rules.Date
	Left        int
	Missed      int  `json:",omitempty"` // DaysLeft, where Last is behind the target that was missed
	Waits       int  `json:",omitempty"` // working days for which its terms have stood still, if there are none to be told of
	Provisional bool `json:",omitempty"` // a calendar still to be published can move Last

	Overdue  bool `json:",omitempty"` // a term of the policy or of the law has passed
	Assignee string
	Next     Next
	New      bool `json:",omitempty"` // nobody was told that it came in

	Stage  store.Stage   `json:"-"` // that it has reached; Stage.Stage "": none of the configured ones yet
	Behind store.Stage   `json:"-"` // that it has reached of the term behind a missed target
	Untold []store.Stage `json:"-"` // those that nobody was told of

	Officer []store.Stage `json:"-"` // those that the officer is told of, once it is time for that
	Lost    bool          `json:"-"` // a letter that told of one was lost
}

// RemindReport says what a reminding pass found.
type RemindReport struct {
	Due    []Due    // with stages that nobody was told of, most urgent first
	Drafts []Draft  // the letters, worded; only of a dry run
	Queued int      // letters put into the outbox
	To     []string // their addresses
}

// Remind queues the digest of all that is due, whatever the hour. Each stage
// of a request is told of once, however often Remind runs; a stage that passed
// while nothing ran is made up for by the present one. With dry set nothing is
// queued, and the letters are in the report. store.ErrStale: other processes kept
// telling of parts of it, and nothing was queued.
func (d *Desk) Remind(ctx context.Context, dry bool) (r RemindReport, err error) {
	return d.remindAll(ctx, dry, false)
}

func (d *Desk) remindAll(ctx context.Context, dry, again bool) (r RemindReport, err error) {
	for range 3 {
		// ErrStale: another process told of a part meanwhile. The rest is looked for again.
		if r, err = d.remind(ctx, dry, again); !errors.Is(err, store.ErrStale) {
			return r, err
		}
	}
	return RemindReport{}, err
}

func (d *Desk) remind(ctx context.Context, dry, again bool) (RemindReport, error) {
	b, err := d.book(ctx)
	if err != nil {
		return RemindReport{}, err
	}
	b.again = again
	letters, err := d.digests(ctx, &b)
	if err != nil {
		return RemindReport{}, err
	}
	r := RemindReport{Due: untold(b.due)}
	if dry {
		r.Drafts, err = d.drafts(letters)
		return r, err
	}
	if err := d.queueLetters(ctx, &r, letters, b.anew); err != nil {
		return r, err
	}
	return r, d.movesTold(ctx, b.movesTold)
}

// RemindNow does what the hour asks for, as the daemon does every few minutes:
// the digest when its time has come, else news, else what cannot wait for the
// morning.
func (d *Desk) RemindNow(ctx context.Context) (RemindReport, error) {
	now := d.Now()
	digest, err := d.digestDue(ctx, now)
	if err != nil {
		return RemindReport{}, err
	}
	if digest {
		switch r, err := d.Remind(ctx, false); {
		case errors.Is(err, store.ErrStale): // the next look tells of what the others left
			return RemindReport{}, nil
		case err != nil:
			return r, err
		default:
			return r, d.Store.SetMeta(ctx, store.MetaLastRemind, now.UTC().Format(time.RFC3339))
		}
	}
	return d.between(ctx, now)
}

// between tells, between two digests, of what cannot wait for the next.
func (d *Desk) between(ctx context.Context, now time.Time) (RemindReport, error) {
	var r RemindReport
	events, err := d.Store.LastEvent(ctx)
	if err != nil {
		return r, err
	}
	state := quiet{events, d.Today(), rules.DateIn(d.opens(now), d.Zone), d.atWork(now)}
	if d.quiet == state {
		return r, nil // nothing has happened since nothing was due
	}
	said := d.inWords(state)
	switch noted, err := d.Store.Meta(ctx, store.MetaQuiet); {
	case err != nil:
		return r, err
	case noted == said: // as an earlier process found
		d.quiet = state
		return r, nil
	}
	var letters []letterTo
	var lost, waiting bool
	if state.open {
		var told bool
		if r, told, lost, err = d.tellLost(ctx, now); told || err != nil {
			return r, err
		}
		letters, waiting, err = d.aboutNews(ctx, now, &r)
	} else {
		letters, waiting, err = d.aboutLastDays(ctx, now, state.opens, &r)
	}
	if err != nil {
		return r, err
	}
	if len(letters) == 0 {
		if waiting || lost {
			return RemindReport{}, nil
		}
		d.quiet = state
		return RemindReport{}, d.Store.SetMeta(ctx, store.MetaQuiet, said)
	}
	switch err := d.queueLetters(ctx, &r, letters, time.Time{}); {
	case errors.Is(err, store.ErrStale): // another process was faster: the next look sees what it left
		return RemindReport{}, nil
	case err != nil:
		return r, err
	}
	return r, d.Store.SetMeta(ctx, store.MetaLastNews, now.UTC().Format(time.RFC3339))
}

// inWords writes down a state, with all else on which it depends what is due.
func (d *Desk) inWords(s quiet) string {
	return fmt.Sprintln(s.events, s.day, s.opens, s.open, soonDays, d.stagesBefore(), d.Reminders.Officer != "", d.Calendar.Digest())
}

// quiet is a state of the register and the calendar in which nothing was due.
type quiet struct {
	events     int64
	day, opens rules.Date // the day, and the one on which the office is open next
	open       bool
}

// tellNews reports whether what came in is told now or waits for more.
func (d *Desk) tellNews(now, last time.Time) bool {
	return now.Sub(last) >= bundling || d.clock(now) >= d.Reminders.Hours.withDefaults().To-closing
}

// queueLetters puts the letters into the outbox and takes their stages with
// them, in one transaction, in place of those that were queued before the instant anew.
// ErrStale: another process told of some of them, and nothing was queued.
func (d *Desk) queueLetters(ctx context.Context, r *RemindReport, letters []letterTo, anew time.Time) error {
	notices := make([]store.Notice, len(letters))
	for i, l := range letters {
		n, err := d.notice(l)
		if err != nil {
			return fmt.Errorf("queue reminder: %w", err)
		}
		notices[i] = n
	}
	d.testOnlyStep("reminder worded")
	ids, err := d.Store.Remind(ctx, notices, anew, d.Now())
	if err != nil {
		return fmt.Errorf("queue reminder: %w", err)
	}
	d.testOnlyStep("reminder queued")
	r.Queued = len(ids)
	for _, l := range letters {
		r.To = append(r.To, l.addr)
		if l.data.NoCalendar == 0 {
			continue
		}
		if err := d.Store.SetMeta(ctx, store.MetaCalendarTold, l.data.Today.String()); err != nil {
			return err
		}
	}
	return nil
}
