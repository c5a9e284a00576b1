package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// A day in a year without a published calendar says so on every screen that
// shows it.
func TestProvisionalOnEveryScreen(t *testing.T) {
	inRussian(t)
	i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, map[string]string{"": "calendar: {file: calendar.csv}\n"})
	c, err := rules.NewCalendar(rules.CalendarOptions{})
	if err != nil {
		t.Fatal(err)
	}
	file := calendarHead
	today := time.Now().In(almaty)
	for year := today.Year(); year <= today.Year()+1; year++ {
		for _, d := range c.Year(year).Days {
			if d.Kind == rules.DayHoliday {
				file += fmt.Sprintf("%s,holiday,%q,law (provisional)\n", d.Date, d.Name.RU)
			}
		}
	}
	i.write(t, "calendar.csv", file)
	i.call(t, "register", "--paper", "--kind", "claim", "--received", today.Format(time.DateOnly), "--from", "Орлов", "--why", "пришло почтой").well(t)
	for _, args := range []string{"list", "search Орлов", "show 1", "explain 1", "status", "set 1 consumer=no"} {
		if r := i.call(t, strings.Fields(args)...); !strings.Contains(r.out, "предварительно") {
			t.Errorf("%s does not say that the day is provisional:\n%s%s", args, r.out, r.err)
		}
	}
}
