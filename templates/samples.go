package templates

import (
	"slices"
	"time"
)

// samples returns for each letter data of every shape that takes another way
// through a template, in the words of lang. The first of each is what a
// preview shows. The people and numbers are invented; the dates are those of
// a letter received on Monday, 23 November 2026.
func samples(lang Lang) map[string][]any {
	w := sampleWords[known(lang)]
	return map[string][]any{
		"acknowledgement": sampleAcknowledgements(w),
		"receipt": {
			Receipt{Operator: w.operator, Contact: sampleContact, Number: sampleNumber, Received: sampleReceived, DecideBy: sampleDay(2026, 11, 24), SHA256: sampleDigest},
			Receipt{Operator: w.operator, Number: sampleNumber, Received: sampleReceived, DecideBy: sampleDay(2026, 11, 24), SHA256: sampleDigest, DayOnly: true, DecidePassed: true},
			Receipt{Operator: w.operator, Number: "LK-2026-000987", Received: sampleDay(2026, 12, 31), DecideBy: sampleDay(2027, 1, 5), Provisional: 2027, SHA256: sampleDigest},
		},
		"documents": {
			Documents{Operator: w.operator, Contact: sampleContact, Number: sampleNumber, What: w.correction, Received: sampleReceived},
			Documents{Operator: w.operator, Number: sampleNumber, What: w.correction, Received: sampleReceived, Text: w.text, Days: 3},
		},
		"done": {
			Done{Operator: w.operator, Contact: sampleContact, Number: sampleNumber, What: w.withdrawal, Received: sampleReceived, Steps: w.steps},
			Done{Operator: w.operator, Number: sampleNumber, What: w.withdrawal, Received: sampleReceived},
			Done{Operator: w.operator, Number: sampleNumber, What: w.claim, Received: sampleReceived, Text: w.answer, Claim: true, Signed: w.person},
		},
		"refusal": {
			Refusal{Operator: w.operator, Contact: sampleContact, Number: sampleNumber, What: w.withdrawal, Received: sampleReceived, Why: w.why, Basis: w.article, Signed: w.person},
			Refusal{Operator: w.operator, Number: sampleNumber, What: w.withdrawal, Received: sampleReceived, Why: w.why},
		},
		"reminder":   {Reminder{w.operator, sampleToday, sampleLines(lang, w), 2, 1}, Reminder{w.operator, sampleToday, sampleLines(lang, w)[3:4], 0, 0}},
		"escalation": {Escalation{w.operator, sampleToday, sampleLines(lang, w)[:3], 2, 1}, Escalation{w.operator, sampleToday, sampleLines(lang, w)[2:3], 0, 1}},
		"digest":     sampleDigests(lang, w),
		"alarm": {
			Alarm{Operator: w.operator, What: text(lang, "alarm.login"), Do: text(lang, "alarm.login.do"), Command: "pometka doctor", Since: sampleReceived, Lasts: true},
			Alarm{Operator: w.operator, What: text(lang, "alarm.reconcile", 3), Since: sampleReceived},
		},
		"recovered": {Recovered{w.operator, text(lang, "alarm.login"), sampleReceived, sampleReceived.Add(45 * time.Minute)}},
	}
}

var (
	sampleZone     = time.FixedZone("+05", 5*60*60)
	sampleReceived = time.Date(2026, 11, 23, 10, 5, 0, 0, sampleZone)
	sampleToday    = sampleDay(2027, 1, 8)
)

func sampleDay(y int, m time.Month, d int) time.Time {
	return time.Date(y, m, d, 0, 0, 0, 0, sampleZone)
}

const (
	sampleNumber  = "LK-2026-000123"
	sampleContact = "info@license.kz"
	sampleDigest  = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
)

func sampleAcknowledgements(w words) []any {
	policy := AckDate{Source: "policy", Days: 30, Working: true, Basis: w.section, Due: sampleDay(2027, 1, 8), Provisional: true}
	law := AckDate{Source: "law", Days: 15, Working: true, Due: sampleDay(2026, 12, 14), Earlier: true}
	named := law
	named.Basis = w.article
	clause := policy
	clause.Basis = w.clause
	consumer := AckDate{Source: "consumer", Days: 10, Basis: w.consumer, Due: sampleDay(2026, 12, 3)}

	withdrawal := AckRequest{Number: sampleNumber, What: w.withdrawal, Will: w.willStop, Dates: []AckDate{policy, law}}
	erasure := AckRequest{Number: "LK-2026-000124", What: w.erasure, Will: w.willErase, Dates: []AckDate{policy, law}}
	claim := AckRequest{Number: sampleNumber, What: w.claim, Will: w.willAnswer, Dates: []AckDate{clause, consumer}, Claim: true}
	correction := AckRequest{Number: sampleNumber, What: w.correction, Will: w.willChange, Documents: true}
	optOut := AckRequest{Number: sampleNumber, What: w.optOut, Will: w.willCease, PassedOn: true}

	article := withdrawal
	article.Dates = []AckDate{policy, named}
	proved := correction
	proved.Documents = false
	proved.Dates = []AckDate{{Source: "law", Days: 1, Working: true, Due: sampleDay(2026, 11, 24)}}
	other := claim
	other.Number = "LK-2026-000124"
	alone := erasure
	alone.Dates = []AckDate{policy, law}
	alone.Dates[0].Basis = w.own

	mended := correction
	mended.Number = "LK-2026-000124"
	erased := alone
	erased.Number = sampleNumber

	var all []any
	for _, requests := range [][]AckRequest{
		{withdrawal}, {withdrawal, erasure}, {article}, {withdrawal, other}, {alone}, {claim}, {correction}, {proved}, {optOut},
		{erased, mended},
	} {
		a := Acknowledgement{Operator: w.operator, Contact: sampleContact, Number: requests[0].Number,
			Received: sampleReceived, Registered: sampleDay(2026, 11, 25), Requests: requests, SHA256: sampleDigest}
		all = append(all, a)
		a.RegisteredLater = true
		all = append(all, a)
	}
	paper := all[0].(Acknowledgement)
	paper.SHA256, paper.DayOnly, paper.RegisteredLater = "", true, true
	return append(append(all, paper, sampleHardest(all[3].(Acknowledgement))), sampleReleased(all)...)
}

