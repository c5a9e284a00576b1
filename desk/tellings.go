package desk

import (
	"context"
	"fmt"
	"strings"
	"time"

	"license.kz/pometka/store"
)

// tellings say which stages staff was told of.
type tellings struct {
	of   map[store.Stage]store.Telling
	anew time.Time // book.anew
}

func (d *Desk) tellings(ctx context.Context, numbers []string, anew time.Time) (tellings, error) {
	of, err := d.Store.Reminded(ctx, numbers)
	if err != nil {
		return tellings{}, fmt.Errorf("read reminders: %w", err)
	}
	return tellings{of, anew}, nil
}

// told reports whether staff was told of a stage, or will be by a letter on its way.
func (t tellings) told(s store.Stage) bool {
	by, there := t.of[s]
	return there && !t.waits(by) && !by.Lost()
}

// lost reports whether the letter that told of a stage was lost.
func (t tellings) lost(s store.Stage) bool { return t.of[s].Lost() }

// lost reports whether a letter in that state is.
func lost(state store.MailState) bool { return store.Telling{State: state}.Lost() }

// waits reports whether a letter has not gone out and is to be written anew.
func (t tellings) waits(by store.Telling) bool {
	return by.State == store.MailQueued && by.Since.Before(t.anew)
}

// clocks are those of which some stage was told, as stages without a name.
func (t tellings) clocks() map[store.Stage]bool {
	clocks := map[store.Stage]bool{}
	for s := range t.of {
		if t.told(s) && !strings.HasPrefix(s.Stage, stageOfficer) {
			clocks[store.Stage{Number: s.Number, ClockStart: s.ClockStart}] = true
		}
	}
	return clocks
}

// The stages of a request that tell of something else than of a day that comes near. They
// go on with the id of a letter, or the number of an event.
const (
	stageMail  = "mail:"
	stageMoved = "moved:"

	// Goes on with the stage at which the officer is told, by a letter that may go another
	// way than the one to whoever is in charge.
	stageOfficer = "officer:"
)

func ofOfficer(s store.Stage) store.Stage {
	s.Stage = stageOfficer + s.Stage
	return s
}

// fill enters into x what nobody was told of.
func (t tellings) fill(x *Due, clocks map[store.Stage]bool) {
	stages := []store.Stage{x.Stage, x.Behind}
	any := store.Stage{Number: x.Number, ClockStart: x.Stage.ClockStart}
	if x.New = (x.Status == store.StatusReview || x.DaysLeft <= soonDays) && !clocks[any]; x.New {
		stages = append(stages, store.Stage{Number: x.Number, Stage: stageNew, ClockStart: x.Stage.ClockStart, ActBy: x.ActBy})
	}
	for _, s := range stages {
		if s.Stage == "" {
			continue
		}
		untold, officer := !t.told(s), ofOfficer(s)
		if untold {
			x.Untold = append(x.Untold, s)
		}
		if _, once := t.of[officer]; (untold || once) && !t.told(officer) {
			x.Officer = append(x.Officer, officer)
		}
		x.Lost = x.Lost || t.lost(s) || t.lost(officer)
	}
}
