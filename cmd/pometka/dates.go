package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// explainJSON is what explain --json prints.
type explainJSON struct {
	ReceivedOn rules.Date        `json:"received_on"`
	Terms      []explainTermJSON `json:"terms"`
	ActBy      rules.Date        `json:"act_by"`
}

type explainTermJSON struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	Source      rules.Source `json:"source"`
	Basis       string       `json:"basis"`
	Condition   string       `json:"condition"`
	Days        int          `json:"days"`
	Unit        rules.Unit   `json:"unit"`
	DayOne      rules.Date   `json:"day_one"`
	Due         rules.Date   `json:"due"`
	Provisional bool         `json:"provisional"`
}

func (a *app) explainCommand() *cobra.Command {
	var kind, received string
	c := a.withJSON(&cobra.Command{
		Use: "explain N | --kind KIND --received DATE", Short: a.t("help.explain"), Long: a.t("help.explain.long", kindIDs()),
		Args: asUsage(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) == 1 && kind == "" && received == "":
				return a.withDesk(c, func(d *desk.Desk) error {
					n, err := number(c.Context(), d, args[0])
					if err != nil {
						return err
					}
					r, err := d.Store.Request(c.Context(), n)
					if err != nil {
						return err
					}
					due, err := d.DeadlinesOf(r)
					if err != nil {
						return err
					}
					return a.explain(d.Calendar, r.ReceivedOn, due.Terms, due.ActBy)
				})
			case len(args) == 0 && kind != "" && received != "":
				return a.explainKind(rules.Kind(kind), received)
			}
			return usage(fmt.Errorf("explain: give a number, or both --kind and --received"))
		},
	})
	c.Flags().StringVar(&kind, "kind", "", a.t("help.flag.kind"))
	c.Flags().StringVar(&received, "received", "", a.t("help.flag.received"))
	return c
}

// explainKind computes the terms of a kind for a day of receipt, by the
// built-in policy where there is no configuration.
func (a *app) explainKind(kind rules.Kind, received string) error {
	cfg, err := a.configIfAny()
	if err != nil {
		return err
	}
	o, err := a.deskOptions(cfg)
	if err != nil {
		return err
	}
	day, err := receiptDay(received, o.Zone)
	if err != nil {
		return usage(err)
	}
	due, err := o.Policy.Deadlines(o.Calendar, o.Deadlines, kind, day, rules.Circumstances{})
	if err != nil {
		return usage(fmt.Errorf("explain: %w; the policy knows: %s", err, kindIDs()))
	}
	return a.explain(o.Calendar, day, due.Terms, due.ActBy)
}

// receiptDay reads a day, or an instant whose day in the operator's zone
// counts.
func receiptDay(s string, zone *time.Location) (rules.Date, error) {
	if day, err := rules.ParseDate(s); err == nil {
		return day, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return rules.Date{}, fmt.Errorf("--received %s: want a day that exists, as 2026-11-23, or an instant, as 2026-11-22T19:30:00Z", templates.Safe(s))
	}
	return rules.DateIn(t, zone), nil
}

// explain prints the receipt, each term with source and basis, and the count
// day by day.
func (a *app) explain(cal *rules.Calendar, received rules.Date, terms []rules.Due, actBy rules.Date) error {
	if a.json {
		j := explainJSON{ReceivedOn: received, ActBy: actBy, Terms: []explainTermJSON{}}
		for _, t := range terms {
			j.Terms = append(j.Terms, explainTermJSON{
				ID: t.Term.ID, Name: t.Term.Name.In(a.lang), Source: t.Term.Source, Basis: t.Term.Basis.In(a.lang), Condition: t.Term.Condition,
				Days: t.Term.Days, Unit: t.Term.Unit, DayOne: t.DayOne, Due: t.Due, Provisional: t.Provisional,
			})
		}
		return a.printJSON(j)
	}
	w := a.width()
	a.printf("%s", labelled(a.t("explain.received"), a.longDay(received), w))
	if !actBy.IsZero() {
		a.printf("%s", labelled(a.t("explain.act_by"), a.longDay(actBy), w))
	}
	for _, t := range terms {
		a.explainTerm(cal, t, w)
	}
	return nil
}

func (a *app) explainTerm(cal *rules.Calendar, t rules.Due, w int) {
	a.printf("\n")
	for _, line := range wrap(t.Term.Name.In(a.lang)+": "+a.days(t.Term.Days, t.Term.Unit)+" ("+a.t("source."+string(t.Term.Source))+")", w) {
		a.printf("%s\n", line)
	}
	if b := t.Term.Basis.In(a.lang); b != "" {
		a.printf("%s", labelled(a.t("explain.basis"), b, w))
	}
	if t.Term.Condition != "" {
		a.printf("%s", labelled("", a.t("condition."+t.Term.Condition), w))
	}
	if !t.Due.IsZero() {
		a.printf("%s", labelled(a.t("explain.due"), a.longDay(t.Due)+", "+a.t("explain.until"), w))
	}
	if t.Provisional {
		a.printf("%s", labelled("", a.t("calendar.provisional"), w))
	}
	for _, day := range cal.Trace(t) {
		mark := "   –"
		if day.Number > 0 {
			mark = fmt.Sprintf("%4d", day.Number)
		}
		text := a.dayText(day.Day)
		if day.Waiting {
			text = a.t("explain.waiting")
		}
		head := fmt.Sprintf("  %s %s  %s  ", mark, templates.ShortDate(string(a.lang), day.Date.Time()), a.t(weekdayKey(day.Date.Weekday())+".short"))
		for i, part := range wrap(text, w-utf8.RuneCountInString(head)) {
			if i > 0 {
				head = strings.Repeat(" ", utf8.RuneCountInString(head))
			}
			a.printf("%s%s\n", head, part)
		}
	}
}

