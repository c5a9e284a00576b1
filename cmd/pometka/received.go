package main

import (
	"errors"
	"strconv"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
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
