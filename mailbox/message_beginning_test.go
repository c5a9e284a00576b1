package mailbox

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// What is known of a letter by its beginning and the heads of its parts is what is
// known of the whole, or nothing is said.
func TestBeginningWithHeads(t *testing.T) {
	const (
		outer = "Content-Type: multipart/mixed; boundary=q\r\n"
		text  = "Content-Type: text/plain; charset=utf-8\r\n\r\nСм. вложение.\r\n"
		file  = "Content-Type: application/pdf; name=a.pdf\r\n\r\nAAAA\r\n"
	)
	head := func(part string) string { return part[:strings.Index(part, "\r\n\r\n")+4] }
	named := "Content-Type: application/pdf;\r\n name*=windows-1251''%CF%F0%E5%F2%E5%ED%E7%E8%FF.pdf\r\n\r\nBBBB\r\n"
	for name, c := range map[string]struct {
		header string
		parts  []string // up to and with the one in which the beginning ends
		after  []string // those that follow
		heads  map[int]string
		want   bool
	}{
		"nothing follows":          {parts: []string{text, file}, want: true},
		"a file follows":           {parts: []string{text, file}, after: []string{named}, want: true},
		"two files follow":         {parts: []string{text, file}, after: []string{named, file}, want: true},
		"a text follows":           {parts: []string{text, file}, after: []string{text}},
		"a file, then a text":      {parts: []string{text, file}, after: []string{file, text}},
		"a part without a head":    {parts: []string{text, file}, after: []string{"\r\n\r\nyes"}},
		"a letter follows":         {parts: []string{text, file}, after: []string{"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n"}},
		"a letter by its name":     {parts: []string{text, file}, after: []string{"Content-Type: application/octet-stream; name=x.EML\r\n\r\nSubject: x\r\n"}},
		"a multipart follows":      {parts: []string{text, file}, after: []string{"Content-Type: multipart/mixed; boundary=i\r\n\r\n--i--\r\n"}},
		"a file of no type":        {parts: []string{text, file}, after: []string{"Content-Disposition: attachment; filename=a\r\n\r\nx"}},
		"a broken head":            {parts: []string{text, file}, after: []string{"Content-Type: application/pdf\r\nrubbish\r\n\r\nx"}},
		"more than is asked for":   {parts: []string{text, file}, after: []string{file, file, file, file, file, file, file}},
		"as many as is asked for":  {parts: []string{text, file}, after: []string{file, file, file, file, file}, want: true},
		"the server knows nothing": {parts: []string{text, file}, heads: map[int]string{0: "", 1: ""}},
		"it counts otherwise":      {parts: []string{text, file}, heads: map[int]string{1: head(text)}},
		"it leaves one out":        {parts: []string{text, file}, after: []string{"Content-Type: application/pdf\r\n\r\n"}, heads: map[int]string{1: "Content-Type: application/pdf\r\n\r\n", 2: ""}},
		"ends in a text":           {parts: []string{text, text}},
		"ends in a letter":         {parts: []string{text, "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nyes"}},
		"ends too deep":            {parts: []string{text, "Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n" + file}},
		"a boundary of its own":    {header: "Content-Type: multipart/mixed; boundary=other\r\n", parts: []string{text, file}},
		"no multipart":             {header: "Content-Type: application/pdf\r\n", parts: []string{"AAAA"}},
	} {
		if c.header == "" {
			c.header = outer
		}
		body := ""
		for _, p := range c.parts {
			body += "--q\r\n" + p
		}
		all := body + "\r\n"
		heads := new(PartHeads)
		for i, p := range append(c.parts, c.after...) {
			if i >= len(c.parts) {
				all += "--q\r\n" + p + "\r\n"
			}
			if i < outerParts && strings.Contains(p, "\r\n\r\n") {
				heads[i] = []byte(head(p))
			}
		}
		for i, h := range c.heads {
			heads[i] = []byte(h)
		}
		var got *Message
		if b := ReadBeginning([]byte(c.header+"\r\n"), []byte(body)); b != nil {
			got = b.With(heads)
		}
		if (got != nil) != c.want {
			t.Errorf("%s: read %v, want %v", name, got != nil, c.want)
		}
		if got == nil {
			continue
		}
		whole := Parse(strings.NewReader(c.header + "\r\n" + all + "--q--\r\n"))
		for i := range whole.Attachments { // sizes are not known
			whole.Attachments[i].Size, got.Attachments[i].Size, whole.Attachments[i].Sum, got.Attachments[i].Sum = 0, 0, 0, 0
		}
		if got.Text != whole.Text || got.Front != whole.Front || got.Cut || got.Rest || !reflect.DeepEqual(got.Attachments, whole.Attachments) || !reflect.DeepEqual(got.Parts, whole.Parts) {
			t.Errorf("%s: %+v, want %+v", name, got, whole)
		}
	}
}

