package mailbox_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// otherwise is a server that behaves otherwise than one expects, and yet as some do.
type otherwise struct {
	script
	fails bool // the pass ends with an error, and the next one, when the server is well again, reads everything
	heads bool // its texts are such as nobody can tell
	bad   bool // the letter with UID 4 cannot be had
}

// each says something about every message, where the header or the text is asked for.
func each(say func(c *talk, uid uint32, items string)) script {
	return script{message: func(c *talk, uid uint32, items string) bool {
		if !hasBody(items) {
			return false
		}
		say(c, uid, items)
		return true
	}}
}

func of(uid uint32, items string) string { return answer(uid, items, letter(int(uid))) }

// before says something in front of each answer.
func before(format string) script {
	return each(func(c *talk, uid uint32, items string) {
		c.say(format+"* %d FETCH (%s)\r\n", uid, of(uid, items))
	})
}

// ofOne does something else with one letter.
func ofOne(uid uint32, say func(c *talk, items string)) script {
	return script{message: func(c *talk, u uint32, items string) bool {
		if u != uid || !hasBody(items) {
			return false
		}
		say(c, items)
		return true
	}}
}

// examined answers EXAMINE with these lines in front of its OK.
func examined(lines string) script {
	return script{command: func(c *talk, tag, cmd string) bool {
		if !strings.HasPrefix(cmd, "EXAMINE") {
			return false
		}
		c.say("%s%s OK [READ-ONLY] done\r\n", lines, tag)
		return true
	}}
}

// fetched answers UID FETCH by itself.
func fetchedBy(say func(c *talk, tag, items string)) script {
	return script{command: func(c *talk, tag, cmd string) bool {
		items, fetches := strings.CutPrefix(cmd, "UID FETCH ")
		if fetches {
			say(c, tag, items)
		}
		return fetches
	}}
}

// instead refuses a command, with what it says.
func instead(verb, reply string) script {
	return script{command: func(c *talk, tag, cmd string) bool {
		if !strings.HasPrefix(cmd, verb) {
			return false
		}
		c.say("%s %s\r\n", tag, reply)
		return true
	}}
}

const usualState = "* 7 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 8] ok\r\n"

