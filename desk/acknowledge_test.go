package desk

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// parsed is a letter as the standard library reads it: a parser of which no
// line is ours.
type parsed struct {
	netmail.Header
	text string
}

func parse(t *testing.T, raw []byte) parsed {
	t.Helper()
	for i, line := range bytes.Split(raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n") {
			t.Errorf("line %d has %d bytes or a bare line end", i+1, len(line))
		}
	}
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	body := m.Body
	switch strings.ToLower(m.Header.Get("Content-Transfer-Encoding")) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return parsed{m.Header, strings.ReplaceAll(string(text), "\r\n", "\n")}
}

// allowed are the header fields that a letter of ours may have.
var allowed = []string{
	"Auto-Submitted", "Content-Language", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "In-Reply-To",
	"Message-Id", "Mime-Version", "References", "Subject", "To", "X-Auto-Response-Suppress", "X-Pometka-Loop",
}

// checkHeader holds an acknowledgement against docs/developer.md, field by field.
func checkHeader(t *testing.T, r *rig, m parsed, to string) {
	t.Helper()
	for name, values := range m.Header {
		if !slices.Contains(allowed, name) || len(values) != 1 {
			t.Errorf("field %s: %q", name, values)
		}
	}
	from, err := m.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Address != account {
		t.Errorf("From: %v %v", from, err)
	}
	rcpt, err := m.AddressList("To")
	if err != nil || len(rcpt) != 1 || rcpt[0].Address != to || rcpt[0].Name != "" {
		t.Errorf("To: %v %v, want %s without a name", rcpt, err, to)
	}
	if date, err := m.Date(); err != nil || !date.Equal(r.Now()) || !strings.Contains(m.Get("Date"), "+0500") {
		t.Errorf("Date: %q %v", m.Get("Date"), err)
	}
	if id := m.Get("Message-Id"); !regexp.MustCompile(`^<(ack|receipt)\.LK-2026-\d{6}\.[a-z2-7]{16}@license\.kz>$`).MatchString(id) || !r.isOurs(id) {
		t.Errorf("Message-ID: %q", id)
	}
	for name, want := range map[string]string{
		"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply", "X-Pometka-Loop": r.LoopSign(), "Mime-Version": "1.0",
	} {
		if got := m.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	kind, params, err := mime.ParseMediaType(m.Get("Content-Type"))
	if err != nil || kind != "text/plain" || !strings.EqualFold(params["charset"], "utf-8") {
		t.Errorf("Content-Type: %q %v", m.Get("Content-Type"), err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Get("Subject"))
	if err != nil || !strings.Contains(subject, "LK-2026-") {
		t.Errorf("Subject: %q %v", subject, err)
	}
}

// For every mark of the policy the sender gets one letter in his language: the
// number, the receipt, the dates of explain, the digest, at most 120 words a
// language.
func TestAcknowledgementOfEveryKind(t *testing.T) {
	bodies := map[string]string{
		"ru": "Здравствуйте! Прошу исполнить мою просьбу как можно скорее. С уважением, Айгерим.",
		"kk": "Сәлеметсіздер ме! Менің өтінішімді тезірек орындауларыңызды сұраймын. Құрметпен, Әйгерім.",
		"en": "Hello! Please do what I ask as soon as you can, I would be grateful. Kind regards, Aigerim.",
	}
	for _, kind := range rules.BuiltIn().Kinds {
		if len(kind.Marks) == 0 || kind.ByPerson {
			continue
		}
		for lang, body := range bodies {
			t.Run(string(kind.ID)+" "+lang, func(t *testing.T) {
				r := newRig(t)
				r.put(t, "INBOX", mail{from: "a@one.example", subject: kind.Marks[0].Text, body: body, id: "1@one.example"}, now.Add(-time.Hour))
				if _, f := r.pass(t); f.Sent != 1 {
					t.Fatalf("flush: %+v", f)
				}
				e := r.box.Sent()[0]
				if e.To != "a@one.example" || e.From != account {
					t.Errorf("envelope: %s to %s", e.From, e.To)
				}
				m := parse(t, e.Raw)
				checkHeader(t, r, m, "a@one.example")
				if m.Get("In-Reply-To") != "<1@one.example>" || m.Get("References") != "<1@one.example>" {
					t.Errorf("thread: %q, %q", m.Get("In-Reply-To"), m.Get("References"))
				}
				checkWords(t, r, m, r.all(t)[0])
			})
		}
	}
}

// checkWords compares the text with the register and with explain.
func checkWords(t *testing.T, r *rig, m parsed, q store.Request) {
	t.Helper()
	parts := strings.Split(m.text, "* * *")
	langs := strings.Split(m.Get("Content-Language"), ", ")
	if len(parts) != len(langs) {
		t.Fatalf("%d texts in %v", len(parts), langs)
	}
	p, err := r.policyOf(t.Context(), q.Policy)
	if err != nil {
		t.Fatal(err)
	}
	due, err := r.deadlines(p, q)
	if err != nil {
		t.Fatal(err)
	}
	for i, lang := range langs {
		if n := len(strings.Fields(parts[i])); n > 120 {
			t.Errorf("%s: %d words", lang, n)
		}
		flat := strings.Join(strings.Fields(strings.ReplaceAll(parts[i], "\u00a0", " ")), " ")
		want := []string{q.Number, q.Letters[0].RawSHA256, templates.Date(lang, q.ReceivedAt.In(r.Zone))}
		told := map[rules.Date]bool{rules.DateIn(q.ReceivedAt, r.Zone): true}
		for _, term := range due.Terms {
			if term.Term.Named && term.Term.Source != rules.SourceTarget && !term.Due.IsZero() {
				want = append(want, templates.Date(lang, term.Due.Time()))
				told[term.Due] = true
			}
		}
		for _, w := range want {
			if w = strings.ReplaceAll(w, "\u00a0", " "); !strings.Contains(flat, w) {
				t.Errorf("%s: the letter lacks %q:\n%s", lang, w, parts[i])
			}
		}
		for day := rules.NewDate(2026, 11, 1); day.Before(rules.NewDate(2027, 3, 1)); day = day.AddDays(1) {
			if w := strings.ReplaceAll(templates.Date(lang, day.Time()), "\u00a0", " "); !told[day] && regexp.MustCompile(`(^|\D)`+regexp.QuoteMeta(w)).MatchString(flat) {
				t.Errorf("%s: the letter names %s, which explain does not:\n%s", lang, w, parts[i])
			}
		}
	}
}

// What strangers put into their letters reaches no header of ours, and no
// address but theirs gets the answer.
func TestAcknowledgementInjection(t *testing.T) {
	const evil = "Bcc: victim@other.example"
	mails := []mail{
		{subject: withdrawalMark + "\r\n " + evil, id: "1@one.example"},
		{subject: withdrawalMark, id: "2@one.example>\r\n\t" + evil + "\r\n\t<x"},
		{subject: withdrawalMark, id: "3@one.example", fields: []string{"References: <a@b>\r\n\t" + evil + " <c@d>", "In-Reply-To: <x\r\n\ty@z>"}},
		{subject: withdrawalMark, id: strings.Repeat("4", 2000) + "@one.example"},
		{subject: withdrawalMark, id: "5@one.example", fields: []string{"References:" + strings.Repeat("\r\n\t<"+strings.Repeat("r", 300)+"@one.example>", 60)}},
		{subject: "=?utf-8?q?" + strings.ReplaceAll(withdrawalMark, " ", "_") + "=0D=0ABcc:_victim@other.example?=", id: "6@one.example"},
	}
	for i, m := range mails {
		t.Run(fmt.Sprint(i+1), func(t *testing.T) {
			r := newRig(t)
			m.from = fmt.Sprintf("a%d@one.example", i)
			m.body = fmt.Sprintf("Прошу исполнить. %s\r\n%d {{.Number}} {{template \"x\"}}", evil, i)
			r.put(t, "INBOX", m, now.Add(-time.Hour))
			r.pass(t)
			if _, _, err := r.Release(t.Context(), nil, Actor{Login: "officer"}); err != nil {
				t.Fatal(err)
			}
			r.pass(t)
			if len(r.box.Sent()) != 1 {
				t.Fatalf("%d letters sent", len(r.box.Sent()))
			}
			e := r.box.Sent()[0]
			got := parse(t, e.Raw)
			checkHeader(t, r, got, m.from)
			for name, values := range got.Header {
				if strings.Contains(strings.Join(values, " "), "victim") {
					t.Errorf("%s: %q", name, values)
				}
			}
			if e.To != m.from || strings.Contains(got.text, "victim") || strings.Contains(got.text, "{{") {
				t.Errorf("sent to %s:\n%s", e.To, got.text)
			}
			if n := len(strings.Fields(got.Get("References"))); n > 20 {
				t.Errorf("%d references", n)
			}
		})
	}
}

// Names and addresses that would break out of a header, or that mean several
// people, are answered by nobody or by a person.
func TestAcknowledgementAddresses(t *testing.T) {
	for _, from := range []string{
		`"x\r\nBcc: victim@other.example" <a@one.example>`, "=?utf-8?q?x=0D=0ABcc:_victim@other.example?= <a@one.example>",
		"a@one.example, victim@other.example", "friends: a@one.example, victim@other.example;", `"a b"@one.example`,
		"<a@one.example> <victim@other.example>", "a@[127.0.0.1]", "a@localhost", "@one.example", "a@@one.example",
	} {
		r := newRig(t)
		raw := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <1@one.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nПрошу исполнить.\r\n",
			from, account, mime.BEncoding.Encode("utf-8", withdrawalMark))
		if err := r.box.Put("INBOX", []byte(raw), now.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		if p, _ := r.pass(t); len(p.Admitted) != 1 {
			t.Errorf("%s: registered %v, want one", from, p.Admitted)
		}
		for _, e := range r.box.Sent() {
			checkHeader(t, r, parse(t, e.Raw), e.To)
			if e.To != "a@one.example" {
				t.Errorf("%s: sent to %s", from, e.To)
			}
		}
	}
}

// A machine writes to no address that means more than a mailbox to a server.
func TestPlainAddress(t *testing.T) {
	for addr, plain := range map[string]bool{
		"ivan@mail.example": true, "иван@почта.қаз": true, "a+b.c-d_e@x.mail.example": true, "o'brien@mail.example": true,
		"": false, "ivan": false, "@mail.example": false, "ivan@localhost": false, "a@b@c.example": false, "a b@c.example": false,
		"ivan%evil.example@mail.example": false, "evil!ivan@mail.example": false, "-oQ/tmp/x@mail.example": false, "|sh@mail.example": false,
		"`id`@mail.example": false, "a@mail.example\r\nBcc: b@c.example": false, "a@mail.example\u202e": false, "<a@mail.example>": false,
	} {
		if plainAddress(addr) != plain {
			t.Errorf("%q: plain %v", addr, !plain)
		}
	}
}
