package main

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// audit verify names row, column, event and since when, ends with 4, and tells
// a damaged file instead of falling over it.
func TestAuditVerify(t *testing.T) {
	cfg := demoAt(t)
	path := filepath.Join(filepath.Dir(cfg), "pometka.db")
	for _, lang := range []string{"ru", "kk", "en"} {
		for _, args := range [][]string{{"audit", "verify"}, {"audit", "verify", "--quick"}, {"audit", "head"}} {
			fits80(t, lang+" audit", pometka(t, append([]string{"--config", cfg, "--lang", lang}, args...)...).well(t).out)
		}
	}
	head := strings.TrimSpace(pometka(t, "--config", cfg, "audit", "head").out)
	if len(head) != 64 {
		t.Fatalf("head %q", head)
	}
	pometka(t, "--config", cfg, "audit", "verify", "--quick", "--head", head[:20]).well(t)
	if r := pometka(t, "--config", cfg, "audit", "verify", "--quick", "--head", strings.Repeat("a", 64)); r.code != exitWanting || !strings.Contains(r.out, "такой головы в журнале нет") {
		t.Errorf("a strange head: %+v", r)
	}
	for _, bad := range []string{"12", "не голова", strings.Repeat("g", 64)} {
		if r := pometka(t, "--config", cfg, "audit", "verify", "--head", bad); r.code != exitUsage {
			t.Errorf("--head %q: %+v", bad, r)
		}
	}

	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE requests SET status = 'done' WHERE id = 2; UPDATE letters_private SET subject = subject || ' ' WHERE id = 1`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	r := pometka(t, "--config", cfg, "audit", "verify")
	if fits80(t, "audit", r.out); r.code != exitWanting {
		t.Errorf("changed: %+v", r)
	}
	for _, want := range []string{"изменено: таблица requests, строка 2, столбец status, событие", "таблица letters_private, строка 1, столбец subject", "Найдено 2 нарушения", "цело"} {
		if !strings.Contains(strings.ReplaceAll(r.out, "\n  ", " "), want) {
			t.Errorf("does not tell %q:\n%s", want, r.out)
		}
	}
	var j auditJSON
	if err := json.Unmarshal([]byte(pometka(t, "--config", cfg, "audit", "verify", "--json").out), &j); err != nil || j.Good || len(j.Breaks) != 2 || j.Breaks[0].Since == "" {
		t.Errorf("--json: %v, %+v", err, j)
	}
	for name, bytes := range map[string][]byte{"empty": {}, "cut": whole[:len(whole)/3], "text": []byte("hello"), "no head": append(make([]byte, 4096), whole[4096:]...)} {
		if err := os.WriteFile(path, bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		if r := pometka(t, "--config", cfg, "audit", "verify"); r.code != exitWanting || !strings.Contains(r.out, "файл базы повреждён") {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
