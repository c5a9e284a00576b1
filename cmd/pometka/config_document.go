package main

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// document returns the one YAML document of the file, or nil and a problem.
func (l *configLoader) document(data []byte) *yaml.Node {
	fail := func(line int, text string) *yaml.Node {
		l.problems = append(l.problems, Problem{Line: line, Text: text})
		return nil
	}
	if len(data) > maxConfigSize {
		return fail(1, "the file is larger than 1 MB: this is no configuration of pometka")
	}
	if line, ok := firstUnreadable(data); ok {
		return fail(line, "not text in UTF-8, a control character, or an unusual line end: save the file as UTF-8 with Unix line ends")
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return fail(1, "the file is empty: start from config.example.yaml")
	case err != nil:
		return fail(syntaxError(err, data))
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" {
		return fail(1, "the file is empty: start from config.example.yaml")
	}
	switch err := dec.Decode(&second); {
	case err == nil:
		fail(second.Line, "a second document begins here: keep one, without a line of ---")
	case !errors.Is(err, io.EOF):
		fail(syntaxError(err, data))
	}
	return root
}

// firstUnreadable returns the line of the first byte that is neither UTF-8
// nor a character of a text. Line ends other than LF and CR LF are refused
// too: YAML counts them and editors do not, so that every line in an error
// would be wrong.
func firstUnreadable(data []byte) (line int, found bool) {
	line = 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		switch {
		case r == '\n':
			line++
		case r == '\r' && bytes.HasPrefix(data, []byte("\r\n")):
		case r == utf8.RuneError && n == 1, unicode.IsControl(r) && r != '\t', r == '\u2028', r == '\u2029':
			return line, true
		}
		data = data[n:]
	}
	return 0, false
}

// syntaxFaults words the errors of the YAML parser. What the parser itself
// says is never repeated: some of its errors quote the file.
var syntaxFaults = []struct{ parser, words string }{
	{"anchor", "anchors and aliases (& and *) are not used here: a text that begins with one of them needs quotes"},
	{"tab character", "a tab: indent with spaces"},
	{"cannot start any token", "a tab before the text, or a text that begins with % @ or `: indent with spaces, put such a text in quotes"},
	{"mapping values", "a second \": \" in one line, or a line too far to the right: put a text with \": \" in quotes, give keys of one section the same indent"},
	{"unexpected end of stream", "a quote opened here, or before, is not closed"},
	{"',' or", "a bracket opened here or before is not closed, or two values stand without a comma"},
	{"expected node content", "a value is missing, or a bracket before this line is not closed"},
	{"expected key", "this line, or one after it, has another indent than the keys around it"},
	{"expected '-'", "this list, or a line after it, has another indent than its elements"},
	{"expected ':'", "a key without a colon and a space after it"},
	{"document start", "text after the end of the document"},
	{"escape", "a backslash in double quotes: use single quotes"},
}

var (
	syntaxLine    = regexp.MustCompile(`^yaml: line ([0-9]{1,9}): `)
	unknownAnchor = regexp.MustCompile(`unknown anchor '(.*)' referenced`)
)

// syntaxError returns the line of an error of the YAML parser, whose one half
// counts lines from zero, and what may be wrong there.
func syntaxError(err error, data []byte) (line int, text string) {
	msg := err.Error()
	line = 1
	if m := syntaxLine.FindStringSubmatch(msg); m != nil {
		line, _ = strconv.Atoi(m[1])
		if strings.Contains(msg, "did not find expected") {
			line++
		}
	}
	if m := unknownAnchor.FindStringSubmatch(msg); m != nil {
		before, _, _ := bytes.Cut(data, []byte("*"+m[1]))
		line = 1 + bytes.Count(before, []byte("\n"))
	}
	for _, f := range syntaxFaults {
		if strings.Contains(msg, f.parser) {
			return line, "no valid YAML: " + f.words
		}
	}
	return line, "no valid YAML: the parser does not understand this line or the one before"
}
