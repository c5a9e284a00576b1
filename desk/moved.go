package desk

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strconv"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// Moved is a last day that became another: the day to act by of a request, or the last day
// of one of its terms.
type Moved struct {
	Number   string
	Term     string `json:",omitempty"` // the id of the term; "" for act by
	Old, New rules.Date

	Provisional bool `json:",omitempty"` // a calendar still to be published can move New
}

// Earlier reports whether there is less time than before.
func (m Moved) Earlier() bool {
	return !m.New.IsZero() && (m.Old.IsZero() || m.New.Before(m.Old))
}

// movedDay is a Moved that staff is told of.
type movedDay struct {
	Moved
	Cause string // a code of Recompute
}

// lastDays are the last days of a request.
type lastDays struct {
	ActBy rules.Date
	Terms []store.TermDetail
}

// provisional reports whether a term that ends on the day is.
func (d lastDays) provisional(day rules.Date) bool {
	return !day.IsZero() && slices.ContainsFunc(d.Terms, func(t store.TermDetail) bool { return t.Due == day && t.Provisional })
}

func lastDaysOf(actBy rules.Date, terms []store.Term) lastDays {
	return lastDays{actBy, store.TermDetails(terms)}
}

// lastDaysIn are those that an event tells of.
func lastDaysIn(v *store.Values) lastDays {
	d := lastDays{Terms: v.Terms}
	if v.ActBy != nil {
		d.ActBy = *v.ActBy
	}
	return d
}

// movedDays compares the last days of a request: its act by first, then those
// of the terms that run before and after.
func movedDays(number string, before, after lastDays) (list []Moved) {
	if before.ActBy != after.ActBy {
		list = append(list, Moved{Number: number, Old: before.ActBy, New: after.ActBy, Provisional: after.provisional(after.ActBy)})
	}
	for _, was := range before.Terms {
		for _, is := range after.Terms {
			if is.ID == was.ID && is.Kind == was.Kind && is.Due != was.Due {
				list = append(list, Moved{Number: number, Term: is.ID, Old: was.Due, New: is.Due, Provisional: is.Provisional})
			}
		}
	}
	return list
}

// earlier picks, of the moved days of one request, those to warn of: the day to act by, if
// it came nearer, since staff works by it; else each term whose last day did.
func earlier(days []Moved) (list []Moved) {
	for _, m := range days {
		if !m.Earlier() {
			continue
		}
		if list = append(list, m); m.Term == "" {
			break
		}
	}
	return list
}

// addMoved adds to everybody's letter those of their dates that a recomputation moved
// earlier: less time is left than they think. They are told of each recomputation once, as of
// a stage; until a letter about it has gone out, it is looked for again.
func (d *Desk) addMoved(ctx context.Context, b *book, p *pile, wake func(*letterTo)) error {
	from, err := d.eventIn(ctx, store.MetaMovesTold)
	if b.movesTold = from; err != nil || from >= b.recounted {
		return err
	}
	events, err := d.Store.EventsBetween(ctx, store.EventRecomputed, from, b.recounted)
	if err != nil {
		return err
	}
	each := byNumber(events)
	numbers := make([]string, len(each))
	for i := range each {
		numbers[i] = each[i][0].Number
	}
	told, err := d.tellings(ctx, numbers, b.anew)
	if err != nil {
		return err
	}
	b.movesTold = b.recounted
	for i, n := range numbers {
		if _, open := b.of[n]; !open {
			continue
		}
		days, cause, stages, first := movesOf(each[i], told)
		if len(days) == 0 {
			continue
		}
		b.movesTold = min(b.movesTold, first-1)
		l := p.to(d.owner(b.of[n].assignee, b.today))
		for _, day := range days {
			l.data.Moved = append(l.data.Moved, movedDay{Moved: day, Cause: cause})
		}
		if len(stages) > 0 {
			l.stages = append(l.stages, stages...)
			wake(l)
		}
	}
	return nil
}

// byNumber parts events, in the order of the numbers; those of one number keep theirs.
func byNumber(events []store.Event) (each [][]store.Event) {
	sort.SliceStable(events, func(i, j int) bool { return events[i].Number < events[j].Number })
	from := 0
	for i := range events {
		if i+1 == len(events) || events[i+1].Number != events[from].Number {
			each, from = append(each, events[from:i+1]), i+1
		}
	}
	return each
}

// movesOf are the days of a request that came nearer by those of its events of which no
// letter has gone out (one that a person dropped was seen), the cause of the last and the number of the first of these, and the
// stages of those of which no letter is to tell.
func movesOf(events []store.Event, told tellings) (nearer []Moved, cause string, stages []store.Stage, first int64) {
	var before, after *store.Values
	for i := range events {
		e := &events[i]
		s := store.Stage{Number: e.Number, Stage: stageMoved + strconv.FormatInt(e.Seq, 10)}
		state := told.of[s].State
		if e.Detail == "" || state == store.MailSent || state == store.MailDropped { // "": forgotten
			continue
		}
		m, err := e.ReadDetail()
		if err != nil {
			continue
		}
		if before == nil {
			before, first = m.Before, e.Seq
		}
		after, cause = m.After, m.More.Cause
		if !told.told(s) {
			stages = append(stages, s)
		}
	}
	if before == nil {
		return nil, "", nil, 0
	}
	return earlier(movedDays(events[0].Number, lastDaysIn(before), lastDaysIn(after))), cause, stages, first
}

// movedLine words a day that is nearer now.
func (d *Desk) movedLine(m movedDay, lang rules.Lang) templates.DigestMove {
	term := ""
	if m.Term != "" {
		term = d.Words.T(string(lang), "term."+m.Term)
	}
	return templates.DigestMove{
		Number: m.Number, Term: term, Old: m.Old.Time(), New: m.New.Time(), Provisional: m.Provisional, Earlier: true,
		Cause: d.Words.T(string(lang), "cause."+m.Cause),
	}
}

// movesTold writes down that staff was told of all dates that the recomputations up to
// an event moved.
func (d *Desk) movesTold(ctx context.Context, event int64) error {
	if event == 0 { // there was none
		return nil
	}
	if err := d.Store.SetMeta(ctx, store.MetaMovesTold, strconv.FormatInt(event, 10)); err != nil {
		return fmt.Errorf("note what was told: %w", err)
	}
	return nil
}

// eventIn is the number of an event that the register keeps as one of its small facts;
// 0 where it keeps none.
func (d *Desk) eventIn(ctx context.Context, name string) (int64, error) {
	text, err := d.Store.Meta(ctx, name)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, nil
	}
	return n, nil
}
