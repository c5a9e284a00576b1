package mailbox_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// idlingBy answers IDLE by say, which is told the tag.
func idlingBy(say func(c *talk, tag string)) script {
	return script{caps: "IMAP4rev1 AUTH=PLAIN SASL-IR IDLE", command: func(c *talk, tag, cmd string) bool {
		switch {
		case cmd == "IDLE":
			say(c, tag)
		case tag == "DONE":
			c.say("DONE BAD no command\r\n")
		default:
			return false
		}
		return true
	}}
}

// A wait for news that goes otherwise than it should ends in time, and the mailbox is
// read afterwards as before.
func TestIdleOtherwise(t *testing.T) {
	const timeout = time.Second
	for name, c := range map[string]struct {
		say   func(c *talk, tag string)
		news  bool
		fails bool
	}{
		"ended by the server": {say: func(c *talk, tag string) { c.say("+ idling\r\n%s OK enough\r\n", tag) }},
		"never begun":         {say: func(*talk, string) {}, fails: true},
		"begun twice":         {say: func(c *talk, tag string) { c.say("+ idling\r\n+ still\r\n* 8 EXISTS\r\n") }, news: true, fails: true},
		"closed at once":      {say: func(c *talk, tag string) { c.say("+ idling\r\n"); c.Close() }, fails: true},
		"good-bye":            {say: func(c *talk, tag string) { c.say("+ idling\r\n* BYE [INUSE] timeout\r\n"); c.Close() }, fails: true},
		"a flood": {say: func(c *talk, tag string) {
			c.say("%s", "+ idling\r\n"+strings.Repeat("* 7 EXISTS\r\n* 1 FETCH (FLAGS ())\r\n", 3000))
		}, news: true, fails: true},
		"refused":                  {say: func(c *talk, tag string) { c.say("%s NO [LIMIT] not now\r\n", tag) }, fails: true},
		"refused behind its begin": {say: func(c *talk, tag string) { c.say("+ idling\r\n%s NO not any more\r\n", tag) }, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, 7, idlingBy(c.say))
			r := f.reader(t, timeout)
			if _, err := pass(t, r, 1); err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			news, err := r.Idle(t.Context(), "INBOX", 200*time.Millisecond)
			if took := time.Since(begun); news && !c.news || err != nil && (!c.fails || strings.ContainsAny(err.Error(), "\r\n")) || took > 3*timeout {
				t.Errorf("%v, %v after %v", news, err, took)
			}
			if heads, err := pass(t, r, 1); err != nil || len(heads) != 7 {
				t.Errorf("%d heads, %v", len(heads), err)
			}
		})
	}
}

// listing answers LIST.
func listing(lines string) script {
	return script{caps: "IMAP4rev1 AUTH=PLAIN SASL-IR SPECIAL-USE LIST-EXTENDED", command: func(c *talk, tag, cmd string) bool {
		if !strings.HasPrefix(cmd, "LIST") {
			return false
		}
		c.say("%s%s OK done\r\n", strings.ReplaceAll(lines, "\n", "\r\n"), tag)
		return true
	}}
}

// Whatever the folders are called, INBOX is watched, and a junk folder only where
// there is one that can be opened.
func TestFoldersOtherwise(t *testing.T) {
	junk := func(name string) []mailbox.Folder { return []mailbox.Folder{{Name: "INBOX"}, {Name: name, Junk: true}} }
	only := []mailbox.Folder{{Name: "INBOX"}}
	for name, c := range map[string]struct {
		lines string
		want  []mailbox.Folder
	}{
		"a prefix":                    {"* LIST () \".\" INBOX\n* LIST (\\Junk) \".\" INBOX.spam\n", junk("INBOX.spam")},
		"a prefix, no attribute":      {"* LIST () \".\" INBOX\n* LIST () \".\" INBOX.Spam\n", junk("INBOX.Spam")},
		"quotes and backslashes":      {"* LIST () \"/\" INBOX\n* LIST (\\Junk) \"\\\\\" \"a\\\"b\\\\c\"\n", junk(`a"b\c`)},
		"wildcards":                   {"* LIST () \"/\" INBOX\n* LIST (\\Junk) \"/\" \"100% *\"\n", junk("100% *")},
		"as a literal":                {"* LIST () \"/\" INBOX\n* LIST (\\Junk) \"/\" {6}\nJu\"nk!\n", junk(`Ju"nk!`)},
		"junk that cannot be opened":  {"* LIST () \"/\" INBOX\n* LIST (\\Junk \\Noselect) \"/\" Junk\n", only},
		"junk that is not there":      {"* LIST () \"/\" INBOX\n* LIST (\\Junk \\NonExistent) \"/\" Junk\n", only},
		"attributes in capitals":      {"* LIST () \"/\" INBOX\n* LIST (\\NOSELECT \\JUNK) \"/\" Junk\n* LIST (\\JUNK) \"/\" Bulk\n", junk("Bulk")},
		"INBOX that cannot be opened": {"* LIST (\\Noselect \\HasChildren) \"/\" INBOX\n", only},
		"INBOX in small letters":      {"* LIST (\\Junk) \"/\" inbox\n", only},
		"the same twice":              {"* LIST () \"/\" INBOX\n* LIST (\\Junk) \"/\" Junk\n* LIST (\\Junk) \"/\" Junk\n", junk("Junk")},
		"no delimiter":                {"* LIST () NIL INBOX\n* LIST () NIL Spam\n", junk("Spam")},
		"nothing":                     {"", only},
		"an attribute unknown":        {"* LIST (\\X-Foo \\Junk) \"/\" Junk\n* LIST () \"/\" INBOX (\"CHILDINFO\" (\"SUBSCRIBED\"))\n", junk("Junk")},
		"children told of":            {"* LIST () \"/\" INBOX\n* LIST (\\Junk) \"/\" \"Junk\" (CHILDINFO (\"SUBSCRIBED\") OLDNAME (\"Spam\"))\n", junk("Junk")},
		"an empty name":               {"* LIST (\\Noselect) \"/\" \"\"\n* LIST (\\Junk) \"/\" Junk\n", junk("Junk")},
		"thousands":                   {"* LIST () \"/\" INBOX\n* LIST (\\Junk) \"/\" Junk\n" + strings.Repeat("* LIST () \"/\" \"a folder\"\n", 3000), junk("Junk")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, 7, listing(c.lines))
			r := f.reader(t, 5*time.Second)
			got, err := r.Folders(t.Context())
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%+v, %v", got, err)
			}
			if heads, err := pass(t, r, 1); err != nil || len(heads) != 7 {
				t.Errorf("%d heads, %v", len(heads), err)
			}
		})
	}
}

