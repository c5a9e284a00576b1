package mailbox_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// exceptFor says no to every command that names a letter which cannot be filed, and moves
// the others from the UID u to 1000+u.
func exceptFor(begins string, bad ...uint32) func(*talk, string, string) bool {
	return func(c *talk, tag, cmd string) bool {
		args, hit := strings.CutPrefix(cmd, begins)
		if !hit {
			return false
		}
		set, _, _ := strings.Cut(args, " ")
		if slices.ContainsFunc(bad, func(uid uint32) bool { return inSet(set, uid) }) {
			c.say("%s NO [CANNOT] not this one\r\n", tag)
			return true
		}
		var from, to []string
		c.f.mu.Lock()
		for _, uid := range slices.Sorted(maps.Keys(c.f.letters)) {
			if inSet(set, uid) {
				from, to = append(from, fmt.Sprint(uid)), append(to, fmt.Sprint(1000+uid))
			}
		}
		c.f.mu.Unlock()
		c.say("* OK [COPYUID 9 %s %s] moved\r\n%s OK done\r\n", strings.Join(from, ","), strings.Join(to, ","), tag)
		return true
	}
}

// A letter that cannot be filed keeps no other from it, wherever it stands, and the server
// is not asked for ever: neither where it files no letter, nor where it refuses many.
func TestFilingBesideRefused(t *testing.T) {
	var all, odd []uint32
	for uid := range uint32(200) {
		if all = append(all, uid+1); uid%2 == 0 {
			odd = append(odd, uid+1)
		}
	}
	for name, c := range map[string]struct {
		bad  []uint32
		most int // refusals
		fail bool
		some bool // not all others need be filed
	}{
		"the first": {bad: all[:1], most: 2}, "the last": {bad: all[199:], most: 2}, "one within": {bad: all[100:101], most: 9},
		"both ends": {bad: []uint32{1, 200}, most: 3, fail: true, some: true}, "two": {bad: []uint32{7, 130}, most: 17},
		"all": {bad: all, most: 3, fail: true, some: true}, "every other": {bad: odd, most: 20, some: true},
	} {
		for _, how := range []string{"UID MOVE ", "UID STORE "} {
			t.Run(how+name, func(t *testing.T) {
				f := startFake(t, 200, script{caps: "IMAP4rev1 AUTH=PLAIN SASL-IR MOVE", state: "* OK [PERMANENTFLAGS (\\*)] ok\r\n", files: true, command: exceptFor(how, c.bad...)})
				to := mailbox.Shelf{Folder: "Pometka"}
				if how == "UID STORE " {
					to = mailbox.Shelf{Keyword: "$Pometka"}
				}
				got, err := f.reader(t, 5*time.Second).File(t.Context(), "INBOX", 7, all, to)
				if c.fail != errors.Is(err, mailbox.ErrNoFiling) || !c.fail && err != nil {
					t.Fatalf("filing: %v", err)
				}
				filed, refused := 0, 0
				for uid, fate := range got.Of {
					switch {
					case fate.Gone || slices.Contains(c.bad, uid) != (fate.Refused != nil):
						t.Errorf("UID %d: %+v", uid, fate)
					case fate.Refused != nil:
						refused++
					default:
						if filed++; how == "UID MOVE " && (fate.UID != 1000+uid || got.UIDValidity != 9) {
							t.Errorf("UID %d lies in %d/%d", uid, got.UIDValidity, fate.UID)
						}
					}
				}
				if got.Refusals > c.most || !c.some && len(got.Of) != 200 || filed == 0 && !c.fail || refused == 0 {
					t.Errorf("%d refusals, %d filed, %d refused", got.Refusals, filed, refused)
				}
			})
		}
	}
}

// A folder is made below the prefix of the person's own folders where the server names one,
// and nowhere else by guess.
func TestFilingBelowPrefix(t *testing.T) {
	own := `(("INBOX." "."))`
	for name, c := range map[string]struct {
		caps, spaces, folder, want string
		list                       []string
	}{
		"a prefix":             {"NAMESPACE", own + " NIL NIL", "Pometka", "INBOX.Pometka", nil},
		"it is written":        {"NAMESPACE", own + " NIL NIL", "inbox.Pometka", "inbox.Pometka", nil},
		"none":                 {"NAMESPACE", `(("" "/")) NIL NIL`, "Pometka", "Pometka", nil},
		"none of two":          {"NAMESPACE", `(("INBOX." ".")("" "/")) NIL NIL`, "Pometka", "Pometka", nil},
		"either of two":        {"NAMESPACE", `(("INBOX." ".")("Archive." ".")) NIL NIL`, "Pometka", "Pometka", nil},
		"nobody says":          {"", "", "Pometka", "Pometka", []string{"INBOX.Sent"}},
		"refused":              {"NAMESPACE", "", "Pometka", "Pometka", nil},
		"unreadable":           {"NAMESPACE", `(("INBOX." `, "Pometka", "Pometka", nil},
		"shared":               {"NAMESPACE", own + ` NIL (("Shared." "."))`, "Shared.Pometka", "Shared.Pometka", nil},
		"it is there":          {"NAMESPACE", own + " NIL NIL", "Pometka", "Pometka", []string{"Pometka", "INBOX.Pometka"}},
		"in other letters":     {"NAMESPACE", `(("inbox." ".")) NIL NIL`, "INBOX.Pometka", "INBOX.Pometka", nil},
		"no delimiter":         {"NAMESPACE", `(("INBOX" NIL)) NIL NIL`, "Pometka", "Pometka", nil},
		"outside ASCII":        {"NAMESPACE", own + " NIL NIL", "Обращения", "INBOX.Обращения", nil},
		"INBOX itself":         {"NAMESPACE", own + " NIL NIL", "Inbox", "INBOX", nil},
		"a prefix not ASCII":   {"NAMESPACE", `(("&BB4-." ".")) NIL NIL`, "Pometka", "Pometka", nil},
		"nothing of their own": {"NAMESPACE", "NIL NIL NIL", "Pometka", "Pometka", nil},
	} {
		t.Run(name, func(t *testing.T) {
			command := func(ta *talk, tag, cmd string) bool {
				switch {
				case cmd == "NAMESPACE" && c.spaces == "":
					ta.say("%s NO not now\r\n", tag)
				case cmd == "NAMESPACE":
					ta.say("* NAMESPACE %s\r\n%s OK done\r\n", c.spaces, tag)
				case strings.HasPrefix(cmd, "LIST"):
					for _, folder := range append([]string{"INBOX"}, c.list...) {
						ta.say("* LIST () \".\" %s\r\n", folder)
					}
					ta.say("%s OK done\r\n", tag)
				default:
					return false
				}
				return true
			}
			f := startFake(t, 1, script{caps: strings.TrimSpace("IMAP4rev1 AUTH=PLAIN SASL-IR " + c.caps), command: command})
			r := f.reader(t, 5*time.Second)
			var got string
			var err error
			for range 2 { // the second time nobody is asked
				got, err = r.ShelfFolder(t.Context(), c.folder)
			}
			if err != nil || got != c.want {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
			asked := 0
			for _, cmd := range f.commands() {
				if cmd == "NAMESPACE" {
					asked++
				}
			}
			if asked > 1 {
				t.Errorf("asked %d times", asked)
			}
		})
	}
}
