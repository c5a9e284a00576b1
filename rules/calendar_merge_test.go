package rules

import (
	"strings"
	"testing"
)

func TestMergeCalendarFiles(t *testing.T) {
	old := head + "2027-03-09,transferred-dayoff,Выходной,order 1\n2027-03-13,transferred-workday,Рабочий,order 1\n" +
		"2028-05-05,remove,,old\n2028-05-06,dayoff,\"Курбан-айт, первый день\",old (provisional)\n"
	const columns = "date,kind,name_ru,name_kk,name_en,from,to,source\n"
	for _, tt := range []struct{ name, old, add, want string }{
		{"no file before", "", head + "2028-05-05,dayoff,День,x\n", columns + "2028-05-05,dayoff,День,,,,,x\n"},
		{"single days", old, head + "2028-05-06,dayoff,День,new\n2028-01-02,remove,,new\n", columns +
			"2027-03-09,transferred-dayoff,Выходной,,,,,order 1\n2027-03-13,transferred-workday,Рабочий,,,,,order 1\n" +
			"2028-01-02,remove,,,,,,new\n2028-05-05,remove,,,,,,old\n2028-05-06,dayoff,День,,,,,new\n"},
		{"a whole year", old, head + "2028-01-01,holiday,Новый год,new\n2028-05-07,holiday,\"День, защитника\",new\n", columns +
			"2027-03-09,transferred-dayoff,Выходной,,,,,order 1\n2027-03-13,transferred-workday,Рабочий,,,,,order 1\n" +
			"2028-01-01,holiday,Новый год,,,,,new\n2028-05-07,holiday,\"День, защитника\",,,,,new\n"},
		{"another country", old, "date,kind,name_ru,source,to\n--01-01,holiday,Жаңы жыл,law,2050\n", columns + "--01-01,holiday,Жаңы жыл,,,,2050,law\n"},
	} {
		got, err := MergeCalendarFiles([]byte(tt.old), []byte(tt.add))
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %v\n got %s\nwant %s", tt.name, err, got, tt.want)
		}
	}
}

func TestMergeCalendarFilesKeepsEveryRow(t *testing.T) {
	for _, file := range [][]byte{calendarKZ, calendarKZYearly} {
		merged, err := MergeCalendarFiles(nil, file)
		if err != nil {
			t.Fatal(err)
		}
		was, is := newCalendar(t, CalendarOptions{File: file}), newCalendar(t, CalendarOptions{File: merged})
		if was.Digest() != is.Digest() || is.Since(was) != nil {
			t.Errorf("the merged file is another calendar: %v", is.Since(was))
		}
	}
	_, err := MergeCalendarFiles([]byte("x\n"), []byte(head+"2028-13-01,holiday,День,x\n"))
	for _, want := range []string{"present calendar:1: no column", "new calendar:2: read date"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
}

func TestSinceNamesTheChangedDays(t *testing.T) {
	old := newCalendar(t, CalendarOptions{})
	c := newCalendar(t, CalendarOptions{Days: []DayChange{{Date: day(t, "2027-05-17"), Kind: "dayoff", Name: "Курбан-айт"}}})
	changed := c.Since(old)
	if len(changed) != 1 || !changed[0].Was.Working || changed[0].Is.Working || changed[0].Is.Name.RU != "Курбан-айт" {
		t.Errorf("%+v", changed)
	}
	published := strings.ReplaceAll(string(calendarKZ), " (provisional)", "")
	if changed := newCalendar(t, CalendarOptions{File: []byte(published)}).Since(old); changed != nil {
		t.Errorf("publishing 2027 as foreseen changed %v", changed)
	}
	if left := old.Remaining(day(t, "2026-11-23"), Date{}); left < 1<<30 {
		t.Errorf("%d working days remain to no date", left)
	}
}
