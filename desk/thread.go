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
	"unicode"
	"unicode/utf8"

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

// isOurs reports whether a Message-ID has our domain and a token that only the
// holder of the key can have made.
func (d *Desk) isOurs(id string) bool {
	local, ok := strings.CutSuffix(strings.TrimPrefix(id, "<"), "@"+d.domain()+">")
	i := strings.LastIndexByte(local, '.')
	return ok && i > 0 && hmac.Equal([]byte(local[i+1:]), []byte(d.token(local[:i])))
}

// numbersIn returns the numbers of requests that a subject names, in their full form.
func (d *Desk) numbersIn(subject string) []string {
	var numbers []string
	upper := strings.ToUpper(subject)
	if !strings.Contains(upper, strings.ToUpper(d.Operator.Prefix)) {
		return nil // as in most letters
	}
	for _, m := range numberTail().FindAllStringSubmatchIndex(upper, maxNamed) {
		head := strings.TrimRight(upper[:m[0]], " ")
		before, ok := strings.CutSuffix(head, strings.ToUpper(d.Operator.Prefix))
		no, err := strconv.Atoi(upper[m[4]:m[5]])
		if last, _ := utf8.DecodeLastRuneInString(before); !ok || err != nil || unicode.IsLetter(last) || unicode.IsDigit(last) {
			continue
		}
		n := fmt.Sprintf("%s-%s-%06d", d.Operator.Prefix, upper[m[2]:m[3]], no)
		if !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// maxNamed is how many numbers of one subject are looked at.
const maxNamed = 5

// numberTail is a number without its prefix, with whatever dashes people and programs write.
var numberTail = lazily(`\s?[-‐‑‒–—−]\s?(20[0-9]{2})\s?[-‐‑‒–—−]\s?([0-9]{1,8})`)

// references are the Message-IDs that a letter names as those that it answers,
// the nearest first.
func references(m *mailbox.Message) []string {
	ids := slices.Clone(m.References)
	slices.Reverse(ids)
	ids = append([]string{m.InReplyTo}, ids...)
	return slices.DeleteFunc(ids, func(s string) bool { return s == "" })
}

// markReplies finds out which letters answer one of ours: by the token of a Message-ID, by
// the Message-ID of an answer that staff sent from a mail program, or by a number in the
// subject. The register is asked once for all of them.
func (d *Desk) markReplies(ctx context.Context, letters []*letter) error {
	var ids []string
	for _, l := range letters {
		if l.msg == nil {
			continue
		}
		l.reply = len(d.ourIDs(l.msg)) > 0 || len(d.numbersIn(l.msg.Subject)) > 0
		if refs := references(l.msg); !l.reply {
			ids = append(ids, refs[:min(len(refs), maxReferences)]...)
		}
	}
	known, err := d.Store.Answers(ctx, ids)
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
	join     string       // the request that it joins
	as       string       // as what it joins: codeReply, codeRepeat
	revision int64        // of that request, as it was looked at
	wakes    bool         // what waits or is closed is open again by it
	possibly []string     // requests that it may belong to
	look     rules.Reason // why a person must look, though nothing is demanded
}

// threadOf finds the request that a letter belongs to. A letter joins a request in two cases:
// it answers a letter of ours or names the number, comes from a person who has a part in
// that request, and demands nothing else; or it repeats a text of the same writer. A letter
// that staff passed on joins nothing by what it answers: a person must find out who wrote
// it.
func (d *Desk) threadOf(ctx context.Context, l *letter, f rules.Facts) (thread, error) {
	var t thread
	person := d.writerIn(l.msg).Addr
	if person == "" {
		return t, nil
	}
	if rules.NeverAnswer(f, d.Operator.Own).Code != "" {
		return t, nil // a robot's letter joins nothing and wakes nobody
	}
	t, err := d.answered(ctx, l, f, person)
	if err != nil || t.join != "" || l.finding.Verdict == rules.None {
		return t, err
	}
	text := l.finding.NewText
	if w, ok := d.passedOn(l.msg); ok && d.byStaff(l.msg) {
		text = w.text
	}
	same, err := d.Store.SameText(ctx, fold(person), text, d.Now().Add(-sameTextSpan))
	if err != nil {
		return t, err
	}
	list, err := d.Store.Briefs(ctx, same)
	if err != nil {
		return t, err
	}
	for _, r := range list {
		if !r.Status.Closed() && adds(r, l.finding) {
			return d.joining(r, f, codeRepeat), nil
		}
	}
	others, err := d.Store.NumbersOf(ctx, fold(person), d.Now().Add(-possiblySpan), possiblyLetters)
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
