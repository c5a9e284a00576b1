package main

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// ends makes a reader and a sender that wait for no answer longer than the
// doctor does.
func (w *ward) ends() (*mailbox.Reader, *mailbox.Sender, error) {
	cfg := *w.cfg
	cfg.IMAP.Timeout = min(cfg.IMAP.Timeout, silence)
	return servers(&cfg, slog.New(slog.DiscardHandler))
}

// fault words what kept us from a server, and reports whether there was any.
func (w *ward) fault(section string, c ServerConfig, err error) bool {
	if err == nil {
		return false
	}
	addr := c.Host + ":" + strconv.Itoa(c.Port)
	kind := mailbox.FaultOf(err)
	if kind == mailbox.FaultSilent || kind == mailbox.FaultCut || kind == mailbox.FaultOther {
		// A server that speaks TLS at once answers nothing that is not.
		if c.TLS != "implicit" && w.speaksTLS(section, c) {
			w.as(levelMend, section+".mixed", "mail.mixed", section, addr, c.TLS, "implicit")
			return true
		}
	}
	switch kind {
	case mailbox.FaultPlain:
		w.as(levelMend, section+".mixed", "mail.mixed", section, addr, c.TLS, "starttls")
	case mailbox.FaultSecret: // told by secrets; the server was not reached
		w.as(levelNote, section+".secret", "mail.secret", section, addr)
	default:
		w.as(levelMend, section+"."+string(kind), "mail."+string(kind), section, addr, w.reply(err))
	}
	return true
}

// reply is what the server said itself, else what the program has to say where
// that is in the reader's language.
func (w *ward) reply(err error) string {
	words := mailbox.ServerWords(err)
	if words == "" && w.lang == rules.EN {
		words = err.Error()
	}
	return words
}

// speaksTLS tries TLS from the first byte.
func (w *ward) speaksTLS(section string, c ServerConfig) bool {
	c.TLS = "implicit"
	s, err := serverOf(c, section+".ca_file")
	if err != nil {
		return false
	}
	s.Timeout = min(silence/2, w.cfg.IMAP.Timeout)
	if section == "imap" {
		_, err = mailbox.NewReader(mailbox.ReaderOptions{Server: s}).CertificateEnd(w.ctx)
	} else {
		_, err = mailbox.NewSender(mailbox.SenderOptions{Server: s}).CertificateEnd(w.ctx)
	}
	return spokeTLS(err)
}

// spokeTLS reports whether a server answered in TLS, by what came of asking it for its
// certificate, whatever is to be said of that.
func spokeTLS(err error) bool {
	switch mailbox.FaultOf(err) {
	case "", mailbox.FaultExpired, mailbox.FaultNotYet, mailbox.FaultWrongName, mailbox.FaultAuthority:
		return true
	}
	return false
}

// certificate tells until when the server's certificate is valid.
func (w *ward) certificate(ctx context.Context, section string, end func(context.Context) (time.Time, error)) {
	at, err := end(ctx)
	if err != nil || at.IsZero() {
		return
	}
	days := int(time.Until(at) / (24 * time.Hour))
	if days < desk.CertificateDays {
		w.as(levelMend, section+".certificate", "mail.certificate", section, days, at.UTC())
		return
	}
	w.as(levelGood, section+".certificate", "mail.certificate_good", at.UTC(), days)
}
