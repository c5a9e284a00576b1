package mailbox

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlText turns HTML into the text that a reader sees: no styles, scripts,
// comments or hidden text; a line for each block; quotations marked by "> " at
// the beginning of their lines, as in plain letters; the targets of links
// behind their words. It reads tokens, not a tree, so that its cost is linear
// whatever the nesting.
func htmlText(s string) string {
	r := renderer{}
	r.render(s)
	if r.concealed && strings.TrimSpace(r.out.String()) == "" {
		// A letter that hides all of its text hides it by mistake.
		r = renderer{all: true}
		r.render(s)
	}
	return r.out.String()
}

const (
	maxOpen    = 1000 // elements of which the style is remembered
	maxSearch  = 40   // how far an end tag looks for its element
	maxImplied = 16   // how far a start tag does
	maxQuote   = 9
	maxLinks   = 200
	maxTarget  = 300 // bytes of a link's target
)

// renderer is the state of htmlText.
type renderer struct {
	out  strings.Builder
	all  bool // hidden text too
	open []element

	concealed bool // there was hidden text

	breaks int    // line ends to write in front of the next text
	hollow bool   // nothing but a no-break space since then
	blank  bool   // a blank to write there
	cell   bool   // a tab to write there
	bullet string // the sign of a list item to write there
	quote  int    // depth of quotation of the line written last

	target string // of the open link
	label  []byte // beginning of its words
	links  int
}

// element is an open element, with what it and those around it mean for text.
type element struct {
	name   atom.Atom
	hidden bool
	tiny   bool // font-size:0
	verse  bool // white space counts
	quote  int  // depth of quotation
	items  int  // items of an ordered list so far; -1: no such list
}

// render reads a document.
func (r *renderer) render(s string) {
	r.open = append(r.open, element{items: -1})
	z := html.NewTokenizer(strings.NewReader(s))
	for r.out.Len() <= TextLimit {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			r.text(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			r.start(z)
		case html.EndTagToken:
			name, _ := z.TagName()
			r.end(atom.Lookup(name))
		}
	}
}

func (r *renderer) top() *element { return &r.open[len(r.open)-1] }

// start opens an element.
func (r *renderer) start(z *html.Tokenizer) {
	raw, more := z.TagName()
	name := atom.Lookup(raw)
	r.implyEnd(name)
	e := *r.top()
	e.name = name
	target, indent := "", false
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "hidden":
			e.hidden = true
		case "style":
			indent = e.style(string(bytes.ToLower(value)))
		case "href":
			target = string(value)
		}
	}
	r.separate(name)
	switch name {
	case atom.Noscript, atom.Plaintext, atom.Xmp:
		z.NextIsNotRawText()
	case atom.Script, atom.Style:
		e.hidden, e.tiny = true, true
	case atom.Title, atom.Template, atom.Svg, atom.Object, atom.Iframe, atom.Noframes, atom.Noembed:
		e.hidden = true
	case atom.Pre, atom.Textarea:
		e.verse = true
	case atom.Blockquote:
		if !indent {
			e.quote = min(e.quote+1, maxQuote)
		}
	case atom.Ul:
		e.items = -1
	case atom.Ol:
		e.items = 0
	case atom.Li:
		r.item()
	case atom.A:
		r.target, r.label = target, r.label[:0]
	}
	if !isVoid(name) && len(r.open) < maxOpen {
		r.open = append(r.open, e)
	}
}

// separate keeps what stands in front of an element apart from it.
func (r *renderer) separate(name atom.Atom) {
	switch name {
	case atom.Br:
		r.breaks = min(r.breaks+1, 2)
	case atom.Td, atom.Th:
		r.cell = true
	default:
		r.endLine(linesAround(name))
	}
}

// endLine asks for n line ends in front of the next text. A line with nothing
// but a no-break space on it is an empty line.
func (r *renderer) endLine(n int) {
	if n > 0 && r.hollow {
		n, r.hollow = 2, false
	}
	r.breaks = max(r.breaks, n)
}

// linesAround returns the number of line ends before and after an element: 2
// for an empty line between.
func linesAround(name atom.Atom) int {
	switch name {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Dl,
		atom.Table, atom.Blockquote, atom.Pre:
		return 2
	case atom.Div, atom.Tr, atom.Li, atom.Dt, atom.Dd, atom.Hr, atom.Section, atom.Article, atom.Header,
		atom.Footer, atom.Address, atom.Center, atom.Form, atom.Fieldset, atom.Body, atom.Main, atom.Caption,
		atom.Option, atom.Figure, atom.Title:
		return 1
	}
	return 0
}

func isVoid(name atom.Atom) bool {
	switch name {
	case atom.Br, atom.Hr, atom.Img, atom.Input, atom.Meta, atom.Link, atom.Area, atom.Base, atom.Col,
		atom.Embed, atom.Param, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}

// item begins a list item.
func (r *renderer) item() {
	for i := len(r.open) - 1; i >= max(0, len(r.open)-maxSearch); i-- {
		switch r.open[i].name {
		case atom.Ul:
			r.bullet = "- "
			return
		case atom.Ol:
			r.open[i].items++
			r.bullet = strconv.Itoa(r.open[i].items) + ". "
			return
		}
	}
	r.bullet = "- "
}

// implyEnd closes what the start of an element closes without an end tag: a
// paragraph, a list item, a cell, a row.
func (r *renderer) implyEnd(name atom.Atom) {
	var closes func(atom.Atom) bool
	switch {
	case name == atom.Li:
		closes = func(a atom.Atom) bool { return a == atom.Li }
	case name == atom.Td || name == atom.Th:
		closes = func(a atom.Atom) bool { return a == atom.Td || a == atom.Th }
	case name == atom.Tr:
		closes = func(a atom.Atom) bool { return a == atom.Tr }
	case linesAround(name) > 0:
		closes = func(a atom.Atom) bool { return a == atom.P }
	default:
		return
	}
	for i := len(r.open) - 1; i > max(0, len(r.open)-maxImplied); i-- {
		a := r.open[i].name
		if closes(a) {
			r.open = r.open[:i]
			return
		}
		switch a {
		case atom.Table, atom.Ul, atom.Ol, atom.Div, atom.Blockquote, atom.Body:
			return
		case atom.Td, atom.Th, atom.Li:
			if name != atom.Tr {
				return
			}
		}
	}
}

// end closes an element, and those in it that are still open.
func (r *renderer) end(name atom.Atom) {
	r.endLine(linesAround(name))
	if name == atom.A {
		r.endLink()
	}
	for i := len(r.open) - 1; i > max(0, len(r.open)-maxSearch); i-- {
		if r.open[i].name == name {
			r.open = r.open[:i]
			return
		}
	}
}

// endLink writes the target of a link, unless its words name it.
func (r *renderer) endLink() {
	target := r.target
	r.target = ""
	_, rest, ok := strings.Cut(target, "://")
	host, _, _ := strings.Cut(rest, "/")
	if !ok || host == "" || !strings.HasPrefix(strings.ToLower(target), "http") || r.links >= maxLinks ||
		len(target) > maxTarget || len(bytes.TrimSpace(r.label)) == 0 ||
		bytes.Contains(bytes.ToLower(r.label), []byte(strings.ToLower(strings.TrimPrefix(host, "www.")))) {
		return
	}
	r.links++
	r.text([]byte(" <" + target + ">"))
}
