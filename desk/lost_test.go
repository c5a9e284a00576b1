package desk

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// postman is a mail server in one of its moods, for all or for one address.
type postman struct {
	mood string // "": it takes letters; "down", "refuses", "hangs", "refuses ADDRESS"
	took map[string][]*mailbox.Message
}

func (p *postman) Send(_ context.Context, e mailbox.Envelope) mailbox.Outcome {
	switch {
	case p.mood == "down":
		return mailbox.Outcome{Status: mailbox.StatusDeferred, Phase: mailbox.PhaseDial, Err: io.ErrUnexpectedEOF}
	case p.mood == "refuses", p.mood == "refuses "+e.To:
		return mailbox.Outcome{Status: mailbox.StatusRejected, Code: 550, Enhanced: "5.7.1", Phase: mailbox.PhaseRcpt}
	case p.mood == "hangs":
		return mailbox.Outcome{Status: mailbox.StatusUncertain, Phase: mailbox.PhaseDot}
	}
	p.took[e.To] = append(p.took[e.To], mailbox.Parse(strings.NewReader(string(e.Raw))))
	return mailbox.Outcome{Status: mailbox.StatusAccepted, Code: 250}
}

func (p *postman) Release() error { return nil }

// served is a rig of staffed whose letters the postman takes.
func served(t *testing.T) (*rig, *postman) {
	t.Helper()
	r, p := staffed(t), &postman{took: map[string][]*mailbox.Message{}}
	r.Sender = p
	return r, p
}

// turn is a turn of the daemon at a moment, and says who of the staff got letters.
func (r *rig) turn(t *testing.T, p *postman, when time.Time) string {
	t.Helper()
	r.Now, p.took = func() time.Time { return when }, map[string][]*mailbox.Message{}
	if err := r.Store.SetMeta(t.Context(), store.MetaCalendarTold, r.Today().String()); err != nil {
		t.Fatal(err) // that the calendar of 2027 is missing is another test
	}
	if _, err := r.RemindNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Flush(t.Context()); err != nil && p.mood != "down" {
		t.Fatal(err)
	}
	var to []string
	for addr, letters := range p.took {
		if len(letters) > 1 {
			t.Errorf("%v: %s got %d letters", when, addr, len(letters))
		}
		if addr != r.Alarm {
			to = append(to, strings.TrimSuffix(addr, "@license.kz"))
		}
	}
	slices.Sort(to)
	return strings.Join(to, " ")
}

// wants checks who got letters at a turn, and that all of them speak of the request.
func (r *rig) wants(t *testing.T, p *postman, when time.Time, want, n string) {
	t.Helper()
	if got := r.turn(t, p, when); got != want {
		t.Errorf("%v: told %q, want %q", when.In(r.Zone), got, want)
	}
	for addr, letters := range p.took {
		if addr != r.Alarm && !strings.Contains(letters[0].Text, n) {
			t.Errorf("%v: the letter to %s does not speak of %s:\n%s", when, addr, n, letters[0].Text)
		}
	}
}

// soundHistory checks that the history vouches for every row.
func (r *rig) soundHistory(t *testing.T) {
	t.Helper()
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Errorf("history: %v %v", breaks, err)
	}
}

// What only the first of two digests said during an outage is told after it, to whoever is
// responsible by then, and by one letter.
func TestOutageOverTwoDigests(t *testing.T) {
	r, p := served(t)
	r.Staff[0].AbsentTo = rules.NewDate(2026, 12, 7)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 23, 10, 0))    // act by 14 December: five days before on the 7th
	own := r.ask(t, 2, withdrawalMark, "И я.", at(11, 24, 10, 0))    // the 15th: five days before on the 8th
	left := r.ask(t, 3, withdrawalMark, "Я тоже.", at(12, 1, 10, 0)) // has time
	for number, who := range map[string]string{n: "akim", own: "dserik", left: "bli"} {
		if _, err := r.Assign(t.Context(), number, who, Actor{Login: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	r.turn(t, p, at(12, 4, 9, 0))
	p.mood = "down"
	r.wants(t, p, at(12, 7, 9, 0), "", "")
	r.wants(t, p, at(12, 8, 9, 0), "", "")
	p.mood = ""
	r.turn(t, p, at(12, 8, 11, 0))
	for addr, want := range map[string]string{"asel@license.kz": n, "daniyar@license.kz": own} {
		if got := p.took[addr]; len(got) != 1 || !strings.Contains(got[0].Text, want) {
			t.Errorf("%s got %d letters, want one about %s", addr, len(got), want)
		}
	}
	if got := p.took["daniyar@license.kz"]; len(got) == 1 && strings.Contains(got[0].Text, n) {
		t.Error("the deputy is told of what is no longer the deputy's")
	}
	r.wants(t, p, at(12, 8, 13, 0), "", "")
	r.soundHistory(t)
}

// That a date came nearer is told after an outage, too, although the letter that said so
// gave way to another.
func TestOutageOverAMovedDate(t *testing.T) {
	r, p := served(t)
	r.recomputed(t, false)
	n := r.ask(t, 1, "Досудебная претензия", "Претензия: верните деньги.", now)
	r.turn(t, p, at(11, 24, 9, 0))
	r.Calendar = calendarOf(t, workSunday)
	r.recomputed(t, false)
	p.mood = "down"
	r.turn(t, p, at(11, 25, 9, 0))
	r.optOut(t, p, at(11, 25, 12, 0)) // a reason for another digest
	r.turn(t, p, at(11, 26, 9, 0))
	p.mood = ""
	r.turn(t, p, at(11, 26, 12, 0))
	told := 0
	for _, m := range p.took["info@license.kz"] {
		if strings.Contains(m.Text, n+", срок политики: было") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times that the date moved: %+v", told, p.took)
	}
	for day := 27; day <= 30; day++ {
		r.turn(t, p, at(11, day, 9, 0))
		for _, m := range p.took["info@license.kz"] {
			if strings.Contains(m.Text, "срок политики: было") {
				t.Errorf("on the %dth it is told again:\n%s", day, m.Text)
			}
		}
	}
	r.soundHistory(t)
}

// optOut lets somebody opt out, which leaves little time, while the postman may be down.
func (r *rig) optOut(t *testing.T, p *postman, received time.Time) string {
	t.Helper()
	r.Now, p.took = func() time.Time { return received }, map[string][]*mailbox.Message{}
	r.put(t, "INBOX", mail{from: "two@host.example", subject: "Отказ от уведомлений о новых продуктах и услугах и специальных предложениях", body: "Прошу.", id: "two@host.example"}, received)
	got, err := r.Poll(t.Context())
	if err != nil || len(got.Admitted) != 1 {
		t.Fatalf("admitted %v, %v", got.Admitted, err)
	}
	return got.Admitted[0]
}
