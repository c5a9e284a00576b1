package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"license.kz/pometka/rules"
)

// explained is what explain --json says of a kind.
func explainedJSON(t *testing.T, args ...string) explainJSON {
	t.Helper()
	var j explainJSON
	if err := json.Unmarshal([]byte(pometka(t, append([]string{"explain", "--json"}, args...)...).well(t).out), &j); err != nil {
		t.Fatal(err)
	}
	return j
}

// TestExplainExamples holds explain to worked examples, each counted by hand
// and named after what it shows.
func TestExplainExamples(t *testing.T) {
	inRussian(t)
	for _, c := range []struct{ name, kind, received, on, term, dayOne, due string }{
		{"plain", "consent_withdrawal", "2026-11-23T10:00:00+05:00", "2026-11-23", "law", "2026-11-24", "2026-12-14"},
		{"over the new year", "consent_withdrawal", "2026-11-23T10:00:00+05:00", "2026-11-23", "policy", "2026-11-24", "2027-01-08"},
		{"Consumer Law art. 42-4", "claim", "2026-11-23", "2026-11-23", "consumer", "2026-11-24", "2026-12-03"},
		{"late on Friday", "consent_withdrawal", "2026-11-20T23:50:00+05:00", "2026-11-20", "law", "2026-11-23", "2026-12-11"},
		{"Saturday", "consent_withdrawal", "2026-11-21", "2026-11-21", "law", "2026-11-23", "2026-12-11"},
		{"Sunday", "consent_withdrawal", "2026-11-22", "2026-11-22", "law", "2026-11-23", "2026-12-11"},
		{"UTC would lose a day", "consent_withdrawal", "2026-11-22T19:30:00Z", "2026-11-23", "law", "2026-11-24", "2026-12-14"},
		{"Nauryz", "consent_withdrawal", "2026-03-06", "2026-03-06", "law", "2026-03-10", "2026-04-02"},
		{"one working day of six days", "unlawful_processing", "2026-03-20", "2026-03-20", "law", "2026-03-26", "2026-03-26"},
		{"30 August is no holiday", "unlawful_processing", "2026-08-28", "2026-08-28", "law", "2026-08-31", "2026-08-31"},
		{"a working Sunday", "access_request", "2025-01-02", "2025-01-02", "law", "2025-01-05", "2025-01-08"},
		{"an observed day off moved away", "unlawful_processing", "2020-05-07", "2020-05-07", "law", "2020-05-11", "2020-05-11"},
		{"Law on holidays art. 5", "access_request", "2022-05-06", "2022-05-06", "law", "2022-05-11", "2022-05-13"},
		{"Kurban-ait on a Sunday is not shifted", "unlawful_processing", "2024-06-14", "2024-06-14", "law", "2024-06-17", "2024-06-17"},
		{"Civil Code art. 175", "claim", "2026-12-28", "2026-12-28", "consumer", "2026-12-29", "2027-01-08"},
		{"Constitution Day on 15 March", "consent_withdrawal", "2027-03-12", "2027-03-12", "law", "2027-03-16", "2027-04-08"},
		{"2 January on a Saturday", "unlawful_processing", "2026-12-31", "2026-12-31", "law", "2027-01-05", "2027-01-05"},
		{"the hour that came twice", "unlawful_processing", "2024-02-29T18:30:00Z", "2024-02-29", "law", "2024-03-01", "2024-03-01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := explainedJSON(t, "--kind", c.kind, "--received", c.received)
			got := ""
			for _, term := range j.Terms {
				if term.ID == c.term {
					got = term.DayOne.String() + " " + term.Due.String()
				}
				if term.Due.Before(j.ActBy) {
					t.Errorf("%s ends on %s, before act by %s", term.ID, term.Due, j.ActBy)
				}
			}
			if j.ReceivedOn.String() != c.on || got != c.dayOne+" "+c.due {
				t.Errorf("received on %s, %s: %s; want %s, %s %s", j.ReceivedOn, c.term, got, c.on, c.dayOne, c.due)
			}
		})
	}
}