var behaviours = map[string]otherwise{
	"answers for a letter nobody asked for": {script: before("* 99 FETCH (UID 99 RFC822.SIZE 3 BODY[HEADER] {3}\r\na:b)\r\n")},
	"answers for the next letter too": {script: each(func(c *talk, uid uint32, items string) {
		n := min(uid+1, 7)
		c.say("* %d FETCH (%s)\r\n* %d FETCH (%s)\r\n", uid, of(uid, items), n, of(n, items))
	})},
	"flags of all between":                      {script: before("* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (FLAGS () UID 2)\r\n")},
	"an answer in three lines":                  {script: each(inThree)},
	"an answer in three lines, two without UID": {script: each(inThreeBare)},
	"each twice, the second time empty": {script: each(func(c *talk, uid uint32, items string) {
		c.say("* %d FETCH (%s)\r\n* %d FETCH (UID %d BODY[HEADER] {0}\r\n)\r\n", uid, of(uid, items), uid, uid)
	})},
	"BINARY in place of BODY": {script: ofOne(4, func(c *talk, items string) {
		c.say("* 4 FETCH (%s)\r\n", strings.ReplaceAll(good(items), "BODY[", "BINARY["))
	}), bad: true},
	"a string in quotes": {script: ofOne(4, inQuotes), heads: true},
	"the origin of another": {script: ofOne(4, func(c *talk, items string) {
		c.say("* 4 FETCH (%s)\r\n", strings.ReplaceAll(good(items), "<0>", "<512>"))
	})},
	"no origin":                    {script: ofOne(4, func(c *talk, items string) { c.say("* 4 FETCH (%s)\r\n", strings.ReplaceAll(good(items), "<0>", "")) })},
	"codes that nobody knows":      {script: before("* OK [X-FOO (1 \"a]b\")] hm\r\n* NO [OVERQUOTA] full\r\n* OK [NOTIFICATIONOVERFLOW] x\r\n")},
	"lower case":                   {script: each(func(c *talk, uid uint32, items string) { c.say("* %d fetch (%s)\r\n", uid, lowered(of(uid, items))) })},
	"a continuation without cause": {script: before("+ go on\r\n")},
	"CR alone within a line":       {script: before("* OK one\rtwo\r\n")},
	"LF alone everywhere":          {script: each(func(c *talk, uid uint32, items string) { c.say("* %d FETCH (%s)\n", uid, of(uid, items)) })},
	"NUL in a line":                {script: before("* OK a\x00b\r\n")},
	"no UTF-8 in a line":           {script: before("* OK \xcf\xf0\xe8\r\n")},
	"sizes of 63 bits": {script: each(func(c *talk, uid uint32, items string) {
		c.say("* %d FETCH (%s)\r\n", uid, sized(uid, items, "9223372036854775807"))
	})},
	"sizes of 64 bits": {script: each(func(c *talk, uid uint32, items string) {
		c.say("* %d FETCH (%s)\r\n", uid, sized(uid, items, "18446744073709551615"))
	})},
	"an empty list":                   {script: before("* 4 FETCH ()\r\n")},
	"number 0":                        {script: before("* 0 FETCH (FLAGS ())\r\n")},
	"a number above all":              {script: before("* 4294967296 FETCH (FLAGS ())\r\n")},
	"EXISTS that shrinks":             {script: before("* 5 EXISTS\r\n")},
	"EXISTS of 0":                     {script: before("* 0 EXISTS\r\n")},
	"EXISTS above all numbers":        {script: before("* 99999999999 EXISTS\r\n")},
	"a flood of EXISTS":               {script: before(strings.Repeat("* 7 EXISTS\r\n* 0 RECENT\r\n", 300))},
	"answers to questions nobody put": {script: before("* SEARCH 1 2\r\n* ESEARCH (TAG \"x\") UID ALL 1:3\r\n* STATUS INBOX (MESSAGES 3)\r\n* LIST () \"/\" x\r\n* FLAGS ()\r\n* CAPABILITY IMAP4rev1\r\n* ENABLED X\r\n* ID NIL\r\n* NAMESPACE NIL NIL NIL\r\n* QUOTA \"\" (STORAGE 1 2)\r\n* THREAD (1)(2)\r\n* 3 RECENT\r\n* MYRIGHTS INBOX lr\r\n")},
	"an answer under a tag of nobody": {script: before("T999 OK done\r\n")},
	"the OK twice":                    {script: fetchedBy(func(c *talk, tag, items string) { c.f.fetch(c, items); c.say("%s OK done\r\n%s OK done\r\n", tag, tag) })},
	"nothing but OK":                  {script: fetchedBy(func(c *talk, tag, _ string) { c.say("%s OK done\r\n", tag) }), fails: true},
	"NO and nothing else":             {script: instead("UID FETCH", "NO [SERVERBUG] internal error"), fails: true},
	"BAD and nothing else":            {script: instead("UID FETCH", "BAD parse error"), fails: true},
	"NO [UNAVAILABLE]":                {script: instead("UID FETCH", "NO [UNAVAILABLE] backend"), fails: true},
	"NO [EXPUNGEISSUED]": {script: fetchedBy(func(c *talk, tag, items string) {
		c.f.fetch(c, items)
		c.say("%s NO [EXPUNGEISSUED] some are gone\r\n", tag)
	})},
	"EXAMINE refused: [NONEXISTENT]":  {script: instead("EXAMINE", "NO [NONEXISTENT] no such folder"), fails: true},
	"EXAMINE refused: [INUSE]":        {script: instead("EXAMINE", "NO [INUSE] locked"), fails: true},
	"EXAMINE refused: [LIMIT]":        {script: instead("EXAMINE", "NO [LIMIT] too many"), fails: true},
	"EXAMINE refused: [CORRUPTION]":   {script: instead("EXAMINE", "NO [CORRUPTION] index"), fails: true},
	"EXAMINE with an alert":           {script: examined("* OK [ALERT] the mailbox is \x1b[31mfull\r\n" + usualState)},
	"UIDVALIDITY 0":                   {script: examined("* 7 EXISTS\r\n* OK [UIDVALIDITY 0] ok\r\n* OK [UIDNEXT 8] ok\r\n")},
	"no UIDVALIDITY":                  {script: examined("* 7 EXISTS\r\n* OK [UIDNEXT 8] ok\r\n")},
	"UIDNOTSTICKY":                    {script: examined(usualState + "* NO [UIDNOTSTICKY] UIDs change\r\n")},
	"UIDNEXT 0":                       {script: examined("* 7 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 0] ok\r\n")},
	"UIDNEXT of 32 bits":              {script: examined("* 7 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4294967295] ok\r\n")},
	"no EXISTS":                       {script: examined("* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 8] ok\r\n"), fails: true},
	"EXISTS twice":                    {script: examined("* 3 EXISTS\r\n" + usualState)},
	"a modification sequence of 0":    {script: examined(usualState + "* OK [HIGHESTMODSEQ 0] x\r\n* OK [NOMODSEQ] x\r\n")},
	"flags of a megabyte":             {script: examined(usualState + "* FLAGS (" + strings.Repeat("keyword ", 130_000) + ")\r\n")},
	"a greeting of many lines":        {script: script{greeting: "* OK welcome\r\n* OK [ALERT] maintenance at noon"}},
	"a greeting with an unknown code": {script: script{greeting: "* OK [X-HELLO (a b)] ready"}},
	"PREAUTH":                         {script: script{greeting: "* PREAUTH [CAPABILITY IMAP4rev1] in"}},
	"says good-bye in the midst":      {script: ofOne(4, func(c *talk, _ string) { c.say("* BYE [UNAVAILABLE] restart\r\n"); c.Close() }), bad: true},
	"capabilities vanish behind the log-in": {script: script{command: func(c *talk, tag, cmd string) bool {
		if !strings.HasPrefix(cmd, "AUTHENTICATE") {
			return false
		}
		c.say("%s OK [CAPABILITY] in\r\n", tag)
		return true
	}}},
	"no IMAP4rev1":                    {script: script{caps: "AUTH=PLAIN SASL-IR"}},
	"IMAP4rev2 only":                  {script: script{caps: "IMAP4rev2 AUTH=PLAIN SASL-IR"}},
	"literal longer than the letter":  {script: ofOne(4, func(c *talk, items string) { c.say("* 4 FETCH (%s)\r\n", longer(good(items), 1)) }), heads: true},
	"literal shorter than the letter": {script: ofOne(4, func(c *talk, items string) { c.say("* 4 FETCH (%s)\r\n", longer(good(items), -1)) }), heads: true},
	"literal of a leading zero":       {script: ofOne(4, func(c *talk, items string) { c.say("* 4 FETCH (%s)\r\n", strings.ReplaceAll(good(items), "{", "{0")) })},
	"literal of less than nothing":    {script: ofOne(4, func(c *talk, items string) { c.say("* 4 FETCH (UID 4 BODY[HEADER] {-1}\r\n)\r\n") }), bad: true},
	"a part that was not asked for":   {script: ofOne(4, func(c *talk, items string) { c.say("* 4 FETCH (%s BODY[2.MIME] {2}\r\n\r\n)\r\n", good(items)) })},
	"part heads of others": {script: ofOne(4, func(c *talk, items string) {
		c.say("* 4 FETCH (%s BODY[1.2.3.4.5.6.7.8.9.HEADER] NIL)\r\n", good(items))
	})},
	"resets the connection": {script: ofOne(4, func(c *talk, items string) { c.say("* 4 FETCH (UID 4"); reset(c) }), bad: true},
}

