package mailbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// hasBody: a command for headers or bodies, not for a list of UIDs.
func hasBody(items string) bool { return strings.Contains(items, "BODY.PEEK") }

// oddity is a malformed answer for the message with UID 4, and what can be had
// of that message all the same.
type oddity struct {
	message func(*talk, uint32, string) bool
	want    want
}

type want struct{ bad, noDate, noSize bool }

// first answers oddly over the first connection only, always for headers and
// bodies, everywhere also for lists.
func first(odd func(*talk, string)) func(*talk, uint32, string) bool {
	return func(c *talk, uid uint32, items string) bool {
		return c.n == 1 && always(odd)(c, uid, items)
	}
}

func always(odd func(*talk, string)) func(*talk, uint32, string) bool {
	return func(c *talk, uid uint32, items string) bool {
		return hasBody(items) && everywhere(odd)(c, uid, items)
	}
}

func everywhere(odd func(*talk, string)) func(*talk, uint32, string) bool {
	return func(c *talk, uid uint32, items string) bool {
		if uid == 4 {
			odd(c, items)
		}
		return uid == 4
	}
}

func good(items string) string { return answer(4, items, letter(4)) }

// line says a good answer in odd company.
func line(format string) func(*talk, string) {
	return func(c *talk, items string) { c.say(format+"\r\n", good(items)) }
}

func cutInLiteral(c *talk, items string) {
	s := good(items)
	c.say("* 4 FETCH (%s", s[:len(s)-20])
	c.Close()
}

func undatedAndEmpty(c *talk, items string) {
	if hasBody(items) {
		c.say("* 4 FETCH (UID 4 BODY[HEADER] NIL)\r\n")
		return
	}
	replaced("16-Nov", "99-Nix")(c, items)
}

// oddities are all that is known from real servers.
var oddities = map[string]oddity{
	"unknown item, always":              {everywhere(line("* 4 FETCH (X-GM-MSGID 12 %s)")), want{}},
	"unknown items behind it":           {everywhere(line("* 4 FETCH (%s EMAILID (M6) SAVEDATE NIL)")), want{}},
	"unknown literals":                  {everywhere(line("* 4 FETCH (RFC822.HEADER {3}\r\nabc %s RFC822.TEXT {4}\r\na)\r\n)")), want{}},
	"a sequence that is no list":        {everywhere(line("* 4 FETCH (MODSEQ 12 %s)")), want{}},
	"flags without end":                 {everywhere(line("* 4 FETCH (FLAGS (\\Seen %s)")), want{}},
	"flags without a list":              {everywhere(line("* 4 FETCH (FLAGS %s)")), want{}},
	"two parentheses":                   {everywhere(line("* 4 FETCH (%s))")), want{}},
	"no blank":                          {everywhere(line("* 4 FETCH(%s)")), want{}},
	"two blanks":                        {everywhere(line("*  4 FETCH (%s)")), want{}},
	"UID in quotes":                     {everywhere(replaced("UID 4", `UID "4"`)), want{}},
	"a warning in front":                {everywhere(line("Warning: cannot stat file\r\n* 4 FETCH (%s)")), want{}},
	"a warning behind":                  {everywhere(line("* 4 FETCH (%s)\r\nWarning: cannot stat file")), want{}},
	"unknown item, once":                {first(line("* 4 FETCH (X-GM-MSGID 12 %s)")), want{}},
	"bodystructure with NIL, always":    {always(line(`* 4 FETCH (BODYSTRUCTURE ("text" "plain" ("boundary" NIL)) %s)`)), want{}},
	"unescaped quote, once":             {first(line(`* 4 FETCH (ENVELOPE ("a" "b "c"" NIL) %s)`)), want{}},
	"vanished":                          {always(line("* VANISHED (EARLIER) 1:3\r\n* 4 FETCH (%s)")), want{}},
	"unknown response":                  {always(line("* XFOO {3}\r\nabc bar\r\n* 7 XBAR\r\n* 4 FETCH (%s)")), want{}},
	"flags that are none":               {always(line("* FLAGS (\\ $a]b \\Seen)\r\n* 4 FETCH (FLAGS (\\ $x] ok) %s)")), want{}},
	"flags of their own before":         {always(line("* 4 FETCH (UID 4 FLAGS (\\Seen))\r\n* 4 FETCH (%s)")), want{}},
	"the same twice":                    {always(func(c *talk, items string) { c.say("* 4 FETCH (%s)\r\n* 4 FETCH (%s)\r\n", good(items), good(items)) }), want{}},
	"size as a float":                   {always(func(c *talk, items string) { c.say("* 4 FETCH (%s)\r\n", floatSize(good(items))) }), want{}},
	"size that is no number":            {always(replaced("RFC822.SIZE ", "RFC822.SIZE -")), want{noSize: true}},
	"date that is none":                 {everywhere(replaced("16-Nov", "99-Nix")), want{noDate: true}},
	"date that is none, and no body":    {everywhere(undatedAndEmpty), want{bad: true, noDate: true}},
	"date in the year 10000":            {everywhere(replaced("16-Nov-2026 10:15:00 +0500", "31-Dec-9999 23:59:59 -0500")), want{noDate: true}},
	"date before the year 0":            {everywhere(replaced("16-Nov-2026 10:15:00 +0500", "01-Jan-0000 00:00:00 +0500")), want{noDate: true}},
	"uid after the literal":             {always(uidLast), want{}},
	"no body":                           {always(func(c *talk, _ string) { c.say("* 4 FETCH (UID 4 BODY[HEADER] NIL)\r\n") }), want{bad: true}},
	"cut in the literal, once":          {first(cutInLiteral), want{}},
	"cut in the literal, always":        {always(cutInLiteral), want{bad: true}},
	"hangs up before it, always":        {always(func(c *talk, _ string) { c.Close() }), want{bad: true}},
	"a modification sequence besides":   {always(replaced("INTERNALDATE", "MODSEQ (12) INTERNALDATE")), want{}},
	"says bye and goes on":              {always(line("* BYE soon\r\n* 4 FETCH (%s)")), want{}},
	"an alert in between":               {always(line("* OK [ALERT] mailbox {5}\r\n* 4 FETCH (%s)")), want{}},
	"other fields besides":              {always(line("* 4 FETCH (%s BODY[HEADER.FIELDS.NOT (X)] {15}\r\nSubject: fake\r\n)")), want{}},
	"other fields in front":             {always(line("* 4 FETCH (BODY[HEADER.FIELDS.NOT (X)] {15}\r\nSubject: fake\r\n %s)")), want{}},
	"the header once more, empty":       {always(line("* 4 FETCH (%s BODY[HEADER] {2}\r\n\r\n)")), want{}},
	"a line with a lone LF":             {always(line("* 9 EXISTS\n* 4 FETCH (%s)")), want{}},
	"answers with another message's id": {always(line("* 44 FETCH (UID 44 FLAGS ())\r\n* 4 FETCH (%s)")), want{}},
}

