package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// Need is a part of the configuration without which a command cannot work.
type Need int

// What a command may need. Everything else has a default.
const (
	NeedOperator Need = iota // operator.name, operator.address
	NeedStore                // store.path
	NeedIMAP                 // a server to read from
	NeedSMTP                 // a server to send through
)

// Problem is one thing wrong with a configuration file.
type Problem struct {
	Line int
	Key  string  // "imap.port"; "" when the problem is not with one key
	What *phrase // what is wrong and what is allowed; never a secret
}

// ConfigError is everything wrong with a configuration file, in the order of
// its lines.
type ConfigError struct {
	Path     string
	Problems []Problem
}

// Error returns one line a problem, as FILE:LINE: KEY: TEXT.
func (e *ConfigError) Error() string { return e.in(rules.EN) }

func (e *ConfigError) in(lang rules.Lang) string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		key := ""
		if p.Key != "" {
			key = p.Key + ": "
		}
		lines[i] = fmt.Sprintf("%s:%d: %s%s", templates.Safe(e.Path), p.Line, templates.Safe(key), p.What.in(lang))
	}
	return strings.Join(lines, "\n")
}

// maxConfigSize is far above any real file and far below what hurts.
const maxConfigSize = 1 << 20

// LoadConfig reads the file strictly: an unknown or repeated key, a wrong
// type, a value that is not allowed, a contradiction between keys and a
// missing key of one of the needs are all reported at once, as *ConfigError.
// It opens no other file: whether a path leads anywhere is seen where it is
// used. Any error means that the configuration must not be used.
func LoadConfig(path string, needs ...Need) (*Config, error) {
	if err := CheckZoneData(); err != nil {
		return nil, err
	}
	abs, data, err := readConfig(path)
	if err != nil {
		return nil, err
	}
	c, problems := parseConfig(abs, data, needs)
	if len(problems) > 0 {
		return nil, &ConfigError{Path: path, Problems: problems}
	}
	return c, nil
}

// readConfig reads the bytes of the file; abs is its absolute path.
func readConfig(path string) (abs string, data []byte, err error) {
	if abs, err = filepath.Abs(path); err != nil {
		return "", nil, phrased("config.fault.read", err)
	}
	f, err := openData(abs)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return abs, nil, phrased("config.fault.not_there", err)
	case err != nil:
		return abs, nil, phrased("config.fault.read", err)
	}
	defer f.Close()
	if data, err = io.ReadAll(io.LimitReader(f, maxConfigSize+1)); err != nil {
		return abs, nil, phrased("config.fault.read", err)
	}
	return abs, data, nil
}

// parseConfig turns the bytes of the file abs into a Config. Problems come
// sorted by line; with any, the Config is not to be used.
func parseConfig(abs string, data []byte, needs []Need) (*Config, []Problem) {
	l := &configLoader{cfg: DefaultConfig()}
	l.cfg.Path, l.cfg.Dir = abs, filepath.Dir(abs)
	l.cfg.lines = map[string]int{}
	if root := l.document(data); root != nil {
		l.read(root)
		l.check(needs)
	}
	sort.SliceStable(l.problems, func(i, j int) bool { return l.problems[i].Line < l.problems[j].Line })
	return l.cfg, l.problems
}

// configLoader reads one file into cfg and collects what is wrong with it.
type configLoader struct {
	cfg      *Config
	problems []Problem
}

// wrong records a problem of the key at its own line in the file; where the
// file does not state the key, at the line of the section around it.
func (l *configLoader) wrong(key, what string, args ...any) {
	l.problems = append(l.problems, l.cfg.problem(key, phrased(what, args...)))
}

// problem places a phrase at the line of the key, written as "staff[0].login", or
// of what is around it: also for what only the user of a value can see, such as a
// kind in deadlines.targets that the policy does not have.
func (c *Config) problem(key string, what *phrase) Problem {
	line := 1
	for k := key; k != ""; k = k[:max(strings.LastIndexAny(k, ".["), 0)] {
		if n, ok := c.lines[k]; ok {
			line = n
			break
		}
	}
	return Problem{Line: line, Key: key, What: what}
}

// read fills cfg from the top mapping of the file.
func (l *configLoader) read(root *yaml.Node) {
	configKeys(l.cfg).read(configValue{node: root, load: l})
}
