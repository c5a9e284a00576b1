package main

import (
	"fmt"
	"math"
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
func (p configValue) plain(want *phrase, tags ...string) (string, bool) {
	switch {
	case p.node.Kind == yaml.AliasNode:
		p.wrong("config.fault.alias", want)
	case p.node.Kind != yaml.ScalarNode:
		p.wrong("config.fault.want", want)
	case p.node.ShortTag() == "!!null":
		p.wrong("config.fault.no_value", want)
	case !slices.Contains(tags, p.node.ShortTag()):
		p.wrong("config.fault.want", want)
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

// asParsed makes a reader of a function that checks and converts a text. As to noinline see
// asList.
//
//go:noinline
func asParsed[T any](dst *T, want *phrase, parse func(string) (T, error)) configReader {
	return func(p configValue) {
		s, ok := p.plain(want, "!!str")
		if !ok {
			return
		}
		v, err := parse(s)
		if err != nil {
			p.wrong("config.fault.value", quoteValue(s), err)
			return
		}
		*dst = v
	}
}

// asText reads one line of words.
func asText(dst *string) configReader {
	return asParsed(dst, phrased("config.want.text"), oneLine)
}

// mostText is how long a line of words may be.
const mostText = 500

func oneLine(s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", phrased("config.fault.no_text")
	case strings.ContainsFunc(s, unicode.IsControl) || !utf8.ValidString(s):
		return "", mustBe(phrased("config.want.line"))
	case utf8.RuneCountInString(s) > mostText:
		return "", mustBe(phrased("config.want.shorter", mostText))
	}
	return s, nil
}

// asMatch reads a text of the form re.
func asMatch(dst *string, re func() *regexp.Regexp, want *phrase) configReader {
	return asParsed(dst, want, func(s string) (string, error) {
		if !re().MatchString(s) {
			return "", mustBe(want)
		}
		return s, nil
	})
}

// asChoice reads one of the allowed words.
//
//go:noinline
func asChoice[T ~string](dst *T, allowed ...T) configReader {
	words := make([]string, len(allowed))
	for i, a := range allowed {
		words[i] = string(a)
	}
	last := len(words) - 1
	want := phrased("config.want.choice", strings.Join(words[:last], ", "), words[last])
	return asParsed(dst, want, func(s string) (T, error) {
		if !slices.Contains(allowed, T(s)) {
			return "", mustBe(want)
		}
		return T(s), nil
	})
}

func asLanguage(dst *rules.Lang) configReader { return asChoice(dst, rules.RU, rules.KK, rules.EN) }

// asFlag reads true or false.
func asFlag(dst *bool) configReader {
	return func(p configValue) {
		s, ok := p.plain(phrased("config.want.choice", "true", "false"), "!!bool")
		if !ok {
			return
		}
		*dst = strings.EqualFold(s, "true")
	}
}

// asNumber reads a whole number from lo to hi.
func asNumber(lo, hi int) func(*int) configReader {
	want := phrased("config.want.number", lo, hi)
	return func(dst *int) configReader {
		return func(p configValue) {
			s, ok := p.plain(want, "!!int")
			if !ok {
				return
			}
			n, err := strconv.Atoi(s)
			if err != nil || n < lo || n > hi {
				p.wrong("config.fault.value", quoteValue(s), mustBe(want))
				return
			}
			*dst = n
		}
	}
}

// asDuration reads a duration from lo to hi. word, unless "", is a word that
// may stand in its place and means the value is.
func asDuration(dst *time.Duration, lo, hi time.Duration, word string, is time.Duration) configReader {
	want := phrased("config.want.duration", word)
	return asParsed(dst, want, func(s string) (time.Duration, error) {
		if word != "" && s == word {
			return is, nil
		}
		d, err := parseDuration(s)
		if err != nil {
			return 0, mustBe(want)
		}
		if d < lo || d > hi {
			return 0, mustBe(phrased("config.want.duration.within", formatDuration(lo), formatDuration(hi), word))
		}
		return d, nil
	})
}

var daysFirst = lazily(`^([0-9]{1,6})d(.*)$`)

// parseDuration reads what time.ParseDuration does, with whole days of 24
// hours allowed in front: 60d, 1d12h, 24h, 1m30s, 200ms.
func parseDuration(s string) (time.Duration, error) {
	bad := mustBe(phrased("config.want.duration"))
	rest, days := s, time.Duration(0)
	if m := daysFirst().FindStringSubmatch(s); m != nil {
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

var sizeForm = lazily(`^([0-9]{1,9}) ?(KB|MB|GB|KiB|MiB|GiB)$`)

var sizeUnits = map[string]int64{"KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}

// asSize reads a number of bytes from lo to hi.
func asSize(dst *int64, lo, hi int64) configReader {
	form := phrased("config.want.size")
	return asParsed(dst, form, func(s string) (int64, error) {
		m := sizeForm().FindStringSubmatch(s)
		if m == nil {
			return 0, mustBe(form)
		}
		n, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil || n*sizeUnits[m[2]] < lo || n*sizeUnits[m[2]] > hi {
			return 0, mustBe(phrased("config.want.size.within", fmt.Sprintf("%dKB", lo/1e3), fmt.Sprintf("%dMB", hi/1e6)))
		}
		return n * sizeUnits[m[2]], nil
	})
}