// dayText says what a day is: working, weekend, a holiday by name, moved by
// which act.
func (a *app) dayText(d rules.Day) string {
	text := a.t("day." + string(d.Kind))
	if name := d.Name.In(a.lang); name != "" {
		text = name
	}
	if d.Act != "" && d.Kind == rules.DayTransferred {
		text += " (" + d.Act + ")"
	}
	return text
}

// longDay words a date with its weekday.
func (a *app) longDay(d rules.Date) string {
	return templates.Date(string(a.lang), d.Time()) + ", " + a.t(weekdayKey(d.Weekday()))
}

// calendarJSON is what calendar --json prints.
type calendarJSON struct {
	Year        int       `json:"year"`
	Status      string    `json:"status"`
	Total       int       `json:"total"`
	WorkingDays [12]int   `json:"working_days"`
	Days        []dayJSON `json:"days"`
}

type dayJSON struct {
	Date    rules.Date    `json:"date"`
	Working bool          `json:"working"`
	Kind    rules.DayKind `json:"kind"`
	Name    string        `json:"name"`
}

func (a *app) calendarCommand() *cobra.Command {
	return a.withJSON(&cobra.Command{
		Use: "calendar [YEAR]", Short: a.t("help.calendar"), Args: asUsage(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := a.configIfAny()
			if err != nil {
				return err
			}
			cal, err := calendarOf(cfg)
			if err != nil {
				return err
			}
			year := time.Now().In(cfg.Calendar.Zone).Year()
			if len(args) == 1 {
				if year, err = strconv.Atoi(args[0]); err != nil || year < rules.FirstYear || year > rules.LastYear {
					return usage(fmt.Errorf("calendar %s: want a year from %d to %d", templates.Safe(args[0]), rules.FirstYear, rules.LastYear))
				}
			}
			return a.printYear(cal, year)
		},
	})
}

func (a *app) printYear(cal *rules.Calendar, year int) error {
	y := cal.Year(year)
	if a.json {
		j := calendarJSON{Year: year, Status: "published", Total: y.Total, WorkingDays: y.WorkingDays, Days: []dayJSON{}}
		if y.Provisional {
			j.Status = "provisional"
		}
		for _, d := range y.Days {
			j.Days = append(j.Days, dayJSON{d.Date, d.Working, d.Kind, d.Name.In(a.lang)})
		}
		return a.printJSON(j)
	}
	a.printf("%s\n", a.t("calendar.year", strconv.Itoa(year)))
	if y.Provisional {
		a.printf("%s\n", a.t("calendar.provisional"))
	}
	byDate := map[rules.Date]rules.Day{}
	for _, d := range y.Days {
		byDate[d.Date] = d
	}
	for first := time.January; first <= time.December; first += 3 {
		a.printf("\n%s", a.quarter(byDate, y, first))
	}
	a.printf("\n%s\n\n", a.t("calendar.total", y.Total))
	a.printf("%s\n", a.t("calendar.legend"))
	for _, d := range y.Days {
		if d.Kind == rules.DayWeekend || d.Kind == rules.DayWorkday {
			continue
		}
		a.printf("%s", labelled(templates.ShortDate(string(a.lang), d.Date.Time()), a.dayText(d), a.width()))
	}
	return nil
}

// quarter draws three months beside each other as on a wall calendar: days
// off in brackets, working days by decree with a star.
func (a *app) quarter(days map[rules.Date]rules.Day, y rules.Year, first time.Month) string {
	const column = 26
	var lines [8]string
	for m := first; m < first+3; m++ {
		for i, l := range a.month(days, y, m) {
			lines[i] += pad(l, column)
		}
	}
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(strings.TrimRight(l, " ") + "\n")
	}
	return b.String()
}

// month draws one month in eight lines of 22 characters.
func (a *app) month(days map[rules.Date]rules.Day, y rules.Year, m time.Month) [8]string {
	var lines [8]string
	lines[0] = a.t("month."+strconv.Itoa(int(m))) + " " + a.t("calendar.days", y.WorkingDays[m-1])
	for wd := 1; wd <= 7; wd++ {
		lines[1] += " " + a.t("weekday."+strconv.Itoa(wd)+".short")
	}
	row := 2
	start := rules.NewDate(y.Number, m, 1)
	lines[row] = strings.Repeat("   ", (int(start.Weekday())+6)%7)
	for d := start; d.Month == m; d = d.AddDays(1) {
		if d != start && d.Weekday() == time.Monday {
			row++
		}
		mark := " "
		switch day := days[d]; {
		case !day.Working:
			mark = "·"
		case d.Weekday() == time.Saturday || d.Weekday() == time.Sunday || day.Kind == rules.DayTransferred:
			mark = "*"
		}
		lines[min(row, 7)] += fmt.Sprintf("%s%2d", mark, d.Day)
	}
	return lines
}

// weekdayKey is the catalogue's key of a day of the week, Monday being 1.
func weekdayKey(d time.Weekday) string {
	return "weekday." + strconv.Itoa((int(d)+6)%7+1)
}
