package mailbox

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
)

// transfer is how a body was encoded for its way.
type transfer int

const (
	identity transfer = iota
	quotedPrintable
	base64Body
	uuencoded
)

// transferOf reads a Content-Transfer-Encoding, with the spellings that are
// in use ("8 bit", "base64;").
func transferOf(fields []field) (transfer, bool) {
	v, ok := first(fields, "content-transfer-encoding")
	if !ok {
		return identity, true
	}
	v = strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(v))
	switch {
	case strings.Contains(v, "base64"):
		return base64Body, true
	case strings.HasPrefix(v, "quoted"), v == "qp":
		return quotedPrintable, true
	case strings.Contains(v, "uu"):
		return uuencoded, true
	case v == "", strings.HasPrefix(v, "7bit"), strings.HasPrefix(v, "8bit"), strings.HasPrefix(v, "binary"):
		return identity, true
	}
	return identity, false
}

// decode undoes the encoding. It keeps what can be read; ok is false when some
// of it could not. What base64 makes is appended to room; what else is decoded,
// in place.
func (t transfer) decode(b, room []byte) (out []byte, ok bool) {
	switch t {
	case base64Body:
		return decodeBase64(b, room)
	case quotedPrintable:
		return decodeQuotedPrintable(b), true
	case uuencoded:
		return decodeUU(b)
	}
	return b, true
}

// sizer counts the bytes that a body has once decoded, from its encoded form,
// without decoding it.
type sizer struct {
	t                            transfer
	total, lines, returns, marks int64
}

func (s *sizer) add(b []byte) {
	s.total += int64(len(b))
	switch s.t {
	case base64Body:
		s.lines += int64(bytes.Count(b, []byte{'\n'}))
		s.returns += int64(bytes.Count(b, []byte{'\r'}))
		s.marks += int64(bytes.Count(b, []byte{'='}))
	case quotedPrintable:
		s.marks += int64(bytes.Count(b, []byte{'='}))
	}
}

func (s *sizer) size() int64 {
	switch s.t {
	case base64Body:
		return (s.total - s.lines - s.returns - s.marks) * 3 / 4
	case quotedPrintable:
		return max(0, s.total-2*s.marks)
	case uuencoded:
		return s.total * 45 / 62
	}
	return s.total
}

// base64Value holds the six bits of each base64 character; 64: padding,
// 255: none.
var base64Value = func() (t [256]byte) {
	for i := range t {
		t[i] = 255
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = byte(i)
	}
	t['='] = 64
	return t
}()

// base64Bits collects six bits at a time.
type base64Bits struct {
	out  []byte
	bits uint32
	n    int
}

func (d *base64Bits) put(v byte) {
	if v == 64 { // padding ends a group, and another stream may follow
		d.bits, d.n = 0, 0
		return
	}
	d.bits = d.bits<<6 | uint32(v)
	if d.n += 6; d.n >= 8 {
		d.n -= 8
		d.out = append(d.out, byte(d.bits>>d.n))
	}
}

// whole takes a line of whole groups of base64 characters, as nearly all are,
// and nothing else; it reports whether the line is one.
func (d *base64Bits) whole(line []byte) bool {
	if len(line)%4 != 0 {
		return false
	}
	n := len(d.out)
	out := slices.Grow(d.out, len(line)/4*3)
	k, err := base64.StdEncoding.Decode(out[n:cap(out)], line)
	if err != nil || k != len(line)/4*3 {
		return false
	}
	d.out = out[:n+k]
	return true
}

// decodeBase64 decodes a body and appends it to room. Strange characters are passed
// over; a line with many of them, or with blanks as between words, is the beginning
// of something else (the footer of a gateway, say) and ends the body.
func decodeBase64(b, room []byte) (out []byte, ok bool) {
	d := base64Bits{out: slices.Grow(room, len(b)/4*3)}
	ok = true
	for len(b) > 0 {
		end := lineEnd(b, 0)
		line := trimBlanks(b[:end])
		b = b[end:]
		if d.n == 0 && d.whole(line) {
			continue
		}
		strange, blanks := 0, 0
		for _, c := range line {
			switch {
			case c == ' ' || c == '\t':
				blanks++
			case base64Value[c] == 255:
				strange++
			}
		}
		if strange+blanks > 0 {
			ok = false
			if strange*10 > len(line) || blanks*16 > len(line) {
				break
			}
		}
		for _, c := range line {
			if v := base64Value[c]; v != 255 {
				d.put(v)
			}
		}
	}
	return d.out, ok
}

// decodeBase64Word decodes the base64 of an encoded word, padded or not.
func decodeBase64Word(b []byte) []byte {
	d := base64Bits{out: make([]byte, 0, len(b)/4*3+3)}
	for _, c := range b {
		if v := base64Value[c]; v != 255 {
			d.put(v)
		}
	}
	return d.out
}

// keepBase64 returns the base64 characters of b, those of the alphabet for
// URLs turned into the usual ones.
func keepBase64(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for _, c := range b {
		switch c {
		case '-':
			c = '+'
		case '_':
			c = '/'
		}
		if base64Value[c] != 255 {
			out = append(out, c)
		}
	}
	return out
}

// decodeQuotedPrintable decodes RFC 2045, 6.7; an equals sign that encodes
// nothing stands for itself. It decodes in place.
func decodeQuotedPrintable(b []byte) []byte {
	whole, n := b, 0
	for len(b) > 0 {
		end := lineEnd(b, 0)
		line := b[:end]
		b = b[end:]
		body := trimBlanksRight(line)
		soft := len(body) > 0 && body[len(body)-1] == '='
		if soft {
			body = body[:len(body)-1]
		}
		n += unquote(whole[n:], body)
		if !soft && line[len(line)-1] == '\n' {
			whole[n] = '\n'
			n++
		}
	}
	return whole[:n]
}

// unquote decodes a line to out, which may begin with the line or in front of it,
// and returns how many bytes it comes to.
func unquote(out, line []byte) (n int) {
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c == '=' && i+2 < len(line) {
			if high, low := hexValue[line[i+1]], hexValue[line[i+2]]; high|low < 16 {
				c = high<<4 | low
				i += 2
			}
		}
		out[n] = c
		n++
	}
	return n
}

// trimBlanks takes blanks and line ends off both ends of a line, trimBlanksRight
// off its end.
func trimBlanks(line []byte) []byte {
	line = trimBlanksRight(line)
	for len(line) > 0 && isSpace(line[0]) {
		line = line[1:]
	}
	return line
}

func trimBlanksRight(line []byte) []byte {
	for len(line) > 0 && isSpace(line[len(line)-1]) {
		line = line[:len(line)-1]
	}
	return line
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// decodeUU decodes what uuencode made.
func decodeUU(b []byte) (out []byte, ok bool) {
	inside := false
	for len(b) > 0 {
		end := lineEnd(b, 0)
		line := bytes.TrimRight(b[:end], "\r\n")
		b = b[end:]
		switch {
		case bytes.HasPrefix(line, []byte("begin ")):
			inside = true
		case bytes.Equal(line, []byte("end")):
			return out, true
		case inside && len(line) > 0:
			out = appendUULine(out, line)
		}
	}
	return out, inside
}

func appendUULine(out, line []byte) []byte {
	want := int(line[0]-' ') & 63
	var group uint32
	for i, c := range line[1:] {
		group = group<<6 | uint32(c-' ')&63
		if i%4 == 3 {
			for shift := 16; shift >= 0 && want > 0; shift -= 8 {
				out = append(out, byte(group>>shift))
				want--
			}
			group = 0
		}
	}
	return out
}
