package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// statusJSON is what status --json prints.
type statusJSON struct {
	Healthy      bool                    `json:"healthy"`
	LastPass     string                  `json:"last_pass"`
	Ledger       ledgerJSON              `json:"ledger"`
	Outbox       map[store.MailState]int `json:"outbox"`
	SendingSince string                  `json:"sending_since"` // of the letter that the SMTP server has to answer; "": there is none
	RequestsOpen int                     `json:"requests_open"`
	Overdue      int                     `json:"overdue"`
	NextDue      rules.Date              `json:"next_due"`
	NextReminder string                  `json:"next_reminder"`
	Alarms       []string                `json:"alarms"` // codes of the trouble there is

	stale    bool // no pass over the mailbox has ended lately
	sending  time.Time
	hanging  bool // nothing is sent since the SMTP server is silent
	troubles []desk.Trouble
	next     store.Request // whose Foremost ends first
}

type ledgerJSON struct {
	Request int `json:"request"`
	Review  int `json:"review"`
	None    int `json:"none"`
}

func (a *app) statusCommand() *cobra.Command {
	return a.withJSON(&cobra.Command{
		Use: "status", Short: a.t("help.status"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c, func(d *desk.Desk) error {
				s, err := a.status(c, d)
				if err != nil {
					return err
				}
				if a.json {
					if err := a.printJSON(s); err != nil {
						return err
					}
				} else {
					a.printStatus(d, s)
				}
				if !s.Healthy {
					return silently(exitFailed)
				}
				return nil
			})
		},
	})
}

// status gathers the facts. The desk is healthy when a pass over the mailbox
// ended lately, and nothing of the outbox failed, is in doubt or hangs.
func (a *app) status(c *cobra.Command, d *desk.Desk) (statusJSON, error) {
	facts, err := d.Store.Counts(c.Context())
	if err != nil {
		return statusJSON{}, err
	}
	pass, err := d.Store.LastPass(c.Context())
	if err != nil {
		return statusJSON{}, err
	}
	open, err := d.Store.Requests(c.Context(), store.Filter{})
	if err != nil {
		return statusJSON{}, err
	}
	s := statusJSON{
		LastPass:     stamp(pass, d.Zone),
		Ledger:       ledgerJSON{facts.Ledger[rules.Request], facts.Ledger[rules.Review], facts.Ledger[rules.None]},
		Outbox:       map[store.MailState]int{},
		SendingSince: stamp(facts.Sending, d.Zone),
		RequestsOpen: len(open),
	}
	next, err := d.NextDigest(c.Context())
	if err != nil {
		return statusJSON{}, err
	}
	s.NextReminder = stamp(next, d.Zone)
	for _, state := range []store.MailState{store.MailQueued, store.MailSending, store.MailSent, store.MailFailed, store.MailUncertain, store.MailHeld} {
		s.Outbox[state] = facts.Outbox[state]
	}
	today, soonest := d.Today(), rules.Date{}
	for _, r := range open {
		if desk.Overdue(r, today) {
			s.Overdue++
		}
		if !r.ActBy.IsZero() && (s.NextDue.IsZero() || r.ActBy.Before(s.NextDue)) {
			s.NextDue = r.ActBy
		}
		if due := d.Foremost(r, today).Due; !r.ActBy.IsZero() && (soonest.IsZero() || due.Before(soonest)) {
			s.next, soonest = r, due
		}
	}
	if s.troubles, err = troublesNow(c.Context(), d); err != nil {
		return statusJSON{}, err
	}
	s.Alarms = []string{}
	for _, t := range s.troubles {
		s.Alarms = append(s.Alarms, t.Code)
	}
	s.stale = pass.IsZero() || d.Now().Sub(pass) > late(a.cfg)
	s.sending, s.hanging = facts.Sending, hangs(facts.Sending, d.Now())
	s.Healthy = !s.stale && !s.hanging && s.undelivered() == 0 && len(s.troubles) == 0
	return s, nil
}

// troublesNow are the troubles that last. Of letters that do not go out there may be more
// by now than when that was told.
func troublesNow(ctx context.Context, d *desk.Desk) ([]desk.Trouble, error) {
	list, err := d.Troubles(ctx)
	for i := range list {
		if list[i].Code != desk.TroubleOutbox {
			continue
		}
		var n int
		if n, err = d.Delayed(ctx); n > 0 { // else the next pass ends the trouble
			list[i].Count = n
		}
	}
	return list, err
}

// undelivered counts the letters that a person has to see to.
func (s statusJSON) undelivered() int {
	return s.Outbox[store.MailFailed] + s.Outbox[store.MailUncertain]
}

func (a *app) printStatus(d *desk.Desk, s statusJSON) {
	w := a.width()
	row := func(key, value string) { a.printf("%s", labelled(a.t(key), value, w)) }
	word := "status.well"
	if !s.Healthy {
		word = "status.unwell"
	}
	a.printf("%s\n", a.t(word))
	for _, t := range s.troubles {
		sentence, count := t.Sentence(d.Now())
		row("status.alarm", a.t(sentence, count))
		row("status.since", templates.DateTime(string(a.lang), t.Since.In(d.Zone)))
	}
	pass := a.t("status.never")
	if t, err := time.Parse(time.RFC3339, s.LastPass); err == nil {
		pass = templates.DateTime(string(a.lang), t.In(d.Zone))
		if s.stale {
			pass = a.t("status.stale", pass)
		}
	}
	row("status.last_pass", pass)
	row("status.ledger", a.t("status.ledger.text", s.Ledger.Request, s.Ledger.Review, s.Ledger.None))
	row("status.open", a.t("status.open.text", s.RequestsOpen, s.Overdue))
	if !s.NextDue.IsZero() {
		text := a.actByShort(d, s.next) // as list has it
		if canMove(s.next, d.Foremost(s.next, d.Today())) {
			text += " (" + a.t("calendar.provisional.short") + ")"
		}
		row("status.next_due", text)
	}
	mail := a.t("status.outbox.text", s.Outbox[store.MailQueued]+s.Outbox[store.MailSending], s.Outbox[store.MailSent], s.Outbox[store.MailHeld], s.Outbox[store.MailFailed], s.Outbox[store.MailUncertain])
	if s.undelivered() > 0 {
		mail += "; " + a.t("status.outbox.look")
	}
	row("status.outbox", mail)
	if s.hanging {
		row("status.hanging", a.t("status.hanging.text", templates.DateTime(string(a.lang), s.sending.In(d.Zone))))
	}
	if t, err := time.Parse(time.RFC3339, s.NextReminder); err == nil {
		row("status.next_reminder", templates.DateTime(string(a.lang), t.In(d.Zone)))
	}
}
