package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
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
	return there && !t.waits(by)
}

// waits reports whether a letter has not gone out and is to be written anew.
func (t tellings) waits(by store.Telling) bool {
	return by.State == store.MailQueued && by.Since.Before(t.anew)
}

// clocks are those of which some stage was told, as stages without a name.
func (t tellings) clocks() map[store.Stage]bool {
	clocks := map[store.Stage]bool{}
	for s := range t.of {
		if t.told(s) {
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
)

// repeats reports whether the letter says what another letter was the first to say.
func (l *letterTo) repeats(s store.Stage) bool {
	if id, ok := strings.CutPrefix(s.Stage, stageMail); ok {
		id, _, _ = strings.Cut(id, ":")
		for _, m := range l.data.Letters {
			if m.Number == s.Number && strconv.FormatInt(m.ID, 10) == id {
				return true
			}
		}
		return false
	}
	if strings.HasPrefix(s.Stage, stageMoved) {
		for _, m := range l.data.Moved {
			if m.Number == s.Number {
				return true
			}
		}
		return false
	}
	return l.has[s.Number]
}

// bulletinOf is what a letter to staff says; false: it cannot be told.
func bulletinOf(m store.Mail) (b bulletin, ok bool) {
	var data mailData
	if json.Unmarshal([]byte(m.Data), &data) != nil || len(data.Lines) == 0 || json.Unmarshal(data.Lines, &b) != nil {
		return bulletin{}, false
	}
	return b, true
}