// A log-in that goes otherwise than it should is one try and one line.
func TestLogInOtherwise(t *testing.T) {
	for name, c := range map[string]struct {
		script
		says string
	}{
		"LOGINDISABLED": {script{caps: "IMAP4rev1 LOGINDISABLED", command: func(c *talk, tag, cmd string) bool {
			if strings.HasPrefix(cmd, "LOGIN") {
				c.say("%s NO [PRIVACYREQUIRED] not in the open\r\n", tag)
			}
			return strings.HasPrefix(cmd, "LOGIN")
		}}, "refused"},
		"turned away":           {script{greeting: "* BYE [UNAVAILABLE] overloaded"}, "turned us away"},
		"refused with an alert": {instead("AUTHENTICATE", "NO [ALERT] \x1b[2Jaccount locked\x07"), "refused"},
		"expired":               {instead("AUTHENTICATE", "NO [EXPIRED] password is too old"), "refused"},
		"in use":                {instead("AUTHENTICATE", "NO [INUSE] one at a time"), "out of order"},
		"out of connections":    {instead("AUTHENTICATE", "NO [LIMIT] too many"), "out of order"},
		"BYE behind the refusal": {script{command: func(c *talk, tag, cmd string) bool {
			if strings.HasPrefix(cmd, "AUTHENTICATE") {
				c.say("%s NO [AUTHENTICATIONFAILED] no\r\n* BYE bye\r\n", tag)
				c.Close()
			}
			return strings.HasPrefix(cmd, "AUTHENTICATE")
		}}, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, 7, c.script)
			_, err := pass(t, f.reader(t, 2*time.Second), 1)
			tries := 0
			for _, cmd := range f.commands() {
				if strings.HasPrefix(cmd, "AUTHENTICATE") || strings.HasPrefix(cmd, "LOGIN") {
					tries++
				}
			}
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.ContainsAny(err.Error(), "\r\n\x1b\x07") || tries > 1 {
				t.Errorf("%d tries, %q", tries, err)
			}
			if c.says == "refused" != errors.Is(err, mailbox.ErrLogin) {
				t.Errorf("a refusal: %v", err)
			}
		})
	}
}

// Why a server hung up stands in the one line, whenever it says so.
func TestGoodByeSaysWhy(t *testing.T) {
	for _, at := range []string{"EXAMINE", "UID FETCH"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, 7, script{command: func(c *talk, tag, cmd string) bool {
				if !strings.HasPrefix(cmd, at) {
					return false
				}
				c.say("* BYE [UNAVAILABLE] moved to \x1b[2Janother machine\r\n")
				c.Close()
				return true
			}})
			_, err := pass(t, f.reader(t, 2*time.Second), 1)
			if err == nil || !strings.Contains(err.Error(), "hung up (BYE [UNAVAILABLE] moved to") || strings.Contains(err.Error(), "\x1b") {
				t.Errorf("%q", err)
			}
			if got := mailbox.ServerWords(err); !strings.Contains(got, "another machine") || mailbox.FaultOf(err) != mailbox.FaultCut {
				t.Errorf("%q of %s", got, mailbox.FaultOf(err))
			}
		})
	}
}

// A letter that breaks the connection is one letter, also where it is the newest, for which
// every first look asks: the others are read, over a log-in ahead as without one.
func TestNewestBreaksConnection(t *testing.T) {
	for _, ahead := range []bool{false, true} {
		for name, always := range map[string]bool{"when its number is asked": false, "whatever is asked": true} {
			t.Run(fmt.Sprint(name, ", ahead ", ahead), func(t *testing.T) {
				t.Parallel()
				f := startFake(t, 7, script{command: func(c *talk, _, cmd string) bool {
					deadly := strings.HasPrefix(cmd, "FETCH 7 ")
					if deadly {
						c.Close()
					}
					return deadly
				}, message: func(c *talk, uid uint32, _ string) bool {
					deadly := always && uid == 7
					if deadly {
						c.Close()
					}
					return deadly
				}})
				r := f.reader(t, 2*time.Second)
				if ahead {
					r.Begin(t.Context())
				}
				heads, err := pass(t, r, 1)
				if err != nil || len(heads) != 7 {
					t.Fatalf("%d letters, %v", len(heads), err)
				}
				for _, h := range heads {
					if h.Err != nil && h.UID != 7 {
						t.Errorf("letter %d: %v", h.UID, h.Err)
					}
				}
			})
		}
	}
}
