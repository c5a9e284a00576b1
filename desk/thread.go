package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// Message-IDs of ours look like <ack.LK-2026-000123.TOKEN@license.kz>. The
// token is keyed, so that nobody can make a letter look like an answer to one
// that we never sent.

const (
	sameTextSpan = 30 * 24 * time.Hour  // for how long the same text from one writer is the same matter
	possiblySpan = 365 * 24 * time.Hour // for how long a letter may belong to an open request of its writer

	possiblyLetters = 50 // how many letters of the writer, the latest, are looked at for that
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

// stamp tells apart the Message-IDs of letters that are about no single request.
func stamp(at time.Time) string { return at.UTC().Format("20060102150405.000") }

// LoopSign is the value of our own loop header.
func (d *Desk) LoopSign() string { return d.token("loop") }

// domain is the operator's mail domain, in the form of Message-IDs.
func (d *Desk) domain() string {
	_, domain, _ := strings.Cut(rules.SentAddress(d.Operator.Address), "@")
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

// isOurs reports whether a Message-ID has a token that only the holder of the key can have
// made. Its domain may be one that was the operator's then.
func (d *Desk) isOurs(id string) bool { return d.tokened(envelopeID(id)) }

func (d *Desk) tokened(local string) bool {
	i := len(local) - tokenSize - 1
	return i > 0 && local[i] == '.' && hmac.Equal([]byte(local[i+1:]), []byte(d.token(local[:i])))
}

// numbersIn returns what a text names that looks like the number of a request, in its full
// form. The prefix may be one that the operator had before.
func numbersIn(text string) []string {
	if !strings.Contains(text, "20") {
		return nil // as in most letters
	}
	var numbers []string
	for _, m := range numberForm().FindAllStringSubmatch(strings.ToUpper(text), maxNamed) {
		no, err := strconv.Atoi(m[3])
		n := fmt.Sprintf("%s-%s-%06d", m[1], m[2], no)
		if err == nil && !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// maxNamed is how many numbers of one text are looked at.
const maxNamed = 5

// numberForm is a number with whatever dashes people and programs write.
var numberForm = lazily(`(?:^|[^\p{L}\p{N}])([A-Z]{1,8})\s?[-‐‑‒–—−]\s?(20[0-9]{2})\s?[-‐‑‒–—−]\s?([0-9]{1,8})`)

func (p *folderPass) learnPrefixes(ctx context.Context) (err error) {
	p.prefixes, err = p.Store.Prefixes(ctx)
	p.prefixes = append(p.prefixes, p.Operator.Prefix)
	return err
}

// names reports whether a text may name a number of this register.
func (p *folderPass) names(text string) bool {
	for _, prefix := range p.prefixes {
		if strings.Contains(text, prefix) || strings.Contains(text, strings.ToLower(prefix)) {
			return slices.ContainsFunc(numbersIn(text), func(n string) bool {
				before, _, _ := strings.Cut(n, "-")
				return slices.Contains(p.prefixes, before)
			})
		}
	}
	return false
}

// references are the Message-IDs that a letter names as those that it answers,
// the nearest first.
func references(m *mailbox.Message) []string {
	ids := slices.Clone(m.References)
	slices.Reverse(ids)
	ids = append([]string{m.InReplyTo}, ids...)
	return slices.DeleteFunc(ids, func(s string) bool { return s == "" })
}

// markReplies finds out which letters belong to a thread of the register: by the token of a
// Message-ID of ours, by the Message-ID of a letter of the register or of an answer that
// staff sent from a mail program, or by a number in the subject. The register is asked once
// for all of them.
func (p *folderPass) markReplies(ctx context.Context, letters []*letter) error {
	var ids []string
	for _, l := range letters {
		if l.msg == nil {
			continue
		}
		l.reply = len(p.ourIDs(l.msg)) > 0 || p.names(l.msg.Subject)
		if refs := references(l.msg); !l.reply {
			ids = append(ids, refs[:min(len(refs), maxReferences)]...)
		}
	}
	known, err := p.Store.Threads(ctx, ids)
	if err != nil || len(known) == 0 {
		return err
	}
	for _, l := range letters {
		l.reply = l.reply || l.msg != nil && slices.ContainsFunc(references(l.msg), func(id string) bool { return known[id] })
	}
	return nil
}

// maxReferences is how many references of one letter are looked up.
const maxReferences = 20

// thread is where a letter belongs among the requests there are.
type thread struct {
	joins    []joining
	as       string       // as what it joins: codeReply, codeRepeat, codeMoved
	anew     bool         // it demands something else, too
	possibly []string     // further requests that it may belong to
	look     rules.Reason // why a person must look, though nothing is demanded
}

// joining is one request that a letter joins.
type joining struct {
	number   string
	revision int64 // of the request, as it was looked at
	wakes    bool  // what waits or is closed is open again by it
}

// joinsOnly reports that the letter makes no request of its own.
func (t *thread) joinsOnly() bool { return len(t.joins) > 0 && !t.anew }

// mayBelong lists the requests to which what the letter demands anew may belong.
func (t *thread) mayBelong() []string {
	var numbers []string
	for _, j := range t.joins {
		numbers = append(numbers, j.number)
	}
	return append(numbers, t.possibly...)
}

// threadOf finds the requests that a letter belongs to. A letter joins a request in two
// cases: it answers a letter of the request or names the number, and comes from a person who
// has a part in it; or it repeats a text of the same writer. What it demands beside that is
// registered, too. A letter that staff passed on joins nothing by what it answers: a person
// must find out who wrote it.
func (d *Desk) threadOf(ctx context.Context, l *letter, f rules.Facts) (thread, error) {
	var t thread
	person := d.writerIn(l.msg).Addr
	if person == "" {
		return t, nil
	}
	if rules.NeverAnswer(f, d.Operator.Own).Code != "" {
		return t, nil // a robot's letter joins nothing and wakes nobody
	}
	t, err := d.repliesTo(ctx, l, f, person)
	if err != nil || len(t.joins) > 0 || l.finding.Verdict == rules.None {
		return t, err
	}
	same, err := d.repeats(ctx, l, f, person)
	if err != nil {
		return t, err
	}
	list, err := d.Store.Briefs(ctx, same)
	if err != nil {
		return t, err
	}
	open := list[:0]
	for _, r := range list {
		if !r.Status.Closed() {
			open = append(open, r)
		}
	}
	if len(open) > 0 && covered(l.finding, open) {
		for i := range open {
			d.join(&t, &open[i], f)
		}
		t.as, t.anew = codeRepeat, false
		return t, nil
	}
	others, err := d.Store.BriefsFrom(ctx, fold(person), d.Now().Add(-possiblySpan), possiblyLetters)
	if err != nil {
		return t, err
	}
	for _, r := range others {
		if !r.Status.Closed() {
			t.maybe(r.Number)
		}
	}
	return t, nil
}

// lookAt makes the letter one that a person must look at, because of a request.
func (t *thread) lookAt(code, number string) {
	t.maybe(number)
	if t.look.Code == "" {
		t.look = rules.Reason{Code: code, Args: []string{number}}
	}
}

func strangerCode(ours bool) string {
	if ours {
		return codeStranger
	}
	return codeWrongSender
}

func (t *thread) maybe(number string) {
	if !slices.Contains(t.possibly, number) {
		t.possibly = append(t.possibly, number)
	}
}
