package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// wanted is what the flags of list ask for.
type wanted struct {
	all, review, mine, overdue bool
	kinds, status              []string
	assignee, from             string
	dueWithin                  int
	within, assigned           bool // the flag was given
	receivedFrom, receivedTo   string
}

// statuses are all there are, in the order of their life.
var statuses = []store.Status{
	store.StatusReview, store.StatusOpen, store.StatusInProgress, store.StatusWaiting, store.StatusDone, store.StatusRefused, store.StatusDismissed,
}

// mostWithin bounds --due-within: three years of working days.
const mostWithin = 750

// filter turns the flags into the question to the register. Every error is one
// of usage, in the reader's language.
func (a *app) filter(d *desk.Desk, w wanted) (store.Filter, error) {
	f := store.Filter{All: w.all, From: w.from}
	for _, k := range w.kinds {
		kind, ok := kindNamed(d.Policy, k)
		if !ok {
			return f, errors.New(a.t("error.explain.kind", templates.Safe(k), a.kindList(d.Policy)))
		}
		f.Kinds = append(f.Kinds, kind)
	}
	for _, s := range w.status {
		if !slices.Contains(statuses, store.Status(s)) {
			return f, errors.New(a.t("list.error.status", templates.Safe(s), a.statusNames()))
		}
		f.Status = append(f.Status, store.Status(s))
	}
	if w.review {
		f.Status = append(f.Status, store.StatusReview)
	}
	if err := a.filterWho(d, w, &f); err != nil {
		return f, err
	}
	if w.overdue {
		f.OverdueOn = d.Today()
	}
	if w.within {
		if w.dueWithin < 0 || w.dueWithin > mostWithin {
			return f, errors.New(a.t("list.error.within", fmt.Sprint(w.dueWithin), mostWithin))
		}
		f.DueUntil = d.Calendar.AddWorking(d.Today(), w.dueWithin)
	}
	return f, a.filterDays(w, &f)
}

// filterWho narrows to one person's work.
func (a *app) filterWho(d *desk.Desk, w wanted, f *store.Filter) error {
	switch {
	case w.mine && w.assigned:
		return errors.New(a.t("list.error.mine"))
	case w.mine:
		who, err := a.actor()
		if err != nil {
			return err
		}
		f.Assignees = d.NamesOf(who.Login)
	case w.assigned && (w.assignee == "" || w.assignee == "-"):
		f.Assignees = []string{""}
	case w.assigned:
		f.Assignees = d.NamesOf(w.assignee)
	}
	return nil
}

// filterDays narrows to days of receipt.
func (a *app) filterDays(w wanted, f *store.Filter) error {
	for _, day := range []struct {
		flag, value string
		to          *rules.Date
	}{{"--received-from", w.receivedFrom, &f.ReceivedFrom}, {"--received-to", w.receivedTo, &f.ReceivedTo}} {
		if day.value == "" {
			continue
		}
		date, err := dayOf(day.value)
		if err != nil {
			return errors.New(a.t("list.error.day", day.flag, templates.Safe(day.value)))
		}
		*day.to = date
	}
	if !f.ReceivedFrom.IsZero() && !f.ReceivedTo.IsZero() && f.ReceivedFrom.After(f.ReceivedTo) {
		return errors.New(a.t("list.error.span", f.ReceivedFrom.String(), f.ReceivedTo.String()))
	}
	return nil
}

// dayOf reads a day as programs write it, 2026-11-23, or as people here do,
// 23.11.2026.
func dayOf(s string) (rules.Date, error) {
	s = strings.TrimSpace(s)
	if part := strings.Split(s, "."); len(part) == 3 && len(part[2]) == 4 {
		s = part[2] + "-" + leftZero(part[1]) + "-" + leftZero(part[0])
	}
	return rules.ParseDate(s)
}

func leftZero(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// statusNames lists what --status knows, each with its meaning.
func (a *app) statusNames() string {
	var names []string
	for _, s := range statuses {
		names = append(names, string(s)+" ("+a.t("status."+string(s))+")")
	}
	return strings.Join(names, ", ")
}
