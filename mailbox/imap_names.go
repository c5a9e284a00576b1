package mailbox

import (
	"bytes"
	"encoding/base64"
	"unicode/utf8"
)

// goodName: the name at the end of a LIST is in modified UTF-7 (RFC 3501,
// 5.1.3), or in UTF-8, as far as that can be seen. One that is not would cost
// the names of all others.
func goodName(line []byte) bool {
	m := listName().FindSubmatch(bytes.TrimRight(line, "\r\n "))
	if m == nil {
		return true // the library says better what is wrong
	}
	name := m[1]
	if !utf8.Valid(name) {
		return false
	}
	for {
		_, after, shifted := bytes.Cut(name, []byte("&"))
		if !shifted {
			return true
		}
		word, rest, ended := bytes.Cut(after, []byte("-"))
		raw, err := utf7.DecodeString(string(word))
		if !ended || err != nil || len(raw)%2 != 0 {
			return false
		}
		name = rest
	}
}

// utf7 is the base64 within such a name.
var utf7 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

// listName is what stands behind the attributes and the delimiter.
var listName = lazily(`(?i)^\* LIST \([^()]*\) +(?:NIL|"(?:[^"\\]|\\.)*") +"?(.*?)"?$`)
