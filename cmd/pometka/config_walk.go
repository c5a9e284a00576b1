package main

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// configValue is one value of the file, with the key that leads to it.
type configValue struct {
	node *yaml.Node
	key  string
	load *configLoader
}

// configReader takes the value at a place into the field it was made for, or
// records what is wrong with it.
type configReader func(configValue)

// configKey is one key that a section may hold.
type configKey struct {
	name string
	read configReader
}

// configSection lists the keys that a mapping may hold.
type configSection []configKey

// wrong records a problem with the value at p.
//
//go:noinline
func (p configValue) wrong(what string, args ...any) {
	p.load.problems = append(p.load.problems, Problem{Line: p.node.Line, Key: p.key, What: phrased(what, args...)})
}

// child is the place of the value n under the name.
func (p configValue) child(name string, n *yaml.Node) configValue {
	key := name
	if p.key != "" {
		key = p.key + "." + name
	}
	return configValue{node: n, key: key, load: p.load}
}

// read reads a mapping with the keys of s.
func (s configSection) read(p configValue) {
	p.fields(phrased("config.want.section", s.names()), func(k *yaml.Node, at configValue) {
		for _, e := range s {
			if e.name == k.Value {
				p.load.cfg.lines[at.key] = k.Line
				e.read(at)
				return
			}
		}
		s.unknown(p, k)
	})
}

// commentedOut reports whether nothing stands after a key: all lines of the
// section or list under it are comments, and its defaults hold.
func (p configValue) commentedOut() bool {
	return p.node.Kind == yaml.ScalarNode && p.node.ShortTag() == "!!null" && p.node.Value == ""
}

// fields calls each once for every key of the mapping at p.
func (p configValue) fields(want *phrase, each func(k *yaml.Node, at configValue)) {
	if p.commentedOut() {
		return
	}
	if p.node.Kind != yaml.MappingNode {
		p.wrong("config.fault.want", want)
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(p.node.Content); i += 2 {
		k, v := p.node.Content[i], p.node.Content[i+1]
		if k.Kind != yaml.ScalarNode || k.Value == "<<" {
			configValue{node: k, key: p.key, load: p.load}.wrong("config.fault.key")
			continue
		}
		if first, ok := seen[k.Value]; ok {
			p.child(quoteKey(k.Value), k).wrong("config.fault.twice", first)
			continue
		}
		seen[k.Value] = k.Line
		each(k, p.child(k.Value, v))
	}
}

// inlineSecrets are keys that people invent to put a password into the file.
var inlineSecrets = lazily(`(?i)^(pass(word|wd|phrase)?|secret|(access_|refresh_|oauth_)?token|client_secret|api_?key)$`)

// unknown records the key k of the mapping p, which s does not have, and
// never its value.
func (s configSection) unknown(p configValue, k *yaml.Node) {
	at := p.child(quoteKey(k.Value), k)
	outer, _, dotted := strings.Cut(k.Value, ".")
	switch near := s.nearest(k.Value); {
	case inlineSecrets().MatchString(k.Value):
		at.wrong("config.fault.secret")
	case dotted && s.has(outer):
		at.wrong("config.fault.unknown.dotted", outer)
	case near != "":
		at.wrong("config.fault.unknown.near", near)
	default:
		at.wrong("config.fault.unknown", s.names())
	}
}

func (s configSection) has(name string) bool {
	return slices.ContainsFunc(s, func(k configKey) bool { return k.name == name })
}

func (s configSection) names() string {
	names := make([]string, len(s))
	for i, e := range s {
		names[i] = e.name
	}
	return strings.Join(names, ", ")
}

// nearest returns the key of s that name is most likely a slip of, or "".
func (s configSection) nearest(name string) string {
	best, least := "", 3
	for _, k := range s {
		if d := editDistance(strings.ToLower(name), k.name); d < least && d <= len(k.name)/2 {
			best, least = k.name, d
		}
	}
	return best
}

// editDistance is the number of letters to add, drop or change (Levenshtein)
// between a and b; beyond 40 letters it does not look.
func editDistance(a, b string) int {
	if len(a) > 40 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		left := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := left
			if a[i] != b[j] {
				cost++
			}
			left = row[j+1]
			row[j+1] = min(cost, row[j]+1, left+1)
		}
	}
	return row[len(b)]
}

var plainKey = lazily(`^[A-Za-z][A-Za-z0-9_.-]{0,39}$`)

// quoteKey is a key of the file as an error may show it. What looks like no
// key may be anything, also half of a secret.
func quoteKey(name string) string {
	if plainKey().MatchString(name) {
		return name
	}
	return "(key)"
}

// asList reads a sequence, each element with the reader that one makes for it. Inlined, its
// reader would be copied to each of its callers.
//
//go:noinline
func asList[T any](dst *[]T, one func(*T) configReader) configReader {
	return func(p configValue) {
		if p.commentedOut() {
			return
		}
		if p.node.Kind != yaml.SequenceNode {
			p.wrong("config.fault.want", phrased("config.want.list"))
			return
		}
		*dst = make([]T, len(p.node.Content))
		for i, n := range p.node.Content {
			at := configValue{node: n, key: p.key + "[" + strconv.Itoa(i) + "]", load: p.load}
			p.load.cfg.lines[at.key] = n.Line
			one(&(*dst)[i])(at)
		}
	}
}
