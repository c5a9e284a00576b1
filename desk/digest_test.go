package desk

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// staffed is a rig with an officer and three members of staff: asel, who is
// away from 7 to 9 December, daniyar, her deputy, and botagoz, who reads
// English.
func staffed(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	r.Staff = []Member{
		{Name: "Асель Ким", Address: "asel@license.kz", Language: rules.RU, Login: "akim", Deputy: "Данияр Серик",
			AbsentFrom: rules.NewDate(2026, 12, 7), AbsentTo: rules.NewDate(2026, 12, 9)},
		{Name: "Данияр Серик", Address: "daniyar@license.kz", Language: rules.KK, Login: "dserik"},
		{Name: "Ботагоз Ли", Address: "botagoz@license.kz", Language: rules.EN, Login: "bli"},
	}
	r.Reminders.Officer, r.Reminders.Escalate = "officer@license.kz", 1
	r.Alarm = "admin@license.kz"
	r.Reminders.Hours = Hours{9 * time.Hour, 18 * time.Hour}
	r.Reminders.Next = nineDaily
	return r
}

// nineDaily is the schedule "0 9 * * *".
func nineDaily(t time.Time) time.Time {
	next := time.Date(t.Year(), t.Month(), t.Day(), 9, 0, 0, 0, t.Location())
	if !next.After(t) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}

// at is a moment in Almaty.
func at(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2026, month, day, hour-5, minute, 0, 0, time.UTC)
}

// ask lets somebody write to the operator, and takes the letter in.
func (r *rig) ask(t *testing.T, n int, subject, body string, received time.Time) string {
	t.Helper()
	r.Now = func() time.Time { return received }
	from := fmt.Sprintf("person%d@host%d.example", n, n)
	r.put(t, "INBOX", mail{from: from, subject: subject, body: body, id: from}, received)
	p, err := r.Poll(t.Context())
	if err != nil || len(p.Admitted) != 1 {
		t.Fatalf("letter %d: admitted %v, %v", n, p.Admitted, err)
	}
	if _, err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p.Admitted[0]
}

// tellAt lets the desk remind at a moment and returns what staff got, by
// address.
func (r *rig) tellAt(t *testing.T, when time.Time) map[string]*mailbox.Message {
	t.Helper()
	r.Now = func() time.Time { return when }
	before := len(r.box.Sent())
	if err := r.Store.SetMeta(t.Context(), store.MetaCalendarTold, r.Today().String()); err != nil {
		t.Fatal(err) // that the calendar of 2027 is missing is another test
	}
	if _, err := r.RemindNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := map[string]*mailbox.Message{}
	for _, e := range r.box.Sent()[before:] {
		if e.To == r.Alarm {
			continue
		}
		if got[e.To] != nil {
			t.Errorf("%s got two letters at %v", e.To, when)
		}
		got[e.To] = mailbox.Parse(strings.NewReader(string(e.Raw)))
	}
	return got
}

func names(got map[string]*mailbox.Message) string {
	var to []string
	for addr := range got {
		to = append(to, strings.TrimSuffix(addr, "@license.kz"))
	}
	slices.Sort(to)
	return strings.Join(to, " ")
}

// Reminders go to who is responsible, to the deputy while that one is away,
// else to the common address, and in time to the officer too.
func TestDigestReaders(t *testing.T) {
	r := staffed(t)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0)) // act by 14 December
	for _, step := range []struct {
		when     time.Time
		assignee string
		want     string
	}{
		{at(11, 30, 9, 0), "", "info"},                        // 10 days left, assigned to nobody
		{at(12, 7, 9, 0), "akim", "daniyar"},                  // 5 days left, Asel is away
		{at(12, 9, 9, 0), "somebody else", "info"},            // 3 days left, and who had it is of the staff no more
		{at(12, 10, 9, 0), "akim", ""},                        // 2 days left: no stage
		{at(12, 11, 9, 0), "Асель Ким", "asel officer"},       // 1 day left
		{at(12, 14, 9, 0), "asel@license.kz", "asel officer"}, // today
		{at(12, 15, 9, 0), "bli", "botagoz officer"},          // overdue
		{at(12, 16, 9, 0), "bli", ""},                         // Independence Day
		{at(12, 17, 9, 0), "bli", "botagoz officer"},
	} {
		if step.assignee != "" {
			q := r.request(t, n)
			is := q
			is.Assignee = step.assignee
			if _, err := r.Desk.become(t.Context(), q, is, act{who: clerk, code: eventAssigned}); err != nil {
				t.Fatal(err)
			}
		}
		got := r.tellAt(t, step.when)
		if names(got) != step.want {
			t.Errorf("%v: told %q, want %q", step.when, names(got), step.want)
		}
		if again := r.tellAt(t, step.when.Add(time.Hour)); len(again) > 0 {
			t.Errorf("%v: told again: %v", step.when, names(again))
		}
	}
	escalated := 0
	history, err := r.Store.History(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range history {
		if e.Code == store.EventEscalated {
			escalated++
		}
	}
	if escalated != 4 {
		t.Errorf("%d escalations on record, want one for each of the officer's letters", escalated)
	}
}

