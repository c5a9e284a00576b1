package desk

import (
	"slices"
	"strings"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// Longest is the acknowledgement with most words in one language.
type Longest struct {
	Words int
	Lang  rules.Lang
	Kinds []rules.Kind
}

// LongestAcknowledgement words the acknowledgement of each pair of kinds as this operator
// would, for a letter that was registered a day late in a year without a published
// calendar, and returns the longest. If it has more words than templates.MostWords, the
// operator's name and contact leave no room for what the sender must be told; a contact
// that was left out for that is counted.
func (o Options) LongestAcknowledgement() (longest Longest, err error) {
	day := sampleDay
	at := time.Date(day.Year, day.Month, day.Day, 10, 5, 0, 0, o.Zone)
	d := &Desk{Options: o}
	d.Now = func() time.Time { return at }
	request := func(k rules.Kind, number string) (store.Request, error) {
		due, err := o.Policy.Deadlines(o.Calendar, o.Deadlines, k, day, rules.Circumstances{})
		return store.Request{Number: number, Kind: k, ReceivedOn: day, RegisteredAt: at.AddDate(0, 0, 1), Terms: terms(due)}, err
	}
	langs := o.languages()
	if o.Policy.Speaks(rules.EN) && !slices.Contains(langs, rules.EN) {
		langs = append(langs, rules.EN) // answers a letter in English
	}
	for i, first := range o.Policy.Kinds {
		for _, second := range o.Policy.Kinds[i:] {
			a, err := request(first.ID, o.Operator.Prefix+"-2026-000123")
			if err != nil {
				return longest, err
			}
			pair := []store.Request{a}
			if second.ID != first.ID {
				b, err := request(second.ID, o.Operator.Prefix+"-2026-000124")
				if err != nil {
					return longest, err
				}
				pair = append(pair, b)
			}
			for _, lang := range langs {
				data := d.acknowledgementData(store.Letter{ReceivedAt: at, RawSHA256: strings.Repeat("0", 64)}, pair, lang)
				for _, r := range data.Requests {
					for n := range r.Dates {
						r.Dates[n].Provisional = true
					}
				}
				l, err := o.Words.Letter(letterAcknowledgement, string(lang), data)
				if err != nil {
					return longest, err
				}
				n := templates.WordCount(l.Body)
				if contact := data.Contact; !strings.Contains(l.Body, contact) {
					data.Contact = ""
					without, err := o.Words.Letter(letterAcknowledgement, string(lang), data)
					if err != nil {
						return longest, err
					}
					if without.Body != l.Body { // it was left out for want of room
						n = max(n+templates.WordCount(contact), templates.MostWords) + 1
					}
				}
				if n > longest.Words {
					longest = Longest{Words: n, Lang: lang, Kinds: []rules.Kind{first.ID, second.ID}}
				}
			}
		}
	}
	return longest, nil
}
