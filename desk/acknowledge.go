package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Codes that say why no acknowledgement is sent, or why it waits for a
// person, beside those of rules.MayAnswer.
const (
	codeDisabled   = "disabled"     // acknowledge.enabled is false
	codeReviewing  = "review"       // a person decides first
	codeOldAtStart = "old_at_start" // older than acknowledge.fresh at the first pass of its folder, or in the filing folder
	codeOldInCopy  = "old_in_copy"  // so old that it came with a mailbox that was copied
	codeJunk       = "junk"         // found in the junk folder
	codeCapKind    = "cap_kind"
	codeCapAddress = "cap_address"
	codeCapDomain  = "cap_domain"
	codeCapTotal   = "cap_total"
	codeMuted      = "cap_muted" // the address or its domain went over its cap within the last day
)

// For how long we do not write to an address of our own accord. No configuration
// changes these spans.
const (
	bouncedSpan = 60 * 24 * time.Hour // after a letter to it came back
	mutedSpan   = 24 * time.Hour      // after it went over its cap
)

// Names of the letter templates that acknowledge.
const (
	letterAcknowledgement = "acknowledgement"
	letterReceipt         = "receipt"
)

// mailData is what an outbox row keeps of a letter until it is rendered.
type mailData struct {
	Template string          `json:"template"`
	Lines    json.RawMessage `json:"lines,omitempty"` // what its words are made from, where its requests do not tell
}

// dataOf is a mailData as JSON; lines may be nil.
func dataOf(template string, lines any) (string, error) {
	m := mailData{Template: template}
	if lines != nil {
		text, err := json.Marshal(lines)
		if err != nil {
			return "", err
		}
		m.Lines = text
	}
	data, err := json.Marshal(m)
	return string(data), err
}

// acknowledgement decides whether the letter's sender hears from us now: a
// mail to be queued or held, or none and the code of the reason. The letter
// is registered whatever the answer is (RFC 3834 speaks of the response only).
// waits is newAck.waits.
func (d *Desk) acknowledgement(ctx context.Context, l *letter, f rules.Facts, sl store.Letter, waits string) (*store.NewMail, string, error) {
	if !d.Acknowledge.Enabled {
		return nil, codeDisabled, nil
	}
	answer, reason := d.Policy.MayAnswer(f, d.Operator.Own, sl.Trust)
	if answer == rules.AnswerNever {
		return nil, reason.Code, nil
	}
	template := letterAcknowledgement
	if l.finding.Verdict == rules.Review {
		if !l.finding.Prescribed {
			return nil, codeReviewing, nil
		}
		template = letterReceipt
	}
	return d.ackMail(ctx, f, reason, newAck{template: template, letter: sl, kinds: l.finding.Kinds, waits: waits})
}

// newAck is an acknowledgement that rules.MayAnswer does not forbid.
type newAck struct {
	template string
	letter   store.Letter
	kinds    []rules.Kind // that the cap on an address and a kind counts; nil: it does not
	waits    string       // the code of why the answer waits for a person's word; "": it does not
}

// ackMail finds the one address, and whether it hears from us at once: hold
// is why MayAnswer leaves that to a person, the zero Reason where it does not.
// A mail that waits tells why: the sender, the letter's place or age, a register that
// was lost and may have answered before, or the caps, which hold even when no header
// gives a robot away.
func (d *Desk) ackMail(ctx context.Context, f rules.Facts, hold rules.Reason, n newAck) (*store.NewMail, string, error) {
	to, plain := recipient(f, d.Operator.Own, n.letter.Trust)
	if to == "" {
		return nil, rules.NeverNoAddress, nil
	}
	bounced, err := d.Store.Bounced(ctx, capKeys(to).Address, d.Now().Add(-bouncedSpan))
	if err != nil {
		return nil, "", err
	}
	if bounced {
		return nil, rules.NeverBounced, nil
	}
	m := d.newMail(n.template, to, n.letter.Language)
	switch {
	case hold.Code != "":
		return held(m, hold), "", nil
	case !plain || severalSenders(f):
		return held(m, rules.Reason{Code: rules.HoldNotPlain, Args: []string{to}}), "", nil
	case n.letter.Junk:
		return held(m, rules.Reason{Code: codeJunk}), "", nil
	case n.waits != "":
		return held(m, rules.Reason{Code: n.waits}), "", nil
	}
	restored, err := d.Store.RestoredAt(ctx)
	if err != nil {
		return nil, "", err
	}
	if n.letter.ReceivedAt.Before(restored) {
		return held(m, rules.Reason{Code: store.ReasonRestored}), "", nil
	}
	code, err := d.overCap(ctx, n.kinds, to)
	if err != nil {
		return nil, "", err
	}
	if code != "" {
		return held(m, rules.Reason{Code: code}), "", nil
	}
	return m, "", nil
}

