package mailbox

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"
)

// sound returns letters as mail programs write them, with nothing broken.
func sound(t *testing.T) map[string]string {
	all := map[string]string{"sample": sampleLetter(6000), "html": htmlLetter(3000)}
	if dir := os.Getenv("POMETKA_EXAMPLES"); dir != "" {
		files, err := filepath.Glob(filepath.Join(dir, "eml", "*.eml"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no letters in %s: %v", dir, err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all[filepath.Base(f)] = string(raw)
		}
	}
	return all
}

// fetchedOf returns the deciding fields of a letter as an IMAP server gives them,
// and its body.
func fetchedOf(raw string) (header, body []byte) {
	raw = strings.TrimLeft(raw, "\r\n")
	n := strings.Index(raw, "\r\n\r\n")
	if n < 0 {
		return []byte(raw), nil
	}
	fields, _, _ := splitHeader([]byte(raw[:n+2]))
	for _, f := range fields {
		if slices.ContainsFunc(HeaderFields(), func(name string) bool { return strings.EqualFold(name, f.name) }) {
			header = append(append(append(header, f.name...), ':'), f.raw...)
		}
	}
	return append(header, "\r\n"...), []byte(raw[n+4:])
}

// What is known of a letter by its deciding fields and the beginning of its
// text is what is known of it as a whole.
func TestPartsAgreeWithWhole(t *testing.T) {
	for name, raw := range sound(t) {
		whole := Parse(strings.NewReader(raw))
		header, body := fetchedOf(raw)
		for what, m := range map[string]*Message{
			"header": ParseHeader(header), "prefix": ParsePrefix(header, body[:min(len(body), 8192)]), "joined": Parse(io.MultiReader(bytes.NewReader(header), bytes.NewReader(body))),
		} {
			if m.Subject != whole.Subject || !slices.Equal(m.From, whole.From) || m.MessageID != whole.MessageID || !m.Date.Equal(whole.Date) {
				t.Errorf("%s: the %s says %q %v, the letter %q %v", name, what, m.Subject, m.From, whole.Subject, whole.From)
			}
			if next := ParseHeader(header).Continue(header, body[:min(len(body), 8192)]); what == "prefix" && !reflect.DeepEqual(next, m) {
				t.Errorf("%s: read on it says %+v, at once %+v", name, next, m)
			}
			for field, values := range m.Fields {
				if !slices.Equal(values, whole.Fields[field]) {
					t.Errorf("%s: the %s has %s %q, the letter %q", name, what, field, values, whole.Fields[field])
				}
			}
			if what == "joined" && m.Text != whole.Text || what == "prefix" && !strings.HasPrefix(whole.Text, m.Text) {
				t.Errorf("%s: the %s has the text %q, the letter %q", name, what, m.Text, whole.Text)
			}
		}
		if HeaderDigest(9, header) != HeaderDigest(9, []byte(raw)) {
			t.Errorf("%s: the digests differ", name)
		}
	}
}

// A body of which the header was read before comes to what both come to at once,
// also where the header is none.
func TestComplete(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 11))
	lines := strings.Split("Subject: =?utf-8?B?0L/RgNC40LLQtdGC?=|From: a@b.kz|from: \xcf\xf0|Content-Type: text/plain; charset=koi8-r|Content-Type: multipart/mixed; boundary=q|"+
		"Content-Transfer-Encoding: base64|no field| folded|\tfolded|\ufeffTo: c@d.kz||\r|X: a\rb|Date: 5 Jan 2026 10:00:00 +0500|Message-ID: <1@b.kz>|--q|Auto-Submitted: no|"+
		"Long: "+strings.Repeat("x", 5000), "|")
	bodies := []string{"", "text", "\r\n\r\ntext", "--q\r\n\r\nyes\r\n--q--\r\n", "--q\r\nContent-Type: text/html\r\n\r\n<p>yes\r\n--q", "0L/RgNC40LLQtdGC", "\xf0\xd2\xc9\xd7\xc5\xd4"}
	usual := 0
	for range 4000 {
		var header strings.Builder
		for range r.IntN(8) {
			header.WriteString(lines[r.IntN(len(lines))])
			header.WriteString([]string{"\r\n", "\r\n", "\r\n", "\n"}[r.IntN(4)])
		}
		if r.IntN(8) > 0 {
			header.WriteString("\r\n")
		}
		head, body := []byte(header.String()), []byte(bodies[r.IntN(len(bodies))])
		cut := r.IntN(len(body) + 1)
		got, want := ParseHeader(head).Complete(head, body[:cut], body[cut:]), Parse(bytes.NewReader(slices.Concat(head, body)))
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q, %q: %+v, want %+v", head, body, got, want)
		}
		if usualHead(head) {
			usual++
		}
	}
	if usual < 500 {
		t.Errorf("only %d headers are usual", usual)
	}
}

