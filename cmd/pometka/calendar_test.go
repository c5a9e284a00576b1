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

// officialDays are the working days of each month, five-day week, as they were
// published (2027: as computed, nothing is published).
var officialDays = map[string][12]int{
	"2020": {20, 20, 18, 22, 18, 22, 21, 20, 22, 22, 21, 20}, "2021": {18, 20, 19, 22, 18, 22, 20, 21, 22, 21, 22, 20},
	"2022": {18, 20, 19, 21, 19, 22, 20, 22, 22, 20, 22, 21}, "2023": {20, 20, 19, 20, 20, 21, 20, 22, 21, 21, 22, 20},
	"2024": {21, 21, 17, 22, 20, 20, 22, 21, 21, 22, 21, 21}, "2025": {20, 20, 17, 22, 19, 20, 22, 21, 21, 22, 20, 22},
	"2026": {19, 20, 18, 22, 17, 22, 22, 21, 22, 21, 21, 22}, "2027": {18, 20, 18, 22, 18, 22, 21, 22, 22, 20, 22, 22},
}

func TestCalendarJSON(t *testing.T) {
	inRussian(t)
	for year, want := range officialDays {
		var j calendarJSON
		if err := json.Unmarshal([]byte(pometka(t, "calendar", year, "--json").well(t).out), &j); err != nil {
			t.Fatal(err)
		}
		total, working := 0, 0
		for _, n := range want {
			total += n
		}
		for _, d := range j.Days {
			if d.Working {
				working++
			}
			if d.Name == "" && d.Kind != "workday" && d.Kind != "weekend" {
				t.Errorf("%s is a %s without a name", d.Date, d.Kind)
			}
		}
		if j.WorkingDays != want || j.Total != total || working != total || len(j.Days) < 365 {
			t.Errorf("%s: %v, %d, %d of %d days; want %v", year, j.WorkingDays, j.Total, working, len(j.Days), want)
		}
		if provisional := year == "2027"; (j.Status == "provisional") != provisional || !provisional && j.Status != "published" {
			t.Errorf("%s is %s", year, j.Status)
		}
	}
}

func TestCalendarScreen(t *testing.T) {
	inRussian(t)
	for lang, want := range map[string][]string{
		"ru": {"Календарь на 2025 год", "опубликован", "январь: 20", "1· 2· 3* 4· 5+", "За год 246 рабочих дней", "+ 05.01.2025 вс     Рабочий день, выходной перенесен на 03.01.2025 [2]", "[2] https://adilet.zan.kz/rus/docs/G24G0000436"},
		"kk": {"2025 жылғы күнтізбе", "қыркүйек: 21", "Жаңа жыл"},
		"en": {"Calendar of 2025", "September: 21", "New Year"},
	} {
		out := pometka(t, "calendar", "2025", "--lang", lang).well(t).out
		fits80(t, "calendar "+lang, out)
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: no %q in\n%s", lang, w, out)
			}
		}
	}
	if out := pometka(t, "calendar", "2027").well(t).out; !strings.Contains(out, "предварительно") {
		t.Errorf("2027 is not called provisional:\n%s", out)
	}
}

// A year that has passed and that the program does not have was published all the
// same.
func TestCalendarOfAPastYear(t *testing.T) {
	inRussian(t)
	for lang, want := range map[string][2]string{
		"ru": {"опубликован", "в программе нет"}, "kk": {"жариялан", "бағдарламада жоқ"}, "en": {"published", "does not have"},
	} {
		for _, args := range [][]string{{"calendar", "2019"}, {"explain", "--kind", "claim", "--received", "2019-05-05"}} {
			out := pometka(t, append(args, "--lang", lang)...).well(t).out
			fits80(t, strings.Join(args, " "), out)
			if flat := strings.Join(strings.Fields(out), " "); strings.Contains(flat, want[0]) || !strings.Contains(flat, want[1]) {
				t.Errorf("%s %v:\n%s", lang, args, out)
			}
		}
	}
}

