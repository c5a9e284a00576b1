package mailbox_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// A server that does not list its folders, or breaks off over the list of all, loses no folder
// that was watched; where none for junk is known, that is said.
func TestFoldersThatAreNotListed(t *testing.T) {
	pattern := regexp.MustCompile(`^LIST (\(SPECIAL-USE\) )?"" "?([^" ]*)"?( RETURN.*)?$`)
	// broken answers as one that has INBOX and a folder for junk does, but for the list of all.
	broken := func(junk, attr string) func(*talk, string, string) bool {
		return func(c *talk, tag, cmd string) bool {
			m := pattern.FindStringSubmatch(cmd)
			if m == nil {
				return false
			}
			switch {
			case m[1] == "" && m[2] == "*":
				c.say("* STATUS {what}\r\n")
			case m[2] == junk || m[1] != "" && attr != "":
				c.say("* LIST (%s) \".\" %s\r\n", attr, junk)
			case m[2] == "INBOX":
				c.say("* LIST () \".\" INBOX\r\n")
			}
			c.say("%s OK done\r\n", tag)
			return true
		}
	}
	always := func(c *talk, tag, cmd string) bool {
		lists := strings.HasPrefix(cmd, "LIST")
		if lists {
			c.say("* STATUS {what}\r\n%s OK done\r\n", tag)
		}
		return lists
	}
	for name, c := range map[string]struct {
		list   func(*talk, string, string) bool
		before string // the folder for junk that was watched
		want   string
		silent bool // no folder for junk is known
	}{
		"refused":                    {list: no("LIST"), want: "INBOX", silent: true},
		"refused, watched":           {list: no("LIST"), before: "Spam", want: "INBOX Spam"},
		"unknown, watched":           {list: says("LIST", "BAD what"), before: "Spam", want: "INBOX Spam"},
		"broken, of a usual name":    {list: broken("spam", ""), want: "INBOX spam"},
		"broken, another is watched": {list: broken("spam", ""), before: "Bin", want: "INBOX spam Bin"},
		"broken, watched":            {list: broken("INBOX.Spam", ""), before: "INBOX.Spam", want: "INBOX INBOX.Spam"},
		"broken, nobody knows":       {list: broken("INBOX.Spam", ""), want: "INBOX", silent: true},
		"always broken":              {list: always, before: "Spam", want: "INBOX Spam"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, 3, script{caps: "IMAP4rev1 AUTH=PLAIN SASL-IR SPECIAL-USE LIST-EXTENDED", command: c.list})
			r := f.reader(t, 5*time.Second)
			if c.before != "" {
				first := startFake(t, 1, script{command: listed(`(\Junk) "." ` + c.before)}).reader(t, 5*time.Second)
				if got, err := first.Folders(t.Context()); err != nil || len(got) != 2 {
					t.Fatalf("before: %+v, %v", got, err)
				}
				r.Remember(first.Memory())
			}
			for range 2 { // passes
				got, err := r.Folders(t.Context())
				var names []string
				for i, f := range got {
					if names = append(names, f.Name); f.Junk != (i > 0) {
						t.Errorf("%+v", f)
					}
				}
				var unlisted *mailbox.UnlistedError
				if strings.Join(names, " ") != c.want || errors.As(err, &unlisted) != c.silent || err != nil && !c.silent {
					t.Errorf("%v, %v", names, err)
				}
				if heads, err := pass(t, r, 1); err != nil || len(heads) != 3 {
					t.Errorf("%d heads, %v", len(heads), err)
				}
			}
			if c.before != "" && !strings.Contains(r.Memory(), c.before) {
				t.Errorf("remembered is %s", r.Memory())
			}
		})
	}
}

// A folder for junk whose name cannot be read is not passed over in silence, unless the
// configuration says what is to be watched.
func TestJunkWithoutName(t *testing.T) {
	for _, folder := range []string{`(\Junk) "/" "&2D3-"`, "(\\Junk) \"/\" \"\xd1\xef\xe0\xec\"", "(\\Junk) \"/\" {4}\r\n&bad"} {
		f := startFake(t, 1, script{command: listed(folder + "\r\n* LIST () \"/\" News")})
		r := f.reader(t, 5*time.Second)
		for range 2 {
			got, err := r.Folders(t.Context())
			var unlisted *mailbox.UnlistedError
			if !errors.As(err, &unlisted) || !unlisted.Hidden || !slices.Equal(got, []mailbox.Folder{{Name: "INBOX"}}) {
				t.Errorf("%q: %+v, %v", folder, got, err)
			}
		}
		o := mailbox.ReaderOptions{Server: server(t, f.addr, nil), Folders: []string{"INBOX", "News"}}
		o.TLS, o.Timeout = mailbox.TLSNone, 5*time.Second
		named := mailbox.NewReader(o)
		t.Cleanup(func() { named.Close() })
		if got, err := named.Folders(t.Context()); err != nil || len(got) != 2 {
			t.Errorf("%q: %v", folder, err)
		}
	}
}
