package mailbox

import (
	"hash/crc32"
	"slices"
	"strings"
	"testing"
	"time"
)

// letter joins lines by CRLF; what is written in other charsets stands in the
// lines as \x bytes.
func letter(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n" }

func parse(s string) *Message { return Parse(strings.NewReader(s)) }

func TestParsePlain(t *testing.T) {
	m := parse(letter(
		"Return-Path: <ivan@example.kz>",
		"Received: from a by b; Mon, 5 Jan 2026 10:00:00 +0500",
		"Received: from x by a; Mon, 5 Jan 2026 09:59:00 +0500",
		"From: =?utf-8?B?0JjQstCw0L0=?= <ivan@example.kz>",
		"To: info@license.kz, \"Desk, the\" <desk@license.kz>",
		"Subject: =?windows-1251?Q?=CF=F0=E5=F2=E5=ED=E7=E8=FF?=",
		"Date: Mon, 5 Jan 2026 09:58:00 +0500",
		"Message-ID: <1@example.kz>",
		"In-Reply-To: <0@license.kz>",
		"References: <a@license.kz>",
		" <0@license.kz>",
		"Content-Type: text/plain; charset=koi8-r",
		"Content-Transfer-Encoding: 8bit",
		"",
		"\xf0\xd2\xcf\xdb\xd5 \xcf\xd4\xd7\xc5\xd4\xc9\xd4\xd8.",
	))
	if m.Subject != "Претензия" || m.Text != "Прошу ответить." {
		t.Errorf("subject %q, text %q", m.Subject, m.Text)
	}
	if want := []Address{{"Иван", "ivan@example.kz"}}; !slices.Equal(m.From, want) {
		t.Errorf("from %v", m.From)
	}
	if want := []Address{{"", "info@license.kz"}, {"Desk, the", "desk@license.kz"}}; !slices.Equal(m.To, want) {
		t.Errorf("to %v", m.To)
	}
	if m.MessageID != "<1@example.kz>" || m.InReplyTo != "<0@license.kz>" ||
		!slices.Equal(m.References, []string{"<a@license.kz>", "<0@license.kz>"}) {
		t.Errorf("ids %q %q %q", m.MessageID, m.InReplyTo, m.References)
	}
	if want := time.Date(2026, 1, 5, 5, 0, 0, 0, time.UTC); !m.ReceivedAt.Equal(want) || m.Received != 2 {
		t.Errorf("received %v, %d fields", m.ReceivedAt, m.Received)
	}
	if m.ReturnPath == nil || *m.ReturnPath != "ivan@example.kz" {
		t.Errorf("return path %v", m.ReturnPath)
	}
	if m.ContentType != "text/plain" || len(m.Troubles) != 0 || m.Cut {
		t.Errorf("type %q, troubles %v, cut %v", m.ContentType, m.Troubles, m.Cut)
	}
	if got := m.Fields["subject"]; !slices.Equal(got, []string{"Претензия"}) {
		t.Errorf("fields %q", got)
	}
}

func TestParseMultipart(t *testing.T) {
	m := parse(letter(
		"From: a@example.kz",
		"Content-Type: multipart/mixed; boundary=out",
		"",
		"preamble",
		"--out",
		"Content-Type: multipart/alternative; boundary=\"in\"",
		"",
		"--in",
		"Content-Type: text/plain; charset=utf-8",
		"",
		"Прошу исправить мой телефон, он давно другой; вот верный номер.",
		"--in",
		"Content-Type: text/html; charset=utf-8",
		"",
		"<p>html</p>",
		"--in--",
		"--out",
		"Content-Type: application/pdf; name=a.pdf",
		"Content-Transfer-Encoding: base64",
		"Content-Disposition: attachment; filename*=windows-1251''%E4%EE%EA.pdf",
		"",
		"AAAA",
		"AAA=",
		"--out--",
		"epilogue",
	))
	if m.Text != "Прошу исправить мой телефон, он давно другой; вот верный номер." {
		t.Errorf("text %q", m.Text)
	}
	if want := []Attachment{{"док.pdf", "application/pdf", 5, crc32.ChecksumIEEE([]byte("AAAAAAA="))}}; !slices.Equal(m.Attachments, want) {
		t.Errorf("attachments %v", m.Attachments)
	}
	want := []string{"multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf"}
	if !slices.Equal(m.Parts, want) || len(m.Troubles) != 0 {
		t.Errorf("parts %v, troubles %v", m.Parts, m.Troubles)
	}
}

func TestHeaderDigest(t *testing.T) {
	whole := letter("Received: from a", "From: =?utf-8?B?0JjQstCw0L0=?=", "\t<ivan@example.kz>", "To: b@c",
		"Subject: one", " two", "Message-ID: <1@x>", "Date: today", "", "body")
	fetched := "Date: today\nSubject: one two\nFrom: =?utf-8?B?0JjQstCw0L0=?= <ivan@example.kz>\nMessage-ID: <1@x>\n\n"
	d := HeaderDigest(100, []byte(whole))
	if len(d) != 64 || d != HeaderDigest(100, []byte(fetched)) {
		t.Errorf("digest of the fetched fields differs from that of the whole header: %s", d)
	}
	if d == HeaderDigest(101, []byte(whole)) || d == HeaderDigest(100, []byte(strings.Replace(whole, "two", "2", 1))) {
		t.Error("another size or subject has the same digest")
	}
	for _, header := range []string{"", "\r\n", "From: a@b.kz\r\nSubject: x\r\n\r\n", "Message-ID:\r\nDate: \r\nFrom: a@b.kz\r\n\r\n"} {
		if d := HeaderDigest(100, []byte(header)); d != "" {
			t.Errorf("letters with the header %q are all the same: %s", header, d)
		}
	}
}