func TestPrefixCut(t *testing.T) {
	mixed := "Content-Type: multipart/mixed; boundary=q\r\n"
	alternative := "Content-Type: multipart/alternative; boundary=q\r\n"
	long := strings.Repeat("Прошу ответить. ", 30)
	for name, c := range map[string]struct {
		header, text, want string
		cut                bool
	}{
		"plain":                     {"", "yes", "yes", true},
		"cut in a character":        {"Content-Type: text/plain; charset=utf-8\r\n", "да\xd0", "да", true},
		"cut in an escape":          {"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n", "=D0=B4=D0=B0=D0=", "да", true},
		"cut in base64":             {"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n", "0LTQsNC", "да", true},
		"cut in a tag":              {"Content-Type: text/html; charset=utf-8\r\n", "<p>да<a hre", "да", true},
		"in the preamble":           {mixed, "This is a", "This is a", true},
		"in the header of a part":   {mixed, "--q\r\nContent-Ty", "", true},
		"in the text":               {mixed, "--q\r\n\r\nyes", "yes", true},
		"in an attachment":          {mixed, "--q\r\n\r\nyes\r\n--q\r\nContent-Type: image/png\r\n\r\nAAAA", "yes", false},
		"in an attachment first":    {mixed, "--q\r\nContent-Type: image/png\r\n\r\nAAAA", "", true},
		"in one behind empty text":  {mixed, "--q\r\n\r\n \r\n--q\r\nContent-Type: image/png\r\n\r\nAAAA", "", true},
		"closed":                    {mixed, "--q\r\n\r\nyes\r\n--q--\r\n", "yes", false},
		"in the HTML not needed":    {alternative, "--q\r\n\r\n" + long + "\r\n--q\r\nContent-Type: text/html\r\n\r\n<p>", strings.TrimSpace(long), false},
		"in the HTML needed":        {alternative, "--q\r\n\r\n\r\n--q\r\nContent-Type: text/html\r\n\r\n<p>yes", "yes", true},
		"in a letter in the letter": {mixed, "--q\r\n\r\nyes\r\n--q\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nno", "yes", false},
	} {
		m := ParsePrefix([]byte(head+c.header), []byte(c.text))
		if m.Text != c.want || m.Cut != c.cut {
			t.Errorf("%s: text %q, cut %v; want %q, %v", name, m.Text, m.Cut, c.want, c.cut)
		}
	}
}

// go-message reads sound letters rightly: there the two must agree.
func TestAgreesWithGoMessage(t *testing.T) {
	for name, raw := range sound(t) {
		m := Parse(strings.NewReader(raw))
		e, err := message.Read(strings.NewReader(raw))
		if err != nil {
			continue // it refuses what is broken
		}
		h := mail.Header{Header: e.Header}
		if list, err := h.AddressList("From"); err == nil && (len(m.From) != len(list) || m.From[0].Addr != list[0].Address) {
			t.Errorf("%s: From %v, go-message %v", name, m.From, list)
		}
		if id, err := h.MessageID(); err == nil && id != "" && m.MessageID != "<"+id+">" {
			t.Errorf("%s: Message-ID %q, go-message %q", name, m.MessageID, id)
		}
		var parts []string
		err = e.Walk(func(path []int, e *message.Entity, err error) error {
			kind, _, _ := e.Header.ContentType()
			parts = append(parts, strings.ToLower(kind))
			return nil
		})
		if err == nil && !slices.Equal(parts, m.Parts) && len(m.Embedded) == 0 {
			t.Errorf("%s: parts %v, go-message %v", name, m.Parts, parts)
		}
	}
}
