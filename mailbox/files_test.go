package mailbox

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestFiles(t *testing.T) {
	pdf := "%PDF\x00\xff\r\n binary"
	letter := strings.ReplaceAll(`From: a@example.kz
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain; charset=utf-8

the text
--x
Content-Type: application/pdf; name="=?utf-8?B?`+base64.StdEncoding.EncodeToString([]byte("паспорт.pdf"))+`?="
Content-Transfer-Encoding: base64

`+base64.StdEncoding.EncodeToString([]byte(pdf))+`
--x
Content-Type: text/plain; name=note.txt
Content-Disposition: attachment; filename="../../etc/note.txt"
Content-Transfer-Encoding: quoted-printable

=D0=BF
--x
Content-Type: message/rfc822

Subject: inner
Content-Type: text/plain

inner text
--x
Content-Type: image/png

no name
--x--
`, "\n", "\r\n")
	type file struct{ name, kind, data string }
	var got []file
	err := Files(strings.NewReader(letter), false, func(a Attachment, data []byte, cut bool) error {
		if cut || int64(len(data)) != a.Size {
			t.Errorf("%s: %d bytes of %d, cut %v", a.Name, len(data), a.Size, cut)
		}
		got = append(got, file{a.Name, a.Type, string(data)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []file{
		{"паспорт.pdf", "application/pdf", pdf},
		{"../../etc/note.txt", "text/plain", "п"},
		{"", "message/rfc822", "Subject: inner\r\nContent-Type: text/plain\r\n\r\ninner text"},
		{"", "image/png", "no name"},
	}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i, w := range want {
		if strings.TrimRight(got[i].data, "\r\n") != w.data || got[i].kind != w.kind || got[i].name != w.name {
			t.Errorf("file %d is %q, want %q", i, got[i], w)
		}
	}
	if n := len(Parse(strings.NewReader(letter)).Attachments); n != len(want) {
		t.Errorf("the letter is said to have %d files", n)
	}
	stop := errors.New("enough")
	calls := 0
	if err := Files(strings.NewReader(letter), false, func(Attachment, []byte, bool) error { calls++; return stop }); !errors.Is(err, stop) || calls != 1 {
		t.Errorf("stopped: %v after %d", err, calls)
	}
}

// A letter may be longer than what Parse looks at: of a file that cannot be held
// the beginning is given, and said to be no more than that, and the files behind
// it are given, too.
func TestFilesOfLongLetter(t *testing.T) {
	part := func(name string) string {
		return "\r\n--x\r\nContent-Type: application/octet-stream; name=" + name + "\r\nContent-Transfer-Encoding: binary\r\n\r\n"
	}
	letter := io.MultiReader(strings.NewReader("Content-Type: multipart/mixed; boundary=x\r\n"+part("long")),
		io.LimitReader(&endless{}, maxFile+64<<10), strings.NewReader(part("short")+"last\r\n--x--\r\n"))
	got := ""
	if err := Files(letter, false, func(a Attachment, data []byte, cut bool) error {
		got += fmt.Sprintf("%s %d %v\n", a.Name, len(data), cut)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("long %d true\nshort 6 false\n", maxFile); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func FuzzFiles(f *testing.F) {
	f.Add("Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Disposition: attachment; filename=a\nContent-Transfer-Encoding: base64\n\nQQ==\n--x--")
	f.Add("Content-Type: message/rfc822\n\nA: b\n\nc")
	f.Fuzz(func(t *testing.T, s string) {
		if err := Files(strings.NewReader(s), false, func(a Attachment, data []byte, _ bool) error {
			if len(data) > len(s)+16 {
				t.Errorf("%d bytes of a letter of %d", len(data), len(s))
			}
			_, err := io.Discard.Write(data)
			return err
		}); err != nil {
			t.Error(err)
		}
	})
}

// Where only the beginning of a letter is at hand, the file in which it ends is said to be
// no whole one, and no other.
func TestFilesOfBeginning(t *testing.T) {
	head := "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: image/png; name=a\r\n\r\naa\r\n" +
		"--x\r\nContent-Type: image/png; name=b\r\n\r\nbb"
	for _, c := range []struct {
		letter    string
		beginning bool
		want      string
	}{
		{head, true, "a false b true "}, {head, false, "a false b false "},
		{head + "\r\n--x\r\nContent-Type: text/plain\r\n\r\nthe te", true, "a false b false "},
	} {
		got := ""
		if err := Files(strings.NewReader(c.letter), c.beginning, func(a Attachment, _ []byte, cut bool) error {
			got += fmt.Sprintf("%s %v ", a.Name, cut)
			return nil
		}); err != nil || got != c.want {
			t.Errorf("beginning %t: %q, %v, want %q", c.beginning, got, err, c.want)
		}
	}
}
