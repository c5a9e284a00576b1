package main

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// document returns the one YAML document of the file, or nil and a problem.
func (l *configLoader) document(data []byte) *yaml.Node {
	fail := func(line int, what *phrase) *yaml.Node {
		l.problems = append(l.problems, Problem{Line: line, What: what})
		return nil
	}
	if len(data) > maxConfigSize {
		return fail(1, phrased("config.fault.large"))
	}
	if line, ok := firstUnreadable(data); ok {
		return fail(line, phrased("config.fault.text"))
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return fail(1, phrased("config.fault.empty"))
	case err != nil:
		return fail(syntaxError(err, data))
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" {
		return fail(1, phrased("config.fault.empty"))
	}
	switch err := dec.Decode(&second); {
	case err == nil:
		fail(second.Line, phrased("config.fault.second"))
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
var syntaxFaults = []struct{ parser, key string }{
	{"anchor", "config.yaml.anchors"},
	{"tab character", "config.yaml.tab"},
	{"cannot start any token", "config.yaml.token"},
	{"mapping values", "config.yaml.colon"},
	{"unexpected end of stream", "config.yaml.quote"},
	{"',' or", "config.yaml.bracket"},
	{"expected node content", "config.yaml.value"},
	{"expected key", "config.yaml.indent"},
	{"expected '-'", "config.yaml.list"},
	{"expected ':'", "config.yaml.no_colon"},
	{"document start", "config.yaml.after"},
	{"escape", "config.yaml.escape"},
}

var (
	syntaxLine    = lazily(`^yaml: line ([0-9]{1,9}): `)
	unknownAnchor = lazily(`unknown anchor '(.*)' referenced`)
)

// syntaxError returns the line of an error of the YAML parser, whose one half
// counts lines from zero, and what may be wrong there.
func syntaxError(err error, data []byte) (line int, what *phrase) {
	msg := err.Error()
	line = 1
	if m := syntaxLine().FindStringSubmatch(msg); m != nil {
		line, _ = strconv.Atoi(m[1])
		if strings.Contains(msg, "did not find expected") {
			line++
		}
	}
	if m := unknownAnchor().FindStringSubmatch(msg); m != nil {
		before, _, _ := bytes.Cut(data, []byte("*"+m[1]))
		line = 1 + bytes.Count(before, []byte("\n"))
	}
	for _, f := range syntaxFaults {
		if strings.Contains(msg, f.parser) {
			return line, phrased("config.fault.yaml", phrased(f.key))
		}
	}
	return line, phrased("config.fault.yaml", phrased("config.yaml.other"))
}
