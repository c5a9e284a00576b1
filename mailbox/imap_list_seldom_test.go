package mailbox_test

import (
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

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