// A digest holds everything of its reader's, the most urgent first, in the
// reader's language; the officer's also the head of the history.
func TestDigestLetter(t *testing.T) {
	r := staffed(t)
	r.SMTPRefuse(t, "person3@host3.example")
	late := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0))        // 14 December
	later := r.ask(t, 2, withdrawalMark, "И я прошу.", at(11, 25, 10, 0))   // 17 December
	failed := r.ask(t, 3, withdrawalMark, "Прошу тоже.", at(11, 25, 11, 0)) // its acknowledgement is refused
	for _, n := range []string{late, later, failed} {
		if _, err := r.Assign(t.Context(), n, "bli", Actor{Login: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	got := r.tellAt(t, at(12, 15, 9, 0))
	if names(got) != "botagoz officer" {
		t.Fatalf("told %q", names(got))
	}
	m := got["botagoz@license.kz"]
	if first, second := strings.Index(m.Text, late), strings.Index(m.Text, later); first < 0 || second < first {
		t.Errorf("want %s before %s:\n%s", late, later, m.Text)
	}
	for _, want := range []string{"1 overdue", "2 urgent", "3 in all"} { // 16 December is a holiday
		if !strings.Contains(m.Subject, want) {
			t.Errorf("subject %q lacks %q", m.Subject, want)
		}
	}
	for _, want := range []string{"Assigned to: Ботагоз Ли", "pometka show 2026-1", "pometka outbox show"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("the letter lacks %q:\n%s", want, m.Text)
		}
	}
	facts, err := r.Store.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	officer := got["officer@license.kz"].Text
	if strings.Contains(m.Text, "History:") || !strings.Contains(officer, "Журнал:") || facts.Head == "" {
		t.Errorf("the head of the history is for the officer:\n%s", officer)
	}
	for _, text := range []string{m.Text, officer} {
		if strings.Contains(text, "person") || strings.Contains(text, "example") {
			t.Errorf("a letter to staff names a sender:\n%s", text)
		}
	}
}

// SMTPRefuse lets the server refuse one recipient.
func (r *rig) SMTPRefuse(t *testing.T, addr string) {
	t.Helper()
	r.box.SMTP.OnRcpt = func(to string) error {
		if to == addr {
			return sandbox.Reply(550, "5.1.1", "no such user")
		}
		return nil
	}
}

// An acknowledgement that failed is told of every working day until somebody
// decides, and no longer when the request is closed.
func TestDigestStuck(t *testing.T) {
	r := staffed(t)
	r.SMTPRefuse(t, "person1@host1.example")
	n := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0))
	for _, when := range []time.Time{at(11, 24, 9, 0), at(11, 25, 9, 0)} {
		if m := r.tellAt(t, when)["info@license.kz"]; m == nil || !strings.Contains(m.Text, "не отправлено") {
			t.Errorf("%v: the failed acknowledgement is not told of: %+v", when, m)
		}
	}
	steps := []store.StepDone{}
	rule, _ := r.Policy.Kind("consent_withdrawal")
	for _, s := range rule.Steps {
		steps = append(steps, store.StepDone{ID: s.ID, Done: true})
	}
	if _, err := r.Close(t.Context(), n, store.StatusDone, "исполнено", steps, Actor{Login: "test"}); err != nil {
		t.Fatal(err)
	}
	if got := r.tellAt(t, at(11, 26, 9, 0)); len(got) != 0 {
		t.Errorf("told of a closed request: %v", names(got))
	}
}

