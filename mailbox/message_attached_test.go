package mailbox

import (
	"encoding/base64"
	"strings"
	"testing"
)

// attachedLetter is a letter of a text and one file, head being that of the file.
func attachedLetter(text, head, file string) string {
	return "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text +
		"\r\n--q\r\n" + head + "\r\n" + file + "\r\n--q--\r\n"
}

// The text of a file that is attached is read for itself: it is no text of the letter,
// and what is wrong with it is no trouble of the letter.
func TestAttachedText(t *testing.T) {
	const words = "Отзываю согласие."
	raw := []byte{0xce, 0xf2, 0xe7, 0xfb, 0xe2, 0xe0, 0xfe, ' ', 0xf1, 0xee, 0xe3, 0xeb, 0xe0, 0xf1, 0xe8, 0xe5, '.'} // windows-1251
	for name, c := range map[string]struct {
		head, file, want string
		size             int64
	}{
		"text":             {"Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; filename=a.txt\r\n", words, words, 32},
		"in base64":        {"Content-Type: text/plain; charset=utf-8; name=a.txt\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n", base64.StdEncoding.EncodeToString([]byte(words)), words, 32},
		"of no charset":    {"Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n", string(raw), words, 17},
		"by its name":      {"Content-Type: application/octet-stream; name=A.TXT\r\nContent-Disposition: attachment\r\n", words, words, 32},
		"HTML":             {"Content-Type: text/html; charset=utf-8\r\nContent-Disposition: attachment; filename=a.html\r\n", "<p>" + words + "</p>", words, 39},
		"HTML by its name": {"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=a.htm\r\n", "<style>p{}</style><p>" + words, words, 53},
	} {
		m := Parse(strings.NewReader(attachedLetter("", c.head, c.file)))
		if len(m.Embedded) != 1 || m.Embedded[0].Text != c.want || !m.Embedded[0].File || !m.Embedded[0].Behind {
			t.Errorf("%s: read %+v", name, m.Embedded)
		}
		if m.Text != "" || len(m.Troubles) > 0 || len(m.Attachments) != 1 || m.Attachments[0].Size < c.size || m.Attachments[0].Size > c.size+2 {
			t.Errorf("%s: the letter has the text %q, troubles %v, files %+v, want %d bytes", name, m.Text, m.Troubles, m.Attachments, c.size)
		}
	}
	for name, head := range map[string]string{
		"a document":   "Content-Type: application/pdf; name=a.txt\r\n",
		"a table":      "Content-Type: text/csv; name=a.csv\r\n",
		"bytes":        "Content-Type: application/octet-stream; name=txt\r\n",
		"text, inline": "Content-Type: text/plain; name=a.txt; charset=utf-8\r\n",
	} {
		if m := Parse(strings.NewReader(attachedLetter("", head, words))); len(m.Embedded) > 0 || len(m.Attachments) != 1 {
			t.Errorf("%s: read %+v, files %+v", name, m.Embedded, m.Attachments)
		}
	}
}

// A long file is read for a page; what is read of its beginning is what is read of the
// whole, or the beginning is no more than a beginning.
func TestAttachedTextIsCut(t *testing.T) {
	head := "Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; filename=a.txt\r\n"
	raw := attachedLetter("См. вложение.", head, strings.Repeat("Слова, слова. ", 2000))
	whole := Parse(strings.NewReader(raw))
	if n := len(whole.Embedded[0].Text); n > FileText || n < FileText-4 || whole.Cut {
		t.Errorf("read %d bytes of the file, cut %v", n, whole.Cut)
	}
	header, body, _ := strings.Cut(raw, "\r\n\r\n")
	header += "\r\n\r\n"
	at := strings.Index(body, "Слова")
	for n, want := range map[int]bool{at + 100: false, at + FileText - 100: false, at + FileText + 100: true} {
		b := ReadBeginning([]byte(header), []byte(body[:n]))
		if (b != nil) != want {
			t.Errorf("%d bytes: a beginning to go on from: %v", n, b != nil)
		}
		if b == nil {
			continue
		}
		heads := &PartHeads{[]byte("Content-Type: text/plain; charset=utf-8\r\n\r\n"), []byte(head + "\r\n")}
		if m := b.With(heads); m == nil || m.Embedded[0].Text != whole.Embedded[0].Text {
			t.Errorf("%d bytes: read %+v", n, m)
		}
		heads[2] = []byte("Content-Type: application/octet-stream; name=b.txt\r\n\r\n")
		if m := ReadBeginning([]byte(header), []byte(body[:n])).With(heads); m != nil {
			t.Error("a text that follows is taken for a mere file")
		}
	}
	empty := strings.Replace(body, "См. вложение.", "", 1)
	if m := ParsePrefix([]byte(header), []byte(empty[:at+100])); !m.Cut {
		t.Error("a letter that is nothing but a file, of which little is known, is not cut")
	}
}