// confirmedAck makes the acknowledgement that follows a person's confirmation; nil:
// nobody is answered. It goes to sender, where a person named one. Whether the letter
// may be answered is found out anew, from its stored bytes. The cap on acknowledgements
// of one kind to one address does not apply: the receipt for this very letter would
// count against it.
func (d *Desk) confirmedAck(ctx context.Context, r store.Request, sender string) (*store.NewMail, error) {
	if !d.Acknowledge.Enabled || len(r.Letters) == 0 {
		return nil, nil
	}
	l := r.Letters[0]
	if sender != "" {
		return d.senderAck(ctx, sender, l)
	}
	if l.AnswerCode != "" && l.AnswerCode != codeReviewing && l.AnswerCode != codeDisabled {
		return nil, nil // it came from a robot or from ourselves, or is a bounce
	}
	var raw bytes.Buffer
	switch err := d.Store.Raw(ctx, l.ID, &raw); {
	case errors.Is(err, store.ErrNotFound): // it came on paper, or is forgotten
		return nil, nil
	case err != nil:
		return nil, err
	}
	f := Facts(mailbox.Parse(&raw))
	answer, reason := d.Policy.MayAnswer(f, d.Operator.Own, l.Trust)
	if answer == rules.AnswerNever {
		return nil, nil
	}
	m, _, err := d.ackMail(ctx, f, reason, newAck{template: letterAcknowledgement, letter: l})
	return m, err
}

func held(m *store.NewMail, r rules.Reason) *store.NewMail {
	m.State, m.Reason = store.MailHeld, r
	return m
}

// newMail makes an acknowledgement to be queued.
func (d *Desk) newMail(template, to string, lang rules.Lang) *store.NewMail {
	data, _ := dataOf(template, nil) // a struct of strings always marshals
	prefix := "ack."
	if template == letterReceipt {
		prefix = "receipt."
	}
	return &store.NewMail{
		Purpose: store.PurposeAcknowledgement, State: store.MailQueued, To: to, Language: string(lang),
		MessageID: func(number string) string { return d.messageID(prefix + number) },
		Data:      data,
		Keys:      capKeys(to),
	}
}

// overCap returns the code of the cap that one more acknowledgement to the
// address would break, or "".
func (d *Desk) overCap(ctx context.Context, kinds []rules.Kind, to string) (string, error) {
	c, keys := d.Acknowledge.Caps, capKeys(to)
	now := d.Now()
	q := store.AckQuery{
		Address: keys.Address, Domain: keys.Domain, Kinds: kinds,
		DaySince: now.Add(-mutedSpan), HourSince: now.Add(-time.Hour), Mutes: codeCapAddress,
	}
	if c.DomainHour > 0 && !d.publicDomain(to) {
		q.MutesDomain = codeCapDomain // a machine with another address in each letter
	}
	n, err := d.Store.AckCounts(ctx, q)
	if err != nil {
		return "", err
	}
	over := func(count, limit int) bool { return limit > 0 && count >= limit }
	switch {
	case n.Muted && (c.AddressDay > 0 || c.DomainHour > 0):
		return codeMuted, nil
	case over(n.AddressKindDay, c.AddressKindDay):
		return codeCapKind, nil
	case over(n.AddressDay, c.AddressDay):
		return codeCapAddress, nil
	case over(n.DomainHour, c.DomainHour) && !d.publicDomain(to):
		return codeCapDomain, nil
	case over(n.TotalHour, c.TotalHour):
		return codeCapTotal, nil
	}
	return "", nil
}

// excess reports whether a code stands for a cap that nobody exceeds by just writing
// twice, so that staff must hear of it.
func excess(code string) bool {
	return code == codeCapAddress || code == codeCapDomain || code == codeCapTotal
}

func (d *Desk) publicDomain(addr string) bool {
	return slices.ContainsFunc(d.Acknowledge.Caps.PublicDomains, func(public string) bool { return domainOf(addr) == domainOf("@"+public) })
}

// capKeys is what the caps count by; the outbox keeps no more than a keyed
// digest of it.
func capKeys(addr string) store.MailKeys {
	return store.MailKeys{Address: fold(addr), Domain: domainOf(addr)}
}

func domainOf(addr string) string {
	a := fold(addr)
	return a[strings.LastIndexByte(a, '@')+1:]
}

// checksum is the digest by which the sender can tell that we have his very letter; "": the
// bytes here are of our own making, or only the beginning of what he sent.
func checksum(l store.Letter) string {
	if l.Via.Paper() || l.Cut {
		return ""
	}
	return l.RawSHA256
}
