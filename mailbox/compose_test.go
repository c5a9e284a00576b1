package mailbox_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"unicode/utf8"

	"license.kz/pometka/mailbox"
)

func acknowledgement() mailbox.Letter {
	return mailbox.Letter{
		From: mailbox.Address{Name: "ТОО «I-License»", Addr: "info@license.kz"}, To: mailbox.Address{Addr: "aigerim@example.kz"},
		Subject: "Автоответ: обращение № LK-2026-000123 зарегистрировано",
		Body:    "Здравствуйте!\nВаше обращение зарегистрировано.\n\n" + strings.Repeat("длинная строка ", 200),
		Date:    day, MessageID: "<ack.123.f00d@license.kz>", InReplyTo: "<q@example.kz>", References: []string{"<p@example.kz>", "<q@example.kz>"},
		Language: "ru, kk", AutoSubmitted: "auto-replied", LoopSign: "abc123",
	}
}

func compose(t *testing.T, l mailbox.Letter) (*mail.Message, []byte) {
	t.Helper()
	raw, err := mailbox.Compose(l)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return m, raw
}

func TestComposeHeaders(t *testing.T) {
	m, raw := compose(t, acknowledgement())
	for name, want := range map[string]string{
		"To": "<aigerim@example.kz>", "Date": "Mon, 16 Nov 2026 10:15:00 +0500", "Message-ID": "<ack.123.f00d@license.kz>",
		"In-Reply-To": "<q@example.kz>", "References": "<p@example.kz> <q@example.kz>", "Auto-Submitted": "auto-replied",
		"X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply", "Content-Language": "ru, kk", "X-Pometka-Loop": "abc123",
		"MIME-Version": "1.0", "Content-Type": "text/plain; charset=UTF-8",
		"Precedence": "", "User-Agent": "", "X-Mailer": "", "Reply-To": "", "Cc": "", "Bcc": "", "Sender": "", "List-Unsubscribe": "",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != acknowledgement().Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	from, err := m.Header.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Name != "ТОО «I-License»" || from[0].Address != "info@license.kz" {
		t.Errorf("from %v, %v", from, err)
	}
	if _, again := compose(t, acknowledgement()); !bytes.Equal(raw, again) {
		t.Error("the same letter gave other bytes")
	}
	checkWire(t, raw)
}

// checkWire: CRLF only, 7-bit, no line over 998 bytes (RFC 5322, 2.1.1).
func checkWire(t *testing.T, raw []byte) {
	t.Helper()
	if !bytes.HasSuffix(raw, []byte("\r\n")) {
		t.Error("the last line does not end")
	}
	for line := range bytes.SplitSeq(bytes.TrimSuffix(raw, []byte("\r\n")), []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") || bytes.ContainsFunc(line, func(r rune) bool { return r > '~' }) {
			t.Errorf("bad line %.80q", line)
		}
	}
}

