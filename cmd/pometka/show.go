package main

import (
	"strings"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// termText words one term: what is due, whose it is, on which basis.
func (a *app) termText(r store.Request, t store.Term, d *desk.Desk) string {
	parts := []string{a.t("source." + string(t.Source)), a.days(t.Days, t.Unit)}
	if b := t.Basis.In(a.lang); b != "" {
		parts = append(parts, b)
	}
	if t.Condition != "" {
		parts = append(parts, a.t("condition."+t.Condition))
	}
	if !r.Status.Closed() && !t.Due.IsZero() {
		parts = append(parts, a.daysLeft(d, t.Due, t.Source))
	}
	if t.Provisional && !t.Due.IsZero() {
		parts = append(parts, a.whyProvisional(r.Status, t.Due.Year, d.Today().Year, "calendar.provisional", "calendar.provisional.past"))
	}
	return strings.Join(parts, "; ")
}

// days words a number of days with their unit.
func (a *app) days(n int, u rules.Unit) string { return a.t("unit."+string(u), n) }

// ackText words the fate of the acknowledgement.
func (a *app) ackText(d *desk.Desk, r store.Request) string {
	state := string(r.Ack.State)
	if r.Ack.State == "" || r.Ack.State == store.MailNone {
		if len(r.Letters) > 0 && r.Letters[0].AnswerCode != "" {
			return a.t("outbox.state.none") + ": " + a.words.Reason(string(a.lang), r.Letters[0].AnswerCode, nil)
		}
		return a.t("outbox.state.none")
	}
	text := a.t("outbox.state." + state)
	if !r.Ack.At.IsZero() {
		text += ", " + a.when(r.Ack.At, d)
	}
	if r.Ack.Reason.Code != "" {
		text += ": " + a.words.Reason(string(a.lang), r.Ack.Reason.Code, r.Ack.Reason.Args)
	}
	return text
}

// when words an instant shortly, in the operator's zone.
func (a *app) when(t time.Time, d *desk.Desk) string {
	t = t.In(d.Zone)
	return templates.ShortDate(string(a.lang), t) + " " + t.Format("15:04")
}
