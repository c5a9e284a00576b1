package mailbox

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// In tests the program stumbles for good.
func init() {
	stumbled = func(v any) {
		if v != errStaged && v != any(ErrStumbled) {
			panic(v)
		}
	}
}

var errStaged = errors.New("staged")

// ErrStaged is what tests from outside stumble with.
var ErrStaged = errStaged

// stage gives the beginning of a letter and stumbles over what follows.
type stage struct{ begins *strings.Reader }

func (s stage) Read(b []byte) (int, error) {
	if n, err := s.begins.Read(b); err == nil {
		return n, nil
	}
	panic(errStaged)
}

// Over a letter of which reading fails by a mistake of the program the others
// are not lost: it is for a person, with what could be read of it.
func TestSurvive(t *testing.T) {
	of := func() stage {
		return stage{strings.NewReader("From: a@b.kz\r\nSubject: отзыв\r\n\r\n" + strings.Repeat("text\r\n", sourceWindow))}
	}
	m := Parse(of())
	if m.Subject != "отзыв" || !slices.Contains(m.Troubles, TroubleUnreadable) {
		t.Errorf("%q, %v", m.Subject, m.Troubles)
	}
	if err := Files(of(), false, nil); err == nil {
		t.Error("files of it: no error")
	}
	if err := Files(strings.NewReader("Content-Type: application/pdf\r\n\r\n"), false, func(Attachment, []byte, bool) error { panic(errStaged) }); err == nil {
		t.Error("over a file: no error")
	}
	m = ParseHeader([]byte("From: a@b.kz\r\n"))
	func() {
		defer m.survive()
		panic(errStaged)
	}()
	if !slices.Contains(m.Troubles, TroubleUnreadable) {
		t.Errorf("%v", m.Troubles)
	}
	at := ""
	func() {
		defer func() { recover(); at = callers() }()
		parseDate(staged{}.now())
	}()
	if !strings.Contains(at, "mailbox.staged.now:") || strings.Contains(at, "testing.") {
		t.Errorf("stumbled at %q", at)
	}
}

type staged struct{}

func (staged) now() string { panic(errStaged) }
