package mailbox

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// libraryLists is what the library makes of an answer to LIST that came through lines.
func libraryLists(t *testing.T, answer string) ([]*imap.ListData, error) {
	t.Helper()
	here, there := net.Pipe()
	defer there.Close()
	go func() {
		in := bufio.NewReader(there)
		fmt.Fprint(there, "* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n")
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			tag, _, _ := strings.Cut(line, " ")
			fmt.Fprintf(there, "%s%s OK done\r\n", answer, tag)
		}
	}()
	c := imapclient.New(newLines(here, ""), nil)
	defer c.Close()
	return c.List("", "*", nil).Collect()
}

// Whatever the name and the form of a folder are, the library reads the folders behind it.
func FuzzFolderLine(f *testing.F) {
	for _, s := range []string{
		`() "/" "&AGE-b"`, `() "/" "&BCE-&BCI-"`, `() "/" "&2D3-"`, `() "/" "&BCE"`, `() "/" "&&&-"`, `() "/" "&--&-&BCE-"`, `() "/" ""`, `() "" "A"`,
		`() "/" A]b`, `() "/" "a\"b`, `() "//" "A"`, `() "\\" "A"`, `()  "/"  "A"`, `(\Junk\HasNoChildren) "/" "A"`, `(\*) "/" "A" ()`, `() "/" {1+}` + "\r\nA",
		`() / A`, `NIL "/" "A"`, `() nil &BCE-`, "() \"/\" \"\xd1\xef\"", "() \"/\" Спам", "() \"/\" \"a\x7f\"", `() "/" "&,,0-"`, `() "/" &AAk-`, `() "/" "Tom &"`, `() "/" &`, `(\Junk]) " " "&AA-"`, `() "&" inbox`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, folder string) {
		if strings.Contains(folder, "\n*") || strings.Contains(folder, "\nT") || strings.Contains(folder, "\n+") || len(folder) > 1000 {
			t.Skip("more than one answer")
		}
		all, err := libraryLists(t, "* LIST "+folder+"\r\n* LIST () \"/\" last\r\n")
		if size, _ := announced([]byte(folder + "\r\n")); size > 0 {
			t.Skip("the rest is a part of it")
		}
		if err != nil || len(all) == 0 || all[len(all)-1].Mailbox != "last" {
			t.Errorf("%q: %d folders, %v", folder, len(all), err)
		}
	})
}
