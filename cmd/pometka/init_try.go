package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"sync"

	"license.kz/pometka/templates"
)

// tryServers logs in at both servers as the configuration would, and shows what the
// doctor has to say of them. Where that fails a person may answer anew; without
// a terminal nothing is written.
func (a *app) tryServers(ctx context.Context, s *setup, f initFlags, d *dialogue) error {
	if f.noTest {
		return nil
	}
	for {
		failed := a.tryOnce(ctx, s)
		if ctx.Err() != nil {
			return errInitStopped
		}
		if len(failed) == 0 {
			return nil
		}
		if d == nil {
			return coded{exitFailed, errors.New(a.t("init.refused"))}
		}
		a.printf("\n%s\n", a.t("init.failed"))
		answer, err := d.until(a.t("init.ask.again"), "1", func(v string) string {
			if slices.Contains([]string{"1", "2", "3"}, v) {
				return ""
			}
			return a.t("init.ask.again")
		})
		switch {
		case err != nil:
			return err
		case answer == "2":
			return nil
		case answer == "3":
			return errInitStopped
		}
		for _, x := range failed {
			if x.amended {
				continue // by what was said of the other
			}
			if err := a.askAnew(s, x, d); err != nil {
				return err
			}
		}
	}
}

// tryOnce shows what became of the log-ins, and returns those that failed.
func (a *app) tryOnce(ctx context.Context, s *setup) (failed []*account) {
	a.settle(ctx, s)
	cfg, problems := parseConfig(s.path, []byte(a.configText(s)), nil)
	p := &patient{app: a.under(cfg), problems: problems, read: true, ctx: ctx}
	areas := []doctorArea{{"imap", (*ward).imap}, {"smtp", (*ward).smtp}}
	cfg.IMAP.Secret.known, cfg.SMTP.Secret.known = s.imap.password, s.smtp.password
	if s.imap.password == "" {
		if !s.imap.reachable(s) {
			a.sayAside(a.t("init.untried", templates.Safe(s.absolute(s.imap.file))))
			return nil
		}
		areas = append([]doctorArea{{"secrets", (*ward).secrets}}, areas...)
	}
	a.errorf("%s\n", a.t("init.trying"))
	found := make([][]finding, len(areas))
	var looking sync.WaitGroup
	for i, ar := range areas {
		looking.Go(func() { found[i] = p.look(ctx, ar) })
	}
	looking.Wait()
	list := slices.Concat(found...)
	a.printFindings(a.err, list)
	for _, x := range []*account{&s.imap, &s.smtp} {
		said := func(what string) bool {
			return slices.ContainsFunc(list, func(f finding) bool { return f.Code == x.section+what })
		}
		x.distrusted, x.amended = said(".authority"), false
		if !said(".good") {
			failed = append(failed, x)
		}
	}
	return failed
}

// reachable reports whether the password can be had without asking.
func (x *account) reachable(s *setup) bool {
	if len(x.command) > 0 {
		return true
	}
	fi, err := statRegular(s.absolute(x.file))
	return err == nil && fi
}

// settle finds port and TLS mode of the servers for which nobody named them: TLS
// from the first byte where the server has that, else STARTTLS. No password is
// sent.
func (a *app) settle(ctx context.Context, s *setup) {
	for _, x := range []*account{&s.imap, &s.smtp} {
		if !x.guessed {
			continue
		}
		for _, mode := range []string{"", "starttls"} {
			x.tls = mode
			if x.speaks(ctx, a, s) {
				x.guessed = false
				break
			}
			x.tls = ""
		}
	}
}

// speaks reports whether a server answers in the way that the account says,
// whatever is to be said of its certificate.
func (x *account) speaks(ctx context.Context, a *app, s *setup) bool {
	cfg, _ := parseConfig(s.path, []byte(a.configText(s)), nil)
	cfg.IMAP.Timeout = silence
	r, w, err := servers(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return false
	}
	defer r.Close()
	defer w.Close()
	if x.section == "imap" {
		_, err = r.CertificateEnd(ctx)
	} else {
		_, err = w.CertificateEnd(ctx)
	}
	return spokeTLS(err)
}

// askAnew asks for what may have been wrong: the server, the user, the secret.
func (a *app) askAnew(s *setup, x *account, d *dialogue) error {
	if s.preset.serverOf(x.section).Host == "" {
		if err := a.placeAnew(x, d); err != nil {
			return err
		}
	}
	if x.distrusted {
		file, err := a.askAuthority(s, d)
		if err != nil || file != "" { // the password was not tried yet
			return err
		}
	}
	if x.user == "" {
		return nil
	}
	var err error
	if x.user, err = a.learn(d, want{flag: "user", fallback: x.user, key: lineOfText}, true); err != nil {
		return err
	}
	if len(x.command) > 0 {
		return a.fillToken(s, "", d)
	}
	if x.password == "" {
		return nil // it stands in a file that is there: mend it there
	}
	answer, err := d.hidden(a.t("init.ask.password", templates.Safe(x.user)))
	if err != nil {
		return err
	}
	if password, err := oneSecret([]byte(answer)); err == nil {
		x.password = password
	}
	return nil
}

// placeAnew asks for the server once more; the same answer changes nothing.
func (a *app) placeAnew(x *account, d *dialogue) error {
	was, now := x.host, *x
	if x.port != 0 {
		was = net.JoinHostPort(x.host, strconv.Itoa(x.port))
	}
	if err := a.place(d, &now, "", was, true); err != nil {
		return err
	}
	if now.host != x.host || now.port != x.port {
		*x = now
	}
	return nil
}

// askAuthority asks for the certificate of an authority of one's own, for both
// servers where neither has one.
func (a *app) askAuthority(s *setup, d *dialogue) (file string, err error) {
	file, err = d.until(a.t("init.ask.ca_file"), "", func(v string) string {
		if ok, _ := statRegular(v); ok || v == "" {
			return ""
		}
		return a.t("init.wrong.ca_file", templates.Safe(v))
	})
	if file == "" || err != nil {
		return "", err
	}
	for _, y := range []*account{&s.imap, &s.smtp} {
		y.caFile, y.amended = s.named(file), y.distrusted
	}
	return file, nil
}
