package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// A day in a year without a published calendar says so on every screen that
// shows it.
func TestProvisionalOnEveryScreen(t *testing.T) {
	inRussian(t)
	i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, map[string]string{"": "calendar: {file: calendar.csv}\n"})
	today := time.Now().In(almaty)
	i.write(t, "calendar.csv", calendarHead+holidays(t, today.Year(), "law (provisional)")+holidays(t, today.Year()+1, "law (provisional)"))
	i.call(t, "register", "--paper", "--kind", "claim", "--received", today.Format(time.DateOnly), "--from", "Орлов", "--why", "пришло почтой").well(t)
	for _, args := range []string{"list", "search Орлов", "show 1", "explain 1", "status", "set 1 consumer=no"} {
		if r := i.call(t, strings.Fields(args)...); !strings.Contains(r.out, "предварительно") {
			t.Errorf("%s does not say that the day is provisional:\n%s%s", args, r.out, r.err)
		}
	}
	// Once it is closed no calendar moves its day, and the year's may have been published since.
	i.call(t, "close", "1", "refused", "--step", "all", "--why", "нет оснований").well(t)
	for _, args := range []string{"list --all", "search Орлов"} {
		if out := i.call(t, strings.Fields(args)...).well(t).out; strings.Contains(out, "предварительно") || strings.Contains(out, provisionalMark) {
			t.Errorf("%s marks the day of a closed request:\n%s", args, out)
		}
	}
	for _, args := range []string{"show 1", "explain 1"} {
		out := strings.Join(strings.Fields(i.call(t, strings.Fields(args)...).well(t).out), " ")
		if !strings.Contains(out, "предварительно: когда срок считали") || strings.Contains(out, "ещё не опубликован") {
			t.Errorf("%s of a closed request:\n%s", args, out)
		}
	}
}

// A term that stands still has no day that could move.
func TestNoDayIsNotProvisional(t *testing.T) {
	a := &app{words: mustWords(t), lang: rules.RU}
	if text := a.termText(store.Request{Status: store.StatusWaiting}, store.Term{ID: "law", Source: rules.SourceLaw, Days: 5, Unit: rules.WorkingDays, Provisional: true}, nil); strings.Contains(text, "предварительно") {
		t.Error(text)
	}
	if cell := a.provisionalTerms(store.State{Terms: []store.StateTerm{{ID: "law", Provisional: true}}}); cell != "" {
		t.Error(cell)
	}
}

// holidays are the lines of a calendar file for the holidays of a year: published,
// unless the source says that they are provisional.
func holidays(t *testing.T, year int, source string) (lines string) {
	t.Helper()
	c, err := rules.NewCalendar(rules.CalendarOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range c.Year(year).Days {
		if d.Kind == rules.DayHoliday {
			lines += fmt.Sprintf("%s,holiday,%q,%s\n", d.Date, d.Name.RU, source)
		}
	}
	return lines
}

// publish gives the installation a calendar of its own in which this year and the
// next are published: on whatever day a test runs, nothing is wanting there.
func (i installation) publish(t *testing.T) {
	t.Helper()
	this := time.Now().In(almaty).Year()
	writeFile(t, filepath.Join(i.dir, "calendar.csv"), calendarHead+holidays(t, this, "law")+holidays(t, this+1, "law"), 0o644)
	config, err := os.ReadFile(i.config)
	if err != nil {
		t.Fatal(err)
	}
	const section = "\ncalendar:\n"
	text := string(config)
	if !strings.Contains(text, section) {
		text += section
	}
	writeFile(t, i.config, strings.Replace(text, section, section+"  file: calendar.csv\n", 1), 0o600)
}

// A list and a search explain the mark at a day of theirs: that of the term that
// has passed, whatever target was missed before it, and of a year that is over
// they do not say that its calendar is still to come.
func TestProvisionalOfAYearThatIsOver(t *testing.T) {
	inRussian(t)
	i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, map[string]string{"": "calendar: {file: calendar.csv}\ndeadlines: {targets: {claim: 1}}\n"})
	last := time.Now().In(almaty).Year() - 1
	i.write(t, "calendar.csv", calendarHead+holidays(t, last-1, "law")+holidays(t, last, "law (provisional)"))
	i.call(t, "register", "--paper", "--kind", "claim", "--received", fmt.Sprintf("%d-12-28", last-1), "--from", "Орлов", "--why", "пришло почтой").well(t)
	const mark = "* предварительно: календаря этого года в программе нет"
	for _, args := range []string{"list", "search Орлов"} {
		out := i.call(t, strings.Fields(args)...).well(t).out
		if !strings.Contains(out, fmt.Sprintf(".01.%d*", last)) || !strings.Contains(out, mark) {
			t.Errorf("%s does not explain the mark:\n%s", args, out)
		}
	}
	t.Setenv("COLUMNS", "160")
	if out := i.call(t, "list").well(t).out; !strings.Contains(out, mark) {
		t.Errorf("the wide list does not explain the mark:\n%s", out)
	}
}
