package desk

import (
	"errors"
	"fmt"

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
	if !m.Purpose.Public() {
		m.To = o.Reminders.To
	}
	l := store.Letter{MessageID: "<their-letter@mail.example>"}
	return mailbox.Compose(o.composeAt(m, l, langs, words, o.Now().In(o.Zone), "aaaabbbbccccdddd"))
}

// purposeOf returns what a letter is for.
func purposeOf(name string) store.Purpose {
	switch name {
	case letterAcknowledgement, letterReceipt:
		return store.PurposeAcknowledgement
	case AnswerDocuments, AnswerDone, AnswerRefusal:
		return store.PurposeAnswer
	case letterDigest:
		return store.PurposeDigest
	case letterAlarm, letterRecovered:
		return store.PurposeAlarm
	}
	return store.PurposeReminder
}
