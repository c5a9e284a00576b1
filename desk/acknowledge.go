package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

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
func (p *folderPass) acknowledgement(ctx context.Context, l *letter, f rules.Facts, sl store.Letter) (*store.NewMail, string, error) {
	if !p.Acknowledge.Enabled {
		return nil, codeDisabled, nil
	}
	answer, reason := p.Policy.MayAnswer(f, p.Operator.Own, sl.Trust)
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
	to := recipient(f, sl.Trust)
	m := p.newMail(template, to, sl.Language)
	if answer == rules.AnswerHold {
		return held(m, reason), "", nil
	}
	code, err := p.holdCode(ctx, l, sl, to)
	if err != nil {
		return nil, "", err
	}
	if code != "" {
		return held(m, rules.Reason{Code: code}), "", nil
	}
	return m, "", nil
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

// holdCode returns why an acknowledgement that may be sent waits for a person
// all the same: the letter's place and age, and the caps that hold even when
// no header gives a robot away (peers.md 4.3).
func (p *folderPass) holdCode(ctx context.Context, l *letter, sl store.Letter, to string) (string, error) {
	if p.folder.Junk {
		return codeJunk, nil
	}
	if p.cur.FirstPass && p.Now().Sub(sl.ReceivedAt) > p.Acknowledge.Fresh {
		return codeOldAtStart, nil
	}
	return p.overCap(ctx, l.finding.Kinds, to)
}

// overCap returns the code of the cap that one more acknowledgement to the
// address would break, or "".
func (d *Desk) overCap(ctx context.Context, kinds []rules.Kind, to string) (string, error) {
	c, keys := d.Acknowledge.Caps, capKeys(to)
	now := d.Now()
	n, err := d.Store.AckCounts(ctx, store.AckQuery{
		Address: keys.Address, Domain: keys.Domain, Kinds: kinds,
		DaySince: now.Add(-24 * time.Hour), HourSince: now.Add(-time.Hour),
	})
	if err != nil {
		return "", err
	}
	over := func(count, limit int) bool { return limit > 0 && count >= limit }
	switch {
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

func (d *Desk) publicDomain(addr string) bool {
	for _, public := range d.Acknowledge.Caps.PublicDomains {
		if domainOf(addr) == strings.ToLower(public) {
			return true
		}
	}
	return false
}

// capKeys hashes what the caps count by: the outbox's counting columns
// outlive a purge and must not hold an address.
func capKeys(addr string) store.MailKeys {
	return store.MailKeys{Address: digest(fold(addr)), Domain: digest(domainOf(addr))}
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func domainOf(addr string) string {
	a := fold(addr)
	return a[strings.LastIndexByte(a, '@')+1:]
}

// recipient returns the one address an acknowledgement goes to. RFC 3834
// section 4 names the Return-Path; people expect From. From is taken when it
// is the Return-Path, when there is none to compare, or when the operator's
// server vouches for it; otherwise the Return-Path.
func recipient(f rules.Facts, t rules.Trust) string {
	from := ""
	if len(f.From) > 0 {
		from = f.From[0].Addr
	}
	if f.ReturnPath == nil || *f.ReturnPath == "" || t == rules.TrustVerified || fold(*f.ReturnPath) == fold(from) {
		return from
	}
	return *f.ReturnPath
}
