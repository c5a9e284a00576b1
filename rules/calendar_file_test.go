package rules

import (
	"strings"
	"testing"
	"time"
)

const head = "date,kind,name_ru,source\n"

func TestFaultyCalendarFiles(t *testing.T) {
	for _, tt := range []struct {
		name, file string
		want       []string // one for each problem
	}{
		{"empty", "", []string{"kz.csv: empty: want a first line date,kind,name_ru,source"}},
		{"in windows-1251", head + "2028-03-01,holiday,\xcf\xf0\xe0\xe7\xe4\xed\xe8\xea,x\n", []string{"kz.csv: not UTF-8: save the file as CSV in UTF-8"}},
		{"no source", "date,kind,name_ru\n", []string{`kz.csv:1: no column "source"`}},
		{"strange column", "date,kind,name_ru,source,note\n", []string{`kz.csv:1: unknown column "note"`}},
		{"column twice", "date,kind,name_ru,source,kind\n", []string{`kz.csv:1: column "kind" stands twice`}},
		{"all at once", head + "2028-02-30,holiday,Праздник,x\n2028-03-01,feast,Праздник,x\n\n2028-03-02,holiday,,x\n2028-03-03,holiday\n", []string{
			`kz.csv:2: read date "2028-02-30": want a day that exists`,
			`kz.csv:3: unknown kind "feast": there are holiday, dayoff, observed-dayoff, transferred-dayoff, transferred-workday, remove`,
			"kz.csv:5: no name_ru",
			"kz.csv:6: 2 fields, want the 4 of the first line",
		}},
		{"open quote", head + "2028-03-01,holiday,\"Праздник,x\n", []string{"kz.csv:2: read row:"}},
		{"far year", head + "1791-05-03,holiday,Праздник,x\n", []string{"kz.csv:2: date 1791-05-03: want a year from 1992 to 2100"}},
		{"a day twice", head + "2028-03-01,holiday,Праздник,x\n# again\n2028-03-01,dayoff,Праздник,x\n", []string{
			"kz.csv:4: 2028-03-01 is listed twice: already at kz.csv:2"}},
		{"observed on a weekend", head + "2028-03-04,observed-dayoff,Выходной,x\n", []string{
			"kz.csv:2: 2028-03-04 observed-dayoff: it is a Saturday, a day off anyway"}},
		{"observed for no holiday", head + "2028-03-06,observed-dayoff,Праздник (выходной за 04.03.2028),x\n", []string{
			"it stands for 2028-03-04, which is not listed as a holiday"}},
		{"observed for a weekday", head + "2028-03-09,observed-dayoff,Международный женский день (выходной за 08.03.2028),x\n", []string{
			"it stands for 2028-03-08, which is no earlier Saturday or Sunday"}},
		{"a day off moved to a day off", head + "2028-03-08,transferred-dayoff,Выходной,x\n2028-03-11,transferred-workday,Рабочий,x\n" +
			"2028-04-15,transferred-dayoff,Выходной,x\n", []string{
			"kz.csv:4: 2028-04-15 transferred-dayoff: it is off anyway (Saturday)"}},
		{"a working day off a working day", head + "2028-04-13,transferred-workday,Рабочий,x\n", []string{
			"kz.csv:2: 2028-04-13 transferred-workday: it is a working day anyway (Thursday)"}},
		{"a day off from nowhere", head + "2028-04-14,transferred-dayoff,Выходной,x\n2028-05-05,transferred-dayoff,Выходной,x\n2028-04-15,transferred-workday,Рабочий,x\n", []string{
			"kz.csv:3: 2028-05-05 transferred-dayoff: no day is listed that is worked for it: give both, transferred-dayoff and transferred-workday"}},
		{"a day off from nowhere beside a move", head + "2028-04-14,transferred-dayoff,\"Выходной день, перенесен с 15.04.2028\",x\n2028-04-15,transferred-workday,Рабочий,x\n" +
			"2028-05-05,transferred-dayoff,Выходной,x\n", []string{"kz.csv:4: 2028-05-05 transferred-dayoff: no day is listed that is worked for it"}},
		{"half a move", head + "2028-04-15,transferred-workday,\"Рабочий день, выходной перенесен на 14.04.2028\",x\n", []string{
			"kz.csv:2: 2028-04-15 transferred-workday: its name speaks of 2028-04-14, which is not listed as transferred-dayoff"}},
		{"a move that does not come back", head + "2028-04-15,transferred-workday,\"Рабочий день, выходной перенесен на 14.04.2028\",x\n" +
			"2028-04-14,transferred-dayoff,\"Выходной день, перенесен с 22.04.2028\",x\n", []string{
			"its name speaks of 2028-04-14, whose own name speaks of 2028-04-22",
			"its name speaks of 2028-04-22, which is not listed as transferred-workday"}},
		{"years for one day", "date,kind,name_ru,source,from,to\n2028-03-01,holiday,Праздник,x,2028,\n", []string{
			"kz.csv:2: from and to are for rows of every year, not for 2028-03-01"}},
		{"years in disorder", "date,kind,name_ru,source,from,to\n--03-01,holiday,Праздник,x,2030,2028\n", []string{"from 2030 is after to 2028"}},
		{"no year", "date,kind,name_ru,source,from,to\n--03-01,holiday,Праздник,x,MMXX,\n", []string{`from "MMXX": want a year`}},
		{"no day of the year", head + "--02-30,holiday,Праздник,x\n", []string{"want --MM-DD"}},
		{"moved every year", head + "--03-01,transferred-dayoff,Праздник,x\n", []string{"cannot come every year"}},
		{"words for a holiday", head + "*,holiday,Праздник,x\n", []string{"date * words shifted and moved days"}},
		{"holidays only", everyDayOff(), []string{"year 1992 has only 0 working days"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewCalendar(CalendarOptions{File: []byte(tt.file), FileName: "kz.csv"})
			if err == nil {
				t.Fatal("accepted")
			}
			lines := strings.Split(strings.TrimPrefix(err.Error(), "make calendar: "), "\n")
			if len(lines) != len(tt.want) {
				t.Fatalf("%d problems, want %d:\n%v", len(lines), len(tt.want), err)
			}
			for i, want := range tt.want {
				if !strings.Contains(lines[i], want) {
					t.Errorf("problem %d: %s\nwant %s", i, lines[i], want)
				}
			}
		})
	}
}

