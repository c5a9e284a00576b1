package main

import (
	"fmt"
	"regexp"
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
func (p configValue) wrong(format string, args ...any) {
	p.load.problems = append(p.load.problems, Problem{Line: p.node.Line, Key: p.key, Text: fmt.Sprintf(format, args...)})
}

// child is the place of the value n under the name.
func (p configValue) child(name string, n *yaml.Node) configValue {
	key := name
	if p.key != "" {
		key = p.key + "." + name
	}
	return configValue{node: n, key: key, load: p.load}
}

// read reads a mapping with the keys of s. A section without a value, all of
// whose lines are comments, is a section of defaults.
func (s configSection) read(p configValue) {
	p.fields("a section of keys: "+s.names(), func(name string, at configValue) {
		for _, e := range s {
			if e.name == name {
				e.read(at)
				return
			}
		}
		s.unknown(name, at)
	})
}

// fields calls each once for every key of the mapping at p.
func (p configValue) fields(want string, each func(name string, at configValue)) {
	if p.node.Kind == yaml.ScalarNode && p.node.ShortTag() == "!!null" && p.node.Value == "" {
		return
	}
	if p.node.Kind != yaml.MappingNode {
		p.wrong("want %s", want)
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(p.node.Content); i += 2 {
		k, v := p.node.Content[i], p.node.Content[i+1]
		if k.Kind != yaml.ScalarNode || k.Value == "<<" {
			configValue{node: k, key: p.key, load: p.load}.wrong("a key must be one word")
			continue
		}
		at := p.child(k.Value, v)
		if first, ok := seen[k.Value]; ok {
			at.node = k
			at.key = p.child(quoteKey(k.Value), k).key
			at.wrong("stands here twice, first on line %d: remove one", first)
			continue
		}
		seen[k.Value] = k.Line
		p.load.cfg.lines[at.key] = k.Line
		each(k.Value, at)
	}
}

// inlineSecrets are keys that people invent to put a password into the file.
var inlineSecrets = regexp.MustCompile(`(?i)^(pass(word|wd|phrase)?|secret|(access_|refresh_|oauth_)?token|client_secret|api_?key)$`)

// unknown records a key that s does not have, and never its value.
func (s configSection) unknown(name string, at configValue) {
	line := at.load.cfg.lines[at.key]
	at = configValue{node: &yaml.Node{Line: line}, key: strings.TrimSuffix(at.key, name) + quoteKey(name), load: at.load}
	if inlineSecrets.MatchString(name) {
		at.wrong("a secret must not stand in this file: put it into a file of its own (chmod 600) and name that with password_file, " +
			"or use password_command or password_env; change this password, it may have been seen")
		return
	}
	if near := s.nearest(name); near != "" {
		at.wrong("unknown key: did you mean %s?", near)
		return
	}
	at.wrong("unknown key: allowed here are %s", s.names())
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
	for _, e := range s {
		if d := editDistance(strings.ToLower(name), e.name); d < least && d < len(e.name)/2 {
			best, least = e.name, d
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

var plainKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// quoteKey is a key of the file as an error may show it: one that looks like
// no key of ours may be anything, also a line that slipped.
func quoteKey(name string) string {
	if plainKey.MatchString(name) {
		return name
	}
	return "(key)"
}

// asList reads a sequence, each element with the reader that one makes for it.
func asList[T any](dst *[]T, one func(*T) configReader) configReader {
	return func(p configValue) {
		if p.node.Kind != yaml.SequenceNode {
			p.wrong("want a list, as [a, b]")
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
