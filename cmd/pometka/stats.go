package main

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// statsJSON is one period of stats --json.
type statsJSON struct {
	From       rules.Date         `json:"from"`
	To         rules.Date         `json:"to"`
	Received   int                `json:"received"`
	ByKind     map[rules.Kind]int `json:"by_kind"`
	Review     int                `json:"review"`
	Open       int                `json:"open"`
	Done       int                `json:"done"`
	Refused    int                `json:"refused"`
	Dismissed  int                `json:"dismissed"`
	Policy     inTimeJSON         `json:"policy"`
	Law        inTimeJSON         `json:"law"`
	MedianDays *int               `json:"median_days"` // working days; null: nothing is closed
}

type inTimeJSON struct {
	InTime  int `json:"in_time"`
	Late    int `json:"late"`
	Running int `json:"running"`
}

func (a *app) statsCommand() *cobra.Command {
	year, month := "", ""
	c := a.withJSON(&cobra.Command{
		Use: "stats", Short: a.t("help.stats"), Long: a.t("help.stats.long"), Example: a.example("stats"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c, func(d *desk.Desk) error {
				periods, err := a.periods(d.Today(), year, month)
				if err != nil {
					return usage(err)
				}
				var stats []desk.Stats
				for _, p := range periods {
					s, err := d.Stats(c.Context(), p.first, p.last)
					if err != nil {
						return err
					}
					stats = append(stats, s)
				}
				if a.json {
					return a.statsJSON(stats)
				}
				a.printStats(d, periods, stats)
				return nil
			})
		},
	})
	c.Flags().StringVar(&year, "year", "", a.t("help.stats.year"))
	c.Flags().StringVar(&month, "month", "", a.t("help.stats.month"))
	return c
}

// period is a month or a year, with its name.
type period struct {
	name        string
	first, last rules.Date
}

// periods are those that the flags ask for: this month and this year, a month,
// or a year.
func (a *app) periods(today rules.Date, year, month string) ([]period, error) {
	switch {
	case month != "":
		at, err := time.Parse("2006-01", month)
		if err != nil {
			at, err = time.Parse("01.2006", month)
		}
		if err != nil || year != "" {
			return nil, errors.New(a.t("stats.error.month", templates.Safe(month)))
		}
		return []period{a.monthOf(at.Year(), at.Month())}, nil
	case year != "":
		y, err := strconv.Atoi(year)
		if err != nil || y < 1900 || y > 9999 {
			return nil, errors.New(a.t("stats.error.year", templates.Safe(year)))
		}
		return []period{a.yearOf(y)}, nil
	}
	return []period{a.monthOf(today.Year, today.Month), a.yearOf(today.Year)}, nil
}

func (a *app) monthOf(year int, m time.Month) period {
	first := rules.NewDate(year, m, 1)
	return period{templates.Month(string(a.lang), m) + " " + strconv.Itoa(year), first, rules.NewDate(year, m+1, 1).AddDays(-1)}
}

func (a *app) yearOf(year int) period {
	return period{a.t("stats.year", strconv.Itoa(year)), rules.NewDate(year, 1, 1), rules.NewDate(year, 12, 31)}
}

func (a *app) statsJSON(stats []desk.Stats) error {
	out := make([]statsJSON, len(stats))
	for i, s := range stats {
		out[i] = statsJSON{
			From: s.First, To: s.Last, Received: s.Received, ByKind: s.ByKind, Review: s.Review, Open: s.Open, Done: s.Done, Refused: s.Refused,
			Dismissed: s.Dismissed, Policy: timely(s.Policy), Law: timely(s.Law),
		}
		if s.Closed > 0 {
			out[i].MedianDays = &s.Median
		}
	}
	return a.printJSON(out)
}

// printStats prints a column a period.
func (a *app) printStats(d *desk.Desk, periods []period, stats []desk.Stats) {
	const first, rest = 36, 20
	line := func(label string, cell func(i int) string) {
		text := pad(label, first)
		for i := range periods {
			text += "  " + padLeft(cell(i), rest)
		}
		a.printf("%s\n", strings.TrimRight(text, " "))
	}
	number := func(label string, n func(desk.Stats) int) {
		line(label, func(i int) string { return templates.Number(string(a.lang), int64(n(stats[i]))) })
	}
	line("", func(i int) string { return periods[i].name })
	number(a.t("stats.received"), func(s desk.Stats) int { return s.Received })
	for _, k := range d.Policy.Kinds {
		if anyOf(stats, k.ID) {
			number("  "+k.Name.In(a.lang), func(s desk.Stats) int { return s.ByKind[k.ID] })
		}
	}
	if anyOf(stats, "") {
		number("  "+a.t("list.undecided"), func(s desk.Stats) int { return s.ByKind[""] })
	}
	number(a.t("stats.done"), func(s desk.Stats) int { return s.Done })
	number(a.t("stats.refused"), func(s desk.Stats) int { return s.Refused })
	number(a.t("stats.open"), func(s desk.Stats) int { return s.Open })
	number(a.t("stats.review"), func(s desk.Stats) int { return s.Review })
	number(a.t("stats.dismissed"), func(s desk.Stats) int { return s.Dismissed })
	a.printf("\n")
	line(a.t("stats.policy"), func(i int) string { return a.inTime(stats[i].Policy) })
	line(a.t("stats.law"), func(i int) string { return a.inTime(stats[i].Law) })
	line(a.t("stats.median"), func(i int) string {
		if stats[i].Closed == 0 {
			return "–"
		}
		return strconv.Itoa(stats[i].Median)
	})
	a.printf("\n")
	a.printLines(a.t("stats.legend"))
}

func anyOf(stats []desk.Stats, k rules.Kind) bool {
	for _, s := range stats {
		if s.ByKind[k] > 0 {
			return true
		}
	}
	return false
}

// inTime words how many were in time of those whose term is over or met.
func (a *app) inTime(t desk.InTime) string {
	if t.Met+t.Late == 0 {
		return "–"
	}
	return a.t("stats.of", t.Met, t.Met+t.Late)
}

func timely(t desk.InTime) inTimeJSON {
	return inTimeJSON{InTime: t.Met, Late: t.Late, Running: t.Running}
}
