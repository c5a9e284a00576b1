package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// daysOff is a calendar file that makes working days days off.
func daysOff(days ...time.Time) string {
	file := "date,kind,name_ru,source\n"
	for _, day := range days {
		file += day.Format(time.DateOnly) + ",dayoff,Выходной,приказ\n"
	}
	return file
}

// weekdays returns plain working days, the first ones a few days from now.
func weekdays(n int) (days []time.Time) {
	c, _ := rules.NewCalendar(rules.CalendarOptions{})
	for day := rules.DateIn(time.Now(), time.UTC).AddDays(3); len(days) < n; {
		day = c.NextWorking(day)
		days = append(days, day.Time())
	}
	return days
}

// actBys returns the act-by of the open requests, the earliest first, as seen
// with a configuration.
func actBys(t *testing.T, config string) (days []string) {
	t.Helper()
	var list []struct {
		ActBy string `json:"act_by"`
	}
	if err := json.Unmarshal([]byte(pometka(t, "--config", config, "list", "--json").well(t).out), &list); err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		days = append(days, r.ActBy)
	}
	return days
}

// A calendar that is imported while the daemon works moves the dates of what
// is registered, and holds for what the daemon registers next. Where the
// daemon cannot follow, staff is told and nothing moves back.
func TestDaemonFollowsTheCalendar(t *testing.T) {
	box := startSandbox(t)
	sent := accepted(box)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{
		"imap": "  poll: 1s\n  idle: false\n", "": "calendar:\n  file: calendar.csv\nacknowledge:\n  caps:\n    domain_hour: 1000\n",
	})
	write := func(name, content string) string {
		path := filepath.Join(i.dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	arrive := func(n int) {
		t.Helper()
		if err := box.Put("INBOX", withdrawal(n), time.Now()); err != nil {
			t.Fatal(err)
		}
		<-sent
	}
	off := weekdays(2)
	write("calendar.csv", daysOff(time.Date(2031, 11, 24, 0, 0, 0, 0, time.UTC)))
	d := i.start(t)
	d.waitFor("pometka started", 1)
	arrive(1)
	first := actBys(t, i.config)[0]

	i.call(t, "calendar", "import", write("new.csv", daysOff(off[0]))).well(t)
	d.waitFor("calendar taken over", 1)
	arrive(2)
	second := actBys(t, i.config)
	if len(second) != 2 || second[0] != second[1] || second[0] <= first {
		t.Fatalf("act by %s, then %v", first, second)
	}

	// Another configuration on the same register: the daemon has no such file.
	config, err := os.ReadFile(i.config)
	if err != nil {
		t.Fatal(err)
	}
	other := write("other.yaml", strings.Replace(string(config), "calendar.csv", "other.csv", 1))
	write("other.csv", daysOff(off...))
	third := actBys(t, other)[0]
	d.waitFor("counted by another calendar", 1)
	arrive(3)
	if got := actBys(t, other); third <= second[0] || len(got) != 3 || got[0] != second[0] || got[1] != third || got[2] != third {
		t.Errorf("by the other calendar %s, by the old one %s: %v", third, second[0], got)
	}
	if status := pometka(t, "--config", other, "status"); !strings.Contains(status.out, "не по тому календарю") {
		t.Errorf("the status does not tell:\n%s", status.out)
	}

	write("calendar.csv", daysOff(off...))
	d.waitFor("calendar taken over", 2)
	if got := actBys(t, i.config); got[0] != third || got[2] != third {
		t.Errorf("after all: %v, want %s", got, third)
	}
	d.stop()
}
