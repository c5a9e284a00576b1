package mailbox_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// Several stretches of texts are asked for at once, and each text comes once,
// whatever becomes of one of the commands.
func TestStretchesComeAtOnce(t *testing.T) {
	type command struct{ tag, args string }
	for name, answers := range map[string]func(c *talk, both []command){
		"in order": func(c *talk, both []command) {
			for _, cmd := range both {
				c.f.fetch(c, cmd.args)
				c.say("%s OK done\r\n", cmd.tag)
			}
		},
		"the second first": func(c *talk, both []command) {
			c.f.fetch(c, both[1].args)
			c.f.fetch(c, both[0].args)
			c.say("%s OK done\r\n%s OK done\r\n", both[1].tag, both[0].tag)
		},
		"one by one": func(c *talk, both []command) {
			for uid := range uint32(6) {
				for _, cmd := range both {
					if set, items, _ := strings.Cut(cmd.args, " "); inSet(set, uid+1) {
						c.say("* %d FETCH (%s)\r\n", uid+1, answer(uid+1, items, c.f.letters[uid+1]))
					}
				}
			}
			c.say("%s OK done\r\n%s OK done\r\n", both[0].tag, both[1].tag)
		},
		"the first refused": func(c *talk, both []command) {
			c.say("%s NO not now\r\n", both[0].tag)
			c.f.fetch(c, both[1].args)
			c.say("%s OK done\r\n", both[1].tag)
		},
		"the second left out": func(c *talk, both []command) {
			c.f.fetch(c, both[0].args)
			c.say("%s OK done\r\n%s OK done\r\n", both[0].tag, both[1].tag)
		},
		"cut": func(c *talk, both []command) {
			c.f.fetch(c, both[0].args)
			first, _, _ := strings.Cut(both[1].args, ",")
			c.say("%s OK done\r\n* %s FETCH (UID %s BODY[TEXT]<0> {9}\r\nText", both[0].tag, first, first)
			c.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			var waiting []command
			f := startFake(t, 6, script{command: func(c *talk, tag, cmd string) bool {
				args, ok := strings.CutPrefix(cmd, "UID FETCH ")
				if !ok || !strings.Contains(args, "[TEXT]") || len(waiting) == 2 {
					return false
				}
				if waiting = append(waiting, command{tag, args}); len(waiting) == 2 {
					answers(c, waiting)
				}
				return true
			}})
			r := f.reader(t, 5*time.Second)
			if _, err := pass(t, r, 1); err != nil {
				t.Fatal(err)
			}
			var mu sync.Mutex
			got := map[uint32][]string{}
			stretches := []mailbox.Stretch{{UIDs: []uint32{1, 3, 5, 6}, To: 7}, {UIDs: []uint32{2, 4}, To: 9}}
			err := r.EachText(t.Context(), stretches, func(uid uint32, text []byte) {
				mu.Lock()
				defer mu.Unlock()
				got[uid] = append(got[uid], string(text))
			})(true)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range stretches {
				for _, uid := range s.UIDs {
					_, text, _ := strings.Cut(string(letter(int(uid))), "\r\n\r\n")
					if len(got[uid]) != 1 || got[uid][0] != text[:s.To] {
						t.Errorf("text of %d: %q, want %q once", uid, got[uid], text[:s.To])
					}
				}
			}
		})
	}
}
