package mailbox

import (
	"bytes"
	"encoding/base64"
	"mime/quotedprintable"
	"strings"
	"testing"
)

// A body is left alone while it is in the middle of an encoded text of less than
// a page, and never when that has ended or a page is there.
func TestMeagre(t *testing.T) {
	page := []byte(strings.Repeat("Прошу удалить мои персональные данные. ", 400))
	var quoted bytes.Buffer
	w := quotedprintable.NewWriter(&quoted)
	w.Write(page)
	w.Close()
	coded := []byte(inLines(base64.StdEncoding.EncodeToString(page)))
	head := []byte("--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n")
	behind := []byte("\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for name, c := range map[string]struct {
		pieces [][]byte
		want   bool
	}{
		"base64":                 {[][]byte{join(head, coded)[:4608]}, true},
		"base64, more":           {[][]byte{join(head, coded)[:4608], coded[4608:7168]}, false},
		"quoted":                 {[][]byte{join(head, quoted.Bytes())[:4608]}, true},
		"quoted, more":           {[][]byte{join(head, quoted.Bytes())[:4608], quoted.Bytes()[4608:7168]}, true},
		"quoted, a page":         {[][]byte{join(head, quoted.Bytes())[:4608], quoted.Bytes()[4608:13312]}, false},
		"plain":                  {[][]byte{join(head, page)[:4608]}, false},
		"a text, then a file":    {[][]byte{join(head, page[:1500], behind, coded)[:4608]}, false},
		"quoted, then a file":    {[][]byte{join(head, quoted.Bytes()[:4000], behind, coded)[:4608]}, false},
		"quoted, a file behind":  {[][]byte{join(head, quoted.Bytes())[:4608], join(behind, coded)[:2560]}, false},
		"nothing":                {[][]byte{nil}, false},
		"English in base64":      {[][]byte{[]byte(inLines(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("delete my data "), 300))))[:4608]}, true},
		"English, not encoded":   {[][]byte{bytes.Repeat([]byte("delete my data "), 300)}, false},
		"English, few are coded": {[][]byte{bytes.Repeat([]byte("delete=20my data "), 270)}, false},
	} {
		if got := Meagre(c.pieces...); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func inLines(s string) string {
	var b strings.Builder
	for len(s) > 76 {
		b.WriteString(s[:76] + "\r\n")
		s = s[76:]
	}
	return b.String() + s
}