// What leaves little time is told of within the hour, bundled, and at no time
// outside the office hours.
func TestNews(t *testing.T) {
	r := staffed(t)
	r.tellAt(t, at(11, 23, 9, 0)) // the day's digest: nothing but the calendar
	r.ask(t, 1, "Отказ от уведомлений о новых продуктах и услугах и специальных предложениях", "Прошу.", at(11, 23, 10, 0))
	if got := r.tellAt(t, at(11, 23, 10, 1)); names(got) != "info" || !strings.Contains(got["info@license.kz"].Text, "(новое)") {
		t.Errorf("the first: told %q", names(got))
	}
	r.ask(t, 2, "Отказ от уведомлений о новых продуктах и услугах и специальных предложениях", "И я.", at(11, 23, 10, 10))
	r.ask(t, 3, withdrawalMark, "Прошу.", at(11, 23, 10, 20)) // has time
	if got := r.tellAt(t, at(11, 23, 10, 30)); len(got) != 0 {
		t.Errorf("half an hour later: told %q, want to wait for more", names(got))
	}
	if got := r.tellAt(t, at(11, 23, 11, 2)); names(got) != "info" || strings.Contains(got["info@license.kz"].Text, "LK-2026-000001") {
		t.Errorf("an hour later: told %q, want the second only", names(got))
	}
	r.ask(t, 4, "Отказ от уведомлений о новых продуктах и услугах и специальных предложениях", "И мне.", at(11, 23, 19, 0))
	if got := r.tellAt(t, at(11, 23, 19, 1)); len(got) != 0 {
		t.Errorf("in the evening: told %q", names(got))
	}
	if got := r.tellAt(t, at(11, 24, 9, 0)); names(got) != "info officer" || !strings.Contains(got["info@license.kz"].Text, "LK-2026-000004") {
		t.Errorf("in the morning: told %q", names(got))
	}
}

// Whoever could learn of a last day only after it is told at any hour.
func TestLastChance(t *testing.T) {
	r := staffed(t)
	r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0)) // act by 14 December
	if got := r.tellAt(t, at(12, 13, 22, 0)); len(got) != 0 {
		t.Errorf("on Sunday before: told %q", names(got))
	}
	if got := r.tellAt(t, at(12, 14, 22, 0)); names(got) != "info officer" {
		t.Errorf("on the last evening: told %q", names(got))
	}
	if got := r.tellAt(t, at(12, 14, 22, 10)); len(got) != 0 {
		t.Errorf("again: %q", names(got))
	}
}

// After an outage of the mail server each person gets one letter.
func TestDigestSupersedes(t *testing.T) {
	r := staffed(t)
	r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0))
	r.box.SMTP.OnMail = func(string) error { return sandbox.Reply(451, "4.3.0", "later") }
	for day := 30; day < 30+12; day++ {
		r.tellAt(t, at(11, day, 9, 0))
	}
	r.box.SMTP.OnMail = nil
	got := r.tellAt(t, at(12, 15, 9, 0))
	if names(got) != "info officer" {
		t.Errorf("after the outage: told %q", names(got))
	}
	if left, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailQueued}); err != nil || len(left) != 0 {
		t.Errorf("%d letters left in the outbox, %v", len(left), err)
	}
}

// reminders.always sends a digest that says that there is nothing.
func TestDigestAlways(t *testing.T) {
	r := staffed(t)
	if got := r.tellAt(t, at(11, 23, 9, 0)); len(got) != 0 {
		t.Errorf("nothing to say: told %q", names(got))
	}
	r.Reminders.Always = true
	if got := r.tellAt(t, at(11, 24, 9, 0)); names(got) != "info officer" {
		t.Errorf("always: told %q", names(got))
	}
	if got := r.tellAt(t, at(11, 24, 9, 5)); len(got) != 0 {
		t.Errorf("always, but once a day: told %q", names(got))
	}
	r.Reminders.Next = func(t time.Time) time.Time { return t.Truncate(time.Minute).Add(time.Minute) }
	if got := r.tellAt(t, at(11, 24, 9, 10)); len(got) != 0 {
		t.Errorf("always, by a schedule that fires each minute: told %q", names(got))
	}
	if got, err := r.Remind(t.Context(), false); err != nil || got.Queued != 0 {
		t.Errorf("always, by hand: %+v, %v", got, err)
	}
	if got := r.tellAt(t, at(11, 25, 9, 0)); names(got) != "info officer" {
		t.Errorf("always, the next day: told %q", names(got))
	}
}

// That the next year's calendar is missing is told from October on, by itself
// once a week, to the officer.
func TestDigestCalendar(t *testing.T) {
	r := staffed(t)
	var told []string
	for day := range 40 { // from 20 September on
		r.Now = func() time.Time { return at(9, 20+day, 9, 0) }
		got, err := r.RemindNow(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got.Queued > 0 {
			told = append(told, r.Today().String()+" "+strings.Join(got.To, " "))
		}
		if _, err := r.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	want := "2026-10-01 officer@license.kz, 2026-10-08 officer@license.kz, 2026-10-15 officer@license.kz, 2026-10-22 officer@license.kz, 2026-10-29 officer@license.kz"
	if got := strings.Join(told, ", "); got != want {
		t.Errorf("told %s\nwant %s", got, want)
	}
}
