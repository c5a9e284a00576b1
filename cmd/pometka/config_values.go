package main

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/mail"
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"license.kz/pometka/rules"
)

const oneDay = 24 * time.Hour

// plain returns the text of the scalar at p, whose YAML type must be one of
// tags; else it records that p wants something else.
func (p configValue) plain(want string, tags ...string) (string, bool) {
	switch {
	case p.node.Kind == yaml.AliasNode:
		p.wrong("anchors and aliases (& and *) are not used here: want %s", want)
	case p.node.Kind != yaml.ScalarNode:
		p.wrong("want %s", want)
	case p.node.ShortTag() == "!!null":
		p.wrong("has no value: want %s, or remove the line", want)
	case !slices.Contains(tags, p.node.ShortTag()):
		p.wrong("want %s", want)
	default:
		return p.node.Value, true
	}
	return "", false
}

// quoteValue is a value as an error may quote it.
func quoteValue(s string) string {
	if utf8.RuneCountInString(s) > 40 {
		s = string([]rune(s)[:40]) + "…"
	}
	return strconv.Quote(s)
}

// asParsed makes a reader of a function that checks and converts a text.
func asParsed[T any](dst *T, want string, parse func(string) (T, error)) configReader {
	return func(p configValue) {
		s, ok := p.plain(want, "!!str")
		if !ok {
			return
		}
		v, err := parse(s)
		if err != nil {
			p.wrong("%s: %v", quoteValue(s), err)
			return
		}
		*dst = v
	}
}

// asText reads one line of words.
func asText(dst *string) configReader {
	return asParsed(dst, "a text (a number or a word like true in quotes)", oneLine)
}

func oneLine(s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", errors.New("want a text that is not empty, or remove the line")
	case strings.ContainsFunc(s, unicode.IsControl) || !utf8.ValidString(s):
		return "", errors.New("want one line without control characters")
	case utf8.RuneCountInString(s) > 500:
		return "", errors.New("want at most 500 characters")
	}
	return s, nil
}

// asMatch reads a text of the form re.
func asMatch(dst *string, re *regexp.Regexp, want string) configReader {
	return asParsed(dst, want, func(s string) (string, error) {
		if !re.MatchString(s) {
			return "", errors.New("want " + want)
		}
		return s, nil
	})
}

// asChoice reads one of the allowed words.
func asChoice[T ~string](dst *T, allowed ...T) configReader {
	words := make([]string, len(allowed))
	for i, a := range allowed {
		words[i] = string(a)
	}
	last := len(words) - 1
	want := strings.Join(words[:last], ", ") + " or " + words[last]
	return asParsed(dst, want, func(s string) (T, error) {
		if !slices.Contains(allowed, T(s)) {
			return "", errors.New("want " + want)
		}
		return T(s), nil
	})
}

func asLanguage(dst *rules.Lang) configReader { return asChoice(dst, rules.RU, rules.KK, rules.EN) }

// asFlag reads true or false.
func asFlag(dst *bool) configReader {
	return func(p configValue) {
		s, ok := p.plain("true or false", "!!bool")
		if !ok {
			return
		}
		*dst = strings.EqualFold(s, "true")
	}
}

// asNumber reads a whole number from lo to hi.
func asNumber(lo, hi int) func(*int) configReader {
	want := fmt.Sprintf("a whole number from %d to %d", lo, hi)
	return func(dst *int) configReader {
		return func(p configValue) {
			s, ok := p.plain(want, "!!int")
			if !ok {
				return
			}
			n, err := strconv.Atoi(s)
			if err != nil || n < lo || n > hi {
				p.wrong("%s: want %s", quoteValue(s), want)
				return
			}
			*dst = n
		}
	}
}

// asDuration reads a duration from lo to hi. word, unless "", is a word that
// may stand in its place and means the value is.
func asDuration(dst *time.Duration, lo, hi time.Duration, word string, is time.Duration) configReader {
	or := ""
	if word != "" {
		or = ", or " + word
	}
	return asParsed(dst, "a duration with its unit, as 60d, 24h, 1m or 200ms"+or, func(s string) (time.Duration, error) {
		if word != "" && s == word {
			return is, nil
		}
		d, err := parseDuration(s)
		if err != nil {
			return 0, fmt.Errorf("%w%s", err, or)
		}
		if d < lo || d > hi {
			return 0, fmt.Errorf("want a duration from %s to %s%s", formatDuration(lo), formatDuration(hi), or)
		}
		return d, nil
	})
}

var daysFirst = regexp.MustCompile(`^([0-9]{1,6})d(.*)$`)