// The heads within the first part are known as well: Outlook and Apple write
// pictures there.
func TestBeginningInFirstPart(t *testing.T) {
	const (
		text  = "Content-Type: text/plain\r\n\r\nSee the file.\r\n"
		image = "Content-Type: image/png\r\n\r\nAAAA"
		inner = "Content-Type: multipart/related; boundary=i\r\n\r\n"
	)
	body := "--q\r\n" + inner + "--i\r\n" + text + "--i\r\n" + image
	heads := PartHeads{0: []byte(inner), 1: []byte("Content-Type: application/pdf; name=b.pdf\r\n\r\n"),
		outerParts: []byte("Content-Type: text/plain\r\n\r\n"), outerParts + 1: []byte("Content-Type: image/png\r\n\r\n"), outerParts + 2: []byte("Content-Type: image/gif; name=a.gif\r\n\r\n")}
	b := ReadBeginning([]byte("Content-Type: multipart/mixed; boundary=q\r\n\r\n"), []byte(body))
	if b == nil {
		t.Fatal("no beginning")
	}
	m := b.With(&heads)
	if m == nil {
		t.Fatal("not read")
	}
	var names []string
	for _, a := range m.Attachments {
		names = append(names, a.Type+" "+a.Name)
	}
	if want := []string{"image/png ", "image/gif a.gif", "application/pdf b.pdf"}; !reflect.DeepEqual(names, want) {
		t.Errorf("attached %q, want %q", names, want)
	}
}

// The end of a multipart in the letter is not that of the letter.
func TestRestBehindInnerMultipart(t *testing.T) {
	head := []byte("From: a@b.kz\r\nContent-Type: multipart/mixed; boundary=x\r\n")
	text := "--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\nContent-Type: text/plain\r\n\r\ntext\r\n--y--\r\n\r\n--x\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n"
	if m := ParsePrefix(head, []byte(text)); !m.Rest {
		t.Error("nothing is said to follow a letter that is not closed")
	}
	if m := ParsePrefix(head, []byte(text+"--x--\r\n")); m.Rest {
		t.Error("more is said to follow a letter that is closed")
	}
}

// Wherever a letter is cut, what is known of it is said to be the beginning, unless it is
// all of the text: also where the cut falls into the head of a part, which may be a text.
func TestPrefixKnowsThatItIsOne(t *testing.T) {
	const head = "From: a@b.kz\r\nContent-Type: multipart/mixed; boundary=x\r\n"
	first := "--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nI forward what I was sent.\r\n"
	for name, second := range map[string]string{
		"text":    "Content-Type: text/plain\r\n\r\nDelete all my data.\r\n",
		"HTML":    "Content-Type: text/html\r\n\r\n<p>Delete all my data.\r\n",
		"base64":  "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nRGVsZXRlIGFsbCBteSBkYXRhLg==\r\n",
		"letter":  "Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\nSubject: inner\r\n\r\nDelete all my data.\r\n",
		"no head": "\r\nDelete all my data.\r\n",
		"wrapped": "Content-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\nContent-Type: text/plain\r\n\r\nDelete all my data.\r\n--y--\r\n",
	} {
		body := first + "--x\r\n" + second + "--x--\r\n"
		whole := Parse(strings.NewReader(head + "\r\n" + body))
		if !strings.Contains(whole.Text+embeddedText(whole), "Delete") {
			t.Fatalf("%s: the text is %q", name, whole.Text)
		}
		for n := range len(body) {
			m := ParsePrefix([]byte(head), []byte(body[:n]))
			known := slices.Contains(m.Parts, "message/rfc822") // a letter within one is read whole
			if !m.Cut && !m.Loose && !known && (m.Text != whole.Text || embeddedText(m) != embeddedText(whole)) {
				t.Errorf("%s: %q says of itself that it is whole", name, body[:n])
				break
			}
		}
	}
}

// embeddedText is what stands in the letters of a letter.
func embeddedText(m *Message) (s string) {
	for _, e := range m.Embedded {
		s += e.Text
	}
	return s
}
