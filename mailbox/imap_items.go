package mailbox

import (
	"bytes"
	"strconv"
	"time"
)

// items passes on of a FETCH what is asked for, in the form in which it should be. The
// library gives the connection up over an item that it does not know, and with it all
// other letters. Flags are left out as well: nobody needs them.
type items struct {
	open  bool // more comes behind a literal
	any   bool // some were passed on
	depth int  // of the list of an unknown item in which the literal stands
}

// begin mends the first line of a FETCH. drop: nobody can say which letter it speaks of.
// skip: the literal behind the line belongs to nothing that is passed on.
func (it *items) begin(line []byte) (out []byte, drop, skip bool) {
	at := bytes.Index(line[:min(len(line), 40)], []byte("FETCH"))
	if at < 0 {
		at = bytes.Index(bytes.ToUpper(line[:min(len(line), 40)]), []byte("FETCH"))
	}
	at += len("FETCH")
	_, _, it.open = announcement(line)
	if it.any = bytes.HasPrefix(line[at:], []byte(" (")) && regular(line, at+2); it.any {
		return line, false, false
	}
	list, skip, ok := it.rebuild(line, at, false)
	if !ok || !it.any && !it.open {
		return line, true, false
	}
	return append(append(bytes.Clone(line[:at]), " ("...), list...), false, skip
}

// goOn mends a line behind a literal. What is no such line is left to the library: the
// letter may be longer than was announced.
func (it *items) goOn(line []byte) (out []byte, skip bool) {
	_, _, it.open = announcement(line)
	if it.any && it.depth == 0 && (string(line) == ")\r\n" || line[0] == ' ' && regular(line, 1)) {
		return line, false
	}
	if list, skip, ok := it.rebuild(line, 0, true); ok {
		return list, skip
	}
	return line, false
}

// regular reports whether there is nothing to mend from a place on.
func regular(line []byte, at int) bool {
	for uids := 0; ; {
		i := nextItem(line, at)
		if len(i.name) == len("UID") {
			uids++
		}
		switch {
		case uids > 1:
			return false
		case !asked(i.name) || len(i.value) == 0 || i.from != at+len(i.name)+1:
			return false
		case isLiteral(i.value):
			return isBody(i.name)
		case i.open || neutral(i.name, i.value) != nil:
			return false
		}
		if line[i.next] != ' ' {
			return string(line[i.next:]) == ")\r\n" || string(line[i.next:]) == ")\n"
		}
		at = i.next + 1
	}
}

// rebuild takes the items out of a line from a place on and writes them anew. ok is false
// where the line makes no sense or, behind a literal, may be a line of the letter.
func (it *items) rebuild(line []byte, at int, behind bool) (out []byte, skip, ok bool) {
	end := len(bytes.TrimRight(line, "\r\n"))
	if it.depth > 0 {
		if at, it.depth = listEnd(line, at, it.depth); it.depth > 0 {
			return nil, true, it.open
		}
	}
	var uid []byte
	for {
		for at < end && (line[at] == ' ' || !behind && line[at] == '(') {
			at++
		}
		if len(bytes.Trim(line[at:end], " )")) == 0 {
			return append(out, ")\r\n"...), false, !behind || at < end
		}
		if line[at] == ')' && !behind {
			at++
			continue
		}
		i := nextItem(line, at)
		i.name = bytes.ToUpper(i.name)
		if string(i.name) == "FLAGS" { // a list of them may have no end
			for _, f := range bytes.Fields(i.value) {
				if asked(f) {
					i.next, i.open = i.from+bytes.Index(i.value, f), false
					break
				}
			}
		}
		switch {
		case len(i.name) == 0 || behind && !asked(i.name) && !isName(line[at:at+len(i.name)]):
			return nil, false, false
		case isLiteral(i.value) && isBody(i.name):
			return append(it.put(out, i.name, nil), line[i.from:]...), false, true
		case isLiteral(i.value):
			return out, true, true
		case i.open && it.open && !asked(i.name):
			it.depth = i.depth
			return out, true, true
		case asked(i.value): // the item has none
			i.value, i.next = nil, i.from
		}
		if at = i.next; !asked(i.name) {
			continue
		}
		if with := neutral(i.name, i.value); with != nil {
			i.value, i.open = with, false
		}
		if string(i.name) == "UID" {
			switch {
			case neutral(i.name, i.value) != nil, uid != nil && !bytes.Equal(uid, i.value):
				return nil, false, false
			case uid != nil:
				continue
			}
			uid = i.value
		}
		if !i.open && len(i.value) > 0 {
			out = it.put(out, i.name, i.value)
		}
	}
}

