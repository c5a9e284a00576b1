package mailbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// goodAsk is all that a watched folder is ever asked for: no ENVELOPE and no
// BODYSTRUCTURE, which break the connection on real servers, no BINARY, which not
// all have, and no range up to *, for which a server gives the last message again.
var goodAsk = regexp.MustCompile(`^UID FETCH [0-9:,]+ \(UID( RFC822\.SIZE| INTERNALDATE| BODY\.PEEK\[(HEADER|TEXT|HEADER\.FIELDS \([^()]*\))?\](<\d+\.\d+>)?)*\)$|^FETCH \d+ \(UID\)$`)

func TestOnlyWhatServersGetRight(t *testing.T) {
	f := startFake(t, 20, script{message: first(cutInLiteral)})
	r := f.reader(t, 5*time.Second)
	if _, err := pass(t, r, 1); err != nil {
		t.Fatal(err)
	}
	checkTexts8(t, r)
	if err := r.Stamps(t.Context(), 1, 0, func(mailbox.Stamp) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := r.Traces(t.Context(), 1, 0, func([]mailbox.Head) error { return nil }); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, cmd := range f.commands() {
		if strings.Contains(cmd, "FETCH") {
			asked++
			if !goodAsk.MatchString(cmd) {
				t.Errorf("asked for %s", cmd)
			}
		}
	}
	if asked < 8 {
		t.Errorf("only %d commands were looked at", asked)
	}
}

func checkTexts8(t *testing.T, r *mailbox.Reader) {
	t.Helper()
	if _, err := r.Texts(t.Context(), []uint32{1, 2, 4}, 1000); err != nil {
		t.Error(err)
	}
	r.Expect(t.Context(), []uint32{1, 2, 4})
	for _, uid := range []uint32{1, 2, 4, 9} {
		var raw bytes.Buffer
		if _, _, err := r.Fetch(t.Context(), uid, &raw); err != nil || !bytes.Equal(raw.Bytes(), letter(int(uid))) {
			t.Errorf("fetch of %d: %v", uid, err)
		}
	}
}

// A server that gives its last message for every range above it, as it must for
// one that ends in *, does not make it new again.
func TestLastMessageIsNotNewAgain(t *testing.T) {
	f := startFake(t, 7, script{})
	f.command = func(c *talk, tag, cmd string) bool {
		if args, fetches := strings.CutPrefix(cmd, "UID FETCH "); fetches && strings.HasPrefix(args, "8") {
			_, items, _ := strings.Cut(args, " ")
			c.say("* 7 FETCH (%s)\r\n%s OK done\r\n", answer(7, items, letter(7)), tag)
			return true
		}
		return counts(7, 9)(c, tag, cmd) // UIDNEXT 9: what was 8 is expunged
	}
	r := f.reader(t, 5*time.Second)
	if heads, err := pass(t, r, 8); err != nil || len(heads) != 0 {
		t.Errorf("%d heads, %v", len(heads), err)
	}
	stamps := 0
	if err := r.Stamps(t.Context(), 8, 0, func(mailbox.Stamp) error { stamps++; return nil }); err != nil || stamps != 0 {
		t.Errorf("%d stamps, %v", stamps, err)
	}
}

// arriving tells when so many bytes have been written to it.
type arriving struct {
	bytes.Buffer
	most int
	full func()
}

func (a *arriving) Write(b []byte) (int, error) {
	n, err := a.Buffer.Write(b)
	if a.Len() >= a.most {
		a.full()
	}
	return n, err
}

// A letter is handed on while it comes in, and not held until its end: its
// server does not send the second half before the first has been handed on.
func TestLettersAreStreamed(t *testing.T) {
	const size = 4 << 20
	begun := make(chan struct{})
	sink := &arriving{most: size / 4, full: sync.OnceFunc(func() { close(begun) })}
	raw := append(letter(1), bytes.Repeat([]byte("0123456789abcde\n"), size/16)...)
	f := startFake(t, 0, script{message: func(c *talk, uid uint32, items string) bool {
		if !strings.Contains(items, "BODY.PEEK[]") {
			return false
		}
		c.say("* 1 FETCH (UID 1 BODY[] {%d}\r\n%s", len(raw), raw[:size/2])
		select {
		case <-begun:
		case <-t.Context().Done():
		}
		c.say("%s)\r\n", raw[size/2:])
		return true
	}})
	f.letters[1] = raw
	r := f.reader(t, 20*time.Second)
	if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	if n, cut, err := r.Fetch(t.Context(), 1, sink); err != nil || cut || n != int64(len(raw)) || !bytes.Equal(sink.Bytes(), raw) {
		t.Errorf("%d bytes, cut %v, %v", n, cut, err)
	}
}

// Two commands in flight whose answers come mixed, with a body between them
// that somebody must take, stop nobody.
func TestAnswersMixed(t *testing.T) {
	f := startFake(t, 1200, script{})
	text := bytes.Repeat([]byte("x"), 200<<10)
	f.command = func(c *talk, tag, cmd string) bool {
		args, fetches := strings.CutPrefix(cmd, "UID FETCH ")
		if !fetches || !strings.Contains(args, "[TEXT]") {
			return false
		}
		for _, uid := range []int{1, 2, 3} { // and flags of others in between
			c.say("* %d FETCH (UID %d FLAGS (\\Seen))\r\n* %d FETCH (UID %d BODY[TEXT]<0> {%d}\r\n%s)\r\n", uid+600, uid+600, uid, uid, len(text), text)
		}
		c.say("%s OK done\r\n", tag)
		return true
	}
	r := f.reader(t, 20*time.Second)
	if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	seen := 0
	err := r.Heads(t.Context(), 1, 0, func(chunk []mailbox.Head) error {
		seen += len(chunk)
		if chunk[0].UID != 1 {
			return nil
		}
		texts, err := r.Texts(t.Context(), []uint32{1, 2, 3}, int64(len(text)))
		if err == nil && (len(texts) != 3 || len(texts[3]) != len(text)) {
			err = fmt.Errorf("%d texts", len(texts))
		}
		return err
	})
	if err != nil || seen != 1200 {
		t.Errorf("%d heads, %v", seen, err)
	}
}

// A server that is killed while it sends a long letter, each time at another
// place, does not make the letter one that cannot be read; one that stops at the
// same place each time does.
func TestLongLetterCutAnywhere(t *testing.T) {
	for _, anywhere := range []bool{true, false} {
		raw := append(letter(1), bytes.Repeat([]byte("0123456789abcde\n"), 1<<16)...)
		sent := 0
		f := startFake(t, 0, script{message: func(c *talk, uid uint32, items string) bool {
			if !strings.Contains(items, "BODY.PEEK[]") || sent == 5 {
				return false
			}
			sent++
			stop := len(raw) / 2
			if anywhere {
				stop += sent * 1000
			}
			c.say("* 1 FETCH (UID 1 BODY[] {%d}\r\n%s", len(raw), raw[:stop])
			c.Close()
			return true
		}})
		f.letters[1] = raw
		r := f.reader(t, 20*time.Second)
		if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
			t.Fatal(err)
		}
		var err error
		for range 6 {
			learned := r.Memory()
			r = f.reader(t, 20*time.Second)
			r.Remember(learned)
			if _, err = r.Examine(t.Context(), "INBOX"); err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if _, _, err = r.Fetch(t.Context(), 1, &got); err == nil && !bytes.Equal(got.Bytes(), raw) || errors.Is(err, mailbox.ErrBadMessage) {
				break
			}
		}
		if bad := errors.Is(err, mailbox.ErrBadMessage); bad == anywhere || anywhere && err != nil {
			t.Errorf("anywhere %v: %v", anywhere, err)
		}
	}
}
