package mailbox

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// checkMessage asserts what holds of every Message, whatever was read.
func checkMessage(t *testing.T, m *Message) {
	t.Helper()
	line := func(what, s string) {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
			t.Errorf("%s is not one clean line: %q", what, s)
		}
	}
	line("subject", m.Subject)
	line("message-id", m.MessageID)
	line("in-reply-to", m.InReplyTo)
	for _, id := range m.References {
		line("reference", id)
	}
	if m.ReturnPath != nil {
		line("return path", *m.ReturnPath)
	}
	for _, list := range [][]Address{m.From, m.Sender, m.ReplyTo, m.To, m.Cc} {
		for _, a := range list {
			line("name", a.Name)
			line("address", a.Addr)
			if a.Addr != "" && !isAddress(a.Addr) || a == (Address{}) {
				t.Errorf("%q is no address", a)
			}
		}
	}
	for name, values := range m.Fields {
		line("field name", name)
		for _, v := range values {
			line("field "+name, v)
		}
	}
	for _, a := range m.Attachments {
		line("attachment", a.Name)
		line("attachment type", a.Type)
		if a.Size < 0 {
			t.Errorf("attachment of %d bytes", a.Size)
		}
	}
	for _, p := range m.Parts {
		line("part", p)
	}
	checkText(t, m.Text)
	for _, e := range m.Embedded {
		checkText(t, e.Text)
		line("embedded subject", e.Subject)
	}
}

func checkText(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) || len(s) > TextLimit {
		t.Errorf("text of %d bytes, valid %v", len(s), utf8.ValidString(s))
	}
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		t.Errorf("text holds control characters: %q", s)
	}
}

func FuzzParse(f *testing.F) {
	for name, raw := range hostile() {
		if len(name)%3 == 0 {
			f.Add([]byte(raw[:min(len(raw), 2000)]))
		}
	}
	f.Add([]byte(sampleLetter(2000)))
	f.Add([]byte(head + "Content-Type: multipart/mixed\r\n\r\n--q\r\nContent-Type: message/rfc822\r\n\r\nSubject: a\r\n\r\nb\r\n--q--\r\n"))
	f.Add([]byte(head + "Content-Type: text/html; charset=koi8-r\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=F0=D2=C9=D7=C5=D4</p>"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Parse(bytes.NewReader(raw))
		checkMessage(t, m)
		TrustOf(m, "mx.desk.kz")
		TrustOf(m, "*.outlook.com")
		checkMessage(t, ParseHeader(raw))
		if HeaderDigest(1, raw) != HeaderDigest(1, append([]byte(nil), raw...)) {
			t.Error("two digests of one header")
		}
	})
}

func FuzzParsePrefix(f *testing.F) {
	raw := sampleLetter(2000)
	n := strings.Index(raw, "\r\n\r\n")
	f.Add([]byte(raw[:n+2]), []byte(raw[n+4:n+500]))
	f.Add([]byte("From: a@b.kz"), []byte("text"))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=q\r\n"), []byte("--q\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nда\xd0"))
	f.Fuzz(func(t *testing.T, header, text []byte) {
		m := ParsePrefix(header, text)
		checkMessage(t, m)
		if whole := Parse(bytes.NewReader(append(endHeader(header), text...))); len(bytes.TrimLeft(header, "\r\n\xef\xbb\xbf")) == len(header) &&
			whole.Subject != m.Subject {
			t.Errorf("subject %q of the prefix, %q of the letter", m.Subject, whole.Subject)
		}
	})
}

func FuzzHeaderWords(f *testing.F) {
	for _, s := range []string{"=?utf-8?B?0J7RgtC30YvQsg==?=", "=?utf-8*ru?q?=D0=9E?= =?koi8-r?Q?=D4?=", "=?a?b?c", "\xcf\xf0\xe8", "=?utf-7?Q?+BB4-?="} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		p := newParser(new(Message), strings.NewReader(""))
		s := p.text(value)
		if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
			t.Errorf("%q is read as %q", value, s)
		}
		if isASCII(value) && !bytes.Contains(value, []byte("=?")) && s != oneLine(string(unfold(value))) {
			t.Errorf("%q is changed to %q", value, s)
		}
		list, _ := p.addresses(value)
		for _, a := range list {
			if a.Addr != "" && !isAddress(a.Addr) {
				t.Errorf("%q gives the address %q", value, a.Addr)
			}
		}
		_, params := p.parameters(value)
		for _, a := range params {
			if !utf8.ValidString(a.value) {
				t.Errorf("%q gives the parameter %q=%q", value, a.name, a.value)
			}
		}
	})
}

func FuzzHTMLText(f *testing.F) {
	for _, s := range []string{"<p>a<blockquote>b</p>c", "<a href='http://a/'>x</a>", "<table><tr><td>a<td>b", "<div style='display:none'>x", "<pre>\n\na</pre>", "&#0;&#x1b;<title>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		got, _ := clip(cleanText(htmlText(s)))
		checkText(t, got)
		if limit := 40*len(s) + 100; len(got) > limit {
			t.Errorf("%d bytes of HTML give %d of text", len(s), len(got))
		}
	})
}

func FuzzParseAuthResults(f *testing.F) {
	for _, s := range []string{"mx.a.kz; spf=pass smtp.mailfrom=a@b", `mx.a.kz 1; dkim/1=fail reason="x;y" (a (b) c) header.d=b.kz`, "spf=pass x.y=z; a.kz; dmarc=none", "mx.a.kz; none"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		a, err := ParseAuthResults(value)
		if err != nil {
			return
		}
		// What stands in quotes or parentheses gives no result: with their
		// content blotted out, the same methods come to the same results.
		b, err := ParseAuthResults(blot(value))
		if err != nil {
			t.Fatalf("%q is read, but not without its quotations: %v", value, err)
		}
		if len(a.Results) != len(b.Results) {
			t.Fatalf("%q: %+v, and without its quotations %+v", value, a, b)
		}
		for i, r := range a.Results {
			if r.Method != b.Results[i].Method || r.Result != b.Results[i].Result {
				t.Errorf("%q: %+v, and without its quotations %+v", value, a, b)
			}
		}
	})
}

// blot replaces what stands in quoted strings and comments by dots.
func blot(v string) string {
	out := []byte(v)
	depth, quoted := 0, false
	for i := 0; i < len(out); i++ {
		c := out[i]
		switch {
		case c == '\\' && (quoted || depth > 0):
			out[i] = '.'
			if i++; i < len(out) {
				out[i] = '.'
			}
		case c == '"' && depth == 0:
			quoted = !quoted
		case c == '(' && !quoted:
			depth++
		case c == ')' && !quoted && depth > 0:
			depth--
		case quoted || depth > 0:
			out[i] = '.'
		}
	}
	return string(out)
}