func sized(uid uint32, items, size string) string {
	return strings.Replace(of(uid, items), fmt.Sprintf("RFC822.SIZE %d", len(letter(int(uid)))), "RFC822.SIZE "+size, 1)
}

func reset(c *talk) {
	if l, ok := c.Conn.(interface{ SetLinger(int) error }); ok {
		_ = l.SetLinger(0)
	}
	c.Close()
}

// longer announces n bytes more than the last literal has.
func longer(s string, n int) string {
	i, j := strings.LastIndexByte(s, '{'), strings.LastIndexByte(s, '}')
	size := 0
	fmt.Sscan(s[i+1:j], &size)
	return fmt.Sprintf("%s{%d%s", s[:i], size+n, s[j:])
}

func lowered(s string) string {
	for _, w := range []string{"UID", "RFC822.SIZE", "INTERNALDATE", "BODY[TEXT]", "BODY["} {
		s = strings.Replace(s, w, strings.ToLower(w), 1)
	}
	return s
}

func inThree(c *talk, uid uint32, items string) {
	head := fmt.Sprintf("* %d FETCH (UID %d ", uid, uid)
	for _, part := range apart(uid, items) {
		c.say("%s%s)\r\n", head, part)
	}
}

func inThreeBare(c *talk, uid uint32, items string) {
	for i, part := range apart(uid, items) {
		head := fmt.Sprintf("* %d FETCH (", uid)
		if i == 0 {
			head += fmt.Sprintf("UID %d ", uid)
		}
		c.say("%s%s)\r\n", head, part)
	}
}

