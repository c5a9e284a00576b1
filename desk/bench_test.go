package desk

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"net"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

const (
	account  = "info@license.kz"
	password = "sandbox"
)

// now is the clock of the tests: Monday 23 November 2026, 10:00 in Almaty.
var now = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

// rig is a desk with servers of its own and a real database.
type rig struct {
	*Desk
	box  *sandbox.Sandbox
	path string
}

func newRig(t *testing.T) *rig {
	t.Helper()
	box, err := sandbox.Start(sandbox.Options{Username: account, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	path := filepath.Join(t.TempDir(), "pometka.db")
	d := openDesk(t, path, box.IMAPAddr, box.SMTPAddr, box.CA)
	return &rig{Desk: d, box: box, path: path}
}

// openDesk opens a desk as the daemon does, on servers that may live in
// another process.
func openDesk(t testing.TB, path, imap, smtp string, ca []byte) *Desk {
	t.Helper()
	db, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	words, err := templates.New("")
	if err != nil {
		t.Fatal(err)
	}
	cal, err := rules.NewCalendar(rules.CalendarOptions{Week: 5})
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Asia/Almaty")
	if err != nil {
		t.Fatal(err)
	}
	reader := mailbox.NewReader(mailbox.ReaderOptions{Server: server(t, imap, ca)})
	t.Cleanup(func() { reader.Close() })
	policy := rules.BuiltIn()
	return New(Options{
		Store: db, Inbox: reader, Sender: mailbox.NewSender(mailbox.SenderOptions{Server: server(t, smtp, ca)}),
		Policy: policy, Calendar: cal, Deadlines: rules.DeadlineOptions{Statutory: true}, Words: words, Zone: zone,
		Operator: Operator{
			Name: policy.Operator.Name, Address: account, Contact: account, Prefix: "LK",
			Languages: []rules.Lang{rules.RU, rules.KK},
			Own:       rules.Own{Addresses: []string{account}, Domain: "license.kz", Forms: policy.Operator.Forms},
		},
		Since: 60 * 24 * time.Hour, From: account, Bounce: account,
		Acknowledge: Acknowledge{Enabled: true, Dates: "both", Fresh: 24 * time.Hour, Caps: Caps{AddressKindDay: 1, AddressDay: 3, DomainHour: 10, TotalHour: 200, PublicDomains: []string{"mail.example"}}},
		Reminders:   Reminders{DaysBefore: []int{10, 5, 3, 1, 0}, To: account},
		Language:    rules.RU,
		Now:         func() time.Time { return now },
	})
}

func server(t testing.TB, addr string, ca []byte) mailbox.Server {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return mailbox.Server{
		Host: host, Port: n, TLS: mailbox.TLSImplicit, CA: ca, Username: account, Auth: "password", Timeout: 20 * time.Second,
		Secret: func(context.Context) (string, error) { return password, nil },
	}
}

// mail is a letter to the operator.
type mail struct {
	from, subject, body, id string
	fields                  []string // further header lines
}

func (m mail) raw() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <%s>\r\nFrom: %s\r\nTo: %s\r\nSubject: %s\r\n", m.from, m.from, account, mime.BEncoding.Encode("utf-8", m.subject))
	fmt.Fprintf(&b, "Date: %s\r\nMessage-ID: <%s>\r\nMIME-Version: 1.0\r\n", now.Format(time.RFC1123Z), m.id)
	for _, f := range m.fields {
		b.WriteString(f + "\r\n")
	}
	b.WriteString("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + m.body + "\r\n")
	return b.Bytes()
}

const withdrawalMark = "Отзыв согласия на обработку персональных данных"

// put lays a letter into a folder, received at an instant.
func (r *rig) put(t *testing.T, folder string, m mail, at time.Time) {
	t.Helper()
	if err := r.box.Put(folder, m.raw(), at); err != nil {
		t.Fatal(err)
	}
}

// pass is one intake pass and one pass over the outbox.
func (r *rig) pass(t *testing.T) (PollReport, FlushReport) {
	t.Helper()
	p, err := r.Poll(t.Context())
	if err != nil {
		t.Fatalf("poll: %v", err)
	}
	f, err := r.Flush(t.Context())
	if err != nil {
		t.Fatalf("flush: %v", err)
	}
	return p, f
}

// all lists every request, closed ones too.
func (r *rig) all(t *testing.T) []store.Request {
	t.Helper()
	list, err := r.Store.Requests(t.Context(), store.Filter{All: true})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
