package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

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
	root := a.withJSON(&cobra.Command{
		Use: "calendar [YEAR]", Short: a.t("help.calendar"), Long: a.t("help.calendar.long"), Args: asUsage(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := a.configIfAny()
			if err != nil {
				return err
			}
			cal, err := calendarOf(cfg)
			if err != nil {
				return err
			}
			this := rules.DateIn(time.Now(), cfg.Calendar.Zone).Year
			year := this
			if len(args) == 1 {
				if year, err = strconv.Atoi(args[0]); err != nil || year < rules.FirstYear || year > rules.LastYear {
					return a.misuse("error.calendar.year", templates.Safe(args[0]), strconv.Itoa(rules.FirstYear), strconv.Itoa(rules.LastYear))
				}
			}
			return a.printYear(cal, year, this)
		},
	})
	root.AddCommand(a.calendarImportCommand())
	return root
}

func (a *app) printYear(cal *rules.Calendar, year, this int) error {
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
	status := a.t("calendar.published")
	if y.Provisional {
		status = a.provisional(year, this, "calendar.provisional", "calendar.provisional.past")
	}
	a.printf("%s\n", a.t("calendar.year", strconv.Itoa(year)))
	a.say(status)
	a.say(a.t("calendar.key"))
	for first := time.January; first <= time.December; first += 3 {
		a.printf("\n%s", a.quarter(y, first))
	}
	a.printf("\n%s\n\n%s\n", a.t("calendar.total", y.Total), a.t("calendar.legend"))
	acts := &footnotes{}
	for _, d := range y.Days {
		if ordinary(d) && d.Act == "" && d.Name.RU == "" {
			continue
		}
		head := dayMark(d) + " " + templates.ShortDate(string(a.lang), d.Date.Time()) + " " + a.t(weekdayKey(d.Date.Weekday())+".short")
		a.printf("%s", labelled(head, a.dayText(d)+acts.mark(d.Act), a.width()))
	}
	a.printFootnotes(acts)
	return nil
}

// provisional says of a year that its calendar is not published yet or, of one
// before this year, that the program does not have it.
func (a *app) provisional(year, this int, key, past string, args ...any) string {
	if year < this {
		key = past
	}
	return a.t(key, args...)
}

// whyProvisional is provisional of the last day of a term. What was learned of a year
// after a request was closed moved none of its days.
func (a *app) whyProvisional(s store.Status, year, this int, key, past string) string {
	if s.Closed() {
		return a.t("calendar.provisional.closed")
	}
	return a.provisional(year, this, key, past)
}

// dayText says what a day is: working, a day off of the week, or the holiday
// or the move by its name.
func (a *app) dayText(d rules.Day) string {
	name := templates.Safe(d.Name.In(a.lang))
	switch {
	case name == "" && d.Kind == rules.DayTransferred && d.Working:
		return a.t("day.transferred.working")
	case name == "":
		return a.t("day." + string(d.Kind))
	case ordinary(d):
		return a.t("day."+string(d.Kind)) + ": " + name
	}
	return name
}

// ordinary reports whether a day is no more than its day of the week.
func ordinary(d rules.Day) bool { return d.Kind == rules.DayWeekend || d.Kind == rules.DayWorkday }

// quarter draws three months beside each other as on a wall calendar.
func (a *app) quarter(y rules.Year, first time.Month) string {
	const column = 27
	var lines [8]string
	for m := first; m < first+3; m++ {
		for i, l := range a.month(y, m) {
			if m < first+2 {
				l = pad(l, column)
			}
			lines[i] += l
		}
	}
	var b strings.Builder
	for _, l := range lines {
		if l = strings.TrimRight(l, " "); l != "" {
			b.WriteString(l + "\n")
		}
	}
	return b.String()
}

// month draws one month in eight lines of at most 21 columns; the last ones
// are empty where it has fewer weeks.
func (a *app) month(y rules.Year, m time.Month) [8]string {
	var lines [8]string
	lines[0] = a.t("calendar.month", a.t("month."+strconv.Itoa(int(m))), y.WorkingDays[m-1])
	for wd := 1; wd <= 7; wd++ {
		lines[1] += pad(a.t("weekday."+strconv.Itoa(wd)+".short"), 3)
	}
	row := 2
	start := rules.NewDate(y.Number, m, 1)
	lines[row] = strings.Repeat("   ", (int(start.Weekday())+6)%7)
	for _, d := range y.Days {
		if d.Date.Month != m {
			continue
		}
		if d.Date != start && d.Date.Weekday() == time.Monday {
			row++
		}
		lines[row] += fmt.Sprintf("%2d%s", d.Date.Day, dayMark(d))
	}
	return lines
}

// dayMark is the sign of a day on the wall calendar: + for a working day that
// a day off was moved away from, * for a day off that came from elsewhere, ·
// for every other day off.
func dayMark(d rules.Day) string {
	switch {
	case d.Working && d.Kind == rules.DayTransferred:
		return "+"
	case d.Working:
		return " "
	case d.Kind == rules.DayTransferred, d.Kind == rules.DayObserved:
		return "*"
	}
	return "·"
}

// footnotes numbers the acts that a screen refers to.
type footnotes struct{ acts []string }

// mark returns the reference to an act, as " [1]".
func (f *footnotes) mark(act string) string {
	if act == "" {
		return ""
	}
	i := slices.Index(f.acts, act)
	if i < 0 {
		i = len(f.acts)
		f.acts = append(f.acts, act)
	}
	return " [" + strconv.Itoa(i+1) + "]"
}

func (a *app) printFootnotes(f *footnotes) {
	if len(f.acts) == 0 {
		return
	}
	a.printf("\n%s\n", a.t("calendar.acts"))
	for i, act := range f.acts {
		for j, line := range wrap(templates.Safe(a.actText(act)), a.width()-6) {
			head := "      "
			if j == 0 {
				head = pad("  ["+strconv.Itoa(i+1)+"]", 6)
			}
			a.printf("%s%s\n", head, line)
		}
	}
}

// article is how the calendar's data name an article of an act.
var article = lazily(`\(art\. (.+)\)`)

// actText names the source of a day in the reader's language.
func (a *app) actText(act string) string {
	if m := article().FindStringSubmatch(act); m != nil {
		act = strings.Replace(act, m[0], "("+a.t("calendar.article", m[1])+")", 1)
	}
	return strings.Replace(act, "estimate", a.t("calendar.estimate"), 1)
}
