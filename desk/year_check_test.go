package desk

import (
	"encoding/json"
	"strconv"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// check reads from the history what was told when.
func (y *year) check() {
	all, err := y.Store.Requests(y.t.Context(), store.Filter{All: true})
	if err != nil {
		y.t.Fatal(err)
	}
	overdueSeen, told := 0, 0
	for _, q := range all {
		stages, closed := y.story(q.Number)
		told += len(stages)
		if closed.IsZero() {
			closed = y.Today().AddDays(1)
		}
		if y.jumps {
			continue // on which day a stage was due, the clock itself did not know
		}
		overdueSeen += y.checkRequest(q, stages, closed)
	}
	if len(all) < 100 || told < 200 || overdueSeen == 0 && !y.jumps {
		y.t.Errorf("%d requests, %d stages, %d overdue: the year proves nothing", len(all), told, overdueSeen)
	}
	for key, n := range y.smtp.sent {
		if n > 12 && !y.jumps { // the digest, news once an hour, their ends
			y.t.Errorf("%d letters: %s", n, key)
		}
	}
	if breaks, err := y.Store.Verify(y.t.Context()); err != nil || len(breaks) > 0 {
		y.t.Errorf("history after the year: %v %v", breaks, err)
	}
	y.t.Logf("%d requests, %d overdue, %d stages in %d letters to staff", len(all), overdueSeen, told, y.total)
}

// story is on which day each stage of a request was told of, with "escalated"
// among them, and on which it was closed. A stage told twice is a fault.
func (y *year) story(number string) (stages map[string]rules.Date, closed rules.Date) {
	history, err := y.Store.History(y.t.Context(), number)
	if err != nil {
		y.t.Fatal(err)
	}
	stages = map[string]rules.Date{}
	for _, e := range history {
		day := rules.DateIn(e.At, y.Zone)
		switch e.Code {
		case eventClosed:
			closed = day
		case store.EventEscalated:
			stages["escalated "+day.String()] = day
		case store.EventReminded:
			var s struct {
				Stage string `json:"stage"`
				Start string `json:"clock_start"`
			}
			if err := json.Unmarshal([]byte(e.Detail), &s); err != nil {
				y.t.Fatal(err)
			}
			if _, twice := stages[s.Stage]; twice {
				y.t.Errorf("%s: stage %s is told of twice", number, s.Stage)
			}
			stages[s.Stage] = day
		}
	}
	return stages, closed
}

// checkRequest finds whether staff was told in time: on or before the last day,
// and on every working day after it that the program was up, the officer too.
func (y *year) checkRequest(q store.Request, stages map[string]rules.Date, closed rules.Date) (late int) {
	if q.ActBy.IsZero() {
		return 0
	}
	early, chance := false, false
	registered := rules.DateIn(q.RegisteredAt, y.Zone)
	for _, day := range stages {
		early = early || !day.After(q.ActBy)
	}
	for day := registered; !day.After(q.ActBy) && day.Before(closed); day = day.AddDays(1) {
		chance = chance || y.worked[day] && day.After(registered) && y.Calendar.Remaining(day, q.ActBy) <= 10
	}
	if chance && !early {
		y.t.Errorf("%s, due %v: nobody was told by that day: %v", q.Number, q.ActBy, stages)
	}
	for day := q.ActBy.AddDays(1); day.Before(closed); day = day.AddDays(1) {
		if !y.worked[day] || !y.Calendar.IsWorking(day) {
			continue
		}
		late++
		stage := strconv.Itoa(y.Calendar.Remaining(day, q.ActBy))
		if told, ok := stages[stage]; !ok || told != day {
			y.t.Errorf("%s, due %v: stage %s was told of on %v, want %v", q.Number, q.ActBy, stage, told, day)
		}
		if _, ok := stages["escalated "+day.String()]; !ok {
			y.t.Errorf("%s, due %v: no escalation on record of %v", q.Number, q.ActBy, day)
		}
	}
	return late
}
