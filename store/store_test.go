package store

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// The clock of the tests: a Monday morning in Almaty.
var t0 = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

func open(t testing.TB) *DB {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "pometka.db"))
}

func openAt(t testing.TB, path string) *DB {
	t.Helper()
	db, err := Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func day(s string) rules.Date {
	d, err := rules.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func spool(t testing.TB, db *DB, content string) *Spool {
	t.Helper()
	s := db.Spool()
	t.Cleanup(func() { s.Discard() })
	_, err := s.Write([]byte(content))
	ok(t, err)
	return s
}

func terms(due ...string) []Term {
	var list []Term
	for i, d := range due {
		list = append(list, Term{
			ID: []string{"policy", "law", "target"}[i], Kind: "consent_withdrawal", Name: rules.Text{RU: "прекратить обработку", KK: "өңдеуді тоқтату"},
			Basis: rules.Text{RU: "ст. 8 п. 7"}, Source: rules.SourcePolicy, Days: 30, Unit: rules.WorkingDays,
			From: day("2026-11-23"), DayOne: day("2026-11-24"), Due: day(d), Named: true, Checked: day("2026-11-01"),
		})
	}
	return list
}

// admission is a letter with UID uid that makes one withdrawal, acknowledged.
func admission(t testing.TB, db *DB, uid uint32) Admission {
	t.Helper()
	a := letterOf(uid)
	a.Raw = spool(t, db, rawOf(uid))
	return a
}

func rawOf(uid uint32) string {
	return fmt.Sprintf("From: a%d@example.kz\r\nSubject: =?utf-8?Q?x?=\r\n\r\nбайты\x00 %d", uid, uid)
}

func letterOf(uid uint32) Admission {
	raw := rawOf(uid)
	return Admission{
		Place: Place{Folder: "INBOX", UIDValidity: 7, UID: uid},
		Seen:  Seen{UID: uid, Size: int64(len(raw)), InternalDate: t0, HeaderDigest: fmt.Sprintf("%064x", uid), Verdict: rules.Request, ReasonCode: "mark"},
		Letter: Letter{
			Size: int64(len(raw)), ReceivedAt: t0, DateHeader: t0.Add(-time.Minute), Trust: rules.TrustVerified, Language: rules.RU,
			Verdict: rules.Request, Confidence: rules.Exact, Prescribed: true, ReasonCode: "mark", Troubles: []string{"charset"},
			Subject: "Отзыв согласия", FromAddr: fmt.Sprintf("A%d@Example.kz", uid), FromName: "Айгүл Ә.", ReplyTo: "r@example.kz",
			MessageID: fmt.Sprintf("<m%d@example.kz>", uid), InReplyTo: "<x@y>", References: []string{"<x@y>", "<z@y>"},
			Marker: "Отзыв согласия", ReasonArgs: []string{"Отзыв"}, Text: fmt.Sprintf("Прошу прекратить\nобработку %d", uid),
			Attachments: []Attachment{{Name: "паспорт.pdf", Type: "application/pdf", Size: 12}},
		},
		Actor: Machine, Prefix: "LK", Policy: PolicyRef{Name: "license.kz", Edition: day("2026-01-01"), Digest: "d1"},
		Possibly: []string{"LK-2025-000009"},
		Requests: []NewRequest{{Kind: "consent_withdrawal", Status: StatusOpen, ReceivedOn: day("2026-11-23"), ActBy: day("2026-12-14"), Terms: terms("2027-01-08", "2026-12-14")}},
		Ack:      ack(fmt.Sprintf("a%d", uid)),
	}
}

func ack(to string) *NewMail {
	return &NewMail{
		Purpose: PurposeAcknowledgement, State: MailQueued, To: to + "@example.kz", Language: "ru",
		MessageID: func(n string) string { return "<" + n + "." + to + "@license.kz>" },
		Keys:      MailKeys{Address: to, Domain: "example.kz"}, Data: `{"x":1}`,
	}
}

func render(m Mail, l Letter, rs []Request) ([]byte, error) {
	return fmt.Appendf(nil, "To: %s\r\nMessage-ID: %s\r\n\r\n%v %s", m.To, m.MessageID, m.Requests, l.Subject), nil
}

// sound fails the test unless the whole history holds.
func sound(t testing.TB, db *DB) {
	t.Helper()
	breaks, err := db.Verify(context.Background())
	ok(t, err)
	for _, b := range breaks {
		t.Errorf("break: %+v", b)
	}
}

// TestMain runs the tests, or, in a process that a test starts, its other part.
func TestMain(m *testing.M) {
	if name := os.Getenv("POMETKA_STORE_CHILD"); name != "" {
		if err := children[name](os.Getenv("POMETKA_STORE_PATH"), os.Getenv("POMETKA_STORE_ARG")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// children are the other parts of tests that need a second process.
var children = map[string]func(path, arg string) error{
	"script": childScript, "writer": childWriter, "opener": childOpener, "memory": childMemory,
}

// child prepares a process that runs children[name].
func child(name, path, arg string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe")
	if self, err := os.Executable(); err == nil {
		cmd.Path = self
	}
	cmd.Env = append(os.Environ(), "POMETKA_STORE_CHILD="+name, "POMETKA_STORE_PATH="+path, "POMETKA_STORE_ARG="+arg)
	return cmd
}

// becoming is c, by which its request becomes what f makes of it.
func becoming(tb testing.TB, db *DB, c Change, f func(*Request)) Change {
	tb.Helper()
	r := must[Request](tb)(db.Request(context.Background(), c.Number))
	f(&r)
	c.Revision, c.Is = r.Revision, &r
	return c
}

// joins is a letter that joins a request and changes nothing.
func joins(number string) []Change {
	return []Change{{Number: number, Event: Event{Actor: Machine, Code: EventJoined}}}
}

// alike finds no difference between two letters.
func alike(string, []Attachment) bool { return true }
