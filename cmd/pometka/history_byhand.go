package main

import (
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// byHandText tells by which way something was registered by hand, whose letter
// staff found it to be, and what was sent from a mail program.
func (a *app) byHandText(e store.Event, d store.Detail, desk *desk.Desk) []string {
	var lines []string
	by := d.More.ByHand
	if by == nil && e.Code == store.EventRegistered && e.Actor != store.Machine {
		by = &store.ByHand{} // split off by a decision about another request
	}
	if by != nil {
		way := ""
		if by.Via != "" {
			way = a.t("register.via." + string(by.Via))
		}
		lines = append(lines, a.t("history.by_hand", a.actorName(e.Actor, desk), way))
		if by.Whole {
			lines = append(lines, a.t("history.whole"))
		}
		if by.Why != "" {
			lines = append(lines, a.t("history.why", by.Why))
		}
	}
	if d.After.Sender != nil {
		lines = append(lines, a.t("history.sender", *d.After.Sender))
	}
	if e.Code == store.EventAnswerRecorded {
		if at, err := time.Parse(time.RFC3339, d.SentAt); err == nil {
			to, _ := d.To.(string)
			lines = append(lines, a.t("history.answered", templates.ShortDate(string(a.lang), at.In(desk.Zone)), to))
		}
	}
	return lines
}
