package mailbox_test

import (
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// Whether a folder is one for junk is asked of folders that nobody watches, too. What the
// server does not say counts as junk, and a connection that is lost says nothing.
func TestIsJunk(t *testing.T) {
	listed := func(c *talk, tag string) {
		c.say("* LIST () \"/\" INBOX\r\n* LIST (\\Junk) \"/\" Chaff\r\n* LIST () \"/\" Spam\r\n%s OK done\r\n", tag)
	}
	refused := func(c *talk, tag string) { c.say("%s NO not here\r\n", tag) }
	cut := func(c *talk, _ string) { c.Close() }
	for name, c := range map[string]struct {
		watched []string
		list    func(c *talk, tag string)
		folder  string
		junk    bool
		fails   bool
	}{
		"the inbox":               {nil, cut, "Inbox", false, false},
		"marked":                  {nil, listed, "Chaff", true, false},
		"marked, not watched":     {[]string{"INBOX"}, listed, "Chaff", true, false},
		"another is marked":       {nil, listed, "Spam", false, false},
		"not listed":              {nil, listed, "Archive", true, false},
		"no list":                 {nil, refused, "Archive", true, false},
		"no list, watched":        {[]string{"INBOX", "Archive"}, refused, "Archive", false, false},
		"no list, watched, spam":  {[]string{"INBOX", "Spam"}, refused, "Spam", true, false},
		"the connection was lost": {nil, cut, "Spam", true, true},
	} {
		f := startFake(t, 1, script{command: func(k *talk, tag, cmd string) bool {
			if strings.HasPrefix(cmd, "LIST") {
				c.list(k, tag)
			}
			return strings.HasPrefix(cmd, "LIST")
		}})
		o := mailbox.ReaderOptions{Server: server(t, f.addr, nil), Folders: c.watched}
		o.TLS, o.Timeout = mailbox.TLSNone, 5*time.Second
		r := mailbox.NewReader(o)
		t.Cleanup(func() { r.Close() })
		junk, err := r.IsJunk(t.Context(), c.folder)
		if junk != c.junk || (err != nil) != c.fails {
			t.Errorf("%s: junk %t, %v", name, junk, err)
		}
	}
}
