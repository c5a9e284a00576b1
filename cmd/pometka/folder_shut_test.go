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

// Where the server lists no folders, the one for junk that was watched is read on. Where none
// is known, that is said, and the doctor says what to do.
func TestFoldersAreNotListed(t *testing.T) {
	box := startSandbox(t)
	var on atomic.Bool
	h := inIMAP("LIST", "%s NO [UNAVAILABLE] x")
	refuse := h.answer
	h.answer = func(tag, cmd string) (string, bool) {
		if !on.Load() {
			return "", false
		}
		return refuse(tag, cmd)
	}
	addr := h.start(t, box.IMAPAddr)
	for _, watched := range []bool{true, false} {
		i := install(t, addr, box.SMTPAddr, box.CA, map[string]string{"imap": "  tls: none\n", "": outOfHours()})
		on.Store(!watched)
		if r := i.call(t, "run", "--once"); (r.code == exitDone) != watched {
			t.Fatalf("watched %t: run --once ended with %d: %s", watched, r.code, r.err)
		}
		on.Store(true)
		if err := box.Put("Junk", withdrawal(1), time.Now()); err != nil {
			t.Fatal(err)
		}
		r := i.call(t, "run", "--once", "--lang", "en")
		if told := strings.Contains(r.err, "does not list its folders: “x”"); told == watched {
			t.Errorf("watched %t: run --once ended with %d: %s", watched, r.code, r.err)
		}
		if n := strings.Count(i.call(t, "list", "--all", "--json").out, `"number"`); (n == 1) != watched {
			t.Errorf("watched %t: %d requests", watched, n)
		}
		if r := i.call(t, "reconcile", "--lang", "en"); (r.code == exitDone) != watched {
			t.Errorf("watched %t: reconcile ended with %d: %s %s", watched, r.code, r.out, r.err)
		}
		if r := i.call(t, "doctor", "--lang", "en"); !strings.Contains(r.out, "in imap.folders") || strings.Contains(r.out, "imap.port") {
			t.Errorf("doctor: %s", r.out)
		}
	}
}
