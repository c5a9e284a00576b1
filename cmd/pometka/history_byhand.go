package main

import (
	"encoding/json"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// handDetail is what the detail of an event says of what a person brought in.
type handDetail struct {
	After struct {
		Sender *string `json:"sender"`
	} `json:"after"`
	More struct {
		ByHand *store.ByHand `json:"by_hand"`
	} `json:"more"`
	ByHand *store.ByHand `json:"by_hand"` // of a letter that joined
	To     string        `json:"to"`
	SentAt string        `json:"sent_at"`
}

// byHandText tells by which way something was registered by hand, whose letter
// staff found it to be, and what was sent from a mail program.
func (a *app) byHandText(e store.Event, desk *desk.Desk) []string {
	var d handDetail
	if e.Detail == "" || json.Unmarshal([]byte(e.Detail), &d) != nil {
		return nil
	}
	var lines []string
	by := d.More.ByHand
	if by == nil {
		by = d.ByHand
	}
	if by == nil && e.Code == store.EventRegistered && e.Actor != store.Machine {
		by = &store.ByHand{} // split off by a decision about another request
	}
	if by != nil {
		way := ""
		if by.Via != "" {
			way = a.t("register.via." + string(by.Via))
		}
		lines = append(lines, a.t("history.by_hand", a.actorName(e.Actor, desk), way))
		if by.Why != "" {
			lines = append(lines, a.t("history.why", by.Why))
		}
	}
	if d.After.Sender != nil {
		lines = append(lines, a.t("history.sender", *d.After.Sender))
	}
	if e.Code == store.EventAnswerRecorded {
		if at, err := time.Parse(time.RFC3339, d.SentAt); err == nil {
			lines = append(lines, a.t("history.answered", templates.ShortDate(string(a.lang), at.In(desk.Zone)), d.To))
		}
	}
	return lines
}
