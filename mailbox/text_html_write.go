package mailbox

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

// text writes text of the document. White space is one blank, except in verse.
func (r *renderer) text(b []byte) {
	e := r.top()
	if (e.hidden || e.tiny) && (!r.all || e.name == atom.Script || e.name == atom.Style) {
		r.concealed = r.concealed || len(bytes.TrimSpace(b)) > 0
		return
	}
	if e.verse {
		r.lines(b, e.quote)
		return
	}
	for len(b) > 0 {
		n := 0
		for n < len(b) && isBlank(b[n]) {
			n++
		}
		if n > 0 {
			r.blank = true
			b = b[n:]
			continue
		}
		for n < len(b) && !isBlank(b[n]) {
			n++
		}
		r.word(b[:n], e.quote)
		b = b[n:]
	}
}

// lines writes preformatted text.
func (r *renderer) lines(b []byte, quote int) {
	for len(b) > 0 && r.out.Len() <= TextLimit {
		n := lineEnd(b, 0)
		if line := bytes.TrimRight(b[:n], "\r\n"); len(line) > 0 {
			r.word(line, quote)
		}
		if b[n-1] == '\n' {
			r.breaks = min(r.breaks+1, 3)
		}
		b = b[n:]
	}
}

// word writes bytes that hold no white space to be evened out, and whatever
// has to stand in front of them.
func (r *renderer) word(b []byte, quote int) {
	if bytes.IndexByte(b, 0xc2) >= 0 {
		b = bytes.ReplaceAll(b, []byte("\u00a0"), []byte(" "))
		if len(bytes.TrimSpace(b)) == 0 {
			r.hollow = r.breaks > 0
			r.blank = true
			return
		}
	}
	if r.target != "" && len(r.label) < maxTarget {
		r.label = append(r.label, b...)
	}
	switch {
	case r.out.Len() == 0:
		r.startLine(quote)
	case r.breaks > 0 || quote != r.quote:
		r.out.WriteByte('\n')
		for ; r.breaks > 1; r.breaks-- {
			r.out.WriteString(strings.TrimSpace(strings.Repeat("> ", min(quote, r.quote))))
			r.out.WriteByte('\n')
		}
		r.startLine(quote)
	case r.cell:
		r.out.WriteByte('\t')
	case r.blank:
		r.out.WriteByte(' ')
	}
	r.breaks, r.hollow, r.blank, r.cell = 0, false, false, false
	r.out.Write(b)
}

// startLine writes the marks of quotation and the sign of a list item.
func (r *renderer) startLine(quote int) {
	r.out.WriteString(strings.Repeat("> ", quote))
	r.out.WriteString(r.bullet)
	r.quote, r.bullet = quote, ""
}

func isBlank(c byte) bool {
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'
}

// style reads the declarations of a style attribute, in lower case, that decide
// whether text is seen. noBorder says that there is none by declaration: mail
// programs indent with a blockquote of that style.
func (e *element) style(s string) (noBorder bool) {
	flat, clipped := false, false
	for s != "" {
		var decl string
		decl, s, _ = strings.Cut(s, ";")
		key, value, _ := strings.Cut(decl, ":")
		value = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "!important"))
		switch strings.TrimSpace(key) {
		case "display":
			e.hidden = e.hidden || value == "none"
		case "visibility":
			e.hidden = e.hidden || value == "hidden"
		case "opacity":
			e.hidden = e.hidden || isZero(value)
		case "font-size":
			e.tiny = isZero(value)
		case "font":
			e.tiny = strings.HasPrefix(value, "0/") || strings.HasPrefix(value, "0 ")
		case "max-height", "height":
			flat = flat || isZero(value)
		case "overflow":
			clipped = value == "hidden"
		case "border", "border-left":
			noBorder = strings.Contains(value, "none") || isZero(value)
		}
	}
	e.hidden = e.hidden || flat && clipped
	return noBorder
}

// isZero reports whether a length is zero, in whatever unit.
func isZero(v string) bool {
	v = strings.TrimRight(v, "abcdefghijklmnopqrstuvwxyz% ")
	return v != "" && strings.Trim(v, "0.") == ""
}

// metaCharset returns the charset that an HTML document declares in itself.
func metaCharset(b []byte) string {
	if m := metaPattern().FindSubmatch(b[:min(len(b), 2<<10)]); m != nil {
		return string(m[1])
	}
	return ""
}

var metaPattern = lazily(`(?i)<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_:.-]+)`)

// looksLikeHTML reports whether a text of unknown type is HTML.
func looksLikeHTML(s string) bool {
	s = strings.ToLower(s[:min(len(s), 1000)])
	for _, tag := range []string{"<html", "<body", "<!doctype html", "<div", "<table", "<p>"} {
		if strings.Contains(s, tag) {
			return true
		}
	}
	return false
}

// enrichedText takes the commands out of text/enriched (RFC 1896).
func enrichedText(s string) string {
	var out strings.Builder
	params := 0 // open <param> commands, whose content is not shown
	for s != "" {
		n := strings.IndexByte(s, '<')
		if n < 0 {
			n = len(s)
		}
		if params == 0 {
			out.WriteString(s[:n])
		}
		s = s[n:]
		switch end := strings.IndexByte(s, '>'); {
		case strings.HasPrefix(s, "<<"):
			out.WriteByte('<')
			s = s[2:]
		case end < 0:
			out.WriteString(s)
			s = ""
		default:
			switch strings.ToLower(s[1:end]) {
			case "param":
				params++
			case "/param":
				params = max(0, params-1)
			}
			s = s[end+1:]
		}
	}
	return strings.ToValidUTF8(out.String(), string(utf8.RuneError))
}