// The working Saturday as a last day: a target of two days, since no term of
// the built-in policy has two.
func TestExplainWorkingSaturday(t *testing.T) {
	i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, map[string]string{"": "deadlines: {targets: {opt_out: 2}}\n"})
	var j explainJSON
	out := i.call(t, "explain", "--json", "--kind", "opt_out", "--received", "2022-10-20").well(t).out
	if err := json.Unmarshal([]byte(out), &j); err != nil || j.ActBy != rules.NewDate(2022, 10, 22) {
		t.Errorf("act by %s, want Saturday 22 October: %v", j.ActBy, err)
	}
}

// The articles of the Civil Code of Kazakhstan are named by its own calendar alone:
// where the file is another country's, its code says the same under other numbers.
func TestExplainAbroad(t *testing.T) {
	const file = "date,kind,name_ru,source\n--01-01,dayoff,New Year,law\n--12-25,dayoff,Christmas,law\n"
	i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, map[string]string{"": "calendar: {file: calendar.csv}\n"})
	for _, lang := range []string{"ru", "kk", "en"} {
		args := []string{"--lang", lang, "explain", "--kind", "claim", "--received", "2026-12-16"}
		home := pometka(t, args...).well(t).out
		writeFile(t, filepath.Join(i.dir, "calendar.csv"), file, 0o600)
		abroad := i.call(t, args...).well(t).out
		for _, article := range []string{"173", "175", "176"} {
			if strings.Contains(abroad, article) || !strings.Contains(home, article) {
				t.Errorf("%s: article %s\n%s\n%s", lang, article, abroad, home)
			}
		}
		if strings.Contains(abroad, "()") || strings.Contains(abroad, " .") {
			t.Errorf("%s: the articles left a hole:\n%s", lang, abroad)
		}
	}
}

// The JSON has these keys and no others: scripts depend on them.
func TestExplainKeys(t *testing.T) {
	inRussian(t)
	var j map[string]any
	if err := json.Unmarshal([]byte(pometka(t, "explain", "--json", "--kind", "claim", "--received", "2026-11-23").well(t).out), &j); err != nil {
		t.Fatal(err)
	}
	terms, _ := j["terms"].([]any)
	if len(terms) != 2 || len(j) != 3 {
		t.Fatalf("%v", j)
	}
	term, _ := terms[1].(map[string]any)
	for _, key := range strings.Fields("id name source basis condition days unit day_one due provisional count") {
		if _, ok := term[key]; !ok {
			t.Errorf("no key %s", key)
		}
		delete(term, key)
	}
	if len(term) > 0 {
		t.Errorf("further keys: %v", term)
	}
}

// The count stands in the JSON, too: every day from the receipt to the last day
// of the term, by which act it is what it is, and which number it has.
func TestExplainCountsInJSON(t *testing.T) {
	inRussian(t)
	j := explainedJSON(t, "--kind", "access_request", "--received", "2025-01-02")
	count := j.Terms[0].Count
	if len(count) != 6 || count[0].Date != rules.NewDate(2025, 1, 3) || count[5].Date != j.Terms[0].Due {
		t.Fatalf("%+v", count)
	}
	const act = "https://adilet.zan.kz/rus/docs/G24G0000436"
	for i, want := range []countDayJSON{
		{dayJSON{count[0].Date, false, rules.DayTransferred, "Выходной день, перенесен с 05.01.2025"}, act, 0, false},
		{dayJSON{count[1].Date, false, rules.DayWeekend, ""}, "", 0, false},
		{dayJSON{count[2].Date, true, rules.DayTransferred, "Рабочий день, выходной перенесен на 03.01.2025"}, act, 1, false},
		{dayJSON{count[3].Date, true, rules.DayWorkday, ""}, "", 2, false},
	} {
		if count[i] != want {
			t.Errorf("day %d is %+v, want %+v", i, count[i], want)
		}
	}
}

