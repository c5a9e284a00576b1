package mailbox_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// refuses answers every FETCH of a body that concerns one of these messages (none: any) so.
func refuses(text string, uids ...uint32) func(*talk, string, string) bool {
	return func(c *talk, tag, cmd string) bool {
		set, items, ok := strings.Cut(strings.TrimPrefix(cmd, "UID FETCH "), " ")
		hit := len(uids) == 0
		for _, uid := range uids {
			hit = hit || ok && inSet(set, uid)
		}
		if !strings.HasPrefix(cmd, "UID FETCH") || !hasBody(items) || !hit {
			return false
		}
		c.say("%s %s\r\n", tag, text)
		return true
	}
}

var refusals = map[string]string{
	"Exchange":    "NO Server Unavailable. 15",
	"Exchange 2":  "BAD Request is throttled. Suggested Backoff Time: 299947 milliseconds",
	"Gmail":       "NO [OVERQUOTA] Account exceeded command or bandwidth limits",
	"Yandex":      "NO [UNAVAILABLE] UID FETCH Backend error",
	"limit":       "NO [LIMIT] not so fast",
	"in use":      "NO [INUSE] locked",
	"a bug":       "NO [SERVERBUG] internal error",
	"in no words": "NO hm",
}

// A server that refuses whatever letter it is asked for gets its rest: the pass ends with an
// error after a few commands, however many letters there are and however often it comes
// back, and no letter is held to be unreadable.
func TestServerThatWantsToBeLeftAlone(t *testing.T) {
	for name, text := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, 600, script{command: refuses(text)})
			said := ""
			for n := range 8 {
				r := f.reader(t, 5*time.Second)
				r.Remember(said)
				before := len(f.commands())
				heads, err := pass(t, r, 1)
				if asked := len(f.commands()) - before; err == nil || len(heads) != 0 || asked > 40 || mailbox.FaultOf(err) != mailbox.FaultOther {
					t.Fatalf("pass %d: %d heads, %d commands, %v", n+1, len(heads), asked, err)
				}
				said = r.Memory()
			}
			f.command = nil
			r := f.reader(t, 5*time.Second)
			r.Remember(said)
			heads, err := pass(t, r, 1)
			for _, h := range heads {
				if h.Err != nil {
					t.Errorf("letter %d: %v", h.UID, h.Err)
				}
			}
			if err != nil || len(heads) != 600 {
				t.Errorf("%d heads, %v", len(heads), err)
			}
		})
	}
}

// Of a whole letter the same holds, and of its text.
func TestLettersRefusedForNow(t *testing.T) {
	for name, text := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, 20, script{})
			r := f.reader(t, 5*time.Second)
			if _, err := pass(t, r, 1); err != nil {
				t.Fatal(err)
			}
			f.command = refuses(text)
			for n := range 8 {
				if _, _, err := r.Fetch(t.Context(), 5, new(bytes.Buffer)); err == nil || errors.Is(err, mailbox.ErrBadMessage) {
					t.Fatalf("pass %d: %v", n+1, err)
				}
				if texts, err := r.Texts(t.Context(), []uint32{5, 6, 7}, 10); err == nil {
					t.Fatalf("pass %d: %d texts", n+1, len(texts))
				}
			}
			f.command = nil
			var raw bytes.Buffer
			if _, _, err := r.Fetch(t.Context(), 5, &raw); err != nil || !bytes.Equal(raw.Bytes(), letter(5)) {
				t.Errorf("%v", err)
			}
		})
	}
}

// One letter that is refused while others are not is given up: at once, or, where the server
// says that it is only for now, after three passes; those around it come meanwhile.
func TestOneLetterRefused(t *testing.T) {
	for name, text := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, 30, script{command: refuses(text, 17, 18)})
			said, next, passes := "", uint32(1), 0
			for ; next <= 30; passes++ {
				if passes > 6 {
					t.Fatalf("stuck at %d, learned %s", next, said)
				}
				r := f.reader(t, 5*time.Second)
				r.Remember(said)
				heads, _ := pass(t, r, next)
				for _, h := range heads {
					if h.UID != next || (h.Err != nil) != (h.UID == 17 || h.UID == 18) {
						t.Fatalf("pass %d: %d, want %d: %v", passes+1, h.UID, next, h.Err)
					}
					next++
				}
				said = r.Memory()
			}
			if forNow := passes > 1; forNow != (name != "a bug" && name != "in no words") {
				t.Errorf("%d passes", passes)
			}
		})
	}
}

// What came before a server refused to give more is taken in: one that gives so much an hour
// is read in the end.
func TestRefusedHalfWay(t *testing.T) {
	given := 0
	f := startFake(t, 60, script{})
	f.message = func(_ *talk, _ uint32, items string) bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		if hasBody(items) {
			given++
		}
		return hasBody(items) && given > 25
	}
	f.command = func(c *talk, tag, cmd string) bool {
		_, items, _ := strings.Cut(strings.TrimPrefix(cmd, "UID FETCH "), " ")
		if !strings.HasPrefix(cmd, "UID FETCH") || !hasBody(items) {
			return false
		}
		f.fetch(c, strings.TrimPrefix(cmd, "UID FETCH "))
		f.mu.Lock()
		defer f.mu.Unlock()
		if given > 25 {
			c.say("%s NO [OVERQUOTA] enough\r\n", tag)
		} else {
			c.say("%s OK done\r\n", tag)
		}
		return true
	}
	r := f.reader(t, 5*time.Second)
	var sizes []int
	for next := uint32(1); next <= 60 && len(sizes) < 9; {
		f.mu.Lock()
		given = 0
		f.mu.Unlock()
		heads, _ := pass(t, r, next)
		for _, h := range heads {
			if h.UID != next || h.Err != nil {
				t.Fatalf("%d, want %d: %v", h.UID, next, h.Err)
			}
			next++
		}
		sizes = append(sizes, len(heads))
	}
	if len(sizes) != 3 {
		t.Errorf("passes of %v letters", sizes)
	}
}