// None of the malformed answers may hide its message or any other of seven.
func TestOddAnswers(t *testing.T) {
	for name, c := range oddities {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, 7, script{message: c.message})
			r := f.reader(t, 5*time.Second)
			heads, err := pass(t, r, 1)
			if err != nil {
				t.Fatal(err)
			}
			if len(heads) != 7 {
				t.Fatalf("%d heads", len(heads))
			}
			for i, h := range heads {
				w := want{}
				if i == 3 {
					w = c.want
				}
				if h.UID != uint32(i+1) || errors.Is(h.Err, mailbox.ErrBadMessage) != w.bad {
					t.Errorf("head %d: UID %d, %v", i, h.UID, h.Err)
				}
				if !w.bad && !strings.Contains(string(h.Header), fmt.Sprintf("Subject: letter %d\r\n", i+1)) {
					t.Errorf("head %d: header %q", i, h.Header)
				}
				at := day
				if w.noDate {
					at = time.Time{}
				}
				if !h.InternalDate.Equal(at) {
					t.Errorf("head %d: date %v, want %v", i, h.InternalDate, at)
				}
				if !w.bad && (h.Size == int64(len(letter(i+1)))) == w.noSize {
					t.Errorf("head %d: size %d", i, h.Size)
				}
			}
			checkTexts(t, r, c.want.bad)
		})
	}
}

// checkTexts reads the texts and one whole letter through the same oddity.
func checkTexts(t *testing.T, r *mailbox.Reader, bad bool) {
	t.Helper()
	texts, err := r.Texts(t.Context(), []uint32{1, 2, 3, 4, 5, 6, 7, 8}, 1000)
	if err != nil {
		t.Errorf("texts: %v", err)
	}
	for uid := uint32(1); uid <= 8; uid++ {
		want := fmt.Sprintf("Text of letter %d.\r\n", uid)
		if text, ok := texts[uid]; ok != (uid < 8 && (uid != 4 || !bad)) || ok && string(text) != want {
			t.Errorf("text of %d: %q", uid, text)
		}
	}
	var raw bytes.Buffer
	_, _, err = r.Fetch(t.Context(), 4, &raw)
	if bad && !errors.Is(err, mailbox.ErrBadMessage) {
		t.Errorf("fetch: %v", err)
	}
	if !bad && (err != nil || !bytes.Equal(raw.Bytes(), letter(4))) {
		t.Errorf("fetch: %q, %v", raw.Bytes(), err)
	}
	checkExpected(t, r, bad)
	raw.Reset()
	if _, _, err := r.Fetch(t.Context(), 5, &raw); err != nil || !bytes.Equal(raw.Bytes(), letter(5)) {
		t.Errorf("fetch of the next: %q, %v", raw.Bytes(), err)
	}
}

func floatSize(s string) string {
	n := len(letter(4))
	return strings.Replace(s, fmt.Sprintf("RFC822.SIZE %d", n), fmt.Sprintf("RFC822.SIZE %d.%de+02", n/100, n%100), 1)
}

func replaced(old, with string) func(*talk, string) {
	return func(c *talk, items string) {
		c.say("* 4 FETCH (%s)\r\n", strings.Replace(answer(4, items, letter(4)), old, with, 1))
	}
}

func uidLast(c *talk, items string) {
	rest, _ := strings.CutPrefix(answer(4, items, letter(4)), "UID 4 ")
	c.say("* 4 FETCH (%s UID 4)\r\n", rest)
}

// checkExpected fetches all, several at a time, through the same oddity.
func checkExpected(t *testing.T, r *mailbox.Reader, bad bool) {
	t.Helper()
	err := r.Heads(t.Context(), 1, 0, func(chunk []mailbox.Head) error {
		r.Expect(t.Context(), []uint32{1, 2, 3, 4, 5, 6, 7})
		for uid := uint32(1); uid <= 7; uid++ {
			var raw bytes.Buffer
			_, _, err := r.Fetch(t.Context(), uid, &raw)
			if uid == 4 && bad {
				if !errors.Is(err, mailbox.ErrBadMessage) {
					t.Errorf("fetch of %d: %v", uid, err)
				}
			} else if err != nil || !bytes.Equal(raw.Bytes(), letter(int(uid))) {
				t.Errorf("fetch of %d: %q, %v", uid, raw.Bytes(), err)
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("heads again: %v", err)
	}
}
