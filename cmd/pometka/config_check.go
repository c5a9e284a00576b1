package main

import (
	"net/netip"
	"slices"
	"strings"
)

// check looks at what only several keys together can show, and fills the
// defaults that depend on other keys.
func (l *configLoader) check(needs []Need) {
	c := l.cfg
	l.server("imap", &c.IMAP.ServerConfig, 143)
	l.server("smtp", &c.SMTP.ServerConfig, 587)
	l.backup()
	l.lists(c)
	l.staff(c.Staff)
	c.derive()
	for _, n := range needs {
		l.need(n)
	}
}

// states reports whether the file states the key.
func (l *configLoader) states(key string) bool {
	_, ok := l.cfg.lines[key]
	return ok
}

// require records the first of keys as missing unless the file states one.
func (l *configLoader) require(what *phrase, keys ...string) {
	if !slices.ContainsFunc(keys, l.states) {
		l.problems = append(l.problems, l.cfg.problem(keys[0], what))
	}
}

// need records what a command cannot work without.
func (l *configLoader) need(n Need) {
	switch n {
	case NeedOperator:
		l.require(phrased("config.missing.operator"), "operator.name")
		l.require(phrased("config.missing.address"), "operator.address")
	case NeedStore:
		l.require(phrased("config.missing.store"), "store.path")
	case NeedIMAP:
		l.require(phrased("config.missing.server", "imap.example.kz"), "imap.host")
		l.require(phrased("config.missing.user"), "imap.username")
	case NeedSMTP:
		l.require(phrased("config.missing.server", "smtp.example.kz"), "smtp.host")
	}
}

// server checks what imap and smtp have in common.
func (l *configLoader) server(name string, s *ServerConfig, starttls int) {
	if s.TLS == "starttls" || s.TLS == "none" {
		if !l.states(name + ".port") {
			s.Port = starttls
		}
	}
	if s.TLS == "none" && s.Host != "" && !isLoopback(s.Host) {
		l.wrong(name+".tls", "config.fault.clear_text")
	}
	l.secret(name, s)
}

// secret checks that exactly one key leads to the secret of a log-in, and that
// it is the right sort for the way to log in.
func (l *configLoader) secret(name string, s *ServerConfig) {
	var given []string
	for _, k := range []string{"password_file", "password_command", "password_env", "token_command"} {
		if key := name + "." + k; l.states(key) {
			given = append(given, key)
		}
	}
	token, want := name+".token_command", phrased("config.want.choice", "password_file, password_command", "password_env")
	if s.Auth != "password" {
		want = phrased("config.want.token")
	}
	switch {
	case len(given) > 1:
		l.wrong(given[1], "config.fault.secrets", strings.Join(given, ", "))
	case len(given) == 1 && (given[0] == token) != (s.Auth != "password"):
		l.wrong(given[0], "config.fault.auth", s.Auth, want)
	case len(given) == 1 && !l.states(name+".username"):
		l.wrong(given[0], "config.fault.no_user", name+".username")
	case len(given) == 0 && l.states(name+".username"):
		l.wrong(name+".username", "config.fault.no_secret", want)
	}
	if len(given) == 1 {
		s.Secret.Key = given[0]
	}
}

// isLoopback reports whether the host is this machine by its very name.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

func (l *configLoader) backup() {
	for _, k := range []string{"store.backup.schedule", "store.backup.keep"} {
		if l.states(k) && !l.states("store.backup.dir") {
			l.wrong(k, "config.fault.no_backup")
		}
	}
}