// sampleHardest is the longest letter there is: a withdrawal with an erasure of
// which staff corrected the day of receipt, all dates in two years without a
// calendar, and a contact of many words.
func sampleHardest(a Acknowledgement) Acknowledgement {
	a.Contact = sampleContact + ", +7 (727) 123-45-67"
	a.Requests = slices.Clone(a.Requests)
	for r := range a.Requests {
		a.Requests[r].Dates = slices.Clone(a.Requests[r].Dates)
		for d := range a.Requests[r].Dates {
			due := &a.Requests[r].Dates[d]
			due.Due, due.Provisional = due.Due.AddDate(1, 0, r), true
		}
	}
	return a
}

// sampleReleased are letters released after some of their terms, or all, have
// passed, and after staff corrected the day of receipt.
func sampleReleased(all []any) []any {
	var late []any
	for _, i := range []int{0, 2, 10} { // a withdrawal, one with erasure, a claim
		for first := range 2 {
			a := all[i].(Acknowledgement)
			a.DayOnly, a.RegisteredLater = true, true
			a.Requests = slices.Clone(a.Requests)
			for r := range a.Requests {
				a.Requests[r].Dates = slices.Clone(a.Requests[r].Dates)
				for d := 1 - first; d < len(a.Requests[r].Dates); d++ {
					a.Requests[r].Dates[d].Passed = true
				}
			}
			late = append(late, a)
		}
	}
	return late
}

func sampleLines(lang Lang, w words) []ReminderLine {
	lines := []ReminderLine{
		{Number: "LK-2026-000098", Kind: w.claim, Stage: "overdue", DaysLeft: -1, ActBy: sampleDay(2027, 1, 6), Source: "law", Assignee: w.person},
		{Number: "LK-2026-000117", Kind: w.withdrawal, Stage: "overdue", DaysLeft: -2, ActBy: sampleDay(2027, 1, 5), Source: "policy"},
		{Number: sampleNumber, Kind: w.erasure, Stage: "due", DaysLeft: 0, Missed: -3, ActBy: sampleToday, Source: "policy", Assignee: w.person},
		{Number: "LK-2027-000004", Kind: w.correction, Stage: "new", DaysLeft: 3, ActBy: sampleDay(2027, 1, 13), Source: "law", Assignee: w.person},
		{Number: "LK-2027-000005", Stage: "review", DaysLeft: -1, ActBy: sampleDay(2027, 1, 6), Source: "target", Provisional: true},
	}
	for i, next := range []string{"answer.claim", "take", "answer", "documents", "review"} {
		lines[i].Next = nextLines(lang, next, lines[i].Number)
	}
	return lines
}

func sampleDigests(lang Lang, w words) []any {
	full := Digest{Operator: w.operator, Today: sampleToday, Lines: sampleLines(lang, w), Overdue: 2, Urgent: 1,
		Letters: []DigestLetter{
			{ID: "41", Number: "LK-2027-000004", State: text(lang, "outbox.state.failed"), Reason: text(lang, "reason.smtp_5xx", "550 5.1.1")},
			{ID: "42", Number: "LK-2027-000005", State: text(lang, "outbox.state.uncertain")},
		},
		Moved: []DigestMove{
			{Number: sampleNumber, Old: sampleDay(2027, 1, 11), New: sampleToday, Earlier: true, Cause: w.cause},
			{Number: "LK-2027-000004", Term: text(lang, "term.policy"), Old: sampleToday, New: sampleDay(2027, 1, 13)},
		},
		NoCalendar: 2028, Events: 12345, Head: sampleDigest}
	letters := Digest{Operator: w.operator, Today: sampleToday, Letters: full.Letters[:1]}
	return []any{full, Digest{Operator: w.operator, Today: sampleToday}, letters}
}
