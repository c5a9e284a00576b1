package desk

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Letters without a Message-ID and a Date are told apart by nothing in their headers:
// none is taken for the copy of another that it only resembles.
func TestLettersThatLookAlike(t *testing.T) {
	r := newRig(t)
	raw := func(text string) []byte {
		return []byte("From: p@mail.example\r\nSubject: Hello\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n")
	}
	demand := "Прошу удалить мои персональные данные."
	for _, text := range []string{strings.Repeat("x", len(demand)), demand} {
		if err := r.box.Put("INBOX", raw(text), now.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	r.pass(t)
	if q := r.all(t); len(q) != 1 || q[0].Kind != rules.Kind("erasure") {
		t.Errorf("%+v", q)
	}
}

// blankHeads is a mailbox that says nothing of any header.
type blankHeads struct {
	Inbox
	whole bool // nor of the letters
}

func (b blankHeads) Heads(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	return b.Inbox.Heads(ctx, from, to, func(heads []mailbox.Head) error {
		for i := range heads {
			heads[i].Header = []byte("\r\n")
		}
		return yield(heads)
	})
}

func (b blankHeads) Fetch(ctx context.Context, uid uint32, w io.Writer) (int64, bool, error) {
	if b.whole {
		return b.Inbox.Fetch(ctx, uid, w)
	}
	n, err := w.Write([]byte("\r\n"))
	return int64(n), false, err
}

// A header of which the server says nothing is no sign of another letter, and
// letters of which it says nothing at all are no copies of each other.
func TestHeadersThatAreBlank(t *testing.T) {
	for _, whole := range []bool{false, true} {
		r := newRig(t)
		eight(t, r)
		r.Inbox = blankHeads{r.Inbox, whole}
		r.pass(t)
		got := places(t, r)
		for uid := uint32(1); uid <= 8; uid++ {
			want := store.StatusReview
			if whole {
				want = store.Status("")
				if uid%2 == 1 {
					want = store.StatusOpen
				}
			}
			if got[uid].Status != want {
				t.Errorf("%v: UID %d is %q, want %q", whole, uid, got[uid].Status, want)
			}
		}
	}
}

// A text with another boundary or in another encoding than its header names may be
// that of another letter, even where nobody got the right one: the letter is read
// whole.
func TestTextOfAnotherBuild(t *testing.T) {
	demand, other := "Прошу удалить мои персональные данные.", "Погода сегодня хорошая."
	for name, build := range map[string]func(n int, text string) string{
		"boundary": func(n int, text string) string {
			return fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%[1]d\r\n\r\n--b%[1]d\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%[2]s\r\n--b%[1]d--\r\n", n, text)
		},
		"encoding": func(n int, text string) string {
			if n == 1 {
				return "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(text)) + "\r\n"
			}
			return "Content-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n"
		},
	} {
		r := newRig(t)
		for n, text := range []string{demand, other} {
			raw := fmt.Sprintf("From: p%[1]d@mail.example\r\nSubject: Hello\r\nMessage-ID: <%[1]d@mail.example>\r\n", n+1) + build(n+1, text)
			if err := r.box.Put("INBOX", []byte(raw), now.Add(-time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		r.Inbox = lying{Inbox: r.Inbox, texts: map[uint32]uint32{1: 99, 2: 1}} // 99 is nobody
		r.pass(t)
		if q := r.all(t); len(q) != 1 || q[0].Letters[0].Place.UID != 1 {
			t.Errorf("%s: %+v", name, q)
		}
	}
}

// A text that is longer than its letter has room for is that of another, even where
// nobody got the right one: the letter is read whole.
func TestTextLongerThanItsLetter(t *testing.T) {
	for _, words := range []int{30, 3000} { // the beginning of the text is too long already
		r := newRig(t)
		for n, text := range []string{"Прошу удалить мои персональные данные.", strings.Repeat("Погода хорошая. ", words)} {
			m := mail{from: fmt.Sprintf("p%d@mail.example", n+1), subject: "Hello", body: text, id: fmt.Sprintf("%d@mail.example", n+1)}
			r.put(t, "INBOX", m, now.Add(-time.Hour))
		}
		r.Inbox = lying{Inbox: r.Inbox, texts: map[uint32]uint32{1: 99, 2: 1}} // 99 is nobody
		r.pass(t)
		if q := r.all(t); len(q) != 1 || q[0].Letters[0].Place.UID != 1 {
			t.Errorf("%d words: %+v", words, q)
		}
	}
}
