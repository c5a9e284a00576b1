package mailbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// omitting leaves messages out of every answer, those that only list UIDs too.
func omitting(uids ...uint32) func(*talk, uint32, string) bool {
	return func(_ *talk, uid uint32, _ string) bool {
		for _, u := range uids {
			if u == uid {
				return true
			}
		}
		return false
	}
}

// What a server leaves out of its lists as well is not passed over in the next
// passes: they end with an error. Once it is itself again, nothing is missing; one
// that never is so stops the others no longer than three passes.
func TestOmittedMessages(t *testing.T) {
	nothing := omitting(1, 2, 3, 4, 5, 6, 7)
	for name, c := range map[string]struct {
		from    uint32
		message func(*talk, uint32, string) bool
		left    int // in the end
	}{
		"first":                   {1, omitting(1), 6},
		"in the middle":           {1, omitting(4), 6},
		"last":                    {1, omitting(7), 6},
		"nothing":                 {1, nothing, 0},
		"nothing, of what is new": {6, nothing, 0},
		"first of what is new":    {6, omitting(6), 1},
		"last of what is new":     {6, omitting(7), 1},
	} {
		for _, heals := range []bool{true, false} {
			t.Run(fmt.Sprint(name, heals), func(t *testing.T) {
				t.Parallel()
				f := startFake(t, 7, script{message: c.message})
				f.command = func(k *talk, tag, cmd string) bool { // nor by its number
					if strings.HasPrefix(cmd, "FETCH 7 ") && c.message(k, 7, "") {
						k.say("%s OK done\r\n", tag)
						return true
					}
					return false
				}
				said := ""
				for n := range 2 {
					r := f.reader(t, 5*time.Second) // each pass a process of its own
					r.Remember(said)
					if heads, err := pass(t, r, c.from); err == nil {
						t.Fatalf("pass %d: %d heads and no error", n+1, len(heads))
					}
					said = r.Memory()
				}
				want := c.left
				if heals {
					f.mu.Lock()
					f.message, f.command, want = nil, nil, 8-int(c.from)
					f.mu.Unlock()
				}
				r := f.reader(t, 5*time.Second)
				r.Remember(said)
				heads, err := pass(t, r, c.from)
				if want == 0 { // there is no hurry to go on to nothing
					if err == nil {
						t.Errorf("%d heads and no error", len(heads))
					}
					return
				}
				if err != nil || len(heads) != want {
					t.Errorf("%d heads, %v; want %d", len(heads), err, want)
				}
				if heals && r.Memory() != "" {
					t.Errorf("remembered: %s", r.Memory())
				}
			})
		}
	}
}

// Messages that were expunged are not missing, wherever they lay.
func TestExpungedIsNotOmitted(t *testing.T) {
	for _, gone := range [][]uint32{{1}, {4}, {7}, {1, 2, 3, 4, 5, 6, 7}, {6, 7}} {
		f := startFake(t, 9, script{})
		for _, uid := range gone {
			delete(f.letters, uid)
		}
		for from := uint32(1); from <= 9; from++ {
			want := 0
			for uid := from; uid <= 9; uid++ {
				if f.letters[uid] != nil {
					want++
				}
			}
			if heads, err := pass(t, f.reader(t, 5*time.Second), from); err != nil || len(heads) != want {
				t.Errorf("without %v, from %d: %d heads, %v; want %d", gone, from, len(heads), err, want)
			}
		}
	}
}
