package mailbox_test

import (
	"strings"
	"testing"
	"time"
)

// The names of folders are written as RFC 9051 says: in modified UTF-7 to a server that
// speaks the older revision as well, since nobody enabled the newer one, else in UTF-8.
func TestNamesOfFolders(t *testing.T) {
	const utf7, utf8 = `"&BCEEPwQwBDw-"`, `"Спам"`
	for _, c := range []struct{ caps, listed, want string }{
		{"IMAP4rev1", utf7, utf7}, {"IMAP4rev1 IMAP4rev2", utf7, utf7}, {"IMAP4rev2", utf8, utf8},
	} {
		f := startFake(t, 1, script{caps: c.caps + " AUTH=PLAIN", command: func(k *talk, tag, cmd string) bool {
			if !strings.HasPrefix(cmd, "LIST") {
				return false
			}
			k.say("* LIST (\\Junk) \"/\" %s\r\n%s OK done\r\n", c.listed, tag)
			return true
		}})
		r := f.reader(t, 20*time.Second)
		all, err := r.Folders(t.Context())
		if err != nil || len(all) != 2 || all[1].Name != "Спам" {
			t.Fatalf("%s: folders %+v, %v", c.caps, all, err)
		}
		if _, err := r.Examine(t.Context(), all[1].Name); err != nil {
			t.Errorf("%s: %v", c.caps, err)
		}
		said := strings.Join(f.commands(), "\n")
		if !strings.Contains(said, "EXAMINE "+c.want) && !strings.Contains(said, "EXAMINE "+strings.Trim(c.want, `"`)) {
			t.Errorf("%s: the folder is not opened as %s:\n%s", c.caps, c.want, said)
		}
	}
}
