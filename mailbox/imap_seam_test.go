package mailbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// counts overrules what the server says of its folder.
func counts(messages, next int) func(*talk, string, string) bool {
	return func(c *talk, tag, cmd string) bool {
		if !strings.HasPrefix(cmd, "EXAMINE") {
			return false
		}
		c.say("* %d EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT %d] ok\r\n%s OK done\r\n", messages, next, tag)
		return true
	}
}

// inRange is odd where a message is asked for among others.
func inRange(uid uint32, say func(c *talk, items string)) func(*talk, uint32, string) bool {
	return func(c *talk, u uint32, items string) bool {
		asked := c.f.commands()
		if u != uid || !hasBody(items) || !strings.Contains(asked[len(asked)-1], ":") {
			return false
		}
		say(c, items)
		return true
	}
}

func leftOut(*talk, string) {}

// underUID answers for a message with the UID of another.
func underUID(seq, uid uint32) func(*talk, string) {
	return func(c *talk, items string) { c.say("* %d FETCH (%s)\r\n", seq, answer(uid, items, letter(int(seq)))) }
}

// A server that leaves a message out of a range, at whichever end, or gives it
// the UID of another, hides it from nobody: the numbers tell.
func TestMessagesLeftOut(t *testing.T) {
	for uid := uint32(1); uid <= 7; uid++ {
		for name, odd := range map[string]func(*talk, string){
			"left out":                 leftOut,
			"under the next one's UID": underUID(uid, uid+1),
			"under the last one's UID": underUID(uid, max(uid, 2)-1),
			"under no UID at all":      underUID(uid, 0),
			"under a stranger's UID":   underUID(uid, 4_000_000),
		} {
			t.Run(fmt.Sprintf("%d %s", uid, name), func(t *testing.T) {
				t.Parallel()
				f := startFake(t, 7, script{message: inRange(uid, odd)})
				heads, err := pass(t, f.reader(t, 5*time.Second), 1)
				if err != nil || len(heads) != 7 {
					t.Fatalf("%d heads, %v", len(heads), err)
				}
				for i, h := range heads {
					if h.UID != uint32(i+1) || h.Err != nil || !bytes.Contains(h.Header, fmt.Appendf(nil, "Subject: letter %d\r\n", i+1)) {
						t.Errorf("head %d: UID %d, %v, %q", i+1, h.UID, h.Err, h.Header)
					}
				}
			})
		}
	}
}

// The numbers of a folder with gaps between its UIDs cost no command more.
func TestSeamsCostNothing(t *testing.T) {
	f := startFake(t, 0, script{})
	for _, uid := range []uint32{3, 4, 9, 12, 700, 701, 1400} {
		f.letters[uid] = letter(int(uid))
	}
	heads, err := pass(t, f.reader(t, 5*time.Second), 1)
	if err != nil || len(heads) != 7 {
		t.Fatalf("%d heads, %v", len(heads), err)
	}
	var sets []string
	for _, cmd := range f.commands() {
		if rest, ok := strings.CutPrefix(cmd, "UID FETCH "); ok && hasBody(rest) {
			set, _, _ := strings.Cut(rest, " ")
			sets = append(sets, set)
		}
	}
	if !slices.Equal(sets, []string{"3:1400"}) { // sparse: listed first
		t.Errorf("asked for %v", sets)
	}
}

// A UIDNEXT that is too low, from the beginning or by what comes later, hides
// nothing.
func TestUIDNEXTTooLow(t *testing.T) {
	for next := 1; next <= 8; next++ {
		f := startFake(t, 7, script{command: counts(7, next)})
		r := f.reader(t, 5*time.Second)
		heads, err := pass(t, r, 1)
		if err != nil || len(heads) != 7 {
			t.Errorf("UIDNEXT %d: %d heads, %v", next, len(heads), err)
		}
		if st, err := r.Examine(t.Context(), "INBOX"); err != nil || st.UIDNext != 8 {
			t.Errorf("UIDNEXT %d: %+v, %v", next, st, err)
		}
		// The next letter comes, and is told of in a word between.
		f.mu.Lock()
		f.letters[8] = letter(8)
		f.command = anyOf(counts(8, next), func(c *talk, tag, cmd string) bool {
			if cmd == "NOOP" {
				c.say("* 8 EXISTS\r\n%s OK done\r\n", tag)
			}
			return cmd == "NOOP"
		})
		f.mu.Unlock()
		if heads, err := pass(t, r, 8); err != nil || len(heads) != 1 || heads[0].UID != 8 {
			t.Errorf("UIDNEXT %d: %d heads after one more, %v", next, len(heads), err)
		}
	}
}

// A server that says NO although everything came, as some do when messages went
// meanwhile, is believed what it sent.
func TestNoAfterEverything(t *testing.T) {
	f := startFake(t, 7, script{})
	f.command = func(c *talk, tag, cmd string) bool {
		args, fetches := strings.CutPrefix(cmd, "UID FETCH ")
		if fetches {
			f.fetch(c, args)
			c.say("%s NO Some of the requested messages no longer exist\r\n", tag)
		}
		return fetches
	}
	r := f.reader(t, 5*time.Second)
	heads, err := pass(t, r, 1)
	if err != nil || len(heads) != 7 {
		t.Fatalf("%d heads, %v", len(heads), err)
	}
	checkTexts(t, r, false)
}

// A server that lists no folder at all is read all the same.
func TestNothingListed(t *testing.T) {
	f := startFake(t, 1, script{command: no("LIST")})
	r := f.reader(t, 5*time.Second)
	var unlisted *mailbox.UnlistedError
	if got, err := r.Folders(t.Context()); !errors.As(err, &unlisted) || !slices.Equal(got, []mailbox.Folder{{Name: "INBOX"}}) {
		t.Errorf("%+v, %v", got, err)
	}
	o := mailbox.ReaderOptions{Server: server(t, f.addr, nil), Folders: []string{"Inbox", "Спам"}}
	o.TLS, o.Timeout = mailbox.TLSNone, 5*time.Second
	named := mailbox.NewReader(o)
	defer named.Close()
	if got, err := named.Folders(t.Context()); err != nil || !slices.Equal(got, []mailbox.Folder{{Name: "INBOX"}, {Name: "Спам", Junk: true}}) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := r.SentFolder(t.Context()); err == nil || errors.Is(err, mailbox.ErrLogin) {
		t.Errorf("sent folder: %v", err)
	}
}
