package desk

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// notice makes what the store queues of a letter.
func (d *Desk) notice(l letterTo) (store.Notice, error) {
	data, err := dataOf(l.template, l.data)
	if err != nil {
		return store.Notice{}, err
	}
	n := store.Notice{Stages: l.stages, Escalated: l.escalated}
	for _, x := range l.data.Lines {
		n.Numbers = append(n.Numbers, x.Number)
	}
	purpose := store.PurposeReminder
	if l.template == letterDigest {
		purpose = store.PurposeDigest
	}
	label := l.template + "." + stamp(d.Now()) + "." + addressDigest(l.addr)[:8]
	n.Mail = store.NewMail{
		Purpose: purpose, State: store.MailQueued, To: l.addr, Language: string(l.lang), Data: data,
		MessageID: func(string) string { return d.messageID(label) }, Keys: capKeys(l.addr),
	}
	return n, nil
}

// Draft is a letter to staff as it would go out.
type Draft struct {
	To string
	templates.Letter
}

func (d *Desk) drafts(letters []letterTo) ([]Draft, error) {
	var out []Draft
	for _, l := range letters {
		words, err := d.wordBulletin(l.template, l.lang, l.data)
		if err != nil {
			return nil, err
		}
		out = append(out, Draft{l.addr, words})
	}
	return out, nil
}

// staffLetter words a letter to staff from what was fixed when it was queued.
func (d *Desk) staffLetter(data mailData, lang rules.Lang) (templates.Letter, error) {
	var b bulletin
	if err := json.Unmarshal(data.Lines, &b); err != nil {
		return templates.Letter{}, fmt.Errorf("read lines of %s: %w", data.Template, err)
	}
	return d.wordBulletin(data.Template, lang, b)
}

func (d *Desk) wordBulletin(template string, lang rules.Lang, b bulletin) (templates.Letter, error) {
	lines, late, urgent := d.lines(b.Lines, lang)
	operator, today := d.Operator.Name.In(lang), b.Today.Time()
	var data any
	switch template {
	case letterEscalation:
		data = templates.Escalation{Operator: operator, Today: today, Lines: lines, Overdue: late, Urgent: urgent}
	case letterDigest:
		g := templates.Digest{Operator: operator, Today: today, Lines: lines, Overdue: late, Urgent: urgent,
			NoCalendar: b.NoCalendar, Events: int(b.Events), Head: b.Head}
		for _, m := range b.Moved {
			g.Moved = append(g.Moved, d.movedLine(m, lang))
		}
		g.Letters = d.stuckLines(b.Letters, lang)
		data = g
	default:
		data = templates.Reminder{Operator: operator, Today: today, Lines: lines, Overdue: late, Urgent: urgent}
	}
	return d.Words.Letter(template, string(lang), data)
}

// lines words the requests, and counts those overdue and those due today or on
// the next working day.
func (d *Desk) lines(due []Due, lang rules.Lang) (out []templates.ReminderLine, late, urgent int) {
	for _, x := range due {
		switch {
		case x.Overdue:
			late++
		case x.Left <= 1:
			urgent++
		}
		out = append(out, templates.ReminderLine{
			Number: x.Number, Next: d.Words.Next(string(lang), string(x.Next), x.Number), Kind: d.KindName(x.Kind, lang), New: x.New,
			Review: x.Status == store.StatusReview, Might: d.kindNames(x.Candidates, lang), DaysLeft: x.Left, Missed: x.Missed, Waits: x.Waits,
			ActBy: x.Last.Time(), Source: string(x.Source), Assignee: d.NameOf(x.Assignee), Provisional: x.Provisional,
		})
	}
	return out, late, urgent
}

// Of more letters than mostAlike that wait for one reason, fewAlike stand for all.
const mostAlike, fewAlike = 10, 3

// stuckLines words the letters that wait for a person. A first pass over an old mailbox may
// hold thousands for one reason.
func (d *Desk) stuckLines(list []stuckMail, lang rules.Lang) (out []templates.DigestLetter) {
	alike := map[string][]int{}
	for i, m := range list {
		l := d.stuckLine(m, lang)
		out, alike[l.State+l.Reason] = append(out, l), append(alike[l.State+l.Reason], i)
	}
	for _, at := range alike {
		if len(at) <= mostAlike {
			continue
		}
		out[at[fewAlike-1]].More = len(at) - fewAlike
		for _, i := range at[fewAlike:] {
			out[i].Folded = true
		}
	}
	return out
}

// stuckLine words a letter that waits for a person.
func (d *Desk) stuckLine(m stuckMail, lang rules.Lang) templates.DigestLetter {
	out := templates.DigestLetter{
		ID: strconv.FormatInt(m.ID, 10), Number: m.Number, State: d.Words.T(string(lang), "outbox.state."+string(m.State)),
	}
	if r := tellable(m.Reason); r.Code != "" {
		out.Reason = d.Words.Reason(string(lang), r.Code, r.Args)
	}
	return out
}

// kindNames names what a case on review might be.
func (d *Desk) kindNames(kinds []rules.Kind, lang rules.Lang) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = d.KindName(k, lang)
	}
	return strings.Join(names, ", ")
}

// KindName names a kind as the policy does.
func (d *Desk) KindName(k rules.Kind, lang rules.Lang) string {
	if rule, ok := d.Policy.Kind(k); ok {
		return rule.Name.In(lang)
	}
	return string(k)
}
