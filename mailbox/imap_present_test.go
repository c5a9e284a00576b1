package mailbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
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
// that never is so stops the others no longer than three passes, and what it will not name
// is given up by the UID that it must have.
func TestOmittedMessages(t *testing.T) {
	nothing := omitting(1, 2, 3, 4, 5, 6, 7)
	for name, c := range map[string]struct {
		from    uint32
		message func(*talk, uint32, string) bool
		bad     string // in the end
	}{
		"first":                   {1, omitting(1), "1"},
		"in the middle":           {1, omitting(4), "4"},
		"two and two":             {1, omitting(1, 2, 4, 5), "1 2 4 5"},
		"last":                    {1, omitting(7), "7"},
		"last two":                {1, omitting(6, 7), "6 7"},
		"nothing":                 {1, nothing, ""},
		"nothing, of what is new": {6, nothing, ""},
		"first of what is new":    {6, omitting(6), "6"},
		"last of what is new":     {6, omitting(7), "7"},
	} {
		for _, heals := range []bool{true, false} {
			t.Run(fmt.Sprint(name, heals), func(t *testing.T) {
				t.Parallel()
				f := startFake(t, 7, script{message: c.message})
				f.command = func(k *talk, tag, cmd string) bool { // nor by its number
					var n uint32
					if _, err := fmt.Sscanf(cmd, "FETCH %d ", &n); err != nil || !c.message(k, n, "") {
						return false
					}
					k.say("%s OK done\r\n", tag)
					return true
				}
				said, bad := "", ""
				for n := range 2 {
					r := f.reader(t, 5*time.Second) // each pass a process of its own
					r.Remember(said)
					if heads, err := pass(t, r, c.from); err == nil {
						t.Fatalf("pass %d: %d heads and no error", n+1, len(heads))
					}
					said = r.Memory()
				}
				if heals {
					f.mu.Lock()
					f.message, f.command = nil, nil
					f.mu.Unlock()
				}
				r := f.reader(t, 5*time.Second)
				r.Remember(said)
				heads, err := pass(t, r, c.from)
				if c.bad == "" && !heals { // there is no hurry to go on to nothing
					if err == nil {
						t.Errorf("%d heads and no error", len(heads))
					}
					return
				}
				for i, h := range heads {
					if h.UID != c.from+uint32(i) {
						t.Errorf("head %d has UID %d", i, h.UID)
					}
					if h.Err != nil {
						bad += fmt.Sprint(" ", h.UID)
					}
				}
				if err != nil || len(heads) != 8-int(c.from) || !heals && strings.TrimSpace(bad) != c.bad || heals && bad != "" {
					t.Errorf("%d heads, those%s given up, %v", len(heads), bad, err)
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

// Where UIDs lie apart, what is left out has one between those of its neighbours, or that
// which the server says by the number.
func TestOmittedAmongSparseUIDs(t *testing.T) {
	for _, hidden := range []bool{true, false} {
		f := startFake(t, 0, script{message: omitting(30, 40)})
		for n := range uint32(7) {
			f.letters[10*(n+1)] = letter(int(n))
		}
		f.command = func(k *talk, tag, cmd string) bool {
			hides := hidden && (strings.HasPrefix(cmd, "FETCH 3 ") || strings.HasPrefix(cmd, "FETCH 4 "))
			if hides {
				k.say("%s OK done\r\n", tag)
			}
			return hides
		}
		r, want := f.reader(t, 5*time.Second), "30 40"
		if hidden {
			want = "21 22"
		}
		var bad []string
		for range 3 {
			heads, _ := pass(t, r, 1)
			for _, h := range heads {
				if h.Err != nil {
					bad = append(bad, fmt.Sprint(h.UID))
				}
			}
		}
		var stamps []string
		if err := r.Stamps(t.Context(), 1, 0, func(s mailbox.Stamp) error {
			stamps = append(stamps, fmt.Sprint(s.UID))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(bad, " "); got != want || len(stamps) != 7 || !strings.Contains(strings.Join(stamps, " "), want) {
			t.Errorf("hidden %t: given up %s, want %s; stamps %v", hidden, got, want, stamps)
		}
	}
}

// A letter over which the server hangs up even where it is only listed is given up, and no
// other with it.
func TestServerHangsUpOverAList(t *testing.T) {
	for _, uids := range [][]uint32{{1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 200, 900, 901, 2000}} {
		f := startFake(t, 0, script{message: func(c *talk, uid uint32, _ string) bool {
			if uid == 5 || uid == 900 {
				c.Close()
			}
			return false
		}})
		for _, uid := range uids {
			f.letters[uid] = letter(int(uid))
		}
		r := f.reader(t, 5*time.Second)
		heads, err := pass(t, r, 1)
		if err != nil || len(heads) != len(uids) {
			t.Fatalf("%d heads, %v", len(heads), err)
		}
		for i, h := range heads {
			if h.UID != uids[i] || (h.Err != nil) != (h.UID == 5 || h.UID == 900) {
				t.Errorf("head %d: UID %d, %v", i, h.UID, h.Err)
			}
		}
		if f.dials > 60 {
			t.Errorf("%d connections", f.dials)
		}
	}
}
