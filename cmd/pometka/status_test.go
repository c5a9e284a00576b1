package main

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// A register that is not well says of itself why, in each language.
func TestStatusSaysWhatIsWrong(t *testing.T) {
	s := newShelf(t)
	for _, c := range []struct {
		ago     time.Duration
		healthy bool
	}{{time.Minute, true}, {26 * time.Hour, false}} {
		if err := s.db.SetPass(context.Background(), time.Now().Add(-c.ago)); err != nil {
			t.Fatal(err)
		}
		for _, lang := range []string{"ru", "kk", "en"} {
			r := s.call(t, "--lang", lang, "status")
			if said := strings.Contains(strings.Join(strings.Fields(r.out), " "), "pometka run"); said == c.healthy || (r.code == exitDone) != c.healthy {
				t.Errorf("%s, the last pass %v ago: exit %d\n%s", lang, c.ago, r.code, r.out)
			}
		}
	}
}

// A server that is silent about a letter for a minute is told of in each language: nothing is
// sent meanwhile.
func TestStatusNamesSilentServer(t *testing.T) {
	s := newShelf(t)
	if err := s.db.SetPass(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	m := store.NewMail{
		Purpose: store.PurposeAlarm, State: store.MailQueued, To: "info@license.kz", Data: "{}", Language: "ru",
		MessageID: func(string) string { return "1@license.kz" },
	}
	if _, err := s.db.Enqueue(t.Context(), m, nil, time.Now().Add(-10*time.Minute)); err != nil {
		t.Fatal(err)
	}
	for _, ago := range []time.Duration{2 * time.Minute, 0} {
		mail, err := s.db.Claim(t.Context(), time.Now().Add(-ago), func(store.Mail, store.Letter, []store.Request) ([]byte, error) { return []byte("x"), nil }, nil, nil)
		if err != nil || mail == nil {
			t.Fatalf("%v, %v", mail, err)
		}
		for _, lang := range []string{"ru", "kk", "en"} {
			if r := s.call(t, "--lang", lang, "status"); strings.Contains(r.out, "SMTP") != (ago > 0) || (r.code == exitDone) != (ago == 0) {
				t.Errorf("%s, sending for %v: exit %d\n%s", lang, ago, r.code, r.out)
			}
		}
		if err := s.db.Settle(t.Context(), mail.ID, store.Settlement{State: store.MailQueued, NextAttempt: time.Now().Add(-time.Second)}, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

// Of letters that do not go out the status counts those that wait too long now, whatever
// there were when that was told.
func TestStatusCountsDelayed(t *testing.T) {
	s := newShelf(t)
	for i, ago := range []time.Duration{3 * time.Hour, 2 * time.Hour, time.Minute} {
		m := store.NewMail{
			Purpose: store.PurposeAlarm, State: store.MailQueued, To: "info@license.kz", Data: "{}", Language: "ru",
			MessageID: func(string) string { return strconv.Itoa(i) + "@license.kz" },
		}
		if _, err := s.db.Enqueue(t.Context(), m, nil, time.Now().Add(-ago)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.db.SetMeta(t.Context(), store.MetaTrouble+desk.TroubleOutbox, `{"Code":"outbox","Count":1}`); err != nil {
		t.Fatal(err)
	}
	if r := s.call(t, "status"); !strings.Contains(r.out, "2 письма больше часа ждут отправки") {
		t.Errorf("exit %d\n%s", r.code, r.out)
	}
}

// Behind a missed target the next due is the term that the list shows; a program is told
// of the day by which the first was to be acted on.
func TestStatusShowsTheTermOfTheList(t *testing.T) {
	s := newShelf(t)
	missed := today().AddDays(-5)
	number := s.put(t, entry{kind: "opt_out", status: store.StatusOpen, received: today().AddDays(-6), due: missed, source: rules.SourceTarget, letter: store.Letter{FromAddr: "who@example.kz", Subject: "Отказ"}})
	s.put(t, entry{kind: "erasure", status: store.StatusOpen, due: today().AddDays(40), letter: store.Letter{FromAddr: "a@example.kz", Subject: "Удаление"}})
	c := s.becoming(t, store.Change{Number: number, Event: store.Event{Actor: "oleg", Code: "assigned"}}, func(q *store.Request) {
		law := q.Terms[0]
		law.ID, law.Source, law.Due = "law.now", rules.SourceLaw, today()
		q.Terms = append(q.Terms, law)
	})
	if _, err := s.db.Change(t.Context(), c, time.Now()); err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]string{"ru": "закон: сегодня", "kk": "заң: бүгін", "en": "law: today"} {
		for _, command := range []string{"list", "status"} {
			if r := s.call(t, "--lang", lang, command); !strings.Contains(r.out, want) {
				t.Errorf("%s: %s does not say %q:\n%s", lang, command, want, r.out)
			}
		}
	}
	if r := s.call(t, "status", "--json"); !strings.Contains(r.out, `"next_due": "`+missed.String()+`"`) {
		t.Errorf("%s", r.out)
	}
}
