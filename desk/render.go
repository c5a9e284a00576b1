package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// render makes the bytes of a letter at its first claim; every further try
// sends the same bytes.
func (d *Desk) render(m store.Mail, l store.Letter, requests []store.Request) ([]byte, error) {
	var data mailData
	if err := json.Unmarshal([]byte(m.Data), &data); err != nil {
		return nil, fmt.Errorf("read data of mail %d: %w", m.ID, err)
	}
	langs := []rules.Lang{rules.Lang(m.Language)}
	var words templates.Letter
	var err error
	switch data.Template {
	case letterAcknowledgement, letterReceipt:
		langs = d.languagesOf(l.Language)
		words, err = d.inLanguages(langs, func(lang rules.Lang) (templates.Letter, error) {
			if data.Template == letterReceipt {
				return d.Words.Letter(letterReceipt, string(lang), d.receiptData(l, requests, lang))
			}
			return d.Words.Letter(letterAcknowledgement, string(lang), d.acknowledgementData(l, requests, lang))
		})
	case letterReminder, letterDigest, letterEscalation:
		words, err = d.staffLetter(data, rules.Lang(m.Language))
	case letterAlarm, letterRecovered:
		words, err = d.alarmLetter(data, cmp.Or(rules.Lang(m.Language), rules.RU))
	default:
		err = fmt.Errorf("unknown template %q", data.Template)
	}
	if err != nil {
		return nil, fmt.Errorf("word mail %d: %w", m.ID, err)
	}
	return mailbox.Compose(d.compose(m, l, langs, words))
}

// Rendered is a letter of ours that was not made yet, as it would be made now. That
// changes nothing.
func (d *Desk) Rendered(ctx context.Context, m store.Mail) ([]byte, error) {
	var l store.Letter
	var requests []store.Request
	if m.Purpose.Public() {
		for _, number := range m.Requests {
			r, err := d.Store.Request(ctx, number)
			if err != nil {
				return nil, err
			}
			requests = append(requests, r)
			for i := range r.Letters {
				if r.Letters[i].ID == m.LetterID {
					l = r.Letters[i]
				}
			}
		}
	}
	return d.render(m, l, requests)
}

// compose puts the words into a letter with its header (docs/developer.md). Nothing that the
// sender wrote goes into the header, except the Message-IDs of the letter, where they have
// the form of one.
func (d *Desk) compose(m store.Mail, l store.Letter, langs []rules.Lang, words templates.Letter) mailbox.Letter {
	return d.Options.composeAt(m, l, langs, words, d.Now().In(d.Zone), d.LoopSign())
}

func (o Options) composeAt(m store.Mail, l store.Letter, langs []rules.Lang, words templates.Letter, at time.Time, sign string) mailbox.Letter {
	out := mailbox.Letter{
		From:      mailbox.Address{Name: o.Operator.Name.In(langs[0]), Addr: rules.SentAddress(o.From)},
		To:        mailbox.Address{Addr: rules.SentAddress(m.To)},
		Subject:   words.Subject,
		Body:      words.Body,
		Date:      at,
		MessageID: m.MessageID,
		Language:  contentLanguage(langs),
		LoopSign:  sign,
	}
	switch m.Purpose {
	case store.PurposeAcknowledgement:
		out.AutoSubmitted = "auto-replied"
		out.InReplyTo, out.References = replyTo(l)
	case store.PurposeAnswer:
		out.InReplyTo, out.References = replyTo(l)
	default:
		out.AutoSubmitted = "auto-generated"
	}
	return out
}

// replyTo returns In-Reply-To and References of an answer to the letter: its
// own id, and its chain with that id behind (RFC 5322, 3.6.4). A letter
// without an id is answered without both.
func replyTo(l store.Letter) (inReplyTo string, references []string) {
	if l.MessageID == "" {
		return "", nil
	}
	chain := l.References
	if len(chain) == 0 && l.InReplyTo != "" {
		chain = []string{l.InReplyTo}
	}
	for _, id := range chain {
		if id != l.MessageID {
			references = append(references, id)
		}
	}
	return l.MessageID, append(references, l.MessageID)
}

// contentLanguage is the value of Content-Language (RFC 3282).
func contentLanguage(langs []rules.Lang) string {
	words := make([]string, 0, len(langs))
	for _, l := range langs {
		if l != "" {
			words = append(words, string(l))
		}
	}
	return strings.Join(words, ", ")
}

// languagesOf returns the languages of the answer to a letter in lang. Usually that is lang
// alone. Where lang is not known, or the policy has no words for a sender in it, they are
// all languages of the operator. Below an English text stands one in the operator's first
// language, since that is the text that the operator answers for.
func (o Options) languagesOf(lang rules.Lang) []rules.Lang {
	own := o.languages()
	switch {
	case !o.Policy.Speaks(lang):
		return own
	case lang == rules.EN && own[0] != rules.EN:
		return []rules.Lang{lang, own[0]}
	}
	return []rules.Lang{lang}
}

// languages are the operator's languages, at least one, of those in which the
// policy has words for a sender.
func (o Options) languages() []rules.Lang {
	own := slices.DeleteFunc(slices.Clone(o.Operator.Languages), func(l rules.Lang) bool { return !o.Policy.Speaks(l) })
	if len(own) == 0 {
		own = []rules.Lang{o.Policy.Language()}
	}
	return own
}

// inLanguages words a letter in each language, one below the other.
func (o Options) inLanguages(langs []rules.Lang, word func(rules.Lang) (templates.Letter, error)) (templates.Letter, error) {
	var letters []templates.Letter
	for _, l := range langs {
		w, err := word(l)
		if err != nil {
			return templates.Letter{}, err
		}
		letters = append(letters, w)
	}
	return o.Words.Join(letters...), nil
}