const calendarHead = "date,kind,name_ru,source\n"

// withLetters is an installation with the letters of the demo taken in.
func withLetters(t *testing.T, settings string) installation {
	t.Helper()
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": settings})
	if _, err := putDemoLetters(box, time.Now()); err != nil {
		t.Fatal(err)
	}
	i.call(t, "run", "--once").well(t)
	return i
}

func (i installation) write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(i.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// actBy returns the day to act by of every request.
func (i installation) actBy(t *testing.T) map[string]string {
	t.Helper()
	days := map[string]string{}
	for _, r := range demoList(t, i.config) {
		days[r.Number] = r.ActBy.String()
	}
	return days
}

// nextWorkday is a usual working day that the demo's terms of 15 days go over.
func nextWorkday(t *testing.T) string {
	t.Helper()
	c, err := rules.NewCalendar(rules.CalendarOptions{})
	if err != nil {
		t.Fatal(err)
	}
	day := rules.DateIn(time.Now(), almaty).AddDays(7)
	for c.Day(day).Kind != rules.DayWorkday {
		day = day.AddDays(1)
	}
	return day.String()
}

// TestCalendarImport lays a file over the calendar: the dates follow at once,
// the history says why, and a second import changes nothing.
func TestCalendarImport(t *testing.T) {
	i := withLetters(t, "")
	day := nextWorkday(t)
	file := i.write(t, "order.csv", calendarHead+day+",dayoff,Выходной по приказу,https://adilet.zan.kz/rus/docs/G26G0000001\n")
	if r := i.call(t, "calendar", "import", file); r.code != exitUsage || !strings.Contains(r.err, "calendar.file") {
		t.Fatalf("without calendar.file: exit %d, %s", r.code, r.err)
	}
	config, err := os.ReadFile(i.config)
	if err != nil {
		t.Fatal(err)
	}
	i.write(t, "config.yaml", string(config)+"calendar: {file: calendar.csv}\n")
	if r := i.call(t, "list"); r.code != exitUsage || !strings.Contains(r.err, "pometka calendar import") {
		t.Errorf("calendar.file is not there: exit %d, %s", r.code, r.err)
	}
	dry := i.call(t, "calendar", "import", file, "--dry-run").well(t)
	if _, err := os.Stat(filepath.Join(i.dir, "calendar.csv")); err == nil || !strings.Contains(dry.out, "Выходной по приказу") {
		t.Errorf("dry run: %v\n%s", err, dry.out)
	}
	r := i.call(t, "calendar", "import", file).well(t)
	fits80(t, "import", r.out)
	if !strings.Contains(r.out, "было: рабочий день; будет: Выходной по приказу [1]") || !strings.Contains(r.err, "пересчитан") {
		t.Errorf("import:\n%s%s", r.out, r.err)
	}
	show := i.call(t, "show", "1").well(t).out
	if !strings.Contains(show, "сделать не позднее – было: ") || !strings.Contains(show, "причина: изменился календарь") {
		t.Errorf("the history does not tell of the move:\n%s", show)
	}
	if out := i.call(t, "explain", "1").well(t).out; !strings.Contains(out, "Выходной по приказу") {
		t.Errorf("the new day off is not explained:\n%s", out)
	}
	if again := i.call(t, "calendar", "import", file).well(t); !strings.Contains(again.out, "Ничего не меняется") || again.err != "" {
		t.Errorf("again:\n%s%s", again.out, again.err)
	}
	i.call(t, "audit", "verify").well(t)
}

// A file with a fault is refused as a whole: with the line, and nothing is
// changed.
func TestCalendarImportRefuses(t *testing.T) {
	i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, map[string]string{"": "calendar: {file: calendar.csv}\n"})
	good := calendarHead + "2028-05-05,dayoff,Выходной,x\n"
	kept := i.write(t, "calendar.csv", good)
	for name, c := range map[string]struct{ rows, want string }{
		"no such day":        {"2027-03-09,dayoff,Выходной,x\n2027-02-30,dayoff,Выходной,x\n", "new.csv:3: дата «2027-02-30»: нужен существующий день"},
		"twice":              {"2027-03-09,dayoff,Выходной,x\n2027-03-09,holiday,Праздник,x\n", "new.csv:3: 2027-03-09 указано дважды, первый раз: "},
		"unknown kind":       {"2027-03-09,free,Выходной,x\n", "new.csv:2: неизвестный вид дня «free»"},
		"moves nothing":      {"2027-03-13,transferred-dayoff,Выходной,x\n", "new.csv:2: 2027-03-13 transferred-dayoff: день и так нерабочий (суббота)"},
		"works already":      {"2027-03-10,transferred-workday,Рабочий,x\n", "new.csv:2: 2027-03-10 transferred-workday: день и так рабочий (среда)"},
		"half of a move":     {"2027-03-09,transferred-dayoff,\"Выходной день, перенесен с 13.03.2027\",x\n", "сказано о 2027-03-13, а этот день не указан"},
		"another column":     {"", ""},
		"in the other's way": {"2028-05-05,transferred-workday,Рабочий,x\n", "день и так рабочий"},
	} {
		content := calendarHead + c.rows
		if name == "another column" {
			content, c.want = "day,kind\n2027-03-09,dayoff\n", "new.csv:1: нет столбца date"
		}
		r := i.call(t, "calendar", "import", i.write(t, "new.csv", content))
		if r.code != exitUsage || r.out != "" || !strings.Contains(r.err, "ничего не изменено") || !strings.Contains(r.err, c.want) {
			t.Errorf("%s: exit %d, want %q:\n%s%s", name, r.code, c.want, r.out, r.err)
		}
		if now, err := os.ReadFile(kept); err != nil || string(now) != good {
			t.Errorf("%s: the calendar file is changed: %v\n%s", name, err, now)
		}
	}
	if r := i.call(t, "calendar", "import", filepath.Join(i.dir, "nowhere.csv")); r.code != exitUsage || !strings.Contains(r.err, "nowhere.csv") {
		t.Errorf("a file that is not there: exit %d, %s", r.code, r.err)
	}
}

