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
}

// RemindReport says what a reminding pass found.
type RemindReport struct {
	Due    []Due    // with stages that nobody was told of, most urgent first
	Drafts []Draft  // the letters, worded; only of a dry run
	Queued int      // letters put into the outbox
	To     []string // their addresses

	freed bool // of some stages nobody is told any more
}

// Remind queues the digest of all that is due, whatever the hour. Each stage
// of a request is told of once, however often Remind runs; a stage that passed
// while nothing ran is made up for by the present one. With dry set nothing is
// queued, and the letters are in the report. store.ErrStale: other processes kept
// telling of parts of it, and nothing was queued.
func (d *Desk) Remind(ctx context.Context, dry bool) (r RemindReport, err error) {
	for range 3 {
		// ErrStale: another process told of a part meanwhile. The rest is looked for again,
		// and so is what a letter said that gave way to one of these.
		var now RemindReport
		if now, err = d.remind(ctx, dry); errors.Is(err, store.ErrStale) {
			continue
		}
		r.Due, r.Drafts, r.To = append(r.Due, now.Due...), append(r.Drafts, now.Drafts...), append(r.To, now.To...)
		r.Queued += now.Queued
		if err != nil || !now.freed {
			return r, err
		}
	}
	return r, err
}

func (d *Desk) remind(ctx context.Context, dry bool) (RemindReport, error) {
	b, err := d.book(ctx)
	if err != nil {
		return RemindReport{}, err
	}
	letters, err := d.digests(ctx, &b)
	if err != nil {
		return RemindReport{}, err
	}
	r := RemindReport{Due: untold(b.due)}
	if dry {
		r.Drafts, err = d.drafts(letters)
		return r, err
	}
	if len(letters)+len(b.unsent) > 0 {
		if err := d.queueLetters(ctx, &r, letters, b.anew); err != nil {
			return r, err
		}
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
	waiting := false
	if state.open {
		letters, waiting, err = d.aboutNews(ctx, now, &r)
	} else {
		letters, err = d.aboutLastDays(ctx, state.opens, &r)
	}
	if err != nil {
		return r, err
	}
	if len(letters) == 0 {
		if waiting {
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

// aboutNews makes the letters about what came in, while staff is at work. waiting: there is
// something to tell, but it waits for more.
func (d *Desk) aboutNews(ctx context.Context, now time.Time, r *RemindReport) (letters []letterTo, waiting bool, err error) {
	b, err := d.near(ctx)
	if err != nil {
		return nil, false, err
	}
	news := d.news(b)
	last, err := d.lastTime(ctx, store.MetaLastNews, now)
	if err != nil || len(news) == 0 {
		return nil, false, err
	}
	if !d.tellNews(now, last) {
		return nil, true, nil
	}
	r.Due = untold(news)
	return d.interimLetters(b, news, letterReminder, b.today), false, nil
}

// aboutLastDays makes the letters, while nobody is at work, about requests whose last day
// is over before the office opens on the day opens.
func (d *Desk) aboutLastDays(ctx context.Context, opens rules.Date, r *RemindReport) ([]letterTo, error) {
	b, err := d.ending(ctx, opens)
	if err != nil {
		return nil, err
	}
	last := d.lastChance(b, opens)
	r.Due = untold(last)
	return d.interimLetters(b, last, letterReminder, opens.AddDays(-1)), nil
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

// news lists what is to be told of as new, with that stage alone.
func (d *Desk) news(b book) []Due {
	var out []Due
	for _, x := range b.due {
		for _, s := range x.Untold {
			if s.Stage == stageNew {
				x.Untold = []store.Stage{s}
				out = append(out, x)
				break
			}
		}
	}
	return out
}

// lastChance lists the requests of which nobody was told and whose last day is over before
// the office opens again.
func (d *Desk) lastChance(b book, opens rules.Date) []Due {
	var out []Due
	for _, x := range b.due {
		if x.Left >= 0 && x.Waits == 0 && x.Last.Before(opens) && len(x.Untold) > 0 {
			out = append(out, x)
		}
	}
	return out
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
	done, err := d.Store.Remind(ctx, notices, anew, d.Now())
	if err != nil {
		return fmt.Errorf("queue reminder: %w", err)
	}
	d.testOnlyStep("reminder queued")
	r.Queued, r.freed = len(done.Mails), done.Freed
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
