package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// A standstill of months told in minutes says nothing to anybody; moments are told
// as people write them, by the clock of the office.
func TestDoctorWordsMoments(t *testing.T) {
	zone := time.FixedZone("Asia/Almaty", 5*60*60)
	late := time.Date(2026, 1, 30, 21, 4, 0, 0, time.UTC)
	for lang, want := range map[rules.Lang]string{
		rules.RU: "Служба не работает. Последняя проверка ящика: 31 января 2026 г., 02:04.",
		rules.KK: "Қызмет жұмыс істемейді. Жәшік соңғы рет тексерілген уақыт: 2026 жылғы 31 қаңтар, 02:04.",
		rules.EN: "The daemon does not run. The mailbox was last looked at on 31 January 2026, 02:04.",
	} {
		cfg := &Config{}
		cfg.Calendar.Zone = zone
		w := &ward{patient: &patient{app: &app{words: mustWords(t), lang: lang, langFlag: string(lang), cfg: cfg}}, area: "daemon"}
		w.add(levelMend, "daemon.stopped", late)
		if got := w.list[0].Text; got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

// The edition of a policy is a day, the same one wherever the office is.
func TestDoctorNamesTheEdition(t *testing.T) {
	for _, zone := range []int{-12, 5, 14} {
		cfg := &Config{Path: "config.yaml", Policy: BuiltInPolicy}
		cfg.Calendar.Zone = time.FixedZone("office", zone*60*60)
		w := &ward{patient: &patient{app: &app{words: mustWords(t), lang: rules.EN, langFlag: "en", cfg: cfg}, read: true}, area: "policy"}
		w.policy(t.Context())
		want := "edition " + templates.Date("en", rules.BuiltIn().Edition.Time()) + ", kinds"
		if !slices.ContainsFunc(w.list, func(f finding) bool { return strings.Contains(f.Text, want) }) {
			t.Errorf("%+d h: none says %q: %+v", zone, want, w.list)
		}
	}
}

// An edition that is ahead of its day is no mistake, but whoever installed it should know
// what goes by it until then.
func TestDoctorTellsOfAnEditionAhead(t *testing.T) {
	for day, want := range map[rules.Date]bool{
		rules.DateIn(time.Now(), time.UTC).AddDays(2):  true,
		rules.DateIn(time.Now(), time.UTC).AddDays(-2): false,
	} {
		path := filepath.Join(t.TempDir(), "policy.yaml")
		writeFile(t, path, strings.Replace(string(rules.BuiltInSource()), rules.BuiltIn().Edition.String(), day.String(), 1), 0o644)
		cfg := &Config{Path: "config.yaml", Policy: path}
		cfg.Calendar.Zone = time.UTC
		w := &ward{patient: &patient{app: &app{words: mustWords(t), lang: rules.EN, langFlag: "en", cfg: cfg}, read: true}, area: "policy"}
		w.policy(t.Context())
		told := slices.ContainsFunc(w.list, func(f finding) bool {
			return f.Code == "policy.ahead" && strings.Contains(f.Text, templates.Date("en", day.Time()))
		})
		if told != want {
			t.Errorf("edition of %s: %+v", day, w.list)
		}
		if text := templates.T("ru", "doctor.policy.ahead", templates.Date("ru", day.Time())); strings.Contains(text, "..") {
			t.Errorf("in Russian a date ends in a full stop of its own: %s", text)
		}
	}
}