// Of the two days of a move one may name the other alone.
func TestMoveNamedOnce(t *testing.T) {
	for _, file := range []string{
		"2028-04-14,transferred-dayoff,Выходной,x\n2028-04-15,transferred-workday,\"Рабочий день, выходной перенесен на 14.04.2028\",x\n",
		"2028-04-14,transferred-dayoff,\"Выходной день, перенесен с 15.04.2028\",x\n2028-04-15,transferred-workday,Рабочий,x\n",
	} {
		c, err := NewCalendar(CalendarOptions{File: []byte(head + file)})
		if err != nil {
			t.Errorf("%s: %v", file, err)
		} else if c.Day(day(t, "2028-04-14")).Working || !c.Day(day(t, "2028-04-15")).Working {
			t.Errorf("%s: the days are not exchanged", file)
		}
	}
}

func everyDayOff() string {
	var b strings.Builder
	b.WriteString(head)
	for d := NewDate(2024, 1, 1); d.Year == 2024; d = d.AddDays(1) {
		b.WriteString(d.Time().Format("--01-02") + ",dayoff,Отдых,x\n")
	}
	return b.String()
}

// An order of the ministry that comes out for one year, in the form in which
// calendar-kz.csv has it.
func TestFileOfSingleDaysChangesTheYear(t *testing.T) {
	const file = head +
		`2027-03-13,transferred-workday,"Рабочий день, выходной перенесен на 09.03.2027",order 1` + "\n" +
		`2027-03-09,transferred-dayoff,"Выходной день, перенесен с 13.03.2027",order 1` + "\n" +
		"2027-05-16,remove,,the muftiate\n2027-05-17,dayoff,\"Курбан-айт, первый день\",the muftiate\n"
	c := newCalendar(t, CalendarOptions{File: []byte(file)})
	for date, want := range map[string]Day{
		"2027-03-13": {Working: true, Kind: DayTransferred, Act: "order 1", Name: Text{
			RU: "Рабочий день, выходной перенесен на 09.03.2027",
			KK: "Жұмыс күні, демалыс 09.03.2027 күніне ауыстырылған", EN: "Working day, its day off moved to 2027-03-09"}},
		"2027-03-09": {Kind: DayTransferred, Act: "order 1", Name: Text{
			RU: "Выходной день, перенесен с 13.03.2027",
			KK: "13.03.2027 күнінен ауыстырылған демалыс күні", EN: "Day off moved from 2027-03-13"}},
		"2027-05-16": {Kind: DayWeekend, Act: "the muftiate"},
		"2027-05-17": {Kind: DayOff, Act: "the muftiate", Name: Text{
			RU: "Курбан-айт, первый день", KK: "Құрбан айттың бірінші күні", EN: "Kurban-ait, first day"}},
		"2027-12-16": {Kind: DayHoliday, Act: "https://adilet.zan.kz/rus/docs/Z010000267_ (art. 2, 3)", Name: Text{
			RU: "День Независимости", KK: "Тәуелсіздік күні", EN: "Independence Day"}},
	} {
		want.Date, want.Provisional = day(t, date), true
		if got := c.Day(want.Date); got != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
}

func TestFileThatListsAYearWholeReplacesIt(t *testing.T) {
	var b strings.Builder
	b.WriteString("\uFEFF" + head)
	for _, r := range strings.Split(string(calendarKZ), "\n") {
		if strings.HasPrefix(r, "2027-") && !strings.HasPrefix(r, "2027-03-15") {
			b.WriteString(strings.ReplaceAll(strings.TrimSpace(r), " (provisional)", "") + "\r\n")
		}
	}
	c := newCalendar(t, CalendarOptions{File: []byte(b.String())})
	if c.Provisional(2027) {
		t.Error("2027 is listed whole and still provisional")
	}
	if y := c.Year(2027); y.Total != yearTotals[2027]+1 || !c.IsWorking(day(t, "2027-03-15")) {
		t.Errorf("2027 has %d working days; 15 March is not in the file", y.Total)
	}
	if y := c.Year(2026); y.WorkingDays != workingDays[2026] || y.Provisional {
		t.Errorf("2026 changed: %v", y.WorkingDays)
	}
}

// Another country brings its days as days of every year and says by a row *
// that holidays are shifted.
func TestFileOfAnotherCountryStandsAlone(t *testing.T) {
	const days = head + "--01-01,holiday,Жаңы жыл,law\n--05-09,holiday,Жеңиш күнү,law\n2026-08-01,dayoff,Орозо айт,law\n"
	c := newCalendar(t, CalendarOptions{File: []byte(days)})
	if c.IsWorking(day(t, "2026-08-01")) || !c.IsWorking(day(t, "2026-12-16")) || !c.Provisional(2026) || !c.Abroad() {
		t.Error("the calendar is not that of the file alone")
	}
	if !c.IsWorking(day(t, "2026-05-11")) {
		t.Error("9 May 2026 is shifted, and no row says so")
	}
	c = newCalendar(t, CalendarOptions{File: []byte(days + "*,observed-dayoff,{name} ({date}),law 2\n")})
	if d := c.Day(day(t, "2026-05-11")); d.Kind != DayObserved || d.Name.RU != "Жеңиш күнү (09.05.2026)" || d.Act != "law 2" {
		t.Errorf("%+v", d)
	}
}

// A file that changes single days leaves the country as it is.
func TestFileOfDaysIsNoOtherCountry(t *testing.T) {
	if newCalendar(t, CalendarOptions{File: []byte(head + "2026-08-01,dayoff,День города,order 7\n")}).Abroad() || newCalendar(t, CalendarOptions{}).Abroad() {
		t.Error("the calendar is taken for another country's")
	}
}

func TestChangesOfTheConfig(t *testing.T) {
	monday, saturday := day(t, "2026-10-19"), day(t, "2026-10-17")
	c := newCalendar(t, CalendarOptions{Days: []DayChange{
		{Date: saturday, Kind: "transferred-workday", Act: "order 7", Line: 3},
		{Date: monday, Kind: "transferred-dayoff", Act: "order 7", Line: 4},
		{Date: day(t, "2026-05-27"), Kind: "remove", Line: 5},
		{Date: day(t, "2026-05-28"), Kind: "dayoff", Name: "Курбан-айт, первый день", Line: 6},
		{Date: day(t, "2026-10-24"), Kind: "holiday", Name: "День города", Line: 7},
		{Date: day(t, "2026-12-16"), Kind: "remove", Line: 8},
		{Date: day(t, "2026-03-25"), Kind: "remove", Line: 9},
	}})
	for date, want := range map[string]DayKind{
		"2026-10-17": DayTransferred,
		"2026-10-19": DayTransferred,
		"2026-05-27": DayWorkday,
		"2026-05-28": DayOff,
		"2026-10-24": DayHoliday,  // a Saturday:
		"2026-10-26": DayObserved, // Monday is off for Sunday 25 October already,
		"2026-10-27": DayObserved, // so that Tuesday is
		"2026-03-24": DayObserved,
		"2026-03-25": DayWorkday,
		"2026-12-16": DayWorkday,
	} {
		if got := c.Day(day(t, date)); got.Kind != want {
			t.Errorf("%s is %s %q, want %s", date, got.Kind, got.Name.RU, want)
		}
	}
	if got := c.Day(saturday); !got.Working || got.Act != "order 7" || got.Provisional {
		t.Errorf("%+v", got)
	}
	if got := c.Day(day(t, "2026-05-28")).Name.KK; got != "Құрбан айттың бірінші күні" {
		t.Errorf("name in Kazakh %q", got)
	}
}

func TestFaultyChangesOfTheConfig(t *testing.T) {
	d := day(t, "2026-10-19")
	_, err := NewCalendar(CalendarOptions{Days: []DayChange{
		{Date: d, Kind: "feast", Line: 3},
		{Kind: "holiday", Line: 4},
		{Date: Date{1700, time.May, 1}, Kind: "holiday", Line: 5},
		{Date: d, Kind: "dayoff", Line: 6},
	}})
	want := []string{`calendar.days:3: unknown kind "feast"`, "calendar.days:4: no date", "calendar.days:5: date 1700-05-01", "calendar.days:6: 2026-10-19 is changed twice: already on line 3"}
	for _, w := range want {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("error %v does not say %q", err, w)
		}
	}
	_, err = NewCalendar(CalendarOptions{Days: []DayChange{{Date: d, Kind: "transferred-workday", Line: 12}}})
	if err == nil || !strings.Contains(err.Error(), "calendar.days:12: 2026-10-19 transferred-workday: it is a working day anyway") {
		t.Errorf("error %v", err)
	}
}

