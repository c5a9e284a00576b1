package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Message-IDs of ours look like <ack.LK-2026-000123.TOKEN@license.kz>. The
// token is keyed, so that nobody can make a letter look like an answer to one
// that we never sent.

// How long the same text from the same sender is the same matter, and how
// long an open request of the sender is worth a look at.
const (
	sameTextSpan = 30 * 24 * time.Hour
	possiblySpan = 365 * 24 * time.Hour

	possiblyLetters = 50 // of them, the latest
)

// tokenSize is the number of characters of a token: 80 bits.
const tokenSize = 16

func (d *Desk) token(label string) string {
	m := hmac.New(sha256.New, d.Store.Key())
	m.Write([]byte(label))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(m.Sum(nil)))[:tokenSize]
}

// messageID makes the Message-ID of a letter of ours (RFC 5322 3.6.4).
func (d *Desk) messageID(label string) string {
	return "<" + label + "." + d.token(label) + "@" + d.domain() + ">"
}

// LoopSign is the value of our own loop header.
func (d *Desk) LoopSign() string { return d.token("loop") }

// domain is the operator's mail domain.
func (d *Desk) domain() string {
	_, domain, _ := strings.Cut(d.Operator.Address, "@")
	return domain
}

// ourIDs returns the Message-IDs of ours that the letter answers.
func (d *Desk) ourIDs(m *mailbox.Message) []string {
	var out []string
	for _, id := range append([]string{m.InReplyTo}, m.References...) {
		if d.isOurs(id) {
			out = append(out, id)
		}
	}
	return out
}

// isOurs reports whether a Message-ID has our domain and a token that only the
// holder of the key can have made.
func (d *Desk) isOurs(id string) bool {
	local, ok := strings.CutSuffix(strings.TrimPrefix(id, "<"), "@"+d.domain()+">")
	i := strings.LastIndexByte(local, '.')
	return ok && i > 0 && hmac.Equal([]byte(local[i+1:]), []byte(d.token(local[:i])))
}

// thread is where a letter belongs among the requests there are.
type thread struct {
	join     string       // the request that it joins
	status   store.Status // what the request becomes by it; "" leaves it
	waits    []rules.Wait // its waits, ended; nil leaves them
	possibly []string     // requests that it may belong to
	stranger bool         // it answers a letter of ours, yet comes from somebody else
}

// threadOf finds the request a letter belongs to. It joins only when it
// replies in the thread, comes from the same address and makes no other
// demand, or when it repeats the same text from the same sender.
func (d *Desk) threadOf(ctx context.Context, l *letter, f rules.Facts) (thread, error) {
	var t thread
	if len(l.msg.From) == 0 || l.msg.From[0].Addr == "" {
		return t, nil
	}
	if answer, _ := d.Policy.MayAnswer(f, d.Operator.Own, rules.TrustNone); answer == rules.AnswerNever {
		return t, nil // a robot's letter joins nothing and wakes nobody
	}
	from := l.msg.From[0].Addr
	ids := append(slices.Clone(l.msg.References), l.msg.InReplyTo)
	numbers, err := d.Store.ByMessageID(ctx, slices.DeleteFunc(ids, func(s string) bool { return s == "" }))
	if err != nil {
		return t, err
	}
	if t, err = d.answered(ctx, l, numbers); err != nil || t.join != "" || l.finding.Verdict == rules.None {
		return t, err
	}
	same, err := d.Store.SameText(ctx, fold(from), l.finding.NewText, d.Now().Add(-sameTextSpan))
	if err != nil {
		return t, err
	}
	list, err := d.Store.Briefs(ctx, same)
	if err != nil {
		return t, err
	}
	for _, r := range list {
		if !r.Status.Closed() && adds(r, l.finding) {
			return joining(r, l.finding, rules.DateIn(l.head.InternalDate, d.Zone)), nil
		}
	}
	others, err := d.Store.NumbersOf(ctx, fold(from), d.Now().Add(-possiblySpan), possiblyLetters)
	if err != nil {
		return t, err
	}
	for _, r := range others {
		if !r.Status.Closed() && !slices.Contains(t.possibly, r.Number) {
			t.possibly = append(t.possibly, r.Number)
		}
	}
	return t, nil
}

// answered looks at the requests whose letters, or ours about them, the letter
// names as those that it answers.
func (d *Desk) answered(ctx context.Context, l *letter, numbers []string) (thread, error) {
	var t thread
	list, err := d.Store.Briefs(ctx, numbers)
	if err != nil {
		return t, err
	}
	own, err := d.Store.WroteIn(ctx, l.msg.From[0].Addr, numbers)
	if err != nil {
		return t, err
	}
	ours := len(d.ourIDs(l.msg)) > 0
	for _, r := range list {
		if !slices.Contains(own, r.Number) {
			t.stranger = t.stranger || ours
			continue
		}
		if (ours || l.finding.Verdict != rules.None) && adds(r, l.finding) {
			return joining(r, l.finding, rules.DateIn(l.head.InternalDate, d.Zone)), nil
		}
		t.possibly = append(t.possibly, r.Number)
	}
	return t, nil
}

// codeThanks is the reason of a letter that only thanks: it wakes nothing.
const codeThanks = "thanks"

// joining is what a person's further letter does to a request: one that waits
// for the requester waits no longer, a closed one is open again.
// The wait ends with the day on which the letter was received.
func joining(r store.Brief, f rules.Finding, received rules.Date) thread {
	t := thread{join: r.Number}
	switch {
	case f.Reason.Code == codeThanks:
	case r.Status == store.StatusWaiting:
		t.status, t.waits = store.StatusOpen, endWaits(r.Waits, received)
	case r.Status == store.StatusDone, r.Status == store.StatusRefused:
		t.status = store.StatusOpen
	case r.Status == store.StatusDismissed:
		t.status = store.StatusReview
	}
	return t
}

// endWaits ends the wait that still runs: the day of the answer is its last.
func endWaits(waits []rules.Wait, last rules.Date) []rules.Wait {
	out := slices.Clone(waits)
	for i := range out {
		if out[i].To.IsZero() {
			out[i].To = last
		}
	}
	return out
}

// adds reports whether a letter with this finding only adds to the request,
// rather than demanding something else.
func adds(r store.Brief, f rules.Finding) bool {
	if f.Verdict == rules.None {
		return true
	}
	known := append(slices.Clone(r.Candidates), r.Kind)
	return !slices.ContainsFunc(f.Kinds, func(k rules.Kind) bool { return !slices.Contains(known, k) })
}
