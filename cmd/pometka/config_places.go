package main

import (
	"net"
	"net/mail"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"license.kz/pometka/rules"

	"go.yaml.in/yaml/v3"
)

// asAddress reads one bare mail address.
func asAddress(dst *string) configReader {
	return asParsed(dst, phrased("config.want.address"), mailAddress)
}

func mailAddress(s string) (string, error) {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 || strings.ContainsFunc(s, unicode.IsControl) {
		return "", mustBe(phrased("config.want.address.alone"))
	}
	return s, nil
}

// asPath reads the path of a file or folder and makes it absolute; a relative
// one starts from the folder of the configuration.
func asPath(dst *string) configReader {
	return func(p configValue) {
		var s string
		if asParsed(&s, phrased("config.want.path"), oneLine)(p); s != "" {
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

// asHost reads the name or address of a server. A name outside ASCII becomes what the name
// servers know it by, which is in its certificate, too.
func asHost(dst *string) configReader {
	want := phrased("config.want.host")
	return asParsed(dst, want, func(s string) (string, error) {
		if _, err := netip.ParseAddr(s); err == nil {
			return s, nil
		}
		s = rules.SentDomain(s)
		if s == "" || len(s) > 253 || strings.ContainsFunc(s, func(r rune) bool {
			return r != '.' && r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
		}) {
			return "", mustBe(want)
		}
		return s, nil
	})
}

// asListen reads the address of a listener; one without a host is loopback.
func asListen(dst *string) configReader {
	return asParsed(dst, phrased("config.want.listen.quoted"), func(s string) (string, error) {
		if s == "" {
			return "", nil
		}
		bad := mustBe(phrased("config.want.listen"))
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
			return "", mustBe(phrased("config.want.ip"))
		}
		return net.JoinHostPort(h, port), nil
	})
}

// asArgv reads a command as a list of words; it never meets a shell. A program
// given by a relative path is looked for beside the file.
func asArgv(dst *[]string) configReader {
	return func(p configValue) {
		want := phrased("config.want.argv")
		if p.node.Kind != yaml.SequenceNode || len(p.node.Content) == 0 {
			p.wrong("config.fault.want", want)
			return
		}
		words := make([]string, len(p.node.Content))
		for i, n := range p.node.Content {
			if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" || strings.ContainsRune(n.Value, 0) {
				configValue{node: n, key: p.key, load: p.load}.wrong("config.fault.want", want)
				return
			}
			words[i] = n.Value
		}
		if words[0] == "" {
			p.wrong("config.fault.want", want)
			return
		}
		if strings.Contains(words[0], "/") {
			words[0] = p.absolute(words[0])
		}
		*dst = words
	}
}
