package mailbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
)

// spoken is a connection on which a server has said its words.
type spoken struct {
	net.Conn
	io.Reader
}

func (s spoken) Read(b []byte) (int, error) { return s.Reader.Read(b) }

func through(said string, wrap func(io.Reader) io.Reader) (string, error) {
	l := newLines(spoken{Reader: wrap(strings.NewReader(said))}, "")
	for _, cmd := range []string{"T1 NOOP\r\n", "T2 NOOP\r\n", "T3 IDLE\r\n"} {
		l.expect.note([]byte(cmd))
	}
	out, err := io.ReadAll(l)
	return string(out), err
}

func asIs(r io.Reader) io.Reader { return r }

func TestLines(t *testing.T) {
	for _, c := range []struct{ name, said, want string }{
		{"nothing odd", "* OK ready\r\n* 3 EXISTS\r\nT1 OK done\r\n+ go\r\n", "* OK ready\r\n* 3 EXISTS\r\nT1 OK done\r\n+ go\r\n"},
		{"a literal that looks like an odd line", "* 1 FETCH (BODY[] {14}\r\n* VANISHED 1\r\n UID 1)\r\n", "* 1 FETCH (BODY[] {14}\r\n* VANISHED 1\r\n UID 1)\r\n"},
		{"two literals", "* 1 FETCH (BODY[A] {3}\r\nx\r\n BODY[B] {2}\r\nyy)\r\n* VANISHED 1\r\n* 2 EXISTS\r\n", "* 1 FETCH (BODY[A] {3}\r\nx\r\n BODY[B] {2}\r\nyy)\r\n* 2 EXISTS\r\n"},
		{"unknown types", "* VANISHED (EARLIER) 41\r\n* XLIST (\\Inbox) \"/\" INBOX\r\n* 7 XFOO\r\n* \x00\xff\r\n*\r\nT1 OK\r\n", "*\r\nT1 OK\r\n"},
		{"an unknown type with a literal", "* XFOO {5}\r\nabc\r\n and {2}\r\nyy more\r\n* 1 EXISTS\r\n", "* 1 EXISTS\r\n"},
		{"text that looks like a literal", "* OK quota {20}\r\n* VANISHED 1\r\n* 1 EXISTS\r\n", "* OK quota {20}\r\n* 1 EXISTS\r\n"},
		{"blanks around a list", "* 1 FETCH  ( UID 1 RFC822.SIZE 3 )\r\n* 2 FETCH (UID 2 BODY[] {4}\r\n )\r\n )\r\n* 3 FETCH (UID 3)\r\n", "* 1 FETCH (UID 1 RFC822.SIZE 3)\r\n* 2 FETCH (UID 2 BODY[] {4}\r\n )\r\n)\r\n* 3 FETCH (UID 3)\r\n"},
		{"blanks between capabilities", "* CAPABILITY IMAP4rev1  IDLE \r\n* OK [CAPABILITY IMAP4rev1  MOVE ]  ready\r\nT1 OK [CAPABILITY IMAP4rev1 ] a  b\r\n", "* CAPABILITY IMAP4rev1 IDLE\r\n* OK [CAPABILITY IMAP4rev1 MOVE]  ready\r\nT1 OK [CAPABILITY IMAP4rev1] a  b\r\n"},
		{"both revisions", "* CAPABILITY IMAP4rev1 IMAP4rev2 X\r\n* OK [CAPABILITY IMAP4rev2 IMAP4REV1] a\r\nT1 OK [CAPABILITY IMAP4rev2 X] b\r\n", "* CAPABILITY IMAP4rev1 " + included + " X\r\n* OK [CAPABILITY " + included + " IMAP4REV1] a\r\nT1 OK [CAPABILITY IMAP4rev2 X] b\r\n"},
		{"trailing spaces of SEARCH", "* SEARCH 1 2  \r\n* SEARCH\r\n", "* SEARCH 1 2\r\n* SEARCH\r\n"},
		{"flags that are none", "* FLAGS (\\Answered \\ $a]b $ok \"q\")\r\n* OK [PERMANENTFLAGS ($x] \\*)] ok\r\n", "* FLAGS (\\Answered $ok)\r\n* OK [PERMANENTFLAGS (\\*)] ok\r\n"},
		{"flags in FETCH", "* 3 FETCH (UID 3 INTERNALDATE \"16-Nov\" FLAGS (\\ \\Seen $y]) RFC822.SIZE 12)\r\n", "* 3 FETCH (UID 3 INTERNALDATE \"01-Jan-1970 00:00:00 +0000\" RFC822.SIZE 12)\r\n"},
		{"flags in a subject", "* 3 FETCH (UID 3 ENVELOPE (\"FLAGS (\\\\ )\") FLAGS ())\r\n", "* 3 FETCH (UID 3)\r\n"},
		{"sizes", "* 3 FETCH (UID 3 INTERNALDATE \"16-Nov\" RFC822.SIZE 9.3736e+06)\r\n* 4 FETCH (RFC822.SIZE 12 UID 4)\r\n* 5 FETCH (RFC822.SIZE 1e400)\r\n* 6 FETCH (RFC822.SIZE 9223372036854775807)\r\n", "* 3 FETCH (UID 3 INTERNALDATE \"01-Jan-1970 00:00:00 +0000\" RFC822.SIZE 9373600)\r\n* 4 FETCH (RFC822.SIZE 12 UID 4)\r\n* 5 FETCH (RFC822.SIZE 0)\r\n* 6 FETCH (RFC822.SIZE 0)\r\n"},
		{"the echo of header fields", "* 3 FETCH (UID 3 INTERNALDATE \"y\" BODY[HEADER.FIELDS (\"From\" To)] {4}\r\na: b INTERNALDATE \"x\")\r\n", "* 3 FETCH (UID 3 INTERNALDATE \"01-Jan-1970 00:00:00 +0000\" BODY[HEADER] {4}\r\na: b INTERNALDATE \"01-Jan-1970 00:00:00 +0000\")\r\n"},
		{"folders whose name is broken", "* LIST () \"/\" INBOX\r\n* LIST () \"/\" \"&BCEEPw\"\r\n* LIST () NIL &*&-\r\n* LIST () \"/\" \"a &- b\"\r\n* LIST (\\Junk) \"/\" &BCEEPwQwBDw-\r\n* LIST () \"/\" \"&BCE\"x\r\n* LIST () \"/\" \"Tom & Jerry\"\r\n* LIST () \"\\\\\" \"\xd1\xef\xe0\xec\"\r\n* LIST () \"/\" \"Спам\"\r\n", "* LIST () \"/\" \"INBOX\"\r\n* LIST () \"/\" \"a &- b\"\r\n* LIST (\\Junk) \"/\" \"Спам\"\r\n* LIST () \"/\" \"Спам\"\r\n"},
		{"delimiters that are none", "* LIST () \"\" Spam\r\n* list (\\Junk)  \"//\" \"a b\"\r\n* LIST () \"\\\\\" x\r\n* LIST () \"/\" \"\"\r\n* LIST () / x\r\n* LIST () \"\xff\" x\r\n", "* LIST () NIL \"Spam\"\r\n* LIST (\\Junk) NIL \"a b\"\r\n* LIST () \"\\\\\" \"x\"\r\n* LIST () \"/\" \"\"\r\n* LIST () \"/\" \"x\"\r\n* LIST () NIL \"x\"\r\n"},
		{"a folder's name as a literal", "* LIST (\\Junk) \"/\" {6+}\r\nJu\"nk!\r\n* LIST () {1}\r\n/ {4}\r\n&bad (OLDNAME ({1}\r\nx))\r\n* LIST () \"/\" {5000}\r\n" + strings.Repeat("x", 5000) + "\r\n* 1 EXISTS\r\n", "* LIST (\\Junk) \"/\" \"Ju\\\"nk!\"\r\n* 1 EXISTS\r\n"},
		{"folders encoded without need", "* LIST (\\Junk) \"/\" \"&AGE-b\"\r\n* LIST () \"/\" &BCE-&BCI-\r\n* LIST () \".\" \"x&AC8-&-&ACY-.&BCEAeQ-\"\r\n* LIST () \"/\" \"&BCE-.&BCI-\"\r\n", "* LIST (\\Junk) \"/\" \"ab\"\r\n* LIST () \"/\" \"СТ\"\r\n* LIST () \".\" \"x/&-&-.Сy\"\r\n* LIST () \"/\" \"С.Т\"\r\n"},
		{"names that nothing decodes", "* LIST () \"/\" &2D3-\r\n* LIST () \"/\" &2D3eSg-\r\n* LIST () \"/\" &3kg-\r\n* LIST () \"/\" \"a\tb\"\r\n* LIST () \"/\" &AAk-\r\n* LIST () \"/\" &AAkAYQ-\r\n* LIST () \"/\" &BA-\r\n* LIST () \"/\" &=-\r\n", "* LIST () \"/\" \"\U0001f64a\"\r\n"},
		{"junk whose name nothing decodes", "* LIST (\\HasNoChildren \\junk) \"/\" \"&2D3-\"\r\n* LIST (\\Junk) NIL \"\xd1\xef\xe0\xec\"\r\n* LIST (\\Noselect \\Junk) \"/\" {2}\r\n&b\r\n* LIST (\\Junk) \"/\" \"a\\\"b\r\n", "* LIST (\\HasNoChildren \\junk) \"/\" \"\"\r\n* LIST (\\Junk) NIL \"\"\r\n* LIST (\\Noselect \\Junk) \"/\" \"\"\r\n* LIST (\\Junk) NIL \"\"\r\n"},
		{"folders in another form", "* LIST ()  \"/\"  \"A\" \r\n* LIST (\\Junk\\HasNoChildren) \"/\" A\r\n* LIST NIL \"/\" A\r\n* LIST () nil A]b\r\n* LIST ( \\Junk ) \"/\" Deleted Items\r\n* LIST () \"/\" Спам (X (1))\r\n* LIST () \"/\" \"a b\" (OLDNAME (\"c\"))\r\n* LIST (\\Junk) \"/\" a\\b\r\n* LIST () \"/\"\r\n* LIST {9\r\n",
			"* LIST () \"/\" \"A\"\r\n* LIST (\\Junk \\HasNoChildren) \"/\" \"A\"\r\n* LIST () \"/\" \"A\"\r\n* LIST () NIL \"A]b\"\r\n* LIST (\\Junk) \"/\" \"Deleted Items\"\r\n* LIST () \"/\" \"Спам\"\r\n* LIST () \"/\" \"a b\"\r\n* LIST (\\Junk) \"/\" \"a\\\\b\"\r\n"},
		{"literals in a client's form", "* 1 FETCH (BODY[HEADER] {3+}\r\nx\r\n BODY[TEXT] ~{2}\r\nyy)\r\n* 2 FETCH (BODY[] ~{2+}\r\nyy)\r\n", "* 1 FETCH (BODY[HEADER] {3}\r\nx\r\n BODY[TEXT] {2}\r\nyy)\r\n* 2 FETCH (BODY[] {2}\r\nyy)\r\n"},
		{"codes of copies", "A1 OK [COPYUID 4294967295 1:3,7 4294967295] a\r\nA2 OK [APPENDUID 1795996800 9] b\r\nA3 OK [COPYUID 4294967296 1 2] c\r\nA4 OK [COPYUID 9 1:* 2] d\r\nA5 OK [COPYUID 9 1, 2] e\r\nA6 OK [COPYUID 9 0 2] f\r\nA7 OK [COPYUID 9  2] g\r\nA8 OK [APPENDUID 9] h\r\nA9 OK [APPENDUID 9 1:3] i\r\n",
			"A1 OK [COPYUID 4294967295 1:3,7 4294967295] a\r\nA2 OK [APPENDUID 1795996800 9] b\r\nA3 OK (COPYUID 4294967296 1 2] c\r\nA4 OK (COPYUID 9 1:* 2] d\r\nA5 OK (COPYUID 9 1, 2] e\r\nA6 OK (COPYUID 9 0 2] f\r\nA7 OK (COPYUID 9  2] g\r\nA8 OK (APPENDUID 9] h\r\nA9 OK (APPENDUID 9 1:3] i\r\n"},
		{"codes that are none", "* OK [] a\r\n* NO [X (1 2) \"a b\"] b\r\nT1 OK [X (1\r\n* OK [UIDNEXT 4294967296] c\r\n* OK [UIDNEXT 5] d\r\nT2 BAD [] e\r\nT3 OK [COPYUID x] f\r\n* OK [READ-ONLY] g\r\n", "* OK (] a\r\n* NO [X (1 2) \"a b\"] b\r\nT1 OK (X (1\r\n* OK (UIDNEXT 4294967296] c\r\n* OK [UIDNEXT 5] d\r\nT2 BAD (] e\r\nT3 OK (COPYUID x] f\r\n* OK [READ-ONLY] g\r\n"},
		{"empty lines", "\r\n* 3 EXISTS\r\n\r\n\n* 1 FETCH (BODY[] {4}\r\n\r\n\r\n)\r\n", "* 3 EXISTS\r\n* 1 FETCH (BODY[] {4}\r\n\r\n\r\n)\r\n"},
		{"items that are not what they should be", "* 1 FETCH (FLAGS NIL UID 1 RFC822.SIZE -5 INTERNALDATE NIL)\r\n* 2 FETCH (FLAGS (a(b)c) UID 2 RFC822.SIZE \"7\" INTERNALDATE \" 9-Nov-2026 10:00:00 +0500\" BODY[HEADER.FIELDS (UID)] {1}\r\nx)\r\n", "* 1 FETCH (UID 1 RFC822.SIZE 0 INTERNALDATE \"01-Jan-1970 00:00:00 +0000\")\r\n* 2 FETCH (UID 2 RFC822.SIZE 0 INTERNALDATE \" 9-Nov-2026 10:00:00 +0500\" BODY[HEADER] {1}\r\nx)\r\n"},
		{"unknown items", "* 1 FETCH (X-GM-MSGID 12 UID 1 EMAILID (M1) MODSEQ 12 RFC822.SIZE 3)\r\n* 2 FETCH (SAVEDATE NIL BODYSTRUCTURE (\"a\" NIL (\"b)\")) UID 2 BODY[] \"a\\\"b\" X)\r\n* 3 FETCH (ENVELOPE (NIL {2}\r\n)) {1}\r\n( \"x\") UID 3 BODY[] {1}\r\nx RFC822.HEADER {3}\r\nabc X-FOO (a b))\r\n* 4 FETCH (X 1)\r\n", "* 1 FETCH (UID 1 RFC822.SIZE 3)\r\n* 2 FETCH (UID 2 BODY[] \"a\\\"b\")\r\n* 3 FETCH (UID 3 BODY[] {1}\r\nx)\r\n"},
		{"lists and values without end", "* 1 FETCH (UID 1 FLAGS (\\Seen RFC822.SIZE 3)\r\n* 2 FETCH (FLAGS UID 2\r\n* 3 FETCH UID 3 RFC822.SIZE 3\r\n* 4 FETCH (UID 4 BODY[] {1}\r\nx))\r\n* 5 FETCH(UID 5 X (\r\n*  6 FETCH ( UID 6))\r\n* 7 FETCH (UID 7 INTERNALDATE \"1)\r\n", "* 1 FETCH (UID 1 RFC822.SIZE 3)\r\n* 2 FETCH (UID 2)\r\n* 3 FETCH (UID 3 RFC822.SIZE 3)\r\n* 4 FETCH (UID 4 BODY[] {1}\r\nx)\r\n* 5 FETCH (UID 5)\r\n* 6 FETCH (UID 6)\r\n* 7 FETCH (UID 7 INTERNALDATE \"01-Jan-1970 00:00:00 +0000\")\r\n"},
		{"UIDs written otherwise", "* 1 FETCH (UID \"1\")\r\n* 2 FETCH (UID 2, FLAGS ())\r\n* 3 FETCH (UID 3\x00)\r\n* 4 FETCH (UID 4 UID 4)\r\n* 5 FETCH (UID 5 UID 6)\r\n", "* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\n* 3 FETCH (UID 3)\r\n* 4 FETCH (UID 4)\r\n"},
		{"a letter longer than announced", "* 1 FETCH (UID 1 BODY[] {3}\r\nabc to me)\r\n* 2 FETCH (UID 2 BODY[] {3}\r\nabc\r\n* 3 FETCH (UID 3 BODY[] {3}\r\nabcdef)\r\n", "* 1 FETCH (UID 1 BODY[] {3}\r\nabc to me)\r\n* 2 FETCH (UID 2 BODY[] {3}\r\nabc\r\n* 3 FETCH (UID 3 BODY[] {3}\r\nabcdef)\r\n"},
		{"sizes that are none", "* 1 FETCH (UID 1 RFC822.SIZE NaN)\r\n* 2 FETCH (UID 2 RFC822.SIZE Inf)\r\n* 3 FETCH (UID 3 RFC822.SIZE +5)\r\n", "* 1 FETCH (UID 1 RFC822.SIZE 0)\r\n* 2 FETCH (UID 2 RFC822.SIZE 0)\r\n* 3 FETCH (UID 3 RFC822.SIZE 0)\r\n"},
		{"UIDs that are none", "* 1 FETCH (UID -9)\r\n* 2 FETCH (UID 0 BODY[] {3}\r\nabc FLAGS ())\r\n* 3 FETCH (UID 99999999999)\r\n* 4 FETCH (UID 4)\r\n", "* 4 FETCH (UID 4)\r\n"},
		{"a line that does not end", "* 3 EXISTS\r\n* 4 EXI", "* 3 EXISTS\r\n* 4 EXI"},
		{"a literal that is cut", "* 1 FETCH (BODY[] {100}\r\nabc", "* 1 FETCH (BODY[] {100}\r\nabc"},
		{"a literal of absurd size", "* 1 FETCH (BODY[] {99999999999999999999}\r\nabc", "* 1 FETCH (BODY[] {99999999999999999999}\r\nabc"},
		{"a long line", "* SEARCH" + strings.Repeat(" 12345678", 20_000) + " \r\n* 1 EXISTS\r\n", "* SEARCH" + strings.Repeat(" 12345678", 20_000) + "\r\n* 1 EXISTS\r\n"},
	} {
		if got, err := through(c.said, asIs); got != c.want || err != nil {
			t.Errorf("%s: got %.300q, %v", c.name, got, err)
		}
	}
}