func apart(uid uint32, items string) (parts []string) {
	if strings.Contains(items, "RFC822.SIZE") {
		parts = append(parts, fmt.Sprintf("RFC822.SIZE %d", len(letter(int(uid)))))
	}
	if strings.Contains(items, "INTERNALDATE") {
		parts = append(parts, `INTERNALDATE "16-Nov-2026 10:15:00 +0500"`)
	}
	return append(parts, bodies(items, letter(int(uid)))...)
}

// inQuotes says the parts as strings in quotes, where a string can hold them.
func inQuotes(c *talk, items string) {
	s := good(items)
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			break
		}
		size := 0
		fmt.Sscan(s[i+1:], &size)
		from := i + strings.Index(s[i:], "\r\n") + 2
		body := strings.NewReplacer("\r", "", "\n", " ", `\`, `\\`, `"`, `\"`, "{", "(").Replace(s[from : from+size])
		if strings.Contains(s[from:from+size], "Subject") {
			break // lines cannot be in quotes
		}
		s = s[:i] + `"` + body + `"` + s[from+size:]
	}
	c.say("* 4 FETCH (%s)\r\n", s)
}

// However a server behaves, no letter is lost, none is seen twice, a pass costs one
// time-out at most and few commands; what it cannot give is told in one line, and is
// there as soon as it can.
func TestBehaviours(t *testing.T) {
	const timeout = 5 * time.Second
	for name, b := range behaviours {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, 7, b.script)
			r := f.reader(t, timeout)
			begun := time.Now()
			heads, err := pass(t, r, 1)
			if took, n := time.Since(begun), len(f.commands()); took > 2*timeout || n > 60 {
				t.Errorf("%v and %d commands", took, n)
			}
			if b.fails {
				if err == nil || strings.ContainsAny(err.Error(), "\r\n\x1b") || len(heads) > 0 {
					t.Errorf("%d heads, %q", len(heads), err)
				}
				f.mu.Lock()
				f.script = script{}
				f.mu.Unlock()
				heads, err = pass(t, r, 1)
			}
			if err != nil || len(heads) != 7 {
				t.Fatalf("%d heads, %v", len(heads), err)
			}
			for i, h := range heads {
				bad := b.bad && h.UID == 4
				if h.UID != uint32(i+1) || errors.Is(h.Err, mailbox.ErrBadMessage) != bad {
					t.Errorf("head %d: UID %d, %v", i, h.UID, h.Err)
				}
				if !bad && !strings.Contains(string(h.Header), fmt.Sprintf("Subject: letter %d\r\n", i+1)) {
					t.Errorf("head %d: %q", i, h.Header)
				}
			}
			if !b.heads {
				checkTexts(t, r, b.bad)
			}
		})
	}
}
