package templates

import (
	"slices"
	"strings"
	"time"
)

// samples returns for each letter data of every shape that takes another way
// through a template, in the words of lang. The first of each is what a
// preview shows. The people and numbers are invented; the dates are those of
// a letter received on Monday, 23 November 2026.
func samples(lang Lang) map[string][]any {
	w := words(lang)
	return map[string][]any{
		"acknowledgement": sampleAcknowledgements(w),
		"receipt": {
			Receipt{Operator: w.say("operator"), Contact: sampleContact, Number: sampleNumber, Received: sampleReceived, DecideBy: sampleDay(2026, 11, 24), SHA256: sampleDigest},
			Receipt{Operator: w.say("operator"), Number: sampleNumber, Received: sampleReceived, DecideBy: sampleDay(2026, 11, 24), SHA256: sampleDigest, DayOnly: true, DecidePassed: true},
			Receipt{Operator: w.say("operator"), Number: "LK-2026-000987", Received: sampleDay(2026, 12, 31), DecideBy: sampleDay(2027, 1, 5), Provisional: 2027, SHA256: sampleDigest},
			Receipt{Operator: w.say("operator"), Number: sampleNumber, Received: sampleReceived, DecideBy: sampleDay(2026, 11, 24)},
		},
		"documents": {
			Documents{Operator: w.say("operator"), Contact: sampleContact, Number: sampleNumber, What: w.say("correction"), Received: sampleReceived, Days: 1, Working: true},
			Documents{Operator: w.say("operator"), Number: sampleNumber, What: w.say("correction"), Received: sampleReceived, Text: w.say("text"), Days: 3, Working: true},
			Documents{Operator: w.say("operator"), Number: sampleNumber, What: w.say("withdrawal"), Received: sampleReceived, Text: w.say("text")},
		},
		"done": {
			Done{Operator: w.say("operator"), Contact: sampleContact, Number: sampleNumber, What: w.say("withdrawal"), Received: sampleReceived, Steps: []string{w.say("step.1"), w.say("step.2")}},
			Done{Operator: w.say("operator"), Number: sampleNumber, What: w.say("withdrawal"), Received: sampleReceived},
			Done{Operator: w.say("operator"), Number: sampleNumber, What: w.say("claim"), Received: sampleReceived, Text: w.say("answer"), Claim: true, Signed: w.say("person")},
		},
		"refusal": {
			Refusal{Operator: w.say("operator"), Contact: sampleContact, Number: sampleNumber, What: w.say("withdrawal"), Received: sampleReceived, Why: w.say("why"), Basis: w.say("article"), Signed: w.say("person")},
			Refusal{Operator: w.say("operator"), Number: sampleNumber, What: w.say("withdrawal"), Received: sampleReceived, Why: w.say("why")},
		},
		"reminder":   {Reminder{w.say("operator"), sampleToday, sampleLines(lang, w), 2, 1}, Reminder{w.say("operator"), sampleToday, sampleLines(lang, w)[3:4], 0, 0}},
		"escalation": {Escalation{w.say("operator"), sampleToday, sampleLines(lang, w)[:3], 2, 1}, Escalation{w.say("operator"), sampleToday, sampleLines(lang, w)[2:3], 0, 1}},
		"digest":     sampleDigests(lang, w),
		"alarm": {
			Alarm{Operator: w.say("operator"), What: text(lang, "alarm.login"), Do: text(lang, "alarm.login.do"), Command: "pometka doctor", Since: sampleReceived, Lasts: true},
			Alarm{Operator: w.say("operator"), What: text(lang, "alarm.reconcile", 3), Since: sampleReceived},
		},
		"recovered": {Recovered{w.say("operator"), text(lang, "alarm.login"), sampleReceived, sampleReceived.Add(45 * time.Minute)}},
	}
}

var (
	sampleZone     = time.FixedZone("+05", 5*60*60)
	sampleReceived = time.Date(2026, 11, 23, 10, 5, 0, 0, sampleZone)
	sampleToday    = sampleDay(2027, 1, 8)
)

// sampleDay is called, not copied to each place that calls it.
//
//go:noinline
func sampleDay(y int, m time.Month, d int) time.Time {
	return time.Date(y, m, d, 0, 0, 0, 0, sampleZone)
}

const (
	sampleNumber  = "LK-2026-000123"
	sampleContact = "info@license.kz"
	sampleDigest  = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
)

