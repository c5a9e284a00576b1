package mailbox

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// respCode is the code in brackets of a status response (RFC 9051, 7.1), behind the
// star or the tag and the word of the status.
var respCode = lazily(`(?i)^(\S+ (?:OK|NO|BAD|BYE|PREAUTH) )\[([^\]\r\n]*)(\]?)`)

// codeForms are the arguments that the library expects of the codes it reads.
var codeForms = map[string]func(string) bool{
	"UIDNEXT": isNumber, "UIDVALIDITY": isNumber,
	"HIGHESTMODSEQ":  matches(`^\d{1,18}$`),
	"PERMANENTFLAGS": matches(`^\([^()]*`), // a flag may hold the bracket: see mend
	"APPENDUID":      numbersOf(`^\d+ \d+$`),
	"COPYUID":        numbersOf(`^\d+( \d+([:,]\d+)*){2}$`),
}

// matches accepts text of a form.
func matches(form string) func(string) bool {
	shape := lazily(form)
	return func(s string) bool { return shape().MatchString(s) }
}

// numbersOf accepts text of a form in which each number is one of 32 bits and
// above 0. Many a UIDVALIDITY is a moment in seconds, of ten digits.
func numbersOf(form string) func(string) bool {
	shaped := matches(form)
	return func(s string) bool {
		return shaped(s) && !slices.ContainsFunc(strings.FieldsFunc(s, isNoDigit), func(n string) bool { return !isNumber(n) || n[0] == '0' })
	}
}

func isNoDigit(r rune) bool { return r < '0' || r > '9' }

func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 32)
	return err == nil
}

var codeName = lazily(`^[A-Za-z][A-Za-z0-9.-]*$`)

// mendCode makes plain text of a code that is none, and of one whose arguments are
// not what they should be.
func mendCode(line []byte) []byte {
	m := respCode().FindSubmatchIndex(line)
	if m == nil {
		return line
	}
	name, args, _ := strings.Cut(string(line[m[4]:m[5]]), " ")
	form := codeForms[name]
	ended := m[6] < m[7] && (m[7] == len(line) || bytes.IndexByte([]byte(" \r\n"), line[m[7]]) >= 0) // no bracket in a string
	if ended && codeName().MatchString(name) && (form == nil || form(args)) {
		return line
	}
	return bytes.Join([][]byte{line[:m[3]], line[m[3]+1:]}, []byte("("))
}

var (
	capabilityCode = lazily(`\[CAPABILITY [^\]]*\]`)

	flagList = lazily(`\(([^()]*)\)`)
	goodFlag = lazily(`^\\?[^\s\\"(){%*\]\x00-\x1f\x7f]+$`)
)

// mend repairs a line that the library could not read. It returns line itself
// where nothing is wrong.
func mend(kind string, line []byte) []byte {
	switch {
	case kind == "FLAGS", kind == "OK" && bytes.Contains(line[:min(len(line), 40)], []byte("PERMANENTFLAGS")):
		return flagList().ReplaceAllFunc(line, cleanFlags)
	case kind == "CAPABILITY":
		return append(capabilities(line), '\r', '\n')
	case bytes.Contains(line[:min(len(line), 40)], []byte("[CAPABILITY ")):
		return capabilityCode().ReplaceAllFunc(line, func(code []byte) []byte {
			return append(capabilities(code[:len(code)-1]), ']')
		})
	case kind == "SEARCH":
		return append(bytes.TrimRight(bytes.Clone(line), " \r\n"), '\r', '\n')
	case kind == "NAMESPACE": // RFC 2342 has no space there, and the library wants one
		return bytes.ReplaceAll(line, []byte(")("), []byte(") ("))
	case kind == "FETCH":
		return mendFetch(line)
	}
	return line
}

// included is what IMAP4rev2 has in it (RFC 9051, appendix E) and is used here.
const included = "NAMESPACE UNSELECT UIDPLUS ESEARCH ENABLE IDLE SASL-IR LIST-EXTENDED LIST-STATUS MOVE LITERAL- STATUS=SIZE SPECIAL-USE"

// capabilities cleans a list of them. A server that speaks both revisions takes the names of
// folders in modified UTF-7 until it is told ENABLE IMAP4rev2 (RFC 9051, appendix A); the
// library writes UTF-8 as soon as it sees that word. So it sees the older revision, and what
// the newer one includes.
func capabilities(list []byte) []byte {
	words := bytes.Fields(list)
	both := slices.ContainsFunc(words, func(w []byte) bool { return bytes.EqualFold(w, []byte("IMAP4rev1")) })
	for i, w := range words {
		if both && bytes.EqualFold(w, []byte("IMAP4rev2")) {
			words[i] = []byte(included)
		}
	}
	return bytes.Join(words, []byte(" "))
}

// mendFetch shortens the echo of the header fields that were asked for, sixty names in
// every answer, which the library would take apart each time.
func mendFetch(line []byte) []byte {
	if from := bytes.Index(line, []byte("BODY[HEADER.FIELDS (")); from >= 0 && bytes.Count(line[:from], []byte{'"'})%2 == 0 {
		if to := bytes.Index(line[from:], []byte(")]")); to >= 0 {
			return bytes.Join([][]byte{line[:from], line[from+to+1:]}, []byte("BODY[HEADER"))
		}
	}
	return line
}

// cleanFlags leaves out of a list in parentheses what is no flag: keywords with
// a bracket, a backslash alone.
func cleanFlags(list []byte) []byte {
	out := []byte{'('}
	for _, f := range bytes.Fields(list[1 : len(list)-1]) {
		if string(f) != `\*` && !goodFlag().Match(f) {
			continue
		}
		if len(out) > 1 {
			out = append(out, ' ')
		}
		out = append(out, f...)
	}
	return append(out, ')')
}

// withoutCR takes out of a line the CR that do not end it.
func withoutCR(line []byte) []byte {
	end := bytes.TrimRight(line, "\r\n")
	if bytes.IndexByte(end, '\r') < 0 {
		return line
	}
	return append(bytes.ReplaceAll(end, []byte("\r"), []byte(" ")), '\r', '\n')
}
