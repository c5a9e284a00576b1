package main

import (
	"errors"
	"slices"
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
	From      rules.Date               `json:"from"`
	To        rules.Date               `json:"to"`
	Kinds     map[rules.Kind]tallyJSON `json:"kinds"` // "": not decided yet
	Review    int                      `json:"review"`
	Open      int                      `json:"open"`
	Done      int                      `json:"done"`
	Refused   int                      `json:"refused"`
	Dismissed int                      `json:"dismissed"`
	Linked    int                      `json:"linked"`
	tallyJSON
}

type tallyJSON struct {
	Received   int        `json:"received"`
	Policy     inTimeJSON `json:"policy"`
	Law        inTimeJSON `json:"law"`
	MedianDays *int       `json:"median_days"` // working days; null: nothing is closed
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
			From: s.First, To: s.Last, Review: s.Review, Open: s.Open, Done: s.Done, Refused: s.Refused, Dismissed: s.Dismissed, Linked: s.Linked,
			tallyJSON: tallyOf(s.Tally), Kinds: map[rules.Kind]tallyJSON{},
		}
		for k, t := range s.Kinds {
			out[i].Kinds[k] = tallyOf(*t)
		}
	}
	return a.printJSON(out)
}

func tallyOf(t desk.Tally) tallyJSON {
	j := tallyJSON{Received: t.Received, Policy: timely(t.Policy), Law: timely(t.Law)}
	if t.Closed > 0 {
		j.MedianDays = &t.Median
	}
	return j
}

// printStats prints a column a period, then of the last the kinds.
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
			number("  "+k.Name.In(a.lang), func(s desk.Stats) int { return received(s, k.ID) })
		}
	}
	if anyOf(stats, "") {
		number("  "+a.t("list.undecided"), func(s desk.Stats) int { return received(s, "") })
	}
	number(a.t("stats.done"), func(s desk.Stats) int { return s.Done })
	number(a.t("stats.refused"), func(s desk.Stats) int { return s.Refused })
	number(a.t("stats.open"), func(s desk.Stats) int { return s.Open })
	number(a.t("stats.review"), func(s desk.Stats) int { return s.Review })
	number(a.t("stats.dismissed"), func(s desk.Stats) int { return s.Dismissed })
	number(a.t("export.linked"), func(s desk.Stats) int { return s.Linked })
	a.printf("\n")
	line(a.t("stats.policy"), func(i int) string { return a.inTime(stats[i].Policy) })
	line(a.t("stats.law"), func(i int) string { return a.inTime(stats[i].Law) })
	line(a.t("stats.median"), func(i int) string { return usually(stats[i].Tally) })
	a.printf("\n")
	a.printKinds(d, periods[len(periods)-1], stats[len(stats)-1])
	a.say(a.t("stats.legend"))
}

// printKinds prints of one period a line a kind: how many, how many in time by the
// policy and by the law, how long it takes.
func (a *app) printKinds(d *desk.Desk, p period, s desk.Stats) {
	line := func(label string, cells ...string) {
		text := pad(label, 32)
		for i, width := range []int{9, 11, 9, 9} {
			text += "  " + padLeft(cells[i], width)
		}
		a.printf("%s\n", strings.TrimRight(text, " "))
	}
	lines := 0
	for _, k := range d.Policy.Kinds {
		t := s.Kinds[k.ID]
		if t == nil {
			continue
		}
		if lines++; lines == 1 {
			line(a.t("stats.kinds", p.name), a.t("stats.head.received"), a.t("stats.head.policy"), a.t("stats.head.law"), a.t("stats.head.median"))
		}
		line("  "+k.Name.In(a.lang), templates.Number(string(a.lang), int64(t.Received)), a.inTime(t.Policy), a.inTime(t.Law), usually(*t))
	}
	if lines > 0 {
		a.printf("\n")
	}
}

// usually is how many working days it takes, "–" where nothing is closed.
func usually(t desk.Tally) string {
	if t.Closed == 0 {
		return "–"
	}
	return strconv.Itoa(t.Median)
}

// received is how many requests of a kind there are.
func received(s desk.Stats, k rules.Kind) int {
	if t := s.Kinds[k]; t != nil {
		return t.Received
	}
	return 0
}

func anyOf(stats []desk.Stats, k rules.Kind) bool {
	return slices.ContainsFunc(stats, func(s desk.Stats) bool { return received(s, k) > 0 })
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