// TestExplainScreen reads the screen as a lawyer would.
func TestExplainScreen(t *testing.T) {
	inRussian(t)
	for lang, want := range map[string][]string{
		"ru": {
			"получено            23 ноября 2026 г., понедельник, 00:30 (UTC+05:00)", "сделать не позднее  3 декабря 2026 г., четверг (закон)",
			"Закон: ответить потребителю – 10 календарных дней", "если заявитель – потребитель",
			"     –  04.01.2027  пн  Новый год (выходной за 02.01.2027) [2]", "    30  08.01.2027  пт  рабочий день; последний день",
			"предварительно", "[2] https://adilet.zan.kz/rus/docs/Z010000267_ (ст. 5)", "(ГК, ст. 173)",
		},
		"kk": {"2026 жылғы 23 қараша, дүйсенбі, 00:30", "Тәуелсіздік күні", "алдын ала", "(5-бап)", "соңғы күн"},
		"en": {"23 November 2026, Monday, 00:30", "2027-01-04  Mo  New Year (day off for 2027-01-02) [2]", "provisional", "Civil Code, art. 173"},
	} {
		out := pometka(t, "explain", "--lang", lang, "--kind", "claim", "--received", "2026-11-22T19:30:00Z").well(t).out
		fits80(t, "explain "+lang, out)
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: no %q in\n%s", lang, w, out)
			}
		}
	}
	carried := pometka(t, "explain", "--kind", "claim", "--received", "2026-12-28").well(t).out
	if w := "сделать не позднее  8 января 2027 г., пятница (закон, предварительно)"; !strings.Contains(carried, w) {
		t.Errorf("a day that may move: no %q in\n%s", w, carried)
	}
	for _, w := range []string{"10  07.01.2027  чт  Православное Рождество [3]; срок не кончается в", "–  08.01.2027  пт  рабочий день; сюда перенесён срок"} {
		if !strings.Contains(carried, w) {
			t.Errorf("art. 175: no %q in\n%s", w, carried)
		}
	}
	moved := pometka(t, "explain", "--kind", "access_request", "--received", "2025-01-02").well(t).out
	for _, w := range []string{"–  03.01.2025  пт  Выходной день, перенесен с 05.01.2025 [1]", "1  05.01.2025  вс  Рабочий день, выходной перенесен на 03.01.2025 [1]", "[1] https://adilet.zan.kz/rus/docs/G24G0000436"} {
		if !strings.Contains(moved, w) {
			t.Errorf("a moved day: no %q in\n%s", w, moved)
		}
	}
	idle := pometka(t, "explain", "--kind", "data_correction", "--received", "2026-11-23").well(t).out
	if !strings.Contains(idle, "начнётся, когда придут подтверждающие документы") {
		t.Errorf("the term that waits for documents is not named:\n%s", idle)
	}
	if early := pometka(t, "explain", "--kind", "erasure", "--received", "2026-01-17").well(t).out; !strings.Contains(early, "действует для полученного с 18 января 2026 г.") {
		t.Errorf("the term that was not yet in force is not named:\n%s", early)
	}
}

// What is wrong is said in the reader's language, with what would be right.
func TestExplainErrors(t *testing.T) {
	inRussian(t)
	for _, c := range []struct {
		args string
		want string
	}{
		{"explain --kind claim --received 2026-02-30", "2026-02-30: нужен существующий день"},
		{"explain --kind claim --received 31.11.2026", "нужен существующий день"},
		{"explain --kind claim --received 2026-11-23T25:00:00Z", "нужен существующий день"},
		{"explain --kind claim --received 1991-12-31", "1991-12-31: нужен день с 1992 по 2100 год"},
		{"explain --kind claim --received 2101-01-01", "2101-01-01: нужен день с 1992 по 2100 год"},
		{"explain --kind claim --received 2100-12-31T20:00:00Z", "нужен день с 1992 по 2100 год"},
		{"explain --kind claim --received 0000-01-01", "нужен день с 1992 по 2100 год"},
		{"explain --kind complaint --received 2026-11-23", "не знает вида «complaint»; есть такие: consent_withdrawal"},
		{"explain --kind claim", "--kind и --received"},
		{"explain", "номер обращения"},
		{"calendar 26", "нужен год от 1992 до 2100"},
		{"calendar next", "next: нужен год"},
	} {
		r := pometka(t, strings.Fields(c.args)...)
		if r.code != exitUsage || r.out != "" || !strings.Contains(r.err, c.want) || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%s: exit %d, want one line with %q:\n%s%s", c.args, r.code, c.want, r.out, r.err)
		}
	}
}
