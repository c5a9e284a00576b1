package desk

import (
	"fmt"
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
	langs := o.languages()
	if o.Policy.Speaks(rules.EN) && !slices.Contains(langs, rules.EN) {
		langs = append(langs, rules.EN) // answers a letter in English
	}
	for i, first := range o.Policy.Kinds {
		for _, second := range o.Policy.Kinds[i:] {
			kinds := []rules.Kind{first.ID, second.ID}
			about, err := d.sampleRequests(kinds)
			if err != nil {
				return longest, err
			}
			for _, lang := range langs {
				n, err := d.acknowledgementWords(about, lang)
				if err != nil {
					return longest, err
				}
				if n > longest.Words {
					longest = Longest{Words: n, Lang: lang, Kinds: kinds}
				}
			}
		}
	}
	return longest, nil
}

// sampleRequests are the requests of a letter of these kinds, registered a day late. Twice
// the same kind is one request.
func (d *Desk) sampleRequests(kinds []rules.Kind) (list []store.Request, err error) {
	for i, k := range slices.Compact(slices.Clone(kinds)) {
		due, err := d.Policy.Deadlines(d.Calendar, d.Deadlines, k, sampleDay, rules.Circumstances{})
		if err != nil {
			return nil, err
		}
		list = append(list, store.Request{
			Number: fmt.Sprintf("%s-2026-%06d", d.Operator.Prefix, 123+i), Kind: k,
			ReceivedOn: sampleDay, RegisteredAt: d.Now().AddDate(0, 0, 1), Terms: terms(due),
		})
	}
	return list, nil
}

// acknowledgementWords counts the words of the acknowledgement of these requests, with those
// of a contact that was left out of it for want of room.
func (d *Desk) acknowledgementWords(about []store.Request, lang rules.Lang) (int, error) {
	data := d.acknowledgementData(store.Letter{ReceivedAt: d.Now(), RawSHA256: strings.Repeat("0", 64)}, about, lang)
	for _, r := range data.Requests {
		for n := range r.Dates {
			r.Dates[n].Provisional = true
		}
	}
	l, err := d.Words.Letter(letterAcknowledgement, string(lang), data)
	if err != nil {
		return 0, err
	}
	n, contact := templates.WordCount(l.Body), data.Contact
	if strings.Contains(l.Body, contact) {
		return n, nil
	}
	data.Contact = ""
	without, err := d.Words.Letter(letterAcknowledgement, string(lang), data)
	if err != nil || without.Body == l.Body { // it stands in no letter worded so
		return n, err
	}
	return max(n+templates.WordCount(contact), templates.MostWords) + 1, nil
}
