package mailbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// On a server that cannot search for Message-IDs, or finds whatever there is, a copy
// is stored all the same, and once.
func TestKeepWithoutSearch(t *testing.T) {
	for name, search := range map[string]func(*talk, string, string) bool{
		"refused": no("UID SEARCH"),
		"unknown": says("UID SEARCH", "BAD no such key"),
		"finds all": func(c *talk, tag, cmd string) bool {
			if strings.HasPrefix(cmd, "UID SEARCH") {
				c.say("* SEARCH 1 2 3 4 5 6 7\r\n%s OK done\r\n", tag)
			}
			return strings.HasPrefix(cmd, "UID SEARCH")
		},
	} {
		for n, there := range map[int]bool{1: true, 7: true, 8: false} {
			f := startFake(t, 7, script{files: true, command: anyOf(search, no("APPEND"))})
			r := f.reader(t, 5*time.Second)
			copies := []mailbox.Copy{{MessageID: fmt.Sprintf("<%d@example.kz>", n), Raw: letter(n), At: day}}
			err := r.Keep(t.Context(), "Sent", copies)
			stored := strings.Contains(strings.Join(f.commands(), "\n"), "APPEND")
			if stored == there || (err == nil) != there {
				t.Errorf("search %s, letter %d: stored %v, %v", name, n, stored, err)
			}
			if heads, err := pass(t, r, 1); err != nil || len(heads) != 7 {
				t.Errorf("search %s: %d heads afterwards, %v", name, len(heads), err)
			}
		}
	}
}
