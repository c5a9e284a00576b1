package desk

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net/textproto"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

//go:embed testdata/reports.txt
var reportShapes string

// shape is one letter of testdata/reports.txt.
type shape struct {
	name, fields string
	bounced      bool
	text         string
	parts        [][2]string // type and content
}

var partStart = regexp.MustCompile(`\n--- ([a-z]+/[a-z0-9-]+)\n`)

func shapes(t *testing.T) (list []shape) {
	t.Helper()
	for _, block := range strings.Split("\n"+reportShapes, "\n== ")[1:] {
		title, rest, _ := strings.Cut(block, "\n")
		name, want, _ := strings.Cut(title, ": ")
		if want != "bounce" && want != "keep" {
			t.Fatalf("shape %q: %q", name, want)
		}
		s := shape{name: name, bounced: want == "bounce"}
		starts := partStart.FindAllStringSubmatchIndex(rest, -1)
		if starts == nil {
			s.fields, s.text, _ = strings.Cut(rest, "\n\n")
		} else {
			s.fields = rest[:starts[0][0]]
		}
		for i, at := range starts {
			end := len(rest)
			if i+1 < len(starts) {
				end = starts[i+1][0]
			}
			s.parts = append(s.parts, [2]string{rest[at[2]:at[3]], rest[at[1]:end] + "\n"})
		}
		list = append(list, s)
	}
	return list
}

// encodings are the ways to write a part.
var encodings = []string{"8bit", "quoted-printable", "base64"}

func encodePart(kind, content, encoding string) string {
	if strings.HasPrefix(kind, "multipart/") || kind == "message/rfc822" {
		encoding = "8bit" // no other is allowed (RFC 2046, 5.2.1)
	}
	var b bytes.Buffer
	switch encoding {
	case "base64":
		for text := base64.StdEncoding.EncodeToString([]byte(content)); text != ""; {
			n := min(76, len(text))
			b.WriteString(text[:n] + "\r\n")
			text = text[n:]
		}
	case "quoted-printable":
		w := quotedprintable.NewWriter(&b)
		w.Write([]byte(content))
		w.Close()
	default:
		b.WriteString(content)
	}
	return fmt.Sprintf("Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n%s", kind, encoding, b.String())
}

// letter writes the shape about a letter of ours.
func (s shape) letter(n int, ours mailbox.Envelope, encoding string) []byte {
	id := mailbox.Parse(bytes.NewReader(ours.Raw)).MessageID
	fill := func(text string) string {
		return strings.ReplaceAll(strings.NewReplacer("{ID}", id, "{ENV}", envelopeID(id), "{HEAD}", headerOf(ours.Raw), "{RAW}", string(ours.Raw), "{TO}", ours.To).Replace(
			strings.ReplaceAll(text, "\n", "\r\n")), "\r\r", "\r")
	}
	var b strings.Builder
	kind, path := "multipart/report", "Return-Path: <>"
	for _, line := range strings.Split(s.fields, "\n") {
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch textproto.CanonicalMIMEHeaderKey(name) {
		case "Type":
			kind = value
			continue
		case "Return-Path":
			path = "Return-Path: " + value
			continue
		case "Subject":
			value = mime.BEncoding.Encode("utf-8", value)
		case "From":
			if who, addr, named := strings.Cut(value, " <"); named {
				value = mime.QEncoding.Encode("utf-8", who) + " <" + addr
			}
		}
		fmt.Fprintf(&b, "%s: %s\r\n", name, fill(value))
	}
	head := fill(path) + "\r\n" + b.String() + fmt.Sprintf("To: %s\r\nMessage-ID: <report-%d@far.example>\r\nDate: %s\r\nMIME-Version: 1.0\r\n", account, n, now.Format(time.RFC1123Z))
	if s.parts == nil {
		return []byte(head + encodePart("text/plain", fill(s.text), encoding))
	}
	if kind == "multipart/report" {
		kind += "; report-type=delivery-status"
	}
	body := head + "Content-Type: " + kind + "; boundary=\"=_far\"\r\n\r\nThis is MIME.\r\n"
	for _, part := range s.parts {
		body += "--=_far\r\n" + encodePart(part[0], fill(part[1]), encoding) + "\r\n"
	}
	return []byte(body + "--=_far--\r\n")
}

// What mail systems and answering machines of the world send back: every
// report that our letter did not arrive marks it, in whatever encoding its
// parts come, nothing else does, and nobody of them is answered or makes a
// request.
func TestReportsOfTheWorld(t *testing.T) {
	list := shapes(t)
	if len(list) < 60 {
		t.Fatalf("%d shapes", len(list))
	}
	for i, encoding := range encodings {
		t.Run(encoding, func(t *testing.T) {
			part := list
			if os.Getenv("POMETKA_LONG") == "" && i > 0 { // a third of them in each other encoding
				part = nil
				for n := i; n < len(list); n += len(encodings) {
					part = append(part, list[n])
				}
			}
			worldReports(t, part, encoding)
		})
	}
}

func worldReports(t *testing.T, list []shape, encoding string) {
	r := newRig(t)
	for n := range list {
		r.put(t, "INBOX", mail{from: fmt.Sprintf("p%d@host%d.example", n, n), subject: withdrawalMark, body: fmt.Sprintf("Прошу, %d.", n), id: fmt.Sprintf("%d@host.example", n)}, now.Add(-time.Hour))
	}
	if _, f := r.pass(t); f.Sent != len(list) {
		t.Fatalf("flush: %+v", f)
	}
	ours := map[string]mailbox.Envelope{}
	for _, e := range r.box.Sent() {
		ours[e.To] = mailbox.Envelope(e)
	}
	for n, s := range list {
		raw := s.letter(n, ours[fmt.Sprintf("p%d@host%d.example", n, n)], encoding)
		if err := r.box.Put("INBOX", raw, now); err != nil {
			t.Fatal(err)
		}
	}
	r.pass(t)
	if requests := r.all(t); len(requests) != len(list) { // what a person wrote in the thread has joined
		for _, q := range requests[min(len(list), len(requests)):] {
			t.Errorf("%q was registered", q.Letters[0].Subject)
		}
	}
	mails, err := r.Store.Outbox(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]store.Mail{}
	public := 0
	for _, m := range mails {
		if m.Purpose.Public() {
			public++
			states[m.To] = m
		}
	}
	if public != len(list) {
		t.Errorf("%d letters to the public, want %d: somebody was answered", public, len(list))
	}
	for n, s := range list {
		m := states[fmt.Sprintf("p%d@host%d.example", n, n)]
		if bounced := m.State == store.MailFailed && m.Reason.Code == store.ReasonBounced; bounced != s.bounced {
			t.Errorf("%s: our letter is %s %s", s.name, m.State, m.Reason.Code)
		}
	}
}
