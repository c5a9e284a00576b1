package mailbox_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// listed answers LIST with INBOX and another folder.
func listed(folder string) func(*talk, string, string) bool {
	return func(c *talk, tag, cmd string) bool {
		if !strings.HasPrefix(cmd, "LIST ") {
			return false
		}
		c.say("* LIST () \"/\" INBOX\r\n* LIST %s\r\n%s OK done\r\n", folder, tag)
		return true
	}
}

// A folder for junk that was watched does not drop out in silence, also where another process
// saw it: it is watched as long as it is there, and missing after that, unless another has
// taken its place or the configuration names the folders.
func TestJunkFolderThatVanishes(t *testing.T) {
	for name, c := range map[string]struct {
		now     string   // what is listed beside INBOX, after a folder Spam was
		folders []string // configured
		want    string
		missing bool
	}{
		"as before":           {now: `() "/" Spam`, want: "INBOX Spam"},
		"renamed":             {now: `() "/" News`, want: "INBOX", missing: true},
		"renamed, also junk":  {now: `() "/" Junk`, want: "INBOX Junk"},
		"another is marked":   {now: "() \"/\" Spam\r\n* LIST (\\Junk) \"/\" Bin", want: "INBOX Bin"},
		"named in the config": {now: `() "/" News`, folders: []string{"INBOX", "News"}, want: "INBOX News"},
	} {
		first := startFake(t, 1, script{command: listed(`() "/" Spam`)}).reader(t, 20*time.Second)
		if got, err := first.Folders(t.Context()); err != nil || len(got) != 2 {
			t.Fatalf("%s: at first %+v %v", name, got, err)
		}
		f := startFake(t, 1, script{command: listed(c.now)})
		o := mailbox.ReaderOptions{Server: server(t, f.addr, nil), Folders: c.folders}
		o.TLS, o.Timeout = mailbox.TLSNone, 20*time.Second
		r := mailbox.NewReader(o)
		t.Cleanup(func() { r.Close() })
		r.Remember(first.Memory())
		for range 2 { // passes
			got, err := r.Folders(t.Context())
			var names []string
			for _, f := range got {
				names = append(names, f.Name)
			}
			var e *mailbox.FolderError
			if strings.Join(names, " ") != c.want || errors.As(err, &e) != c.missing || c.missing && e.Name != "Spam" {
				t.Errorf("%s: %v, %v", name, names, err)
			}
		}
		if kept := strings.Contains(r.Memory(), "Spam"); kept != (c.missing || slices.Contains(strings.Fields(c.want), "Spam")) {
			t.Errorf("%s: remembered is %s", name, r.Memory())
		}
	}
}
