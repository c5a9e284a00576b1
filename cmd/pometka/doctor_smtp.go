package main

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// Sizes of letters: an acknowledgement is a few kilobytes, an answer with an
// attachment some megabytes.
const (
	smallSize = 1 << 20
	usualSize = 10 << 20
)

// smtp logs in at the server through which letters go, and names sender and
// recipients to it without sending anything.
func (w *ward) smtp(ctx context.Context) {
	if !w.whole("smtp", "operator") {
		return
	}
	_, s, err := w.ends()
	if err != nil {
		w.skip("smtp")
		return
	}
	defer s.Release()
	p, err := s.Check(ctx)
	if w.fault("smtp", w.cfg.SMTP.ServerConfig, err) {
		return
	}
	w.add(levelGood, "smtp.good", p.Addr)
	w.certificate(ctx, "smtp", s.CertificateEnd)
	switch {
	case p.MaxSize > 0 && p.MaxSize < smallSize:
		w.add(levelMend, "smtp.size", strconv.FormatInt(p.MaxSize>>10, 10))
	case p.MaxSize > 0 && p.MaxSize < usualSize:
		w.add(levelNote, "smtp.size_small", strconv.FormatInt(p.MaxSize>>10, 10))
	}
	if !p.Has("DSN") {
		w.add(levelNote, "smtp.dsn")
	}
	if w.envelope(ctx, s) && w.send {
		w.letter(ctx, s)
	}
}

// envelope tries the sender and everybody whom pometka writes to by itself.
func (w *ward) envelope(ctx context.Context, s *mailbox.Sender) (ok bool) {
	to := w.told()
	senders := []string{w.cfg.SMTP.Bounce}
	if !slices.ContainsFunc(senders, func(a string) bool { return strings.EqualFold(a, w.cfg.SMTP.From) }) {
		senders = append(senders, w.cfg.SMTP.From)
	}
	ok = true
	for i, from := range senders {
		// One recipient at a time: some servers take no more.
		rcpt := []string{w.cfg.Operator.Address}
		if i == 0 {
			rcpt = to
		}
		for _, addr := range rcpt {
			r, err := s.Try(ctx, rules.SentAddress(from), rules.SentAddress(addr))
			if err != nil {
				return !w.fault("smtp", w.cfg.SMTP.ServerConfig, err)
			}
			if !r.From.Accepted() {
				ok = false
				w.add(levelMend, "smtp.sender", from, answered(r.From))
				break
			}
			w.recipient(addr, r.To[0])
		}
	}
	if ok {
		w.add(levelGood, "smtp.sender_good", w.cfg.SMTP.From)
	}
	return ok
}

// recipient notes what the server says to one recipient.
func (w *ward) recipient(addr string, out mailbox.Outcome) {
	code := map[mailbox.Status]string{mailbox.StatusRejected: "smtp.recipient", mailbox.StatusDeferred: "smtp.later"}[out.Status]
	switch {
	case code == "" || strings.EqualFold(addr, w.cfg.Operator.Address) && w.said(code):
	case out.Status == mailbox.StatusRejected:
		w.add(levelMend, code, addr, answered(out))
	default:
		w.add(levelNote, code, addr, answered(out))
	}
}

// answered is what a server said, with its codes.
func answered(o mailbox.Outcome) string {
	words := []string{strconv.Itoa(o.Code), o.Enhanced, o.Reply}
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " ")
}
