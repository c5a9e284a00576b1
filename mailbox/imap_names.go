package mailbox

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// folderLine writes a LIST anew, in a form that the library can read: over one that it cannot,
// it would give up the names of all other folders. A folder whose name cannot be read is left
// out, nil, or, where it is marked as one for junk, has no name.
func folderLine(line []byte) []byte {
	m := folderForm().FindSubmatch(bytes.TrimRight(line, "\r\n "))
	if m == nil {
		if junkForm().Match(line) {
			return []byte(`* LIST (\Junk) NIL ""` + "\r\n")
		}
		return nil
	}
	name, ok := folderName(unquoted(m[3]))
	if !ok {
		if name = nil; !junkForm().Match(line) {
			return nil
		}
	}
	delim := "NIL"
	if d := unquoted(m[2]); len(d) == 1 && d[0] >= ' ' && d[0] < 0x7f {
		delim = quoted(d)
	}
	attrs := bytes.Fields(noAttribute().ReplaceAll(m[1], []byte(" $2")))
	return fmt.Appendf(nil, "* LIST (%s) %s %s\r\n", bytes.Join(attrs, []byte(" ")), delim, quoted(name))
}

var (
	folderForm  = lazily(`(?is)^\* LIST +(?:\(([^()]*)\)|NIL) +(NIL|"(?:[^"\\]|\\.)*"|[^\s"()]) +("(?:[^"\\]|\\.)*"|[^"]*?)(?: +\(.*\))?$`)
	junkForm    = lazily(`(?i)^\* LIST +\([^()"]*\\Junk\b`)
	noAttribute = lazily(`[^\w$.\\-]+|\\(\W|$)|(\\)`)
)

// folderName reads a name in modified UTF-7 (RFC 3501, 5.1.3), or in UTF-8, and returns it in
// UTF-8 where only & is encoded: the library reads that, but no letter that is encoded without
// need, and no two runs side by side.
func folderName(name []byte) ([]byte, bool) {
	name = encodedRun().ReplaceAllFunc(name, plainRun)
	return name, !unreadable().Match(name)
}

var encodedRun = lazily(`&[^-]*-?`)

// plainRun decodes what stands between & and -, to what is unreadable where it cannot.
func plainRun(run []byte) []byte {
	if string(run) == "&-" {
		return run
	}
	raw, err := utf7.DecodeString(string(bytes.TrimSuffix(run[1:], []byte("-"))))
	if run[len(run)-1] != '-' || err != nil || len(raw)%2 != 0 {
		return []byte{0}
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
	}
	return []byte(strings.ReplaceAll(string(utf16.Decode(units)), "&", "&-"))
}

// unreadable is a control character, or what is no UTF-8, or the half of a surrogate pair.
var unreadable = lazily(`[\x00-\x1f\x7f\x{fffd}]`)

// utf7 is the base64 within such a name.
var utf7 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

// quoted writes a string of the protocol.
//
//go:noinline
func quoted(s []byte) string { return `"` + string(special().ReplaceAll(s, []byte(`\$0`))) + `"` }

// unquoted reads one, or a word without quotes.
//
//go:noinline
func unquoted(s []byte) []byte {
	if len(s) < 2 || s[0] != '"' {
		return s
	}
	return escaped().ReplaceAll(s[1:len(s)-1], []byte("$1"))
}

var (
	special = lazily(`["\\]`)
	escaped = lazily(`(?s)\\(.)`)
)

const longestName = 4096

// unfolded reads on to the end of a LIST of which a part comes as a literal, and returns it on
// one line. nil: there is no end, or it is too long, and the rest is to be dropped.
func (l *lines) unfolded(line []byte) []byte {
	for l.inside {
		at, size, _ := announcement(line)
		if size > longestName || len(line) > lineBuffer {
			return nil
		}
		begun := string(line[:at])
		name := make([]byte, size)
		_, err := io.ReadFull(l.r, name)
		rest, more := l.next()
		if l.literal, l.inside = announced(rest); err != nil || more != nil {
			l.literal, l.inside = 0, false
			return nil
		}
		line = fmt.Appendf(nil, "%s%s%s", begun, quoted(name), rest)
	}
	return line
}