// TestCalendarChanges changes the calendar in the configuration: the next
// command moves the dates, and warns of those that moved earlier.
func TestCalendarChanges(t *testing.T) {
	i := withLetters(t, "")
	before := i.actBy(t)
	config, err := os.ReadFile(i.config)
	if err != nil {
		t.Fatal(err)
	}
	day := nextWorkday(t)
	i.write(t, "config.yaml", string(config)+"calendar:\n  days:\n    - {date: "+day+", kind: dayoff, name: Выходной, act: приказ}\n")
	later := i.call(t, "list").well(t)
	if strings.Contains(later.err, "внимание") || !strings.Contains(later.err, "пересчитан") {
		t.Errorf("a day off more:\n%s", later.err)
	}
	after := i.actBy(t)
	if movedCount(before, after) == 0 {
		t.Errorf("no day moved: %v", before)
	}
	for number, day := range after {
		if day < before[number] {
			t.Errorf("%s moved from %s to %s", number, before[number], day)
		}
	}
	i.write(t, "config.yaml", string(config))
	earlier := i.call(t, "status")
	if n := strings.Count(earlier.err, ": срок стал раньше"); n == 0 || n != movedCount(before, after) {
		t.Errorf("%d warnings for %d days that moved earlier:\n%s", n, movedCount(before, after), earlier.err)
	}
	if again := i.actBy(t); len(again) != len(before) || movedCount(before, again) != 0 {
		t.Errorf("%v, was %v", again, before)
	}
	if r := i.call(t, "list").well(t); r.err != "" {
		t.Errorf("nothing changed, yet: %s", r.err)
	}
}

func movedCount(a, b map[string]string) int {
	n := 0
	for number, day := range a {
		if b[number] != day {
			n++
		}
	}
	return n
}