// A server that talks on is no busy one; one that gets on may say as much as it has to.
func TestChatter(t *testing.T) {
	many := func(line string) string { return strings.Repeat(line, chatterLimit/len(line)+2) }
	fetches := &strings.Builder{}
	for n := 1; fetches.Len() <= 2*chatterLimit; n++ {
		fmt.Fprintf(fetches, "* %d FETCH (UID %d)\r\n", n, n)
	}
	for name, c := range map[string]struct {
		said string
		want error
	}{
		"status":           {many("* OK [ALERT] I am here\r\n"), errChatter},
		"numbers":          {many("* 7 EXISTS\r\n* 8 EXISTS\r\n"), errChatter},
		"go ahead":         {many("+ idling\r\n"), errChatter},
		"unknown":          {many("* XFOO bar\r\n"), errChatter},
		"unknown literals": {many("* XFOO {30}\r\n" + strings.Repeat("x", 30) + "\r\n"), errChatter},
		"one message":      {many("* 4 FETCH (UID 4)\r\n"), errChatter},
		"pieces of one":    {"* 4 FETCH (UID 4 " + many("BODY[TEXT] {1}\r\nx ") + many("BODY[TEXT] {1}\r\nx ") + ")\r\n", errChatter},
		"folders":          {many("* LIST () \"/\" box\r\n"), errChatter},
		"messages":         {fetches.String(), nil},
		"commands":         {many("* OK still here\r\nT1 OK done\r\n"), nil},
		"little":           {strings.Repeat("* OK still here\r\n", 10_000), nil},
		"numbers of many":  {"* SEARCH" + strings.Repeat(" 12345678", chatterLimit/2) + "\r\n", nil},
	} {
		if _, err := through(c.said, asIs); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestLineWithoutEnd(t *testing.T) {
	_, err := through("* OK "+strings.Repeat("x", lineLimit+1), asIs)
	if !errors.Is(err, errLongLine) {
		t.Errorf("got %v", err)
	}
}

// FuzzLines: whatever a server says, and in whatever pieces it arrives, the
// same comes out, and hardly more than went in.
func FuzzLines(f *testing.F) {
	for _, s := range []string{
		"* OK ready\r\n", "* 1 FETCH (UID 1 BODY[HEADER] {5}\r\nabcde FLAGS (\\Seen))\r\n", "* FLAGS (\\ a)\r\n", "* VANISHED {3}\r\nabc x\r\n",
		"* 2 FETCH (RFC822.SIZE 1.5e+03)\r\n", "* LIST (\\Junk) \"/\" {3}\r\na\"b (X)\r\n", "* SEARCH 1  \n", "T1 NO [X {9}\r\n", "* 1 FETCH (BODY[] {0}\r\n)\r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		whole, err := through(said, asIs)
		if err != nil {
			t.Skip("too long a line")
		}
		for _, wrap := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader} {
			if got, err := through(said, wrap); got != whole || err != nil {
				t.Fatalf("in pieces %q, whole %q: %v", got, whole, err)
			}
		}
		if len(whole) > 2*len(said)+40*bytes.Count([]byte(said), []byte("\n")) {
			t.Errorf("%d bytes became %d", len(said), len(whole))
		}
	})
}
