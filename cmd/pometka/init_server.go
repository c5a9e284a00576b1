package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"

	"license.kz/pometka/templates"
)

// fillServers finds out where the two servers are.
func (a *app) fillServers(_ context.Context, s *setup, f initFlags, d *dialogue, all bool) (err error) {
	_, domain, _ := strings.Cut(s.address, "@")
	for _, x := range []struct {
		to        *account
		flag, tls string
		known     presetServer
	}{{&s.imap, f.imap, f.imapTLS, s.preset.IMAP}, {&s.smtp, f.smtp, f.smtpTLS, s.preset.SMTP}} {
		fallback := x.known.Host
		if fallback == "" && d != nil {
			fallback = "mail." + domain
			if x.to == &s.smtp {
				fallback = s.imap.host
			}
		}
		if err := a.place(d, x.to, x.flag, fallback, x.known.Host == ""); err != nil {
			return err
		}
		if tls := cmp.Or(x.tls, x.known.TLS); tls != "" {
			if !fits(x.to.section+".tls", tls) {
				return a.misuse("init.wrong.tls", "--"+x.to.section+"-tls", templates.Safe(tls))
			}
			x.to.tls, x.to.guessed = tls, false
		}
		if f.caFile != "" {
			x.to.caFile = s.named(f.caFile)
		}
	}
	user, err := a.learn(d, want{flag: "user", value: f.user, fallback: s.address, key: lineOfText}, all)
	s.imap.user, s.smtp.user = user, user
	if f.smtpNoLogin {
		s.smtp.user = ""
	}
	return err
}

// place finds out one server, a host with or without port.
func (a *app) place(d *dialogue, to *account, flag, fallback string, ask bool) error {
	wrong := func(v string) string {
		host, port := splitPort(v)
		if v == "" || !fits(to.section+".host", host) || port < 0 || port > 65535 {
			return a.t("init.wrong.host", templates.Safe(v))
		}
		return ""
	}
	v := cmp.Or(flag, fallback)
	if flag == "" && ask && d != nil {
		var err error
		if v, err = d.until(a.t("init.ask."+to.section), fallback, wrong); err != nil {
			return err
		}
	}
	if v == "" {
		return a.misuse("init.missing", "--"+to.section)
	}
	if fault := wrong(v); fault != "" {
		return usage(errors.New("--" + to.section + ": " + fault))
	}
	to.host, to.port = splitPort(v)
	to.tls, to.guessed = usualTLS[to.port], to.port == 0
	return nil
}

// usualTLS is what servers speak on the ports that are not TLS from the first
// byte (RFC 8314, 7.1).
var usualTLS = map[int]string{143: "starttls", 587: "starttls", 25: "starttls"}

// splitPort parts a host from its port; 0 is none, -1 none that can be.
func splitPort(v string) (host string, port int) {
	host, digits, err := net.SplitHostPort(v)
	if err != nil {
		return v, 0
	}
	if port, err = strconv.Atoi(digits); err != nil || port == 0 {
		port = -1
	}
	return host, port
}

// fillSecret finds out how the password comes to the program. It goes into a
// file of its own, as "imap-password"; one that is there is taken as it is.
func (a *app) fillSecret(ctx context.Context, s *setup, f initFlags, d *dialogue, _ bool) error {
	for _, x := range s.accounts() {
		x.auth, x.file = s.preset.Auth, x.section+"-password"
		if f.passwordFile != "" {
			x.file = s.named(f.passwordFile)
		}
	}
	switch {
	case f.tokenCommand != "" || s.preset.Auth != "":
		return a.fillToken(s, f.tokenCommand, d)
	case f.passwordFile != "":
		if _, err := os.Stat(f.passwordFile); err != nil {
			return usage(fmt.Errorf("--password-file: %w", err))
		}
		return nil
	case f.passwordStdin:
		return a.readPassword(ctx, s)
	}
	return a.askPassword(s, d)
}

// askPassword asks for it once; both servers get the same.
func (a *app) askPassword(s *setup, d *dialogue) error {
	password := ""
	for _, x := range s.accounts() {
		if _, err := os.Lstat(s.absolute(x.file)); err == nil {
			a.sayAside(a.t("init.secret_there", templates.Safe(s.absolute(x.file))))
			continue
		}
		if d == nil {
			continue
		}
		for password == "" {
			answer, err := d.hidden(a.t("init.ask.password", templates.Safe(x.user)))
			if err != nil {
				return err
			}
			if password, err = oneSecret([]byte(answer)); err != nil {
				d.say(a.t("init.wrong.password"))
			}
		}
		x.password = password
	}
	return nil
}

// readPassword takes it from stdin; the file for it must not be there.
func (a *app) readPassword(ctx context.Context, s *setup) error {
	raw, err := io.ReadAll(io.LimitReader(a.stdin(ctx), maxSecret+3))
	if err != nil {
		return fmt.Errorf("read password: %w", err)
	}
	password, err := oneSecret(raw)
	if err != nil {
		return usage(errors.New("--password-stdin: " + a.t("init.wrong.password")))
	}
	for _, x := range s.accounts() {
		if _, err := os.Lstat(s.absolute(x.file)); err == nil {
			return a.misuse("init.exists", templates.Safe(s.absolute(x.file)))
		}
		x.password = password
	}
	return nil
}

// fillToken names the program that prints a token, where a password will not do.
func (a *app) fillToken(s *setup, command string, d *dialogue) error {
	argv := strings.Fields(command)
	if len(argv) == 0 && d != nil {
		answer, err := d.line(a.t("init.ask.token"), "/usr/local/bin/mail-token")
		if err != nil {
			return err
		}
		argv = strings.Fields(answer)
	}
	if len(argv) == 0 {
		return a.misuse("init.missing", "--token-command")
	}
	for _, x := range s.accounts() {
		x.command, x.auth, x.file = argv, cmp.Or(s.preset.Auth, "xoauth2"), ""
	}
	return nil
}

// accounts are those that log in.
func (s *setup) accounts() []*account {
	if s.smtp.user == "" {
		return []*account{&s.imap}
	}
	return []*account{&s.imap, &s.smtp}
}
