package main

import (
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// actBy is the day to act by as a last day: that of the term that sets it.
func actBy(v *store.Values) (t store.TermDetail) {
	if v.ActBy == nil {
		return t
	}
	for _, t := range v.Terms {
		if t.Due == *v.ActBy && t.Provisional {
			return t
		}
	}
	return store.TermDetail{Due: *v.ActBy}
}

// foundOut tells what staff found out.
func (a *app) foundOut(d store.Detail, p *rules.Policy) []string {
	var lines []string
	if d.More.For != "" {
		lines = append(lines, a.t("history.for."+d.More.For))
	}
	if c := d.After.Consumer; c != nil && *c != nil {
		lines = append(lines, a.t(map[bool]string{true: "history.consumer.yes", false: "history.consumer.no"}[**c]))
	}
	if day := d.After.Documents; day != nil && !day.IsZero() {
		lines = append(lines, a.t("history.documents", a.shortDay(*day)))
	}
	if b, n := d.Before.ReceivedOn, d.After.ReceivedOn; b != nil && n != nil {
		lines = append(lines, a.t("history.received", a.shortDay(*b), a.shortDay(*n)))
	}
	if b, n := d.Before.Kind, d.After.Kind; b != nil && n != nil && *b != "" {
		lines = append(lines, a.t("history.kind", a.kindNames(p, []rules.Kind{*b}), a.kindNames(p, []rules.Kind{*n})))
	}
	return lines
}

// movedTerms tells which terms moved, came or went. One that another kind brings in the
// place of the same one of the kind before did neither.
func (a *app) movedTerms(d store.Detail) []string {
	was, other := map[store.TermDetail]store.TermDetail{}, rules.Kind("")
	if b, n := d.Before.Kind, d.After.Kind; b != nil && n != nil {
		other = *b
	}
	for _, t := range d.Before.Terms {
		was[store.TermDetail{ID: t.ID, Kind: t.Kind}] = t
	}
	var lines []string
	for _, t := range d.After.Terms {
		key := store.TermDetail{ID: t.ID, Kind: t.Kind}
		if _, there := was[key]; !there && other != "" {
			key.Kind = other
		}
		old, there := was[key]
		delete(was, key)
		name := a.t("term." + t.ID)
		switch {
		case !there:
			lines = append(lines, a.t("history.term.new", name, a.lastDay(t)))
		case old.Due != t.Due:
			lines = append(lines, a.t("history.term.moved", name, a.lastDay(old), a.lastDay(t)))
		}
	}
	for _, t := range d.Before.Terms {
		if _, gone := was[store.TermDetail{ID: t.ID, Kind: t.Kind}]; gone {
			lines = append(lines, a.t("history.term.gone", a.t("term."+t.ID), a.lastDay(t)))
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

// lastDay is dayOrStanding, which says so where a calendar that was still to be
// published could move the day.
func (a *app) lastDay(t store.TermDetail) string {
	day := a.dayOrStanding(t.Due)
	if t.Provisional && !t.Due.IsZero() {
		day += " (" + a.t("calendar.provisional.short") + ")"
	}
	return day
}
