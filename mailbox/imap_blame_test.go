package mailbox_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// A letter whose heads silence a server far away is given up, and no other with it, whatever
// was on its way beside them; each pass is a process of its own.
func TestSilentHeadsFarAwayAreAlone(t *testing.T) {
	const bad = 2 // in the second window
	f := startFake(t, 8, script{command: func(c *talk, _, cmd string) bool {
		set, items, _ := strings.Cut(strings.TrimPrefix(cmd, "UID FETCH "), " ")
		silent := strings.Contains(items, "RFC822.SIZE") && strings.Contains(items, "HEADER") && inSet(set, bad)
		if silent {
			_, _ = io.Copy(io.Discard, c)
		}
		return silent
	}})
	memory, next := "", uint32(1)
	for passes := 1; next <= 8; passes++ {
		if passes > 20 {
			t.Fatalf("stuck at %d, learned %s", next, memory)
		}
		r := farReader(t, f, 400*time.Millisecond)
		r.Remember(memory)
		if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
			t.Fatal(err)
		}
		_ = r.Heads(t.Context(), next, 0, func(heads []mailbox.Head) error {
			var uids []uint32
			for _, h := range heads {
				if (h.Err != nil) != (h.UID == bad) {
					t.Errorf("letter %d: %v", h.UID, h.Err)
				}
				if h.Err == nil {
					uids = append(uids, h.UID)
				}
			}
			texts, err := r.Texts(t.Context(), uids, 10)
			if err != nil {
				return err
			}
			for _, uid := range uids {
				if _, _, err := r.Fetch(t.Context(), uid, io.Discard); errors.Is(err, mailbox.ErrBadMessage) || err == nil && len(texts[uid]) == 0 {
					t.Errorf("letter %d is given up: %v, text %q", uid, err, texts[uid])
				} else if err != nil {
					return err
				}
			}
			next = heads[len(heads)-1].UID + 1
			return nil
		})
		memory = r.Memory()
		r.Close()
		t.Logf("pass %d: next %d, %s", passes, next, memory)
	}
}

// Where the connection breaks in the first window of a server far away, the second, which was
// on its way, is asked for again over the connection that took its place; that is kept.
func TestSecondWindowOutlivesAConnection(t *testing.T) {
	f := startFake(t, 1000, script{command: func(c *talk, _, cmd string) bool {
		breaks := c.n == 1 && strings.HasPrefix(cmd, "UID FETCH 1:500 ")
		if breaks {
			c.Close()
		}
		return breaks
	}})
	r := farReader(t, f, 20*time.Second)
	heads, err := pass(t, r, 1)
	if f.mu.Lock(); err != nil || len(heads) != 1000 || f.dials != 2 {
		t.Errorf("%d heads over %d connections, %v", len(heads), f.dials, err)
	}
	f.mu.Unlock()
}
