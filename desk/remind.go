package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// letterReminder is the template of the mail that lists what is due.
const letterReminder = "reminder"

// Due is one request that staff must be reminded of today.
type Due struct {
	Number   string
	Kind     rules.Kind
	Status   store.Status
	ActBy    rules.Date
	Source   rules.Source
	DaysLeft int  // working days; negative when the day has passed
	Overdue  bool // a term of the policy or of the law has passed
	Assignee string
	Stage    store.Stage
}

// RemindReport says what a reminding pass found.
type RemindReport struct {
	Due    []Due // stages reached and not yet reminded, most urgent first
	Queued int   // mails put into the outbox
}

// Remind computes from the database what is due within the configured working
// days, or overdue, and queues one mail with everything that has reached a new
// stage. Each (request, stage) is queued once, however often Remind runs; a
// stage that passed while nothing ran is made up by the present one. With dry
// set nothing is queued.
func (d *Desk) Remind(ctx context.Context, dry bool) (RemindReport, error) {
	var r RemindReport
	due, err := d.due(ctx)
	if err != nil {
		return r, err
	}
	numbers := make([]string, len(due))
	for i := range due {
		numbers[i] = due[i].Number
	}
	told, err := d.Store.Reminded(ctx, numbers)
	if err != nil {
		return r, fmt.Errorf("read reminders: %w", err)
	}
	r.Due = slices.DeleteFunc(due, func(x Due) bool { return told[x.Stage] })
	if dry || len(r.Due) == 0 && !d.Reminders.Always {
		return r, nil
	}
	if err := d.queueReminders(ctx, &r); err != nil {
		return r, fmt.Errorf("queue reminder: %w", err)
	}
	return r, nil
}

// due lists the open requests that have reached a stage.
func (d *Desk) due(ctx context.Context) ([]Due, error) {
	open, err := d.Store.Requests(ctx, store.Filter{})
	if err != nil {
		return nil, fmt.Errorf("read open requests: %w", err)
	}
	today := d.Today()
	var out []Due
	for _, q := range open {
		left := d.Calendar.Remaining(today, q.ActBy)
		stage, reached := d.stage(left)
		if !reached {
			continue
		}
		term, _ := actingTerm(q)
		kind := q.Kind
		if kind == "" && len(q.Candidates) > 0 {
			kind = q.Candidates[0]
		}
		out = append(out, Due{
			Number: q.Number, Kind: kind, Status: q.Status, ActBy: q.ActBy, Source: term.Source,
			DaysLeft: left, Overdue: overdue(q, today), Assignee: q.Assignee,
			Stage: store.Stage{Number: q.Number, Stage: stage, ClockStart: cmp.Or(term.From, q.ReceivedOn)},
		})
	}
	slices.SortStableFunc(out, func(a, b Due) int { return a.ActBy.Compare(b.ActBy) })
	return out, nil
}

// overdue reports whether a term of the policy or of the law has passed; a
// missed target is only that.
func overdue(r store.Request, today rules.Date) bool {
	return slices.ContainsFunc(r.Terms, func(t store.Term) bool {
		return t.Source != rules.SourceTarget && !t.Due.IsZero() && today.After(t.Due)
	})
}

// stage names the stage of a request with so many working days left: the
// nearest configured number not below it, or, once the day has passed, every
// working day for itself.
func (d *Desk) stage(left int) (string, bool) {
	if left < 0 {
		return strconv.Itoa(left), true
	}
	reached := -1
	for _, n := range d.Reminders.DaysBefore {
		if n >= left && (reached < 0 || n < reached) {
			reached = n
		}
	}
	return strconv.Itoa(reached), reached >= 0
}

// actingTerm returns the term that sets the request's act by.
func actingTerm(r store.Request) (store.Term, bool) {
	for _, t := range r.Terms {
		if t.Due == r.ActBy {
			return t, true
		}
	}
	return store.Term{}, false
}

// queueReminders puts one mail into the outbox and takes its stages with it, in
// one transaction.
func (d *Desk) queueReminders(ctx context.Context, r *RemindReport) error {
	lines, err := json.Marshal(r.Due)
	if err != nil {
		return err
	}
	data, err := json.Marshal(mailData{Template: letterReminder, Lines: string(lines)})
	if err != nil {
		return err
	}
	stages := make([]store.Stage, len(r.Due))
	for i := range r.Due {
		stages[i] = r.Due[i].Stage
	}
	label := "remind." + d.Now().UTC().Format("20060102150405.000")
	_, err = d.Store.Remind(ctx, stages, store.NewMail{
		Purpose: store.PurposeReminder, State: store.MailQueued, To: d.Reminders.To, Language: string(d.Language), Data: string(data),
		MessageID: func(string) string { return d.messageID(label) }, Keys: capKeys(d.Reminders.To),
	}, d.Now())
	if errors.Is(err, store.ErrStale) { // another process was faster
		r.Due = nil
		return nil
	}
	if err != nil {
		return err
	}
	r.Queued++
	d.testOnlyStep("reminder queued")
	return nil
}

// reminderLetter words a reminder from the lines fixed when it was queued.
func (d *Desk) reminderLetter(data mailData) (templates.Letter, error) {
	var due []Due
	if err := json.Unmarshal([]byte(data.Lines), &due); err != nil {
		return templates.Letter{}, fmt.Errorf("read lines of reminder: %w", err)
	}
	return d.ReminderText(due)
}

// ReminderText words the mail that lists what is due.
func (d *Desk) ReminderText(due []Due) (templates.Letter, error) {
	lang := d.Language
	out := templates.Reminder{Operator: d.Operator.Name.In(lang), Today: d.Today().Time()}
	for _, x := range due {
		stage := "due"
		switch {
		case x.Overdue:
			stage = "overdue"
			out.Overdue++
		case x.DaysLeft <= 1:
			out.Urgent++
		}
		if x.Status == store.StatusReview && !x.Overdue {
			stage = "review"
		}
		out.Lines = append(out.Lines, templates.ReminderLine{
			Number: x.Number, Kind: d.KindName(x.Kind, lang), Stage: stage, DaysLeft: x.DaysLeft,
			ActBy: x.ActBy.Time(), Source: string(x.Source), Assignee: x.Assignee,
		})
	}
	return d.Words.Letter(letterReminder, string(lang), out)
}

// KindName names a kind as the policy does.
func (d *Desk) KindName(k rules.Kind, lang rules.Lang) string {
	if rule, ok := d.Policy.Kind(k); ok {
		return rule.Name.In(lang)
	}
	return string(k)
}
