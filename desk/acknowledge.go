package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Codes that say why no acknowledgement is sent, or why it waits for a
// person, beside those of rules.MayAnswer.
const (
	codeDisabled   = "disabled"     // acknowledge.enabled is false
	codeReviewing  = "review"       // a person decides first
	codeOldAtStart = "old_at_start" // older than acknowledge.fresh at the folder's first pass
	codeJunk       = "junk"         // found in the junk folder
	codeCapKind    = "cap_kind"
	codeCapAddress = "cap_address"
	codeCapDomain  = "cap_domain"
	codeCapTotal   = "cap_total"
	codeMuted      = "cap_muted" // the address or its domain went over its cap within a day
)

// Spans of the caps that no configuration changes (peers.md 4.1 and 4.3).
const (
	bouncedSpan = 60 * 24 * time.Hour // how long an address that bounced hears nothing
	mutedSpan   = 24 * time.Hour      // how long one that went over its cap does
)

// Names of the letter templates that acknowledge.
const (
	letterAcknowledgement = "acknowledgement"
	letterReceipt         = "receipt"
)

// mailData is what an outbox row keeps to be rendered from.
type mailData struct {
	Template string `json:"template"`
	Lines    string `json:"lines,omitempty"`
}

// acknowledgement decides whether the letter's sender hears from us now: a
// mail to be queued or held, or none and the code of the reason. The letter
// is registered whatever the answer is (RFC 3834 speaks of the response only).
// late says why the letter must not be answered without a person's word because of
// when it came; "" if it may.
func (d *Desk) acknowledgement(ctx context.Context, l *letter, f rules.Facts, sl store.Letter, late string) (*store.NewMail, string, error) {
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
	return d.answerTo(ctx, f, reason, newAck{template: template, letter: sl, kinds: l.finding.Kinds, late: late})
}

// newAck is an acknowledgement that rules.MayAnswer does not forbid.
type newAck struct {
	template string
	letter   store.Letter
	kinds    []rules.Kind // that the cap on an address and a kind counts; nil: it does not
	late     string       // the code of why its age holds the answer; "": it does not
}

// answerTo finds the one address, and whether it hears from us at once: hold
// is why MayAnswer leaves that to a person, the zero Reason where it does not.
// A mail that waits tells why: the sender, the letter's place and age, or the
// caps, which hold even when no header gives a robot away (peers.md 4.3).
func (d *Desk) answerTo(ctx context.Context, f rules.Facts, hold rules.Reason, n newAck) (*store.NewMail, string, error) {
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
	case n.late != "":
		return held(m, rules.Reason{Code: n.late}), "", nil
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

// confirmedAck makes the acknowledgement that follows a person's confirmation.
// Who may hear from us is asked of the stored letter anew; that the same kind
// was answered today is no reason here, since the receipt for this very letter
// counts as that. It goes to sender, where a person named one. nil: nobody is
// answered.
func (d *Desk) confirmedAck(ctx context.Context, r store.Request, sender string) (*store.NewMail, error) {
	if !d.Acknowledge.Enabled || len(r.Letters) == 0 {
		return nil, nil
	}
	l := r.Letters[0]
	if sender != "" {
		return d.senderAck(ctx, sender, l)
	}
	if l.AnswerCode != "" && l.AnswerCode != codeReviewing && l.AnswerCode != codeDisabled {
		return nil, nil // a robot, a bounce, ourselves: never answered
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
	m, _, err := d.answerTo(ctx, f, reason, newAck{template: letterAcknowledgement, letter: l})
	return m, err
}

func held(m *store.NewMail, r rules.Reason) *store.NewMail {
	m.State, m.Reason = store.MailHeld, r
	return m
}

// newMail makes an acknowledgement to be queued.
func (d *Desk) newMail(template, to string, lang rules.Lang) *store.NewMail {
	data, _ := json.Marshal(mailData{Template: template}) // a struct of strings always marshals
	prefix := "ack."
	if template == letterReceipt {
		prefix = "receipt."
	}
	return &store.NewMail{
		Purpose: store.PurposeAcknowledgement, State: store.MailQueued, To: to, Language: string(lang),
		MessageID: func(number string) string { return d.messageID(prefix + number) },
		Data:      string(data),
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

// excess reports whether a code says that a cap was gone over that no person
// reaches by writing twice: staff hears of it.
func excess(code string) bool {
	return code == codeCapAddress || code == codeCapDomain || code == codeCapTotal
}

func (d *Desk) publicDomain(addr string) bool {
	for _, public := range d.Acknowledge.Caps.PublicDomains {
		if domainOf(addr) == strings.ToLower(public) {
			return true
		}
	}
	return false
}

// capKeys is what the caps count by; the outbox keeps no more than a keyed
// digest of it.
func capKeys(addr string) store.MailKeys {
	return store.MailKeys{Address: fold(addr), Domain: domainOf(addr)}
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func domainOf(addr string) string {
	a := fold(addr)
	return a[strings.LastIndexByte(a, '@')+1:]
}

// recipient returns the one address an acknowledgement goes to, and whether a
// machine may write to it. RFC 3834 section 4 names the Return-Path; people
// expect From. From is taken when it is the Return-Path, when there is none to
// compare, or when the operator's server vouches for it; otherwise the
// Return-Path. Behind a form of the operator's own, Reply-To is the person.
func recipient(f rules.Facts, own rules.Own, t rules.Trust) (addr string, plain bool) {
	for _, a := range f.From {
		if own.IsForm(a.Addr) && len(f.ReplyTo) > 0 {
			return f.ReplyTo[0].Addr, plainAddress(f.ReplyTo[0].Addr)
		}
	}
	for _, a := range f.From {
		if addr = a.Addr; addr != "" {
			break
		}
	}
	if f.ReturnPath != nil && t != rules.TrustVerified {
		if path := strings.Trim(*f.ReturnPath, "<> "); path != "" && fold(path) != fold(addr) {
			addr = path
		}
	}
	return addr, plainAddress(addr)
}

// severalSenders reports whether a From field that is not as RFC 5322 wants it
// names more than one address: then nobody knows which one is the sender.
func severalSenders(f rules.Facts) bool {
	if !slices.Contains(f.Troubles, mailbox.TroubleSender) {
		return false
	}
	first := ""
	for _, v := range f.Fields["from"] {
		for w := range strings.FieldsFuncSeq(v, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<>()[],;:\\\"'", r) }) {
			if w = fold(w); !strings.Contains(w, "@") {
				continue
			}
			if first != "" && w != first {
				return true
			}
			first = w
		}
	}
	return false
}

// plainAddress reports whether a machine may write to an address by itself: it
// is a mailbox, and nothing in it means more to servers of old, that route by %
// and !, or to the shell behind one.
func plainAddress(a string) bool {
	return isMailbox(a) && a[0] != '-' && !strings.ContainsAny(a, "%!|`")
}

// isMailbox reports whether an address is local@domain without anything that
// means something in a header or to SMTP: whether a letter can go there.
func isMailbox(a string) bool {
	local, domain, ok := strings.Cut(a, "@")
	return ok && local != "" && strings.Contains(domain, ".") && len(local) <= 64 && len(a) <= 254 &&
		!strings.ContainsFunc(a, func(r rune) bool {
			return !unicode.IsPrint(r) || unicode.IsSpace(r) || strings.ContainsRune("<>()[],;:\\\"", r) || r == unicode.ReplacementChar
		}) && !strings.Contains(domain, "@")
}
