package main

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// receipt reads a day, or an instant whose day in the operator's zone counts.
func receipt(s string, zone *time.Location) (rules.Date, time.Time, error) {
	day, err := dayOf(s)
	at := time.Time{}
	if err != nil {
		if at, err = time.Parse(time.RFC3339, s); err != nil {
			return day, at, err
		}
		day = rules.DateIn(at, zone)
	}
	if !rules.Known(day) {
		return day, at, desk.ErrYear
	}
	return day, at, nil
}

// receiptFault says what is wrong with the value of --received.
func (a *app) receiptFault(value string, err error) string {
	if errors.Is(err, desk.ErrYear) {
		return a.t("error.received.year", templates.Safe(value), strconv.Itoa(rules.FirstYear), strconv.Itoa(rules.LastYear))
	}
	return a.t("error.received", templates.Safe(value))
}

// receiptSet reports whether the history says that somebody corrected the day of receipt.
func receiptSet(history []store.Event) bool {
	return slices.ContainsFunc(history, func(e store.Event) bool {
		x, err := e.ReadDetail()
		return e.Code == "set" && err == nil && x.Before.ReceivedOn != nil
	})
}

// otherReceipt says when the letter came, where that was not on the day from which terms
// run: somebody corrected that day, or it was counted in another time zone. Else it is "".
func (a *app) otherReceipt(on rules.Date, x explained) string {
	at := x.received.In(x.zone)
	if x.received.IsZero() || rules.DateIn(at, x.zone) == on {
		return ""
	}
	came := templates.DateTime(string(a.lang), at)
	if x.dayOnly {
		came = templates.Date(string(a.lang), at)
	}
	if x.set {
		return a.t("explain.received.set", came)
	}
	return a.t("explain.received.zone", came, x.zone.String())
}
