package mailbox

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

var dosPages = map[string]*charmap.Charmap{
	"ibm437": charmap.CodePage437, "cp437": charmap.CodePage437, "ibm850": charmap.CodePage850, "cp850": charmap.CodePage850,
	"ibm852": charmap.CodePage852, "cp852": charmap.CodePage852,
}

// decodeOther decodes what is known beyond the tables above: the charsets of the WHATWG index,
// and the code pages of DOS in Europe. Those that stand in the index of IANA alone come in no
// mail, and take eighty kilobytes.
func decodeOther(b []byte, label, key string) (string, bool) {
	if key == "utf7" || key == "unicode11utf7" || key == "csutf7" {
		return decodeUTF7(b), true
	}
	for _, name := range []string{label, key, spelling(key)} {
		enc, unknown := htmlindex.Get(name)
		if page := dosPages[key]; page != nil {
			enc = page
		} else if unknown != nil {
			continue
		}
		out, err := enc.NewDecoder().Bytes(b)
		if err != nil && len(out) == 0 || string(out) == "\ufffd" && len(b) > len(out) {
			continue // or a charset that browsers are told not to decode
		}
		return strings.ToValidUTF8(string(out), string(utf8.RuneError)), true
	}
	return "", false
}

// spelling returns the registered name of a charset that is written like
// "win-1257" or "iso88592".
func spelling(key string) string {
	digits := strings.TrimLeft(key, "abcdefghijklmnopqrstuvwxyz")
	switch prefix := strings.TrimSuffix(key, digits); {
	case len(digits) == 4 && strings.HasPrefix(digits, "125"):
		return "windows-" + digits
	case prefix == "iso" && strings.HasPrefix(digits, "8859") && len(digits) > 4:
		return "iso-8859-" + digits[4:]
	case key == "eucjp", key == "euckr":
		return "euc-" + key[3:]
	case prefix == "sjis", prefix == "shiftjis":
		return "shift_jis"
	}
	return key
}
