package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// A shelf is a register without servers: what staff see of it.
type shelf struct {
	dir, config string
	db          *store.DB
}

const shelfConfig = `operator: {name: "ТОО «I-License»", address: info@license.kz}
imap: {host: 127.0.0.1, username: info@license.kz, password_file: password}
smtp: {host: 127.0.0.1, username: info@license.kz, password_file: password}
store: {path: pometka.db}
staff:
  - {name: "Айгерим", address: aigerim@license.kz, language: kk, login: aigerim}
  - {name: "Олег Ким", address: oleg@license.kz, language: ru, login: oleg}
`

func newShelf(t *testing.T) shelf {
	t.Helper()
	inRussian(t)
	dir := t.TempDir()
	for name, content := range map[string]string{"config.yaml": shelfConfig, "password": "x\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := store.Open(context.Background(), filepath.Join(dir, "pometka.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := shelf{dir, filepath.Join(dir, "config.yaml"), db}
	s.call(t, "list").well(t) // the calendar is known from now on, and the dates below stay
	return s
}

// call runs one command on the shelf.
func (s shelf) call(t *testing.T, args ...string) result {
	t.Helper()
	return pometka(t, append([]string{"--config", s.config}, args...)...)
}

// becoming is c, by which its request becomes what f makes of it.
func (s shelf) becoming(t testing.TB, c store.Change, f func(*store.Request)) store.Change {
	t.Helper()
	q, err := s.db.Request(context.Background(), c.Number)
	if err != nil {
		t.Fatal(err)
	}
	f(&q)
	c.Revision, c.Is = q.Revision, &q
	return c
}

// entry is one request to put on the shelf.
type entry struct {
	kind     rules.Kind
	status   store.Status
	received rules.Date
	due      rules.Date
	source   rules.Source
	assignee string
	letter   store.Letter
	raw      string
}

// put registers a request as the intake would, and says its number.
func (s shelf) put(t testing.TB, e entry) string {
	t.Helper()
	if e.received.IsZero() {
		e.received = today()
	}
	if e.source == "" {
		e.source = rules.SourceLaw
	}
	e.letter.ReceivedAt = e.received.Time().Add(6 * time.Hour)
	place := store.Place{Folder: "INBOX", UIDValidity: 1, UID: s.nextUID(t)}
	a := store.Admission{
		Place: place, Seen: store.Seen{UID: place.UID, InternalDate: e.letter.ReceivedAt, Verdict: rules.Request},
		Letter: e.letter, Actor: store.Machine, Prefix: "LK", Policy: store.PolicyRef{Name: "license.kz", Digest: rules.BuiltIn().Digest},
		Requests: []store.NewRequest{{Kind: e.kind, Status: e.status, ReceivedOn: e.received, ActBy: e.due}},
	}
	if e.status == store.StatusReview {
		a.Requests[0].Candidates = []rules.Kind{"consent_withdrawal", "erasure"}
	}
	if !e.due.IsZero() {
		a.Requests[0].Terms = []store.Term{{ID: "law", Kind: e.kind, Source: e.source, Days: 15, Unit: rules.WorkingDays, Due: e.due, From: e.received,
			Name: rules.Text{RU: "прекратить обработку"}, Basis: rules.Text{RU: "Закон 94-V, ст. 8 п. 7"}}}
	}
	if e.raw != "" {
		spool := s.db.Spool()
		defer spool.Discard()
		fmt.Fprint(spool, e.raw)
		a.Raw, a.Letter.Size = spool, spool.Size()
	}
	done, err := s.db.Admit(context.Background(), a, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if e.assignee != "" {
		c := s.becoming(t, store.Change{Number: done.Numbers[0], Event: store.Event{Actor: "oleg", Code: "assigned"}}, func(q *store.Request) { q.Assignee = e.assignee })
		if _, err := s.db.Change(context.Background(), c, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	return done.Numbers[0]
}

func (s shelf) nextUID(t testing.TB) uint32 {
	t.Helper()
	all, err := s.db.Requests(context.Background(), store.Filter{All: true})
	if err != nil {
		t.Fatal(err)
	}
	return uint32(len(all) + 1)
}

// today is the day of the tests, in the operator's zone.
func today() rules.Date { return rules.DateIn(time.Now(), almaty) }

// queue is a shelf with one request of every sort that list tells apart.
func queue(t *testing.T) (s shelf, number map[string]string) {
	t.Helper()
	s, number = newShelf(t), map[string]string{}
	day := today()
	for _, e := range []struct {
		name string
		entry
	}{
		{"late", entry{kind: "claim", status: store.StatusOpen, received: day.AddDays(-40), due: day.AddDays(-9), letter: store.Letter{FromName: "Иванова Мария", FromAddr: "m@mail.kz", Subject: "Претензия"}}},
		{"missed", entry{kind: "opt_out", status: store.StatusOpen, received: day.AddDays(-12), due: day.AddDays(-8), source: rules.SourceTarget, letter: store.Letter{FromAddr: "who@example.kz", Subject: "Отказ"}}},
		{"today", entry{kind: "erasure", status: store.StatusInProgress, received: day.AddDays(-20), due: day, source: rules.SourcePolicy, assignee: "oleg", letter: store.Letter{FromName: "Әлия Қасым", FromAddr: "a@example.kz", Subject: "Деректерді жою"}}},
		{"review", entry{status: store.StatusReview, received: day, due: day.AddDays(4), source: rules.SourceTarget, letter: store.Letter{FromName: "山田太郎", FromAddr: "y@example.jp", Subject: "?"}}},
		{"far", entry{kind: "consent_withdrawal", status: store.StatusOpen, received: day, due: day.AddDays(30), assignee: "aigerim@license.kz", letter: store.Letter{FromName: "Петр и\u0306 Ёлкин", FromAddr: "p@example.kz", Subject: "Отзыв согласия"}}},
		{"standing", entry{kind: "claim", status: store.StatusWaiting, received: day.AddDays(-5), letter: store.Letter{FromName: "ТОО «Ромашка и большая семья уважаемых партнёров»", FromAddr: "r@example.kz", Subject: "Претензия"}}},
		{"done", entry{kind: "claim", status: store.StatusDone, received: day.AddDays(-90), due: day.AddDays(-60), letter: store.Letter{FromName: "Иванова Мария", FromAddr: "m@mail.kz", Subject: "Претензия"}}},
	} {
		number[e.name] = s.put(t, e.entry)
	}
	return s, number
}

// terminalOut runs a command with a pseudo-terminal as its output, cols wide, and
// returns what was written there.
func (s shelf) terminalOut(t *testing.T, cols int, args ...string) string {
	t.Helper()
	screen, far := openTerminal(t, cols)
	var errs bytes.Buffer
	got := make(chan []byte)
	go func() {
		var all []byte
		b := make([]byte, 4096)
		for {
			n, err := screen.Read(b)
			all = append(all, b[:n]...)
			if err != nil || bytes.HasSuffix(all, []byte("\x04")) {
				break
			}
		}
		got <- all
	}()
	code := run(t.Context(), append([]string{"--config", s.config}, args...), streams{in: bytes.NewReader(nil), out: far, err: &errs})
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	far.WriteString("\x04") // what follows the last line; no screen may hold it
	out := <-got
	return string(bytes.ReplaceAll(bytes.TrimSuffix(out, []byte("\x04")), []byte("\r\n"), []byte("\n")))
}
