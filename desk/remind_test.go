package desk

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// Each stage of a request is reminded of once, however often Remind runs, and
// after an outage only the present stage.
func TestRemindOnce(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, now.Add(-time.Hour))
	r.pass(t) // act by Monday 14 December: 15 working days
	at := now
	r.Now = func() time.Time { return at }
	var stages []string
	for day := range 26 { // 23 November to 18 December, three runs a day
		at = now.AddDate(0, 0, day)
		if day == 9 || day == 10 || day == 11 {
			continue // the program is down for three days
		}
		for range 3 {
			got, err := r.Remind(t.Context(), false)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range got.Due {
				stages = append(stages, at.Format("02.01")+":"+d.Stage.Stage)
			}
			if _, err := r.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := "30.11:10 07.12:5 09.12:3 11.12:1 14.12:0 15.12:-1 17.12:-2 18.12:-3"
	if got := strings.Join(stages, " "); got != want {
		t.Errorf("stages\n got %s\nwant %s", got, want)
	}
}

// The reminder goes out through the outbox, names the request and the day,
// and holds nothing of the sender.
func TestReminderLetter(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "secret.person@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, now.Add(-time.Hour))
	r.pass(t)
	r.Now = func() time.Time { return time.Date(2026, 12, 14, 5, 0, 0, 0, time.UTC) }
	if got, err := r.Remind(t.Context(), true); err != nil || len(got.Due) != 1 || got.Queued != 0 {
		t.Fatalf("dry run: %+v %v", got, err)
	}
	if _, err := r.Remind(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	before := len(r.box.Sent())
	r.pass(t)
	sent := r.box.Sent()[before:]
	if len(sent) != 1 || sent[0].To != account {
		t.Fatalf("sent: %+v", sent)
	}
	m := mailbox.Parse(strings.NewReader(string(sent[0].Raw)))
	if !strings.Contains(m.Text, "LK-2026-000001") || !strings.Contains(m.Text, "14 декабря 2026 г.") {
		t.Errorf("the reminder does not name the request and its day:\n%s", m.Text)
	}
	if strings.Contains(string(sent[0].Raw), "secret.person") || strings.Contains(m.Text, "secret.person") {
		t.Error("the reminder names the sender")
	}
}

// Where another process tells of one request while the digest is being worded,
// the digest tells of the rest at once, and of nothing twice.
func TestRemindBesideAnother(t *testing.T) {
	r := staffed(t)
	first := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0))
	second := r.ask(t, 2, withdrawalMark, "И я прошу.", at(11, 23, 10, 5))
	for i, who := range []string{"dserik", "bli"} {
		if _, err := r.Assign(t.Context(), []string{first, second}[i], who, Actor{Login: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	r.Now = func() time.Time { return at(12, 10, 15, 0) }
	r.testOnlyStep = func(step string) {
		if step == "reminder worded" {
			r.testOnlyStep = func(string) {}
			r.besides(t)
		}
	}
	if got := r.tellAt(t, at(12, 11, 9, 0)); names(got) != "botagoz daniyar officer" || !strings.Contains(got["botagoz@license.kz"].Text, second) {
		t.Errorf("told %q", names(got))
	}
}

// besides tells of the most urgent request of which nobody was told, as another process may.
func (r *rig) besides(t *testing.T) {
	t.Helper()
	b, err := r.book(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	letters, err := r.interimLetters(t.Context(), b, untold(b.due)[:1], letterReminder, b.today.AddDays(-1))
	if err != nil {
		t.Fatal(err)
	}
	n, err := r.notice(letters[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Store.Remind(t.Context(), []store.Notice{n}, time.Time{}, r.Now()); err != nil {
		t.Fatal(err)
	}
}

// Where others tell of one request after the other, the digest has not been given: the
// next look tells of what they left.
func TestRemindBesideMany(t *testing.T) {
	r := staffed(t)
	var numbers []string
	for n := range 4 {
		numbers = append(numbers, r.ask(t, n+1, withdrawalMark, "Прошу.", at(11, 23, 10, n)))
	}
	r.tellAt(t, at(12, 10, 15, 0))
	left := 3
	r.testOnlyStep = func(step string) {
		if step == "reminder worded" && left > 0 {
			left--
			r.besides(t)
		}
	}
	r.Now = func() time.Time { return at(12, 11, 9, 0) }
	if got, err := r.RemindNow(t.Context()); err != nil || got.Queued != 0 {
		t.Errorf("told beside the others: %+v %v", got, err)
	}
	if _, err := r.Flush(t.Context()); err != nil { // what the others told
		t.Fatal(err)
	}
	if got := r.tellAt(t, at(12, 11, 9, 1)); left > 0 || names(got) != "info officer" || !strings.Contains(got["info@license.kz"].Text, numbers[3]) || !strings.Contains(got["officer@license.kz"].Text, numbers[3]) {
		t.Errorf("told %q, %d left", names(got), left)
	}
}

// A process that begins anew knows from the register that nothing is due, as long as
// nothing happens and what is due depends on the same.
func TestQuietIsKnownAnew(t *testing.T) {
	r := staffed(t)
	r.tellAt(t, at(11, 23, 9, 0))
	r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0)) // has time
	noted := func() string {
		t.Helper()
		text, err := r.Store.Meta(t.Context(), store.MetaQuiet)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	anew := func() map[string]*mailbox.Message {
		t.Helper()
		r.quiet = quiet{}
		return r.tellAt(t, at(11, 23, 10, 10))
	}
	before := noted()
	if anew(); noted() == before || noted() == "" {
		t.Errorf("noted %q", noted())
	}
	r.ask(t, 2, "Отказ от уведомлений о новых продуктах и услугах и специальных предложениях", "Прошу.", at(11, 23, 10, 5))
	events, err := r.Store.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now := quiet{events, r.Today(), r.Today(), true}
	if err := r.Store.SetMeta(t.Context(), store.MetaQuiet, r.inWords(now)); err != nil {
		t.Fatal(err)
	}
	if got := anew(); len(got) != 0 {
		t.Errorf("told %q where the register says that nothing is due", names(got))
	}
	r.Reminders.DaysBefore = append(r.Reminders.DaysBefore, 12)
	if got := anew(); names(got) != "info" {
		t.Errorf("told %q where what is due depends on something else", names(got))
	}
}

// A digest tells of all requests, however many are read at a time.
func TestDigestOfMany(t *testing.T) {
	r := staffed(t)
	var numbers []string
	for i := range readOnce + 2 {
		numbers = append(numbers, r.ask(t, i+1, withdrawalMark, fmt.Sprintf("Прошу, письмо %d.", i), at(11, 23, 10, 0)))
	}
	text := r.tellAt(t, at(12, 11, 9, 0))["info@license.kz"].Text
	for _, number := range numbers {
		if !strings.Contains(text, number) {
			t.Fatalf("nothing of %s, one of %d", number, len(numbers))
		}
	}
}
