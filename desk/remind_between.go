package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// aboutNews makes the letters about what came in, and about whatever else ends before the
// next digest, while staff is at work. waiting: there is something to tell, but it waits for
// more.
func (d *Desk) aboutNews(ctx context.Context, now time.Time, r *RemindReport) (letters []letterTo, waiting bool, err error) {
	b, err := d.near(ctx)
	if err != nil {
		return nil, false, err
	}
	digest, err := d.NextDigest(ctx)
	if err != nil {
		return nil, false, err
	}
	until, opens := b.today, rules.Date{}
	if rules.DateIn(digest, d.Zone).After(b.today) {
		opens = d.Calendar.NextWorking(b.today)
		until = opens.AddDays(-1)
	}
	news := d.news(b, opens)
	last, err := d.lastTime(ctx, store.MetaLastNews, now)
	if err != nil || len(news) == 0 {
		return nil, false, err
	}
	if !d.tellNews(now, last) {
		return nil, true, nil
	}
	r.Due = untold(news)
	letters, err = d.interimLetters(ctx, b, news, letterReminder, until)
	return letters, false, err
}

// aboutLastDays makes the letters, while nobody is at work, about requests whose last day
// is over before the office opens on the day opens. waiting: a letter about one was lost, and
// the next waits.
func (d *Desk) aboutLastDays(ctx context.Context, now time.Time, opens rules.Date, r *RemindReport) (letters []letterTo, waiting bool, err error) {
	b, err := d.ending(ctx, opens)
	if err != nil {
		return nil, false, err
	}
	last := d.lastChance(b, opens)
	if slices.ContainsFunc(last, wasLost) {
		told, err := d.lastTime(ctx, store.MetaLastNews, now)
		if err != nil {
			return nil, false, err
		}
		if waiting = now.Sub(told) < bundling; waiting {
			last, b.again = notLost(last), false
		} else {
			b.again = true
		}
	}
	r.Due = untold(last)
	letters, err = d.interimLetters(ctx, b, last, letterReminder, opens.AddDays(-1))
	return letters, waiting, err
}

func wasLost(x Due) bool { return x.Lost }

func notLost(due []Due) (rest []Due) {
	for i := range due {
		if !due[i].Lost {
			rest = append(rest, due[i])
		}
	}
	return rest
}

// tellLost tells anew what lost letters had said, an hour after the first was lost. told: it
// has done so; waiting: it will.
func (d *Desk) tellLost(ctx context.Context, now time.Time) (r RemindReport, told, waiting bool, err error) {
	since, err := d.lastTime(ctx, store.MetaLastRemind, now)
	if err != nil {
		return r, false, false, err
	}
	again, err := d.lastTime(ctx, store.MetaLastAgain, now)
	if err != nil {
		return r, false, false, err
	}
	if again.After(since) {
		since = again
	}
	lost, err := d.Store.LostSince(ctx, since)
	if err != nil || lost.IsZero() || lost.After(now) { // told by a clock that was ahead: the next digest does
		return r, false, false, err
	}
	if now.Sub(lost) < bundling {
		return r, false, true, nil
	}
	if r, err = d.remindAll(ctx, false, true); err != nil {
		if errors.Is(err, store.ErrStale) {
			return RemindReport{}, true, false, nil
		}
		return r, false, false, err
	}
	return r, r.Queued > 0, false, d.Store.SetMeta(ctx, store.MetaLastAgain, now.UTC().Format(time.RFC3339))
}

// news lists what is to be told of as new, with that stage alone, and with all of theirs the
// requests whose last day is over before the office opens on the day opens, unless that is zero.
func (d *Desk) news(b book, opens rules.Date) []Due {
	var out []Due
	for _, x := range b.due {
		if x.Lost { // tellLost does
			continue
		}
		if x.endsBefore(opens) {
			out = append(out, x)
			continue
		}
		for _, s := range x.Untold {
			if s.Stage == stageNew {
				officer := x.Officer
				x.Untold, x.Officer = []store.Stage{s}, nil
				for _, o := range officer {
					if o == ofOfficer(s) {
						x.Officer = append(x.Officer, o)
					}
				}
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
		if x.endsBefore(opens) {
			out = append(out, x)
		}
	}
	return out
}

// endsBefore reports whether the last day of a request is over before a day, and nobody was
// told.
func (x *Due) endsBefore(day rules.Date) bool {
	return x.Left >= 0 && x.Waits == 0 && x.Last.Before(day) && len(x.Untold) > 0
}
