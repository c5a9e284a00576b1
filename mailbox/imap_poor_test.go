package mailbox_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// lists answers LIST with an INBOX and a junk folder, marked or only named.
func lists(attr string) func(*talk, string, string) bool {
	return func(c *talk, tag, cmd string) bool {
		if !strings.HasPrefix(cmd, "LIST ") {
			return false
		}
		if attr == "return" && strings.Contains(cmd, "RETURN") {
			c.say("%s BAD no such option\r\n", tag)
			return true
		}
		c.say("* LIST () \"/\" INBOX\r\n* LIST (%s) \"/\" \"&BCEEPwQwBDw-\"\r\n%s OK done\r\n", attr, tag)
		return true
	}
}

// anyOf tries several scripts.
func anyOf(all ...func(*talk, string, string) bool) func(*talk, string, string) bool {
	return func(c *talk, tag, cmd string) bool {
		return slices.ContainsFunc(all, func(f func(*talk, string, string) bool) bool { return f(c, tag, cmd) })
	}
}

// Servers that lack something lose a comfort: what they lack is said, both
// folders are found, and every letter is read.
func TestPoorServers(t *testing.T) {
	const rich = "IMAP4rev1 AUTH=PLAIN SASL-IR IDLE SPECIAL-USE LIST-EXTENDED UIDPLUS MOVE ESEARCH"
	const keywords = "* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n"
	without := func(cap string) string { return strings.Replace(rich, " "+cap, "", 1) }
	for name, c := range map[string]struct {
		script
		comfort func(r *mailbox.Reader) error // what is lost
		want    error
	}{
		"no IDLE": {script{caps: without("IDLE")}, func(r *mailbox.Reader) error {
			if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
				return err
			}
			_, err := r.Idle(t.Context(), "INBOX", time.Millisecond)
			return err
		}, mailbox.ErrNoIdle},
		"IDLE offered and refused": {script{caps: rich, command: no("IDLE")}, func(r *mailbox.Reader) error {
			if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
				return err
			}
			_, err := r.Idle(t.Context(), "INBOX", time.Millisecond)
			return err
		}, mailbox.ErrNoIdle},
		"no keywords": {script{caps: rich}, func(r *mailbox.Reader) error {
			_, err := r.File(t.Context(), "INBOX", 7, []uint32{1}, mailbox.Shelf{Keyword: "$Pometka"})
			return err
		}, mailbox.ErrNoFiling},
		"no SPECIAL-USE": {script{caps: without("SPECIAL-USE"), command: lists("")}, func(*mailbox.Reader) error { return nil }, nil},
		"no UIDPLUS and no MOVE": {script{caps: strings.Replace(without("UIDPLUS"), " MOVE", "", 1)}, func(r *mailbox.Reader) error {
			_, err := r.File(t.Context(), "INBOX", 7, []uint32{1}, mailbox.Shelf{Folder: "X"})
			return err
		}, mailbox.ErrNoFiling},
		"folders listed, but not with their use": {script{caps: rich, command: lists("return")}, func(*mailbox.Reader) error { return nil }, nil},
		"PLAIN offered and unknown":              {script{caps: rich, command: says("AUTHENTICATE", "BAD no such command")}, func(*mailbox.Reader) error { return nil }, nil},
		"SEARCH that finds nothing":              {script{caps: rich, command: says("UID SEARCH", "OK done")}, func(*mailbox.Reader) error { return nil }, nil},
		"SEARCH that is refused":                 {script{caps: without("ESEARCH"), command: no("UID SEARCH")}, func(*mailbox.Reader) error { return nil }, nil},
		"SEARCH that is out of order":            {script{caps: rich, command: says("UID SEARCH", "NO [UNAVAILABLE] UID SEARCH Backend error")}, func(*mailbox.Reader) error { return nil }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := c.script
			s.files = true
			if name != "no keywords" {
				s.state = keywords
			}
			marked := lists(`\Junk`)
			if s.command == nil {
				s.command = marked
			} else {
				s.command = anyOf(s.command, marked)
			}
			r := startFake(t, 7, s).reader(t, 5*time.Second)
			folders, err := r.Folders(t.Context())
			if want := []mailbox.Folder{{Name: "INBOX"}, {Name: "Спам", Junk: true}}; err != nil || !slices.Equal(folders, want) {
				t.Errorf("folders %+v, %v", folders, err)
			}
			if err := c.comfort(r); !errors.Is(err, c.want) || c.want == nil && err != nil {
				t.Errorf("what it lacks: %v", err)
			}
			heads, err := pass(t, r, 1)
			if err != nil || len(heads) != 7 {
				t.Fatalf("%d heads, %v", len(heads), err)
			}
			for _, h := range heads {
				var raw bytes.Buffer
				if _, _, err := r.Fetch(t.Context(), h.UID, &raw); err != nil || !bytes.Equal(raw.Bytes(), letter(int(h.UID))) {
					t.Errorf("letter %d: %v", h.UID, err)
				}
			}
		})
	}
}
