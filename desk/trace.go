package desk

import (
	"context"
	"encoding/json"
	"errors"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Trace tells why the dates of a request are what they are: each term with what it rests on,
// and its count day by day. The history keeps one with every act that set dates, so that a
// date can be explained after the calendar or the policy has changed. It is also what
// explain shows.
type Trace struct {
	ReceivedOn rules.Date    `json:"received_on"`
	ActBy      rules.Date    `json:"act_by"`
	Policy     string        `json:"policy"`   // digest of the edition that was applied
	Calendar   string        `json:"calendar"` // digest of the calendar that was counted by
	Terms      []TracedTerm  `json:"terms"`
	Idle       []rules.Term  `json:"-"` // terms of the kind that do not run
	About      store.Request `json:"-"` // zero for a count ahead, without a request
}

// TracedTerm is one term of a Trace. Due is zero while it stands still.
type TracedTerm struct {
	ID          string       `json:"id"`
	Kind        rules.Kind   `json:"kind"`
	Name        rules.Text   `json:"name"`
	Source      rules.Source `json:"source"`
	Basis       rules.Text   `json:"basis"`
	Condition   string       `json:"condition,omitempty"`
	Days        int          `json:"days"`
	Unit        rules.Unit   `json:"unit"`
	From        rules.Date   `json:"from"` // the count starts on the day after
	DayOne      rules.Date   `json:"day_one"`
	Due         rules.Date   `json:"due"`
	Provisional bool         `json:"provisional,omitempty"`
	Waits       []rules.Wait `json:"waits,omitempty"`
	Count       Count        `json:"count"`
}

// Count is the count of a term day by day. In JSON days that follow each other
// and differ in nothing but their number are one element, from "date" to
// "through"; "number" is that of the first.
type Count []TracedDay

// span is an element of a Count in JSON.
type span struct {
	TracedDay
	Through rules.Date `json:"through,omitzero"`
}

// MarshalJSON writes the count as spans.
func (c Count) MarshalJSON() ([]byte, error) {
	spans := []span{}
	for i, day := range c {
		if i > 0 && continues(c[i-1], day) {
			spans[len(spans)-1].Through = day.Date
		} else {
			spans = append(spans, span{TracedDay: day})
		}
	}
	return json.Marshal(spans)
}

// continues reports whether b is the same as a but for the date and the number.
func continues(a, b TracedDay) bool {
	numbered := a.Number == 0 && b.Number == 0 || a.Number > 0 && b.Number == a.Number+1
	return numbered && b.Date == a.Date.AddDays(1) && a.Kind == b.Kind && a.Working == b.Working && a.Waiting == b.Waiting &&
		a.Name == nil && b.Name == nil && a.Act == b.Act
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Count) UnmarshalJSON(b []byte) error {
	var spans []span
	if err := json.Unmarshal(b, &spans); err != nil {
		return err
	}
	*c = nil
	for _, s := range spans {
		day := s.TracedDay
		*c = append(*c, day)
		for day.Date.Before(s.Through) {
			day.Date = day.Date.AddDays(1)
			if day.Number > 0 {
				day.Number++
			}
			*c = append(*c, day)
		}
	}
	return nil
}

// TracedDay is one day of a count. An ordinary working day has no kind, and a day that is not
// counted has no number.
type TracedDay struct {
	Date    rules.Date    `json:"date"`
	Number  int           `json:"number,omitempty"`
	Kind    rules.DayKind `json:"kind,omitempty"` // "": an ordinary working day
	Working bool          `json:"working,omitempty"`
	Name    *rules.Text   `json:"name,omitempty"` // of the holiday or of the move
	Act     string        `json:"act,omitempty"`
	Waiting bool          `json:"waiting,omitempty"`
}

// TraceOf writes the count of deadlines down, by the calendar and the policy
// that gave them.
func TraceOf(c *rules.Calendar, p *rules.Policy, received rules.Date, due rules.Deadlines) Trace {
	t := Trace{ReceivedOn: received, ActBy: due.ActBy, Policy: p.Digest, Calendar: c.Digest(), Terms: make([]TracedTerm, 0, len(due.Terms))}
	for _, d := range due.Terms {
		t.Terms = append(t.Terms, TracedTerm{
			ID: d.Term.ID, Kind: d.Kind, Name: d.Term.Name, Source: d.Term.Source, Basis: d.Term.Basis, Condition: d.Term.Condition,
			Days: d.Term.Days, Unit: d.Term.Unit, From: d.From, DayOne: d.DayOne, Due: d.Due, Provisional: d.Provisional,
			Waits: d.Waits, Count: tracedDays(c.Trace(d)),
		})
	}
	return t
}

func tracedDays(days []rules.Counted) Count {
	out := make(Count, 0, len(days))
	for _, c := range days {
		d := TracedDay{Date: c.Date, Number: c.Number, Act: c.Act, Waiting: c.Waiting}
		if c.Kind != rules.DayWorkday {
			d.Kind, d.Working = c.Kind, c.Working
		}
		if c.Name.RU != "" {
			name := c.Name
			d.Name = &name
		}
		out = append(out, d)
	}
	return out
}

// IdleTerms lists the terms of the kind that are not among those of due, since their condition
// is not met, the request was received before they came into force, or the settings leave
// them out.
func IdleTerms(p *rules.Policy, k rules.Kind, due rules.Deadlines) []rules.Term {
	rule, ok := p.Kind(k)
	if !ok {
		return nil
	}
	var out []rules.Term
	runs := map[string]bool{}
	for _, d := range due.Terms {
		runs[d.Term.ID] = true
	}
	for _, t := range rule.Terms {
		if !runs[t.ID] {
			out = append(out, t)
		}
	}
	return out
}

// Explain returns why the dates of a request are what they are. Those of a
// closed request are told as they were counted last: a calendar that changed
// after it was closed does not concern it. Where the count was removed with the content,
// it is made anew, unless it would give other dates than those on record.
func (d *Desk) Explain(ctx context.Context, number string) (Trace, error) {
	r, err := d.Store.Request(ctx, number)
	if err != nil {
		return Trace{}, err
	}
	if r.Status.Closed() {
		t, found, err := d.keptTrace(ctx, number)
		if err != nil || found {
			t.About = r
			return t, err
		}
	}
	p, due, err := d.counted(ctx, r)
	if err != nil {
		return Trace{}, err
	}
	if r.Status.Closed() && causeOf(r.Terms, terms(due)) != "" {
		return recordedDates(r), nil
	}
	t := TraceOf(d.Calendar, p, r.ReceivedOn, due)
	t.About, t.Idle = r, IdleTerms(p, r.Kind, due)
	return t, nil
}

// recordedDates are the dates of a request without their count.
func recordedDates(r store.Request) Trace {
	t := Trace{ReceivedOn: r.ReceivedOn, ActBy: r.ActBy, Policy: r.Policy.Digest, About: r}
	for _, x := range r.Terms {
		t.Terms = append(t.Terms, TracedTerm{
			ID: x.ID, Kind: x.Kind, Name: x.Name, Source: x.Source, Basis: x.Basis, Condition: x.Condition, Days: x.Days, Unit: x.Unit,
			From: x.From, DayOne: x.DayOne, Due: x.Due, Provisional: x.Provisional,
		})
	}
	return t
}

// keptTrace returns the last trace that the history of a request holds.
func (d *Desk) keptTrace(ctx context.Context, number string) (t Trace, found bool, err error) {
	history, err := d.Store.History(ctx, number)
	if err != nil {
		return t, false, err
	}
	for i := len(history) - 1; i >= 0; i-- {
		detail, err := history[i].ReadDetail()
		if err == nil && detail.More.Trace != nil {
			err = json.Unmarshal(detail.More.Trace, &t)
			found = err == nil
		}
		var wrong *json.UnmarshalTypeError
		switch {
		case found:
			return t, true, nil
		case errors.As(err, &wrong): // it has another form
			t = Trace{}
		case err != nil:
			return Trace{}, false, err
		}
	}
	return t, false, nil
}

// trace writes a count down for the history.
func (d *Desk) trace(p *rules.Policy, received rules.Date, due rules.Deadlines) json.RawMessage {
	body, _ := json.Marshal(TraceOf(d.Calendar, p, received, due)) // texts, dates and numbers always marshal
	return body
}