func sampleAcknowledgements(w words) []any {
	const second = "LK-2026-000124"
	policy := AckDate{Source: "policy", Days: 30, Working: true, Basis: w.say("section"), Due: sampleDay(2027, 1, 8), Provisional: true}
	law := AckDate{Source: "law", Days: 15, Working: true, Due: sampleDay(2026, 12, 14), Earlier: true}
	dates := []AckDate{
		policy, law, law, policy, policy,
		{Source: "consumer", Days: 10, Basis: w.say("consumer"), Due: sampleDay(2026, 12, 3)},
		{Source: "law", Days: 1, Working: true, Due: sampleDay(2026, 11, 24)},
	}
	for i, basis := range []string{w.say("article"), w.say("clause"), w.say("own")} {
		dates[2+i].Basis = basis
	}
	each := []AckRequest{
		{Number: sampleNumber, What: w.say("withdrawal"), Will: w.say("willStop")},
		{Number: second, What: w.say("erasure"), Will: w.say("willErase")},
		{Number: sampleNumber, What: w.say("withdrawal"), Will: w.say("willStop")},
		{Number: second, What: w.say("claim"), Will: w.say("willAnswer"), Claim: true},
		{Number: second, What: w.say("erasure"), Will: w.say("willErase")},
		{Number: sampleNumber, What: w.say("claim"), Will: w.say("willAnswer"), Claim: true},
		{Number: sampleNumber, What: w.say("correction"), Will: w.say("willChange"), Documents: true, ProofWorking: true},
		{Number: sampleNumber, What: w.say("correction"), Will: w.say("willChange")},
		{Number: sampleNumber, What: w.say("optOut"), Will: w.say("willCease"), PassedOn: true},
		{Number: sampleNumber, What: w.say("erasure"), Will: w.say("willErase")},
		{Number: second, What: w.say("correction"), Will: w.say("willChange"), Documents: true, ProofWorking: true},
	}
	for i, of := range strings.Split("01 01 02 35 41 35  6  41", " ") { // which dates each has
		for _, d := range of {
			each[i].Dates = append(each[i].Dates, dates[d-'0'])
		}
	}

	var all []any
	for _, of := range strings.Split("a ab c ad e f g h i jk", " ") { // which of them each letter is about
		var requests []AckRequest
		for _, i := range of {
			requests = append(requests, each[i-'a'])
		}
		a := Acknowledgement{Operator: w.say("operator"), Contact: sampleContact, Number: requests[0].Number,
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
		{Number: "LK-2026-000098", Kind: w.say("claim"), DaysLeft: -1, ActBy: sampleDay(2027, 1, 6), Source: "law", Assignee: w.say("person")},
		{Number: "LK-2026-000117", Kind: w.say("withdrawal"), DaysLeft: -2, ActBy: sampleDay(2027, 1, 5), Source: "policy"},
		{Number: sampleNumber, Kind: w.say("erasure"), DaysLeft: 0, Missed: -3, ActBy: sampleToday, Source: "policy", Assignee: w.say("person")},
		{Number: "LK-2027-000004", Kind: w.say("correction"), New: true, DaysLeft: 3, ActBy: sampleDay(2027, 1, 13), Source: "law", Assignee: w.say("person")},
		{Number: "LK-2027-000005", Review: true, Might: w.say("claim") + ", " + w.say("withdrawal"), DaysLeft: -1, ActBy: sampleDay(2027, 1, 6), Source: "target", Provisional: true},
	}
	for i, next := range []string{"answer.claim", "take", "answer", "documents", "review"} {
		lines[i].Next = nextLines(lang, next, lines[i].Number)
	}
	return lines
}

func sampleDigests(lang Lang, w words) []any {
	full := Digest{Operator: w.say("operator"), Today: sampleToday, Lines: sampleLines(lang, w), Overdue: 2, Urgent: 1,
		Letters: []DigestLetter{
			{ID: "41", Number: "LK-2027-000004", State: text(lang, "outbox.state.failed"), Reason: text(lang, "reason.smtp_5xx", "550 5.1.1")},
			{ID: "42", Number: "LK-2027-000005", State: text(lang, "outbox.state.uncertain")},
		},
		Moved: []DigestMove{
			{Number: sampleNumber, Old: sampleDay(2027, 1, 11), New: sampleToday, Earlier: true, Cause: w.say("cause")},
			{Number: "LK-2027-000004", Term: text(lang, "term.policy"), Old: sampleToday, New: sampleDay(2027, 1, 13)},
		},
		NoCalendar: 2028, Events: 12345, Head: sampleDigest}
	letters := Digest{Operator: w.say("operator"), Today: sampleToday, Letters: full.Letters[:1]}
	moved := Digest{Operator: w.say("operator"), Today: sampleToday, Moved: full.Moved[:1]}
	calendar := Digest{Operator: w.say("operator"), Today: sampleToday, NoCalendar: 2028}
	return []any{full, Digest{Operator: w.say("operator"), Today: sampleToday}, letters, moved, calendar}
}
