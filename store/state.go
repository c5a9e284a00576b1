package store

import (
	"context"
	"fmt"
	"iter"
	"maps"

	"license.kz/pometka/rules"
)

// State is how a request stood after an event: what is not personal of it. The
// chain of events keeps it for good, so that the register of a day long past
// can be told after any purge.
type State struct {
	Kind       rules.Kind   `json:"kind"` // "" in review
	Candidates []rules.Kind `json:"candidates,omitempty"`
	Status     Status       `json:"status"`
	ReceivedOn rules.Date   `json:"received_on"`
	ActBy      rules.Date   `json:"act_by,omitzero"`
	Assignee   string       `json:"assignee,omitempty"`
	Outcome    string       `json:"outcome,omitempty"` // the reason's code
	Terms      []StateTerm  `json:"terms"`
}

// StateTerm is one term of a State. Due is zero while it stands still.
type StateTerm struct {
	ID          string       `json:"id"`
	Kind        rules.Kind   `json:"kind"`
	Source      rules.Source `json:"source"`
	Due         rules.Date   `json:"due,omitzero"`
	Provisional bool         `json:"provisional,omitempty"` // a year without a published calendar was computed
}

// changesRequest reports whether one of the rows is that of a request or of a
// term.
func changesRequest[K interface{ tableName() string }](rows iter.Seq[K]) bool {
	for key := range rows {
		if name := key.tableName(); name == "requests" || name == "terms" {
			return true
		}
	}
	return false
}

func (k rowKey) tableName() string { return k.table }

// stateAfter is the state of the request for the event that is being written,
// as JSON; "" where the event changes neither the request nor its terms.
func (t *tx) stateAfter(ctx context.Context, number string) (string, error) {
	if number == "" || !changesRequest(maps.Keys(t.rows)) {
		return "", nil
	}
	states, err := t.statesAfter(ctx, []string{number})
	if err == nil && states[number] == "" {
		err = fmt.Errorf("request %s: %w", number, ErrNotFound)
	}
	return states[number], err
}

// statesAfter reads how the requests stand, as JSON by number.
func (t *tx) statesAfter(ctx context.Context, numbers []string) (map[string]string, error) {
	states := make(map[string]string, len(numbers))
	for start := 0; start < len(numbers); start += batch {
		part := numbers[start:min(start+batch, len(numbers))]
		rows, err := t.QueryContext(ctx, `SELECT r.number, r.kind, r.candidates, r.status, r.received_on, r.act_by, r.assignee, r.outcome_code,
			x.term, x.kind, x.source, x.due, coalesce(x.provisional, 0) FROM json_each(?) k CROSS JOIN requests r ON r.number = k.value
			LEFT JOIN terms x ON x.`+termsOf("r.id")+` ORDER BY k.id, x.id`, jsonText(part))
		if err != nil {
			return nil, err
		}
		last, s := "", State{}
		done := func() {
			if last != "" {
				states[last] = jsonText(s)
			}
		}
		if err := scanEach(rows, func() error {
			var number string
			var r State
			var term StateTerm
			if err := rows.Scan(&number, &r.Kind, asJSON{&r.Candidates}, &r.Status, asDate{&r.ReceivedOn}, asDate{&r.ActBy}, &r.Assignee,
				asText[string]{&r.Outcome}, asText[string]{&term.ID}, asText[rules.Kind]{&term.Kind}, asText[rules.Source]{&term.Source}, asDate{&term.Due}, &term.Provisional); err != nil {
				return err
			}
			if number != last {
				done()
				last, s = number, r
				s.Terms = []StateTerm{}
			}
			if term.ID != "" {
				s.Terms = append(s.Terms, term)
			}
			return nil
		}); err != nil {
			return nil, err
		}
		done()
	}
	return states, nil
}
