package main

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/desk"
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