func (d *Desk) acknowledgementData(l store.Letter, requests []store.Request, lang rules.Lang) templates.Acknowledgement {
	received, dayOnly := d.receivedBy(l, requests)
	a := templates.Acknowledgement{
		Operator: d.Operator.Name.In(lang), Contact: d.Operator.Contact,
		Received: received, DayOnly: dayOnly, Registered: d.Now().In(d.Zone),
	}
	a.SHA256 = checksum(l)
	for i, r := range requests {
		if i == 0 {
			a.Number = r.Number
			a.Registered = r.RegisteredAt.In(d.Zone)
			a.RegisteredLater = rules.DateIn(r.RegisteredAt, d.Zone) != rules.DateIn(received, received.Location())
		}
		a.Requests = append(a.Requests, d.ackRequest(r, lang))
	}
	return a
}

// receivedBy is when the letter was received, as its sender is told: to the minute or, where
// staff corrected the day, only the day. Where the requests of one letter have different
// days, the earliest counts.
func (d *Desk) receivedBy(l store.Letter, requests []store.Request) (at time.Time, dayOnly bool) {
	at = l.ReceivedAt.In(d.Zone)
	on := rules.DateIn(at, d.Zone)
	for i, r := range requests {
		if i == 0 || r.ReceivedOn.Before(on) {
			on = r.ReceivedOn
		}
	}
	if on == rules.DateIn(at, d.Zone) && !l.DayOnly(d.Zone) {
		return at, false
	}
	return on.Time(), true
}

func (d *Desk) ackRequest(r store.Request, lang rules.Lang) templates.AckRequest {
	q := templates.AckRequest{Number: r.Number}
	if rule, ok := d.Policy.Kind(r.Kind); ok {
		q.What, q.Will = rule.Formal.In(lang), rule.Will.In(lang)
		q.Claim, q.PassedOn = rule.Claim, rule.PassedOn
	}
	q.Dates = ackDates(r.Terms, d.Acknowledge.Dates, lang, d.Today())
	if r.Documents.IsZero() {
		term := d.documentTerm(r.Kind)
		q.DocumentDays, q.ProofWorking = term.Days, term.Unit != rules.CalendarDays
		q.Documents = q.DocumentDays > 0
	}
	return q
}

// documentTerm is the term of the kind that waits for documents; of no days when there is none.
func (d *Desk) documentTerm(k rules.Kind) rules.Term {
	rule, ok := d.Policy.Kind(k)
	if !ok {
		return rules.Term{}
	}
	i := slices.IndexFunc(rule.Terms, func(t rules.Term) bool { return t.Condition == rules.ConditionDocuments })
	if i < 0 {
		return rules.Term{}
	}
	return rule.Terms[i]
}

// ackDates lists the dates that the sender is told: first that of the policy with its clause,
// since both sides have the policy in hand; then that of the law, if it is earlier; then
// that of consumer law. Targets are never told, nor terms that the policy file does not
// allow to be named. Days that have passed while the letter waited for a person are told as
// passed.
func ackDates(terms []store.Term, which string, lang rules.Lang, today rules.Date) []templates.AckDate {
	var policy, law *store.Term
	var out []templates.AckDate
	add := func(t store.Term, as string, earlier bool) {
		basis := ""
		if t.Source == rules.SourcePolicy || !t.Checked.IsZero() { // an article is named only when checked
			basis = t.Basis.In(lang)
		}
		out = append(out, templates.AckDate{Source: as, Days: t.Days, Working: t.Unit == rules.WorkingDays, Basis: basis, Due: t.Due.Time(), Earlier: earlier, Passed: t.Due.Before(today), Provisional: t.Provisional})
	}
	for i, t := range terms {
		switch {
		case !t.Named || t.Due.IsZero() || t.Condition == rules.ConditionConsumer:
		case t.Source == rules.SourcePolicy:
			policy = &terms[i]
		case t.Source == rules.SourceLaw:
			law = &terms[i]
		}
	}
	lawEarlier := law != nil && (policy == nil || law.Due.Before(policy.Due))
	if policy != nil && (which != "earliest" || !lawEarlier) {
		add(*policy, "policy", false)
	}
	if lawEarlier && which != "policy" {
		add(*law, "law", policy != nil && which != "earliest")
	}
	for _, t := range terms {
		if t.Condition == rules.ConditionConsumer && t.Named && !t.Due.IsZero() && which != "policy" {
			add(t, "consumer", false)
		}
	}
	return out
}

func (d *Desk) receiptData(l store.Letter, requests []store.Request, lang rules.Lang) templates.Receipt {
	received, dayOnly := d.receivedBy(l, requests)
	r := templates.Receipt{
		Operator: d.Operator.Name.In(lang), Contact: d.Operator.Contact,
		Received: received, DayOnly: dayOnly, SHA256: checksum(l),
	}
	if len(requests) > 0 {
		r.Number = requests[0].Number
		by := decideBy(requests[0])
		r.DecideBy, r.DecidePassed = by.Time(), by.Before(d.Today())
		if d.Calendar.Provisional(by.Year) && !r.DecidePassed {
			r.Provisional = by.Year
		}
	}
	return r
}

// decideBy is the day by which a person decides on a review case: its target.
func decideBy(r store.Request) rules.Date {
	for _, t := range r.Terms {
		if t.Source == rules.SourceTarget && t.Kind == "" {
			return t.Due
		}
	}
	return r.ActBy
}
