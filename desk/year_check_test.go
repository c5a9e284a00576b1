package desk

import (
	"encoding/json"
	"slices"
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
	if len(all) < y.days/6 || told < y.days/6 { // a letter every thirty hours or so, most told of once at least
		y.t.Errorf("%d requests, %d stages in %d days: they prove nothing", len(all), told, y.days)
	}
	y.checkDigests()
	for key, n := range y.smtp.sent {
		if n > 12 && !y.jumps { // the digest, news once an hour, their ends
			y.t.Errorf("%d letters: %s", n, key)
		}
	}
	if breaks, err := y.Store.Verify(y.t.Context()); err != nil || len(breaks) > 0 {
		y.t.Errorf("history after the year: %v %v", breaks, err)
	}
	if y.behind == 0 && y.proves { // an office may have no stage that a term behind reaches
		y.t.Error("no term came near behind a missed target: that proves nothing")
	}
	if y.silent == 0 && !y.jumps && y.days > 300 {
		y.t.Error("no request waited for long: that proves nothing")
	}
	y.t.Logf("%d requests, %d overdue, %d stages in %d letters to staff, %d days behind a target", len(all), overdueSeen, told, y.total, y.behind)
}

// story is on which day each stage of a request was told of, with "escalated"
// among them, and on which it was closed. A stage told twice is a fault, unless the letter
// that told of it was given up.
func (y *year) story(number string) (stages map[string]rules.Date, closed rules.Date) {
	history, err := y.Store.History(y.t.Context(), number)
	if err != nil {
		y.t.Fatal(err)
	}
	stages = map[string]rules.Date{}
	lost := y.givenUp(number)
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
			switch first, twice := stages[s.Stage]; {
			case !twice:
				stages[s.Stage] = day
			case !slices.ContainsFunc(lost, func(at rules.Date) bool { return !at.Before(first) && !at.After(day) }):
				y.t.Errorf("%s: stage %s is told of twice, on %v and %v", number, s.Stage, first, day)
			}
		}
	}
	return stages, closed
}

// givenUp are the days on which letters to staff about a request were written that never
// went out.
func (y *year) givenUp(number string) (days []rules.Date) {
	mails, err := y.Store.Outbox(y.t.Context(), []store.MailState{store.MailFailed})
	if err != nil {
		y.t.Fatal(err)
	}
	for _, m := range mails {
		if slices.Contains(m.Requests, number) {
			days = append(days, rules.DateIn(m.CreatedAt, y.Zone))
		}
	}
	return days
}

// checkRequest finds whether staff was told in time: of each stage by the day on
// which it was reached and the program was up, on or before the last day, and on every working day after it that the program was up, the officer too.
func (y *year) checkRequest(q store.Request, stages map[string]rules.Date, closed rules.Date) (late int) {
	if q.ActBy.IsZero() {
		y.checkWaiting(q, stages, closed)
		return 0
	}
	early, chance := false, false
	registered := rules.DateIn(q.RegisteredAt, y.Zone)
	for _, day := range stages {
		early = early || !day.After(q.ActBy)
	}
	for day := registered; !day.After(q.ActBy) && day.Before(closed); day = day.AddDays(1) {
		chance = chance || y.worked[day] && day.After(registered) && y.Calendar.Remaining(day, q.ActBy) <= y.lead()
	}
	for day := registered.AddDays(1); !day.After(q.ActBy) && day.Before(closed); day = day.AddDays(1) {
		stage, reached := y.stage(y.Calendar.Remaining(day, q.ActBy))
		if told, ok := stages[stage]; reached && y.worked[day] && (!ok || told.After(day)) {
			y.t.Errorf("%s, due %v: stage %s, reached by %v, was told of on %v", q.Number, q.ActBy, stage, day, told)
		}
	}
	y.checkBehind(q, stages, closed)
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
		if _, ok := stages["escalated "+day.String()]; !ok && y.officer != "" {
			y.t.Errorf("%s, due %v: no escalation on record of %v", q.Number, q.ActBy, day)
		}
	}
	return late
}

// checkWaiting finds whether staff was told in time that a person is silent.
func (y *year) checkWaiting(q store.Request, stages map[string]rules.Date, closed rules.Date) {
	if len(q.Waits) != 1 {
		return
	}
	since := q.Waits[0].From
	for day := since.AddDays(1); day.Before(closed); day = day.AddDays(1) {
		waited := y.Calendar.Remaining(since, day)
		if !y.worked[day] || waited < 10 {
			continue
		}
		y.silent++
		stage := "waiting:" + strconv.Itoa(10+(waited-10)/20*20)
		if told, ok := stages[stage]; !ok || told.After(day) {
			y.t.Errorf("%s, waiting since %v: stage %s, reached by %v, was told of on %v", q.Number, since, stage, day, told)
		}
	}
}

// checkBehind finds whether staff was told in time of the next term of the policy or of
// the law behind a target that was missed.
func (y *year) checkBehind(q store.Request, stages map[string]rules.Date, closed rules.Date) {
	var next store.Term
	for _, t := range q.Terms {
		if t.Source != rules.SourceTarget && (next.ID == "" || t.Due.Before(next.Due)) {
			next = t
		}
	}
	if next.ID == "" || next.Due == q.ActBy {
		return
	}
	first := q.ActBy
	if registered := rules.DateIn(q.RegisteredAt, y.Zone); registered.After(first) {
		first = registered
	}
	for day := first.AddDays(1); !day.After(next.Due) && day.Before(closed); day = day.AddDays(1) {
		stage, reached := y.stage(y.Calendar.Remaining(day, next.Due))
		if !reached || !y.worked[day] {
			continue
		}
		y.behind++
		if told, ok := stages[next.ID+":"+stage]; !ok || told.After(day) {
			y.t.Errorf("%s, due %v, %s %v: stage %s, reached by %v, was told of on %v", q.Number, q.ActBy, next.ID, next.Due, stage, day, told)
		}
	}
}

// checkDigests checks that nobody got more digests in a day than the schedule
// has, each in the language of its reader, and that reminders.always brings one
// on every day of work.
func (y *year) checkDigests() {
	mails, err := y.Store.Outbox(y.t.Context(), nil)
	if err != nil {
		y.t.Fatal(err)
	}
	digests, written := map[string]int{}, map[string]bool{}
	for _, m := range mails {
		if m.Purpose != store.PurposeDigest {
			continue
		}
		key := m.To + " " + rules.DateIn(m.CreatedAt, y.Zone).String()
		if written[key] = true; m.State == store.MailDropped { // a later one was written in its place
			continue
		}
		if digests[key]++; digests[key] > len(y.fires) && !y.jumps {
			y.t.Errorf("%d digests: %s", digests[key], key)
		}
		want := y.lang
		if p, ok := y.member(m.To); ok && p.Language != "" {
			want = p.Language
		}
		if m.Language != string(want) {
			y.t.Errorf("letter %d to %s is in %s, not %s", m.ID, m.To, m.Language, want)
		}
	}
	for day := range y.worked {
		if y.always && y.worked[day] && !written["staff@license.kz "+day.String()] {
			y.t.Errorf("no digest on %v although there is always to be one", day)
		}
	}
}
