package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The register goes into a spreadsheet with Cyrillic and without formulas, and
// into a new file that nobody else can read.
func TestExport(t *testing.T) {
	cfg := demoAt(t)
	first := demoList(t, cfg)[0]
	pometka(t, "--config", cfg, "assign", first.Number, `=HYPERLINK("http://x")`).well(t)
	path := filepath.Join(t.TempDir(), "r.csv")
	pometka(t, "--config", cfg, "export", "-o", path).well(t)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("written as %v, %v", info.Mode(), err)
	}
	if r := pometka(t, "--config", cfg, "export", "-o", path); r.code != exitUsage {
		t.Errorf("written over: %+v", r)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), "\ufeffНомер;") {
		t.Fatalf("begins %.40q, %v", text, err)
	}
	c := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
	c.Comma = ';'
	rows, err := c.ReadAll()
	if err != nil || len(rows) != len(demoList(t, cfg))+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
				t.Errorf("the cell %q is a formula", cell)
			}
		}
	}
	today := time.Now().In(time.FixedZone("", 5*3600))
	var all []exportedJSON
	out := pometka(t, "--config", cfg, "export", "--format", "json", "--as-of", today.Format(time.DateOnly)).well(t).out
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) != len(rows)-1 || all[0].From != nil || len(all[0].Terms) == 0 {
		t.Errorf("as of today: %v, %+v", err, all)
	}
	if err := json.Unmarshal([]byte(pometka(t, "--config", cfg, "export", "--format", "json", "--as-of", "2020-01-01").well(t).out), &all); err != nil || len(all) != 0 {
		t.Errorf("as of 2020: %v, %+v", err, all)
	}
	if err := json.Unmarshal([]byte(pometka(t, "--config", cfg, "export", "--format", "json").well(t).out), &all); err != nil || all[0].From == nil || *all[0].From == "" {
		t.Errorf("now: %v, %+v", err, all)
	}
	for _, bad := range [][]string{{"--format", "xls"}, {"--from", "вчера"}, {"--as-of", "2099-01-01"}, {"--from", "2026-02-01", "--to", "2026-01-01"}} {
		if r := pometka(t, append([]string{"--config", cfg, "export"}, bad...)...); r.code != exitUsage || r.out != "" {
			t.Errorf("%v: %+v", bad, r)
		}
	}
}

// A file that is there already is a wrong argument, whoever would write it; that
// nothing can be written is told once.
func TestFilesInTheWay(t *testing.T) {
	i := withLetters(t, "")
	taken := i.write(t, "taken", "mine")
	for _, args := range [][]string{{"backup", taken}, {"restore", taken}, {"casefile", "1", "-o", taken}, {"export", "-o", taken}} {
		if r := i.call(t, args...); r.code != exitUsage || !strings.Contains(r.err, "уже есть") {
			t.Errorf("%q: exit %d, %s", args, r.code, r.err)
		}
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full here")
	}
	defer full.Close()
	var errs bytes.Buffer
	code := run(t.Context(), []string{"--config", i.config, "export"}, streams{in: strings.NewReader(""), out: full, err: &errs})
	if code != exitFailed || strings.Count(errs.String(), "\n") != 1 {
		t.Errorf("a full disk: exit %d, %s", code, errs.String())
	}
}

// A last day that a calendar still to be published can move says so in every
// form of the register, also as of a day that is over.
func TestExportProvisional(t *testing.T) {
	inRussian(t)
	i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, nil)
	i.call(t, "register", "--paper", "--kind", "consent_withdrawal", "--received", "2026-11-20", "--from", "Орлов", "--why", "пришло почтой").well(t)
	table := func(args ...string) (head, row []string) {
		c := csv.NewReader(strings.NewReader(strings.TrimPrefix(i.call(t, args...).well(t).out, "\ufeff")))
		c.Comma = ';'
		rows, err := c.ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%v: %v, %v", args, rows, err)
		}
		return rows[0], rows[1]
	}
	today := time.Now().In(time.FixedZone("", 5*3600)).Format(time.DateOnly)
	for _, args := range [][]string{{"export"}, {"export", "--as-of", today}} {
		head, row := table(args...)
		if at := slices.Index(head, "Предварительно"); at < 0 || row[at] != "Срок политики" {
			t.Errorf("%v: %q, %q", args, head, row)
		}
		var list []exportedJSON
		if err := json.Unmarshal([]byte(i.call(t, append(args, "--format", "json")...).well(t).out), &list); err != nil {
			t.Fatal(err)
		}
		for _, term := range list[0].Terms {
			if term.Provisional != (term.ID == "policy") {
				t.Errorf("%v: %+v", args, term)
			}
		}
	}
	// The term of the law, which ends in 2026, sets the day to act by.
	if head, row := table("list", "--csv"); row[slices.Index(head, "Предварительно")] != "нет" {
		t.Errorf("list: %q, %q", head, row)
	}
	i.call(t, "set", "1", "received=2026-11-19", "--why", "штемпель").well(t)
	if out := i.call(t, "history", "1").well(t).out; !strings.Contains(out, "2027 (предварительно); стало:") || strings.Contains(out, "2026 (предварительно)") {
		t.Errorf("the history:\n%s", out)
	}
	path := filepath.Join(t.TempDir(), "case.zip")
	i.call(t, "casefile", "1", "-o", path).well(t)
	if page := unzipped(t, path)["index.html"]; !strings.Contains(page, "2027 (предварительно)</th>") {
		t.Errorf("the page of the casefile:\n%s", page)
	}
}

// A request that belongs to another was not fulfilled: it is counted by itself, and its
// line names the one that answers for it.
func TestLinkedIsNotFulfilled(t *testing.T) {
	inRussian(t)
	i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, nil)
	for range 2 {
		i.call(t, "register", "--paper", "--kind", "claim", "--received", today().AddDays(-100).String(), "--from", "Орлов", "--why", "пришло почтой").well(t)
	}
	i.call(t, "link", "1", "2").well(t)
	var stats []statsJSON
	if err := json.Unmarshal([]byte(i.call(t, "stats", "--json", "--year", fmt.Sprint(today().AddDays(-100).Year)).well(t).out), &stats); err != nil {
		t.Fatal(err)
	}
	if s := stats[0]; s.Received != 1 || s.Open != 1 || s.Done != 0 || s.Linked != 1 || s.Law.InTime+s.Law.Late != 1 {
		t.Errorf("counted: %+v", s)
	}
	for lines, want := range map[string]string{
		i.call(t, "export").well(t).out:                              "относится к обращению LK-",
		i.call(t, "export", "--as-of", today().String()).well(t).out: "относится к другому обращению",
	} {
		c := csv.NewReader(strings.NewReader(strings.TrimPrefix(lines, "\ufeff")))
		c.Comma = ';'
		rows, err := c.ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatalf("%v, %v", rows, err)
		}
		if at := slices.Index(rows[0], "Закрыто с опозданием"); !strings.HasPrefix(rows[2][3], want) || rows[2][at] != "нет" || rows[1][3] != "открыто" {
			t.Errorf("the line of what was linked: %q", rows[2])
		}
	}
	var list []exportedJSON
	if err := json.Unmarshal([]byte(i.call(t, "export", "--format", "json").well(t).out), &list); err != nil || list[1].LinkedTo != list[0].Number || list[0].LinkedTo != "" {
		t.Errorf("%+v, %v", list, err)
	}
}
