package mailbox

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
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

// noDate is what an INTERNALDATE becomes that is none: a moment that undated letters
// have. The connection and all other letters would be lost over it.
const noDate = `"01-Jan-1970 00:00:00 +0000"`

// mendItems puts something neutral in place of what stands in front of the literal
// of a FETCH and is not what it should be: a size, a date, flags. drop: the UID is
// none, and the answer of no use.
func mendItems(line []byte) (out []byte, drop bool) {
	at := bytes.IndexByte(line, '(') + 1
	for at > 0 {
		name, from, to := nextItem(line, at)
		if from == to {
			break
		}
		value, with := line[from:to], []byte(nil)
		switch {
		case bytes.EqualFold(name, []byte("UID")):
			if !isNumber(string(value)) || string(value) == "0" {
				return line, true
			}
		case bytes.EqualFold(name, []byte("RFC822.SIZE")):
			if n, err := strconv.ParseFloat(string(value), 64); err != nil || !(n >= 0 && n < 1e15) || value[0] < '0' || value[0] > '9' {
				with = []byte("0")
			}
		case bytes.EqualFold(name, []byte("INTERNALDATE")):
			if _, err := time.Parse(`"_2-Jan-2006 15:04:05 -0700"`, string(value)); err != nil {
				with = []byte(noDate)
			}
		case bytes.EqualFold(name, []byte("FLAGS")):
			if value[0] != '(' || bytes.IndexByte(value[1:], '(') >= 0 {
				with = []byte("()")
			}
		}
		if with != nil {
			line = bytes.Join([][]byte{line[:from], line[to:]}, with)
			to = from + len(with)
		}
		at = to
	}
	return line, false
}

// nextItem finds the next item of a FETCH, its name and where its value lies; from
// and to are equal where there is none any more, or only a literal.
func nextItem(line []byte, at int) (name []byte, from, to int) {
	for at < len(line) && line[at] == ' ' {
		at++
	}
	end := at
	for end < len(line) && !bytes.ContainsRune([]byte(" ()\r\n"), rune(line[end])) {
		if line[end] == '[' { // the fields that were asked for
			n := bytes.IndexByte(line[end:], ']')
			if n < 0 {
				return nil, 0, 0
			}
			end += n
		}
		end++
	}
	name, from = line[at:end], end
	for from < len(line) && line[from] == ' ' {
		from++
	}
	if from == end || from >= len(line) {
		return nil, 0, 0
	}
	switch line[from] {
	case '"':
		n := bytes.IndexByte(line[from+1:], '"')
		if n < 0 {
			return nil, 0, 0
		}
		return name, from, from + n + 2
	case '(':
		depth := 0
		for to = from; to < len(line); to++ {
			switch line[to] {
			case '(':
				depth++
			case ')':
				if depth--; depth == 0 {
					return name, from, to + 1
				}
			}
		}
		return nil, 0, 0
	case '{', '~', ')', '\r', '\n':
		return nil, 0, 0
	}
	to = from
	for to < len(line) && line[to] != ' ' && line[to] != ')' && line[to] != '\r' && line[to] != '\n' {
		to++
	}
	return name, from, to
}

var (
	openList       = lazily(`(?i)^(\* \d+ FETCH) +\( *`)
	capabilityCode = lazily(`\[CAPABILITY [^\]]*\]`)

	flagList  = lazily(`\(([^()]*)\)`)
	goodFlag  = lazily(`^\\?[^\s\\"(){%*\]\x00-\x1f\x7f]+$`)
	fetchFlag = lazily(`(?i)^(\* \d+ FETCH \((?:[^"{]|"[^"]*")*?)FLAGS (\([^()]*\))`)
	floatSize = lazily(`(?i)^(\* \d+ FETCH \((?:[^"{]|"[^"]*")*?RFC822\.SIZE )(\d+\.\d*(?:e\+?\d+)?|\d+e\+?\d+)`)
)

// mend repairs a line that the library could not read. It returns line itself
// where nothing is wrong.
func mend(kind string, line []byte) []byte {
	switch {
	case kind == "FLAGS", kind == "OK" && bytes.Contains(line[:min(len(line), 40)], []byte("PERMANENTFLAGS")):
		return flagList().ReplaceAllFunc(line, cleanFlags)
	case kind == "CAPABILITY":
		return append(bytes.Join(bytes.Fields(line), []byte(" ")), '\r', '\n')
	case bytes.Contains(line[:min(len(line), 40)], []byte("[CAPABILITY ")):
		return capabilityCode().ReplaceAllFunc(line, func(code []byte) []byte {
			return append(bytes.Join(bytes.Fields(code[:len(code)-1]), []byte(" ")), ']')
		})
	case kind == "SEARCH":
		return append(bytes.TrimRight(bytes.Clone(line), " \r\n"), '\r', '\n')
	case kind == "FETCH":
		return mendFetch(line)
	}
	return line
}

// mendFetch also shortens the echo of the header fields that were asked for,
// sixty names in every answer, which the library would take apart each time.
func mendFetch(line []byte) []byte {
	if bytes.Contains(line, []byte("FLAGS (")) {
		if m := fetchFlag().FindSubmatchIndex(line); m != nil {
			line = bytes.Join([][]byte{line[:m[4]], cleanFlags(line[m[4]:m[5]]), line[m[5]:]}, nil)
		}
	}
	if oddSize(line) {
		if m := floatSize().FindSubmatchIndex(line); m != nil {
			if size, err := strconv.ParseFloat(string(line[m[4]:m[5]]), 64); err == nil && size < 1e15 {
				line = fmt.Appendf(bytes.Clone(line[:m[4]]), "%d%s", int64(size), line[m[5]:])
			}
		}
	}
	if from := bytes.Index(line, []byte("BODY[HEADER.FIELDS (")); from >= 0 && bytes.Count(line[:from], []byte{'"'})%2 == 0 {
		if to := bytes.Index(line[from:], []byte(")]")); to >= 0 {
			return bytes.Join([][]byte{line[:from], line[from+to+1:]}, []byte("BODY[HEADER"))
		}
	}
	return line
}

// oddSize: the number after RFC822.SIZE goes on with something else than a digit.
func oddSize(line []byte) bool {
	_, rest, found := bytes.Cut(line, []byte("RFC822.SIZE "))
	rest = bytes.TrimLeft(rest, "0123456789")
	return found && len(rest) > 0 && (rest[0] == '.' || rest[0] == 'e' || rest[0] == 'E')
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

// closeUp takes out the blanks around the list of a FETCH that some servers put
// there, and the library knows nothing of.
func closeUp(line []byte) []byte {
	if bytes.HasSuffix(line, []byte(" )\r\n")) {
		line = append(bytes.TrimRight(bytes.Clone(line[:len(line)-3]), " "), ")\r\n"...)
	}
	if open := bytes.IndexByte(line, '('); open > 0 && bytes.HasSuffix(line[:open], []byte("  ")) || bytes.Contains(line[:min(len(line), 40)], []byte("FETCH ( ")) {
		return openList().ReplaceAll(line, []byte("$1 ("))
	}
	return line
}

// withoutCR takes out of a line the CR that do not end it.
func withoutCR(line []byte) []byte {
	end := bytes.TrimRight(line, "\r\n")
	if bytes.IndexByte(end, '\r') < 0 {
		return line
	}
	return append(bytes.ReplaceAll(end, []byte("\r"), []byte(" ")), '\r', '\n')
}