// put adds an item, without a value where that is a literal.
func (it *items) put(out, name, value []byte) []byte {
	if it.any {
		out = append(out, ' ')
	}
	it.any = true
	return append(append(append(out, name...), ' '), value...)
}

// item is one of a FETCH: its name, its value, where that begins and what is behind it.
type item struct {
	name, value []byte
	from, next  int
	open        bool // it does not end in this line
	depth       int  // so many lists are open there
}

// nextItem finds the item at a place.
func nextItem(line []byte, at int) item {
	end := len(bytes.TrimRight(line, "\r\n"))
	i := item{next: at}
	for i.next < end && bytes.IndexByte([]byte(" (){"), line[i.next]) < 0 {
		if line[i.next] == '[' { // the fields that were asked for
			n := bytes.IndexByte(line[i.next:end], ']')
			if n < 0 {
				return item{next: end, open: true}
			}
			i.next += n
		}
		i.next++
	}
	i.name = line[at:i.next]
	for i.from = i.next; i.from < end && line[i.from] == ' '; i.from++ {
	}
	if i.from == i.next || i.from >= end || line[i.from] == ')' {
		i.from = i.next
		return i
	}
	switch line[i.from] {
	case '"':
		for i.next = i.from + 1; i.next < end && line[i.next] != '"'; i.next++ {
			if line[i.next] == '\\' {
				i.next++
			}
		}
		if i.next++; i.next > end {
			i.next, i.open = end, true
		}
	case '(':
		i.next, i.depth = listEnd(line, i.from, 0)
		i.open = i.depth > 0
	case '{', '~':
		i.next = end
	default:
		for i.next = i.from; i.next < end && line[i.next] != ' ' && line[i.next] != ')'; i.next++ {
		}
	}
	i.value = line[i.from:i.next]
	return i
}

// listEnd finds where a list ends, of which so many levels are open at a place, and how many
// are open where it goes on behind the line.
func listEnd(line []byte, at, depth int) (end, open int) {
	quoted := false
	for ; at < len(line) && line[at] != '\r' && line[at] != '\n'; at++ {
		switch c := line[at]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			at++
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth <= 0 {
				return at + 1, 0
			}
		}
	}
	return min(at, len(line)), depth
}

// asked: it is the name of an item that is asked for. It is not inlined, since it is called
// in many places.
//
//go:noinline
func asked(name []byte) bool {
	switch string(name) {
	case "UID", "RFC822.SIZE", "INTERNALDATE":
		return true
	}
	return isBody(name)
}

func isBody(name []byte) bool { return bytes.HasPrefix(name, []byte("BODY[")) }

func isLiteral(value []byte) bool { return len(value) > 0 && (value[0] == '{' || value[0] == '~') }

// isName: an item may be called so. A line of a letter hardly begins like that.
func isName(name []byte) bool {
	for _, c := range name {
		if c < '-' || c > ']' {
			return false
		}
	}
	return true
}

// noDate is what an INTERNALDATE becomes that is none: a moment that undated letters
// have.
const noDate = `"01-Jan-1970 00:00:00 +0000"`

const dateForm = `"_2-Jan-2006 15:04:05 -0700"`

// mostSize is more than any letter has: sizes are summed up.
const mostSize = 1e15

// neutral is what a value becomes that is not what it should be; nil: it is.
func neutral(name, value []byte) []byte {
	switch string(name) {
	case "UID":
		if !isNumber(string(value)) || string(value) == "0" {
			return bytes.Trim(value, "\",\x00")
		}
	case "RFC822.SIZE": // some give it in scientific notation
		if n, err := strconv.ParseUint(string(value), 10, 63); err == nil && n < mostSize {
			return nil
		}
		n, err := strconv.ParseFloat(string(value), 64)
		if err != nil || !(n >= 0 && n < mostSize) || value[0] < '0' || value[0] > '9' {
			n = 0
		}
		return strconv.AppendInt(nil, int64(n), 10)
	case "INTERNALDATE":
		if t, err := time.Parse(dateForm, string(value)); err != nil || inYears(t).IsZero() {
			return []byte(noDate)
		}
	}
	return nil
}
