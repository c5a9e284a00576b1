package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// metaMovesTold is the key of the last event of the history of which staff was
// told that it moved a date.
const metaMovesTold = "moves_told"

// movedDay is a last day that a changed calendar brought nearer.
type movedDay struct {
	Number   string
	Old, New rules.Date
	Cause    string // a code of Recompute
}

// addMoved adds to everybody's letter the dates of theirs that a recomputation
// moved earlier since the last digest: less time is left than they think.
func (d *Desk) addMoved(ctx context.Context, b book, p *pile, wake func(*letterTo)) error {
	told, err := d.Store.Meta(ctx, metaMovesTold)
	if err != nil {
		return err
	}
	last, _ := strconv.ParseInt(told, 10, 64) // "" before the first time
	events, err := d.Store.EventsAfter(ctx, store.EventRecomputed, last)
	if err != nil {
		return err
	}
	moves := map[string]movedDay{}
	var numbers []string
	for _, e := range events {
		m, ok := moveOf(e)
		if _, open := b.of[e.Number]; !ok || !open {
			continue
		}
		if first, again := moves[e.Number]; again {
			m.Old = first.Old
		} else {
			numbers = append(numbers, e.Number)
		}
		moves[e.Number] = m
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		m := moves[n]
		if !(Moved{Old: m.Old, New: m.New}).Earlier() {
			continue
		}
		l := p.to(d.owner(b.of[n].Assignee, b.today))
		l.data.Moved = append(l.data.Moved, m)
		l.moves = events[len(events)-1].Seq
		wake(l)
	}
	return nil
}

// moveOf reads from an event which day it moved.
func moveOf(e store.Event) (movedDay, bool) {
	var detail struct {
		Before, After struct {
			ActBy rules.Date `json:"act_by"`
		}
		More struct {
			Cause string `json:"cause"`
		}
	}
	if e.Detail == "" || json.Unmarshal([]byte(e.Detail), &detail) != nil { // purged
		return movedDay{}, false
	}
	return movedDay{Number: e.Number, Old: detail.Before.ActBy, New: detail.After.ActBy, Cause: detail.More.Cause}, true
}

// movedLine words a day that is nearer now.
func (d *Desk) movedLine(m movedDay, lang rules.Lang) templates.DigestMove {
	return templates.DigestMove{
		Number: m.Number, Old: m.Old.Time(), New: m.New.Time(), Earlier: true,
		Cause: d.Words.T(string(lang), "cause."+m.Cause),
	}
}

// movesTold writes down up to which event staff was told of moved days.
func (d *Desk) movesTold(ctx context.Context, letters []letterTo) error {
	last := int64(0)
	for _, l := range letters {
		last = max(last, l.moves)
	}
	if last == 0 {
		return nil
	}
	if err := d.Store.SetMeta(ctx, metaMovesTold, strconv.FormatInt(last, 10)); err != nil {
		return fmt.Errorf("note what was told: %w", err)
	}
	return nil
}
