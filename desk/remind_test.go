package desk

import (
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
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
