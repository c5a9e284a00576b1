package desk

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// ErrTemplate says that there is no such letter.
var ErrTemplate = errors.New("no such letter")

// Preview makes the letter name in lang from sample data, byte for byte as it
// would go out; only its address, its ids and our loop sign are samples. It
// needs no store.
func (o Options) Preview(name string, lang rules.Lang) ([]byte, error) {
	m := store.Mail{
		Purpose: purposeOf(name), To: "aigerim@mail.example", Language: string(lang),
		MessageID: fmt.Sprintf("<%s.%s-2026-000123.aaaabbbbccccdddd@%s>", name, o.Operator.Prefix, domainOf(o.From)),
	}
	if m.Purpose == store.PurposeAcknowledgement && name == letterAcknowledgement {
		m.MessageID = fmt.Sprintf("<ack.%s-2026-000123.aaaabbbbccccdddd@%s>", o.Operator.Prefix, domainOf(o.From))
	}
	langs := []rules.Lang{lang}
	if m.Purpose == store.PurposeAcknowledgement {
		langs = o.languagesOf(lang)
	}
	words, err := o.inLanguages(langs, func(l rules.Lang) (templates.Letter, error) {
		sample := o.sample(name, l)
		if sample == nil {
			return templates.Letter{}, fmt.Errorf("%q: %w", name, ErrTemplate)
		}
		return o.Words.Letter(name, string(l), sample)
	})
	if err != nil {
		return nil, err
	}
	if !toPublic(m.Purpose) {
		m.To = o.Reminders.To
	}
	l := store.Letter{MessageID: "<their-letter@mail.example>"}
	return mailbox.Compose(o.compose(m, l, langs, words, o.Now().In(o.Zone), "aaaabbbbccccdddd"))
}

// sampleDay is the day on which the letters of previews were received.
var sampleDay = rules.Date{Year: 2026, Month: time.November, Day: 23}

// sample is what the letter name is previewed with: as this operator, with this
// policy, would write it to a member of the public. nil: there is no such letter.
func (o Options) sample(name string, lang rules.Lang) any {
	kind := slices.IndexFunc(o.Policy.Kinds, func(k rules.KindRule) bool { return !k.ByPerson })
	if kind < 0 {
		kind = 0
	}
	rule := o.Policy.Kinds[kind]
	number := fmt.Sprintf("%s-%d-000123", o.Operator.Prefix, sampleDay.Year)
	switch s := o.Words.SampleIn(string(lang), name).(type) {
	case templates.Acknowledgement:
		due, err := o.Policy.Deadlines(o.Calendar, o.Deadlines, rule.ID, sampleDay, rules.Circumstances{})
		if err != nil {
			return s
		}
		at := time.Date(sampleDay.Year, sampleDay.Month, sampleDay.Day, 10, 5, 0, 0, o.Zone)
		r := store.Request{Number: number, Kind: rule.ID, ReceivedOn: sampleDay, RegisteredAt: at, Terms: terms(due)}
		d := &Desk{Options: o}
		d.Now = func() time.Time { return at }
		return d.acknowledgementData(store.Letter{ReceivedAt: at, RawSHA256: s.SHA256}, []store.Request{r}, lang)
	case templates.Receipt:
		s.Operator, s.Contact, s.Number = o.Operator.Name.In(lang), o.Operator.Contact, number
		return s
	case templates.Documents:
		s.Operator, s.Contact, s.Number = o.Operator.Name.In(lang), o.Operator.Contact, number
		return s
	case templates.Done:
		s.Operator, s.Contact, s.Number, s.What = o.Operator.Name.In(lang), o.Operator.Contact, number, rule.Formal.In(lang)
		var done []store.StepDone
		for _, step := range rule.Steps {
			done = append(done, store.StepDone{ID: step.ID, Done: true})
		}
		s.Steps = stepsTold(&rule, done, lang)
		return s
	case templates.Refusal:
		s.Operator, s.Contact, s.Number, s.What = o.Operator.Name.In(lang), o.Operator.Contact, number, rule.Formal.In(lang)
		return s
	default:
		return s
	}
}

// purposeOf returns what a letter is for.
func purposeOf(name string) store.Purpose {
	switch name {
	case letterAcknowledgement, letterReceipt:
		return store.PurposeAcknowledgement
	case "documents", "done", "refusal":
		return store.PurposeAnswer
	case "digest":
		return store.PurposeDigest
	case "alarm", "recovered":
		return store.PurposeAlarm
	}
	return store.PurposeReminder
}