func TestDigestChangesWithEveryAnswer(t *testing.T) {
	plain := CalendarOptions{}
	seen := map[string]string{newCalendar(t, plain).Digest(): "the built-in calendar"}
	if d := newCalendar(t, plain).Digest(); seen[d] == "" {
		t.Error("two calendars of the same days differ")
	}
	for name, o := range map[string]CalendarOptions{
		"a six-day week":       {Week: 6},
		"a day off":            {Days: []DayChange{{Date: day(t, "2026-11-24"), Kind: "dayoff"}}},
		"the same, as holiday": {Days: []DayChange{{Date: day(t, "2026-11-24"), Kind: "holiday"}}},
		"the same, named":      {Days: []DayChange{{Date: day(t, "2026-11-24"), Kind: "holiday", Name: "День"}}},
		"the same, by an act":  {Days: []DayChange{{Date: day(t, "2026-11-24"), Kind: "holiday", Name: "День", Act: "order"}}},
		"the years computed":   {File: calendarKZYearly},
		"2027 published":       {File: []byte(strings.ReplaceAll(string(calendarKZ), " (provisional)", ""))},
	} {
		d := newCalendar(t, o).Digest()
		if len(d) != 64 || seen[d] != "" {
			t.Errorf("%s: digest %q, as %s", name, d, seen[d])
		}
		seen[d] = name
	}
}

func FuzzCalendarFile(f *testing.F) {
	f.Add(calendarKZ)
	f.Add(calendarKZYearly)
	f.Add([]byte(head + "2028-01-01,holiday,Новый год,x (provisional)\n*,observed-dayoff,{name}{date}{date},x\n"))
	f.Add([]byte("\uFEFFdate,kind,name_ru,source,from\nkurban-ait,dayoff,\"a\n\",,2020\n--02-29,holiday,b,,\n"))
	f.Add([]byte(head + "*,observed-dayoff,\xb2,\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := NewCalendar(CalendarOptions{File: data, FileName: "f"})
		if err != nil {
			return
		}
		from := Date{2026, time.November, 22}
		due := c.AddWorking(from, 30)
		if !c.IsWorking(due) || c.Remaining(from, due) != 30 || len(c.Digest()) != 64 {
			t.Errorf("30 working days after %s: %s", from, due)
		}
	})
}
