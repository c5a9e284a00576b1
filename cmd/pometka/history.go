package main

import (
	"encoding/json"
	"strings"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// datesMoved is what the detail of an event says of dates: see store.Change.
type datesMoved struct {
	Before, After datesState
	More          struct {
		Why   string `json:"why"`
		For   string `json:"for"`
		Cause string `json:"cause"`
	}
}

type datesState struct {
	ActBy     *rules.Date  `json:"act_by"`
	Received  *rules.Date  `json:"received_on"`
	Documents *rules.Date  `json:"documents"`
	Consumer  *bool        `json:"consumer"`
	Kind      *rules.Kind  `json:"kind"`
	Terms     []termMoment `json:"terms"`
}

type termMoment struct {
	ID   string     `json:"id"`
	Kind rules.Kind `json:"kind"`
	Due  rules.Date `json:"due"`
}

// historyText tells an event in a sentence, and beneath it each date that it
// moved, with the old one, the new one and the cause.
func (a *app) historyText(e store.Event, p *rules.Policy) []string {
	lines := []string{a.eventText(e)}
	var d datesMoved
	if e.Detail == "" || json.Unmarshal([]byte(e.Detail), &d) != nil {
		return lines // purged, or an act of another form
	}
	lines = append(lines, a.found(d, p)...)
	lines = append(lines, a.byHandText(e)...)
	if e.Code == store.EventRegistered {
		if d.After.ActBy != nil && !d.After.ActBy.IsZero() {
			lines = append(lines, a.t("history.act_by", a.shortDay(*d.After.ActBy)))
		}
		return lines
	}
	if b, n := d.Before.ActBy, d.After.ActBy; b != nil && n != nil {
		lines = append(lines, a.movedTerms(d)...)
		if *b != *n {
			lines = append(lines, a.t("history.act_by.moved", a.dayOrStanding(*b), a.dayOrStanding(*n)))
		}
	}
	switch {
	case d.More.Cause != "":
		lines = append(lines, a.t("history.cause", a.t("cause."+d.More.Cause)))
	case d.More.Why != "":
		lines = append(lines, a.t("history.why", d.More.Why))
	}
	return lines
}

// found tells what staff found out.
func (a *app) found(d datesMoved, p *rules.Policy) []string {
	var lines []string
	if d.More.For != "" {
		lines = append(lines, a.t("history.for."+d.More.For))
	}
	if c := d.After.Consumer; c != nil {
		lines = append(lines, a.t(map[bool]string{true: "history.consumer.yes", false: "history.consumer.no"}[*c]))
	}
	if day := d.After.Documents; day != nil && !day.IsZero() {
		lines = append(lines, a.t("history.documents", a.shortDay(*day)))
	}
	if b, n := d.Before.Received, d.After.Received; b != nil && n != nil {
		lines = append(lines, a.t("history.received", a.shortDay(*b), a.shortDay(*n)))
	}
	if b, n := d.Before.Kind, d.After.Kind; b != nil && n != nil && *b != "" {
		lines = append(lines, a.t("history.kind", a.kindNames(p, []rules.Kind{*b}), a.kindNames(p, []rules.Kind{*n})))
	}
	return lines
}

// movedTerms tells which terms moved, came or went.
func (a *app) movedTerms(d datesMoved) []string {
	was := map[termMoment]rules.Date{}
	for _, t := range d.Before.Terms {
		was[termMoment{ID: t.ID, Kind: t.Kind}] = t.Due
	}
	var lines []string
	for _, t := range d.After.Terms {
		key := termMoment{ID: t.ID, Kind: t.Kind}
		old, there := was[key]
		delete(was, key)
		name := a.t("term." + t.ID)
		switch {
		case !there:
			lines = append(lines, a.t("history.term.new", name, a.dayOrStanding(t.Due)))
		case old != t.Due:
			lines = append(lines, a.t("history.term.moved", name, a.dayOrStanding(old), a.dayOrStanding(t.Due)))
		}
	}
	for _, t := range d.Before.Terms {
		if _, gone := was[termMoment{ID: t.ID, Kind: t.Kind}]; gone {
			lines = append(lines, a.t("history.term.gone", a.t("term."+t.ID), a.dayOrStanding(t.Due)))
		}
	}
	return lines
}

// dayOrStanding writes a last day, or that the term stands still.
func (a *app) dayOrStanding(d rules.Date) string {
	if d.IsZero() {
		return a.t("list.standing.short")
	}
	return a.shortDay(d)
}

// historyEntry prints an event with its time in front.
func (a *app) historyEntry(when string, e store.Event, p *rules.Policy) {
	for i, line := range a.historyText(e, p) {
		if i > 0 {
			when = ""
		}
		a.printf("%s", strings.TrimRight(labelled(when, templates.Safe(line), a.width()), " "))
	}
}
