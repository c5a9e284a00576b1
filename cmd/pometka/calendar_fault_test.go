package main

import (
	"strings"
	"testing"

	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// Every fault of a calendar has words in every language, with the place of the
// fault and nothing that could move a terminal.
func TestCalendarFaultWords(t *testing.T) {
	words, err := templates.New("")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []rules.Lang{rules.RU, rules.KK, rules.EN} {
		a := &app{words: words, lang: lang}
		for _, code := range rules.CalendarFaultCodes() {
			args := []any{"\x1b[2J", "b", "c", "d"}
			got := a.faultText(&rules.CalendarFault{Where: "f.csv:7", Row: "r", Code: code, Args: args})
			if !strings.HasPrefix(got, "f.csv:7: r: ") || strings.Contains(got, "calendar.fault") || strings.ContainsAny(got, "\x1b{}") {
				t.Errorf("%s %s: %q", lang, code, got)
			}
		}
	}
}

// A calendar of the configuration that cannot be used is told in the reader's
// language with the line, whatever command comes upon it.
func TestBrokenCalendar(t *testing.T) {
	i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, map[string]string{"": "calendar:\n  file: calendar.csv\n  days:\n    - {date: 2026-12-09, kind: transferred-workday, act: приказ}\n"})
	i.write(t, "calendar.csv", calendarHead+"2028-05-06,observed-dayoff,Выходной,x\n")
	for lang, want := range map[string][]string{
		"ru": {"календарь не годится:\n", "calendar.csv:2: 2028-05-06 observed-dayoff: это суббота, день и так нерабочий", "2026-12-09 transferred-workday: день и так рабочий (среда)", "config.yaml:"},
		"kk": {"күнтізбе жарамайды:\n", "calendar.csv:2: 2028-05-06 observed-dayoff: бұл сенбі"},
		"en": {"the calendar cannot be used:\n", "calendar.csv:2: 2028-05-06 observed-dayoff: it is a Saturday"},
	} {
		for _, args := range [][]string{{"list"}, {"calendar", "2028"}, {"explain", "--kind", "claim", "--received", "2026-11-23"}} {
			r := i.call(t, append(args, "--lang", lang)...)
			if r.code != exitUsage || r.out != "" {
				t.Errorf("%s %v: exit %d\n%s", lang, args, r.code, r.out)
			}
			for _, w := range want {
				if !strings.Contains(r.err, w) {
					t.Errorf("%s %v: want %q:\n%s", lang, args, w, r.err)
				}
			}
		}
	}
}
