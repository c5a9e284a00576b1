package desk

import (
	"slices"
	"strings"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// sampleDay is the day on which the letters of previews were received.
var sampleDay = rules.Date{Year: 2026, Month: time.November, Day: 23}

// previewer fills the samples of letters as this operator, with this policy, would
// write them.
type previewer struct {
	*Desk
	lang rules.Lang
	own  string // the operator
}

// sample is what the letter name is previewed with; nil: there is no such letter.
func (o *Options) sample(name string, lang rules.Lang) any {
	at := time.Date(sampleDay.Year, sampleDay.Month, sampleDay.Day, 10, 5, 0, 0, o.Zone)
	p := previewer{&Desk{Options: *o}, lang, o.Operator.Name.In(lang)}
	p.Now = func() time.Time { return at }
	rule := p.kind(func(k *rules.KindRule) bool { return !k.ByPerson })
	switch s := o.Words.Sample(string(lang), name).(type) {
	case templates.Acknowledgement:
		due, err := o.Policy.Deadlines(o.Calendar, o.Deadlines, rule.ID, sampleDay, rules.Circumstances{})
		if err != nil {
			return s
		}
		return p.acknowledgementData(p.letter(s.SHA256), p.requests(rule.ID, due), lang)
	case templates.Receipt:
		return p.receiptData(p.letter(s.SHA256), p.requests("", o.Policy.ReviewDeadlines(o.Calendar, o.Deadlines, nil, sampleDay)), lang)
	case templates.Documents:
		proved := p.kind(func(k *rules.KindRule) bool {
			return slices.ContainsFunc(k.Terms, func(t rules.Term) bool { return t.Condition == rules.ConditionDocuments })
		})
		s.Operator, s.Contact, s.Number, s.What = p.own, o.Operator.Contact, p.number("2026-000123"), proved.Formal.In(lang)
		return s
	case templates.Done:
		s.Operator, s.Contact, s.Number, s.What = p.own, o.Operator.Contact, p.number("2026-000123"), rule.Formal.In(lang)
		var done []store.StepDone
		for _, step := range rule.Steps {
			done = append(done, store.StepDone{ID: step.ID, Done: true})
		}
		s.Steps = stepsTold(rule, done, lang)
		return s
	case templates.Refusal:
		s.Operator, s.Contact, s.Number, s.What = p.own, o.Operator.Contact, p.number("2026-000123"), rule.Formal.In(lang)
		s.Basis = rule.Clause.In(lang)
		if law := slices.IndexFunc(rule.Terms, func(t rules.Term) bool { return t.Source == rules.SourceLaw }); law >= 0 {
			s.Basis = rule.Terms[law].Basis.In(lang)
		}
		return s
	default:
		return p.staffSample(s)
	}
}

// staffSample puts this operator's name, numbers and kinds into a letter to staff.
func (p *previewer) staffSample(sample any) any {
	switch s := sample.(type) {
	case templates.Reminder:
		s.Operator = p.own
		p.nameLines(s.Lines)
		return s
	case templates.Escalation:
		s.Operator = p.own
		p.nameLines(s.Lines)
		return s
	case templates.Digest:
		s.Operator = p.own
		p.nameLines(s.Lines)
		for i := range s.Letters {
			s.Letters[i].Number = p.number(s.Letters[i].Number)
		}
		for i := range s.Moved {
			s.Moved[i].Number = p.number(s.Moved[i].Number)
		}
		return s
	case templates.Alarm:
		s.Operator = p.own
		return s
	case templates.Recovered:
		s.Operator = p.own
		return s
	}
	return sample
}

// nameLines names the requests of a letter to staff as this operator's, of the kinds
// of the policy one after the other.
func (p *previewer) nameLines(lines []templates.ReminderLine) {
	for i := range lines {
		l := &lines[i]
		if l.Number = p.number(l.Number); l.Kind != "" {
			l.Kind = p.Policy.Kinds[i%len(p.Policy.Kinds)].Name.In(p.lang)
		}
	}
}

// kind is the first kind of the policy that is fit, else its first.
func (p *previewer) kind(fit func(*rules.KindRule) bool) *rules.KindRule {
	for i := range p.Policy.Kinds {
		if k := &p.Policy.Kinds[i]; fit(k) {
			return k
		}
	}
	return &p.Policy.Kinds[0]
}

// number is one of the samples with the operator's prefix before its year.
func (p *previewer) number(sample string) string {
	return p.Operator.Prefix + "-" + sample[strings.Index(sample, "20"):]
}

func (p *previewer) letter(digest string) store.Letter {
	return store.Letter{ReceivedAt: p.Now(), RawSHA256: digest}
}

func (p *previewer) requests(k rules.Kind, due rules.Deadlines) []store.Request {
	return []store.Request{{Number: p.number("2026-000123"), Kind: k, ReceivedOn: sampleDay, RegisteredAt: p.Now(), Terms: terms(due)}}
}
