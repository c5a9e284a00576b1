package main

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A server that lets nobody in says nothing about a folder; one that does not open a folder
// does.
func TestRefusalIsNotOfTheFolder(t *testing.T) {
	const words = "Maximum number of connections exceeded"
	box := startSandbox(t)
	if err := box.Put("INBOX", withdrawal(1), time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		command, code string
		exit          int
		ofFolder      bool
	}{{"AUTHENTICATE", "[LIMIT] ", exitFailed, false}, {"AUTHENTICATE", "", exitFailed, false}, {"EXAMINE", "[NOPERM] ", exitUsage, true}} {
		var on atomic.Bool
		h := inIMAP(c.command, "%s NO "+c.code+words)
		refuse := h.answer
		h.answer = func(tag, cmd string) (string, bool) {
			if !on.Load() {
				return "", false
			}
			return refuse(tag, cmd)
		}
		i := install(t, h.start(t, box.IMAPAddr), box.SMTPAddr, box.CA, map[string]string{"imap": "  tls: none\n", "": outOfHours()})
		if r := i.call(t, "run", "--once"); r.code != exitDone {
			t.Fatalf("run --once ended with %d: %s", r.code, r.err)
		}
		on.Store(true)
		r := i.call(t, "register", "--uid", "INBOX/1", "--lang", "en")
		if named := strings.Contains(r.err, "the folder INBOX cannot be opened"); r.code != c.exit || named != c.ofFolder || !strings.Contains(r.err, words) {
			t.Errorf("%s NO %s: register ended with %d: %s", c.command, c.code, r.code, r.err)
		}
		r = i.call(t, "ledger", "--lang", "en")
		if named := strings.Contains(r.err, "The folder INBOX cannot be opened"); r.code != exitDone || named != c.ofFolder {
			t.Errorf("%s NO %s: ledger ended with %d: %s", c.command, c.code, r.code, r.err)
		}
	}
}
