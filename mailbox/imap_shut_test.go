package mailbox_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// A folder that is not opened is told apart from trouble with the connection, which goes on,
// whether the server refuses at first sight or when it had told of the folder's state.
func TestFolderIsNotOpened(t *testing.T) {
	var refuse atomic.Bool
	f := startFake(t, 2, script{command: func(c *talk, tag, cmd string) bool {
		switch {
		case strings.HasPrefix(cmd, "STATUS"):
			c.say("* STATUS Box (MESSAGES 2 UIDNEXT 3 UIDVALIDITY 7)\r\n%s OK done\r\n", tag)
		case refuse.Load() && strings.HasPrefix(cmd, "EXAMINE") && strings.Contains(cmd, "Box"):
			c.say("%s NO [NOPERM] not yours\r\n", tag)
		default:
			return false
		}
		return true
	}})
	r := f.reader(t, 20*time.Second)
	shut := func(err error) bool {
		var e *mailbox.ShutError
		return errors.As(err, &e) && e.Name == "Box" && mailbox.ServerWords(err) == "not yours" && strings.HasPrefix(mailbox.Logged(err), "the server does not open a folder: the server said NO [NOPERM]; pometka doctor ")
	}
	refuse.Store(true)
	if _, err := r.Examine(t.Context(), "Box"); !shut(err) {
		t.Errorf("at first sight: %v, in the log %s", err, mailbox.Logged(err))
	}
	if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
		t.Errorf("another folder: %v", err)
	}
	refuse.Store(false)
	if _, err := r.Examine(t.Context(), "Box"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Examine(t.Context(), "Box"); err != nil {
		t.Fatal(err)
	}
	refuse.Store(true)
	err := r.Heads(t.Context(), 1, 0, func([]mailbox.Head) error { return nil })
	if !shut(err) || f.dials != 1 {
		t.Errorf("later: %v, %d connections", err, f.dials)
	}
}

// A server that refuses STATUS is asked with EXAMINE.
func TestStatusIsRefused(t *testing.T) {
	for _, word := range []string{"NO", "BAD"} {
		f := startFake(t, 2, script{command: func(c *talk, tag, cmd string) bool {
			asked := strings.HasPrefix(cmd, "STATUS")
			if asked {
				c.say("%s %s not here\r\n", tag, word)
			}
			return asked
		}})
		r := f.reader(t, 20*time.Second)
		for range 3 { // passes
			for _, folder := range []string{"INBOX", "Box"} {
				if st, err := r.Examine(t.Context(), folder); err != nil || st.Messages != 2 {
					t.Errorf("%s, %s: %+v, %v", word, folder, st, err)
				}
			}
		}
		if f.dials != 1 {
			t.Errorf("%s: %d connections", word, f.dials)
		}
	}
}
