package mailbox_test

import (
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// asked is what a fake was asked from a command on, the names alone.
func asked(f *fakeIMAP, from int) string {
	var names []string
	for _, cmd := range f.commands()[from:] {
		name, rest, _ := strings.Cut(cmd, " ")
		if name == "FETCH" || name == "EXAMINE" {
			name += " " + strings.Trim(rest, `"`)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// Over a new connection INBOX is opened before the folders are listed, and the
// look that follows asks for nothing more, unless letters came in between.
func TestInboxIsOpenedAhead(t *testing.T) {
	for name, grows := range map[string]bool{"quiet": false, "a letter comes": true} {
		t.Run(name, func(t *testing.T) {
			lists := lists("")
			f := startFake(t, 3, script{command: func(c *talk, tag, cmd string) bool {
				if grows && strings.HasPrefix(cmd, "LIST ") {
					c.f.mu.Lock()
					c.f.letters[4] = letter(4)
					c.f.mu.Unlock()
					c.say("* 4 EXISTS\r\n")
				}
				return lists(c, tag, cmd)
			}})
			r := f.reader(t, 5*time.Second)
			folders, err := r.Folders(t.Context())
			if err != nil || len(folders) != 2 {
				t.Fatalf("%v, %v", folders, err)
			}
			if got := asked(f, 0); !strings.HasSuffix(got, "EXAMINE INBOX, FETCH 3 (UID), LIST") {
				t.Errorf("asked for %s", got)
			}
			before := len(f.commands())
			st, err := r.Examine(t.Context(), "INBOX")
			switch got := asked(f, before); {
			case err != nil:
				t.Fatal(err)
			case !grows && (got != "" || st.Messages != 3 || st.UIDNext != 4):
				t.Errorf("asked again for %q: %+v", got, st)
			case grows && (!strings.Contains(got, "EXAMINE INBOX") || st.Messages != 4 || st.UIDNext != 5):
				t.Errorf("asked for %q: %+v", got, st)
			}
			before = len(f.commands())
			if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
				t.Fatal(err)
			}
			if got := asked(f, before); got != "NOOP" {
				t.Errorf("the next look asked for %q", got)
			}
		})
	}
}

// The list of the folders is asked for at every tenth pass, at once where a
// folder is missing, and never by who reads INBOX alone.
func TestFoldersAreListedSeldom(t *testing.T) {
	count := func(f *fakeIMAP) (n int) {
		for _, cmd := range f.commands() {
			if strings.HasPrefix(cmd, "LIST ") {
				n++
			}
		}
		return n
	}
	for name, want := range map[string]struct {
		folders []string
		lists   int
	}{"the usual": {nil, 2}, "INBOX": {[]string{"inbox"}, 0}, "one that is missing": {[]string{"INBOX", "Архив"}, 15}} {
		f := startFake(t, 1, script{command: lists("")})
		o := mailbox.ReaderOptions{Server: server(t, f.addr, nil), Folders: want.folders}
		o.TLS, o.Timeout = mailbox.TLSNone, 5*time.Second
		r := mailbox.NewReader(o)
		for range 15 { // passes
			if got, err := r.Folders(t.Context()); (err != nil) != (want.lists == 15) || len(got) == 0 {
				t.Fatalf("%s: %v, %v", name, got, err)
			}
			if want.folders == nil {
				if _, err := r.Folders(t.Context()); err != nil { // as for the folder of sent mail
					t.Fatal(err)
				}
			}
		}
		if got := count(f); got != want.lists {
			t.Errorf("%s: listed %d times, want %d", name, got, want.lists)
		}
		r.Close()
	}
}