// parseDuration reads what time.ParseDuration does, with whole days of 24
// hours allowed in front: 60d, 1d12h, 24h, 1m30s, 200ms.
func parseDuration(s string) (time.Duration, error) {
	bad := errors.New("want a duration with its unit, as 60d, 24h, 1m or 200ms")
	rest, days := s, time.Duration(0)
	if m := daysFirst.FindStringSubmatch(s); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil || n > int(math.MaxInt64/oneDay) {
			return 0, bad
		}
		if days, rest = time.Duration(n)*oneDay, m[2]; rest == "" {
			return days, nil
		}
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 || days+d < 0 || strings.HasPrefix(rest, "+") {
		return 0, bad
	}
	return days + d, nil
}

// formatDuration writes a duration in the form that parseDuration reads.
func formatDuration(d time.Duration) string {
	if d >= oneDay && d%oneDay == 0 {
		return fmt.Sprintf("%dd", d/oneDay)
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

var sizeForm = regexp.MustCompile(`^([0-9]{1,9}) ?(KB|MB|GB|KiB|MiB|GiB)$`)

var sizeUnits = map[string]int64{"KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}

// asSize reads a number of bytes from lo to hi.
func asSize(dst *int64, lo, hi int64) configReader {
	const form = "a size with its unit, as 50MB (units KB, MB, GB, or KiB, MiB, GiB)"
	return asParsed(dst, form, func(s string) (int64, error) {
		m := sizeForm.FindStringSubmatch(s)
		if m == nil {
			return 0, errors.New("want " + form)
		}
		n, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil || n*sizeUnits[m[2]] < lo || n*sizeUnits[m[2]] > hi {
			return 0, fmt.Errorf("want a size from %dKB to %dMB", lo/1e3, hi/1e6)
		}
		return n * sizeUnits[m[2]], nil
	})
}

// asAddress reads one bare mail address.
func asAddress(dst *string) configReader {
	return asParsed(dst, "a mail address, as info@license.kz", mailAddress)
}

func mailAddress(s string) (string, error) {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 || strings.ContainsFunc(s, unicode.IsControl) {
		return "", errors.New("want a mail address alone, as info@license.kz")
	}
	return s, nil
}

// asPath reads the path of a file or folder and makes it absolute; a relative
// one starts from the folder of the configuration.
func asPath(dst *string) configReader {
	return func(p configValue) {
		var s string
		if asParsed(&s, "a path", oneLine)(p); s != "" {
			*dst = p.absolute(s)
		}
	}
}

func (p configValue) absolute(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(p.load.cfg.Dir, path)
}

// asHost reads the name or address of a server.
func asHost(dst *string) configReader {
	const want = "the name of a server, without port, as imap.example.kz"
	return asParsed(dst, want, func(s string) (string, error) {
		if _, err := netip.ParseAddr(s); err == nil {
			return s, nil
		}
		if s == "" || len(s) > 253 || strings.ContainsFunc(s, func(r rune) bool {
			return r != '.' && r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
		}) {
			return "", errors.New("want " + want)
		}
		return s, nil
	})
}

// asListen reads the address of a listener; one without a host is loopback.
func asListen(dst *string) configReader {
	return asParsed(dst, "host:port in quotes, as \"127.0.0.1:9180\", or \"\" for off", func(s string) (string, error) {
		if s == "" {
			return "", nil
		}
		bad := errors.New("want host:port, as 127.0.0.1:9180")
		h, port, err := net.SplitHostPort(s)
		if err != nil {
			return "", bad
		}
		if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
			return "", bad
		}
		if h == "" {
			h = "127.0.0.1"
		}
		if _, err := netip.ParseAddr(h); err != nil && h != "localhost" {
			return "", errors.New("want an IP address or localhost before the port")
		}
		return net.JoinHostPort(h, port), nil
	})
}

// asArgv reads a command as a list of words; it never meets a shell. A program
// given by a relative path is looked for beside the file.
func asArgv(dst *[]string) configReader {
	return func(p configValue) {
		const want = "a list of the program and its arguments, as [pass, show, imap]"
		if p.node.Kind != yaml.SequenceNode || len(p.node.Content) == 0 {
			p.wrong("want %s", want)
			return
		}
		words := make([]string, len(p.node.Content))
		for i, n := range p.node.Content {
			if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" || strings.ContainsRune(n.Value, 0) {
				configValue{node: n, key: p.key, load: p.load}.wrong("want %s", want)
				return
			}
			words[i] = n.Value
		}
		if words[0] == "" {
			p.wrong("want %s", want)
			return
		}
		if strings.Contains(words[0], "/") {
			words[0] = p.absolute(words[0])
		}
		*dst = words
	}
}