func body(t *testing.T, r io.Reader, encoding string) string {
	t.Helper()
	switch encoding {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	default:
		t.Fatalf("encoding %q", encoding)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

func TestComposeBody(t *testing.T) {
	for _, text := range []string{acknowledgement().Body, "plain\n.\nFrom here\n", "Mostly English, немного по-русски.", "", strings.Repeat("x", 3000)} {
		l := acknowledgement()
		l.Body = text
		m, raw := compose(t, l)
		checkWire(t, raw)
		if got := body(t, m.Body, m.Header.Get("Content-Transfer-Encoding")); got != strings.TrimRight(text, "\n")+"\n" {
			t.Errorf("got %.100q", got)
		}
	}
}

func TestComposeAttachments(t *testing.T) {
	l := acknowledgement()
	name := "../доверенность " + strings.Repeat("и", 200) + ".pdf"
	l.Attachments = []mailbox.File{{Name: name, Type: "application/pdf", Data: bytes.Repeat([]byte{0, 1, 2}, 5000)}, {Name: "b.bin", Type: "no type", Data: []byte("b")}}
	m, raw := compose(t, l)
	checkWire(t, raw)
	if _, again := compose(t, l); !bytes.Equal(raw, again) {
		t.Error("the same letter gave other bytes")
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/mixed" {
		t.Fatalf("%q: %v", kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for i, want := range []struct{ kind, name, data string }{
		{"text/plain; charset=UTF-8", "", l.Body}, {"application/pdf", "доверенность", string(l.Attachments[0].Data)}, {"application/octet-stream", "b.bin", "b"},
	} {
		p, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Header.Get("Content-Type"); got != want.kind {
			t.Errorf("part %d is %q", i, got)
		}
		if got := p.FileName(); !strings.HasPrefix(got, want.name) || strings.Contains(got, "/") || i == 1 && !strings.HasSuffix(got, ".pdf") {
			t.Errorf("part %d is called %q", i, got)
		}
		if got := body(t, p, p.Header.Get("Content-Transfer-Encoding")); i > 0 && got != want.data {
			t.Errorf("part %d: %d bytes", i, len(got))
		}
	}
}

func TestComposeThread(t *testing.T) {
	l := acknowledgement()
	l.InReplyTo = "junk without brackets"
	l.References = []string{"<first@x>", "<a b@x>", "nothing"}
	for range 40 {
		l.References = append(l.References, "<"+strings.Repeat("r", 60)+"@x>")
	}
	l.References = append(l.References, "<last@x>")
	m, raw := compose(t, l)
	checkWire(t, raw)
	ids := strings.Fields(m.Header.Get("References"))
	if len(ids) != 20 || ids[0] != "<first@x>" || ids[19] != "<last@x>" || m.Header.Get("In-Reply-To") != "" {
		t.Errorf("references %d %q, in reply to %q", len(ids), ids, m.Header.Get("In-Reply-To"))
	}
}

func TestComposeRefusesWhatBreaksOut(t *testing.T) {
	for name, change := range map[string]func(*mailbox.Letter, string){
		"from name": func(l *mailbox.Letter, s string) { l.From.Name = s }, "from": func(l *mailbox.Letter, s string) { l.From.Addr = s },
		"to name": func(l *mailbox.Letter, s string) { l.To.Name = s }, "to": func(l *mailbox.Letter, s string) { l.To.Addr = s },
		"subject": func(l *mailbox.Letter, s string) { l.Subject = s }, "message id": func(l *mailbox.Letter, s string) { l.MessageID = s },
		"in reply to": func(l *mailbox.Letter, s string) { l.InReplyTo = s }, "references": func(l *mailbox.Letter, s string) { l.References = []string{s} },
		"language": func(l *mailbox.Letter, s string) { l.Language = s }, "auto": func(l *mailbox.Letter, s string) { l.AutoSubmitted = s },
		"loop sign": func(l *mailbox.Letter, s string) { l.LoopSign = s },
		"file name": func(l *mailbox.Letter, s string) { l.Attachments = []mailbox.File{{Name: s}} },
		"file type": func(l *mailbox.Letter, s string) { l.Attachments = []mailbox.File{{Name: "a", Type: s}} },
	} {
		for _, evil := range []string{"x\r\nBcc: victim@example.kz", "x\nBcc: victim@example.kz", "x\rBcc: victim@example.kz", "x\x00", "\xff\xfe"} {
			l := acknowledgement()
			change(&l, evil)
			raw, err := mailbox.Compose(l)
			if err == nil || bytes.Contains(raw, []byte("victim")) || strings.Contains(err.Error(), "victim") {
				t.Errorf("%s %q: %v", name, evil, err)
			}
		}
	}
}

// Ids of strangers go into our header if they are ids, and only then.
func TestThreadIDs(t *testing.T) {
	for id, good := range map[string]bool{
		"<CAF+abc=123@mail.gmail.com>": true, "<20261123.1@[10.0.0.1]>": true, "<a$b#c@example.kz>": true, "<x@[IPv6:2001:db8::1]>": true,
		"<no-domain-1234>": true, "<A1B2.{C}|D~@host>": true,
		"<aBcc:v@evil.example@b>": false, "<xBcc:victim@evil.example>": false, "<a b@c>": false, "<>": false, "<@b>": false, "<a@>": false,
		"<x@[xBcc:victim@evil]>": false, "<x@[any words]>": false, "<a@b>,<c@d>": false, "<\"a\"@b>": false, "<п@b>": false, "<" + strings.Repeat("a", 600) + "@b>": false,
	} {
		l := acknowledgement()
		l.InReplyTo, l.References = id, []string{"<p@example.kz>", id}
		m, _ := compose(t, l)
		want, chain := "", "<p@example.kz>"
		if good {
			want, chain = id, chain+" "+id
		}
		if got, refs := m.Header.Get("In-Reply-To"), m.Header.Get("References"); got != want || refs != chain {
			t.Errorf("%q: In-Reply-To %q, References %q", id, got, refs)
		}
	}
}

// Every field begins on the line of its name; a line with an encoded word has
// at most 76 bytes (RFC 2047, 2), and each word decodes by itself.
func TestComposeFolding(t *testing.T) {
	long := "<" + strings.Repeat("x", 90) + "@eurprd04.prod.outlook.com>"
	for _, subject := range []string{
		"Автоответ: обращение № LK-2026-000123 зарегистрировано", "Re: short", "№", strings.Repeat("ә", 300), strings.Repeat("😀", 100),
		"a  b", " a", "a ", "=?UTF-8?Q?x?=", strings.Repeat("word ", 60) + "end", strings.Repeat("w", 300), strings.Repeat("aб", 90),
	} {
		l := acknowledgement()
		l.Subject, l.InReplyTo, l.References = subject, long, []string{long, "<p@example.kz>", long}
		m, raw := compose(t, l)
		if got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || got != strings.TrimSpace(subject) && got != subject {
			t.Errorf("subject %q became %q, %v", subject, got, err)
		}
		if m.Header.Get("In-Reply-To") != long || m.Header.Get("References") != long+" <p@example.kz> "+long {
			t.Errorf("thread: %q, %q", m.Header.Get("In-Reply-To"), m.Header.Get("References"))
		}
		head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		for line := range strings.SplitSeq(string(head), "\r\n") {
			if strings.HasSuffix(line, ":") || strings.TrimSpace(line) == "" {
				t.Errorf("%q: a line without a value: %q", subject, line)
			}
			if strings.Contains(line, "=?") && len(line) > 76 {
				t.Errorf("%q: a line of %d bytes: %s", subject, len(line), line)
			}
			for word := range strings.FieldsSeq(line) {
				if !strings.HasPrefix(word, "=?UTF-8?B?") {
					continue
				}
				if text, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(strings.TrimPrefix(word, "=?UTF-8?B?"), "?=")); err != nil || !utf8.Valid(text) {
					t.Errorf("%q: a word cuts a character: %s", subject, word)
				}
			}
		}
	}
}
