package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/store"
)

// demoAt runs the demo into a folder of the test and returns its configuration.
func demoAt(t *testing.T) (cfg string) {
	t.Helper()
	inRussian(t)
	dir := filepath.Join(t.TempDir(), "demo")
	pometka(t, "demo", "--dir", dir).well(t)
	return filepath.Join(dir, "config.yaml")
}

// A closed request is purged, a person forgotten, and the history of both still
// verifies; whoever is open is not forgotten without a reason.
func TestPurgeAndForget(t *testing.T) {
	cfg := demoAt(t)
	tomorrow := time.Now().AddDate(0, 0, 1).In(time.FixedZone("", 5*3600)).Format(time.DateOnly)
	list := demoList(t, cfg)
	closed, open := list[0], list[len(list)-1]
	pometka(t, "--config", cfg, "audit", "head").well(t)
	head := strings.TrimSpace(pometka(t, "--config", cfg, "audit", "head").out)
	short := closed.Number
	if closed.Kind == "" {
		t.Fatalf("the first request is in review: %+v", closed)
	}
	pometka(t, "--config", cfg, "close", short, "done", "--step", "all", "--why", "исполнено").well(t)

	if r := pometka(t, "--config", cfg, "purge"); r.code != exitUsage || !strings.Contains(r.err, "--before") {
		t.Errorf("purge without a limit: %+v", r)
	}
	for day, want := range map[string]string{"вчера": "нужен существующий день", "2026-02-30": "нужен существующий день", "2099-01-01": "ещё не наступил"} {
		if r := pometka(t, "--config", cfg, "purge", "--before", day, "--yes"); r.code != exitUsage || !strings.Contains(r.err, want) {
			t.Errorf("purge --before %s: %+v", day, r)
		}
	}
	dry := pometka(t, "--config", cfg, "purge", "--before", tomorrow, "--dry-run").well(t).out
	if fits80(t, "purge", dry); !strings.Contains(dry, closed.Number) || strings.Contains(dry, open.Number) {
		t.Errorf("dry run:\n%s", dry)
	}
	if r := pometka(t, "--config", cfg, "purge", "--before", tomorrow); r.code != exitUsage || !strings.Contains(r.err, "--yes") {
		t.Errorf("purge without --yes and without a terminal: %+v", r)
	}
	var j purgedJSON
	if err := json.Unmarshal([]byte(pometka(t, "--config", cfg, "purge", "--before", tomorrow, "--yes", "--json").well(t).out), &j); err != nil || len(j.Requests) != 1 || j.Letters != 1 {
		t.Errorf("purged %+v, %v", j, err)
	}
	show := pometka(t, "--config", cfg, "show", closed.Number).well(t).out
	if strings.Contains(show, closed.From) || !strings.Contains(show, "удаляет содержание") {
		t.Errorf("after the purge:\n%s", show)
	}

	if r := pometka(t, "--config", cfg, "forget", "nobody@nowhere.example", "--yes"); r.code != exitNotFound {
		t.Errorf("forget an unknown person: %+v", r)
	}
	for _, why := range []string{"", " \t"} {
		if r := pometka(t, "--config", cfg, "forget", open.From, "--yes", "--why", why); r.code != exitUsage || !strings.Contains(r.err, open.Number) {
			t.Errorf("forget with an open request because of %q: %+v", why, r)
		}
	}
	pometka(t, "--config", cfg, "answer", open.Number, "--text", "Разбираемся.", "--yes").well(t)
	told := pometka(t, "--config", cfg, "forget", open.From, "--dry-run").well(t).out
	fits80(t, "forget", told)
	_, told, _ = strings.Cut(told, "Удаляется содержание: ")
	told, _, _ = strings.Cut(told, "\n")
	gone := pometka(t, "--config", cfg, "forget", strings.ToUpper(open.From), "--yes", "--why", "по решению суда").well(t).out
	if _, gone, _ = strings.Cut(gone, "Удалено содержание: "); told == "" || !strings.HasPrefix(gone, told) {
		t.Errorf("announced %q, removed %q", told, gone)
	}
	for _, shown := range [][]string{{"show", open.Number}, {"outbox"}} {
		for _, line := range strings.Split(pometka(t, append([]string{"--config", cfg}, shown...)...).well(t).out, "\n") {
			if line != "" && strings.TrimSpace(line) == "" || strings.HasSuffix(line, "отменено,") {
				t.Errorf("%s has a gap: %q", shown, line)
			}
		}
	}
	scrubPending(t, filepath.Join(filepath.Dir(cfg), "pometka.db")) // as when another program kept reading
	if r := pometka(t, "--config", cfg, "forget", open.From, "--dry-run"); r.code != exitNotFound {
		t.Errorf("dry run for a person who is forgotten: %+v", r)
	}
	if r := pometka(t, "--config", cfg, "forget", open.From, "--yes").well(t); !strings.Contains(r.out, "не хранит следов") {
		t.Errorf("repeated, as it was asked for: %s", r.out)
	}
	if r := pometka(t, "--config", cfg, "forget", open.From, "--yes"); r.code != exitNotFound {
		t.Errorf("repeated once more: %+v", r)
	}
	page := strings.Join(strings.Fields(pometka(t, "--config", cfg, "show", open.Number).well(t).out), " ")
	if head, _, _ := strings.Cut(page, "(текста нет)"); !strings.Contains(head, "Содержание удалено") || !strings.Contains(head, "Остались номер, вид, даты, итог и отпечатки") {
		t.Errorf("the page does not say first that there was more: %s", page)
	}
	db, err := os.ReadFile(filepath.Join(filepath.Dir(cfg), "pometka.db"))
	if err != nil || strings.Contains(string(db), open.From) || strings.Contains(string(db), closed.From) {
		t.Errorf("addresses are still in the file (%v)", err)
	}
	if r := pometka(t, "--config", cfg, "audit", "verify", "--head", head).well(t); !strings.Contains(r.out, "Эта голова есть в журнале") {
		t.Errorf("verify after all: %s", r.out)
	}
}

// scrubPending leaves the register as a purge does that could not overwrite
// what it removed.
func scrubPending(t *testing.T, path string) {
	t.Helper()
	db, err := store.Open(t.Context(), path)
	if err == nil {
		err = errors.Join(db.SetMeta(t.Context(), store.MetaScrub, "pending"), db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// By night only what store.retention names is purged, and nothing without it.
func TestPurgeByNight(t *testing.T) {
	path := demoAt(t)
	list := demoList(t, path)
	pometka(t, "--config", path, "close", list[0].Number, "done", "--step", "all", "--why", "исполнено").well(t)
	cfg, err := LoadConfig(path, NeedStore)
	if err != nil {
		t.Fatal(err)
	}
	a := &app{words: mustWords(t), lang: "ru", streams: streams{out: io.Discard, err: io.Discard}}
	o, err := a.deskOptions(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if o.Store, err = store.Open(t.Context(), cfg.Store.Path); err != nil {
		t.Fatal(err)
	}
	defer o.Store.Close()
	o.Log = slog.New(slog.DiscardHandler)
	const day = 24 * time.Hour
	for _, c := range []struct {
		later, retention time.Duration
		left             bool
	}{{100 * day, 0, true}, {20 * day, 30 * day, true}, {40 * day, 30 * day, false}} {
		o.Now = func() time.Time { return time.Now().Add(c.later) }
		cfg.Store.Retention = c.retention
		if err := o.Store.SetMeta(t.Context(), store.MetaScrub, "pending"); err != nil {
			t.Fatal(err)
		}
		purgeByNight(t.Context(), cfg, o)
		if pending, err := o.Store.Meta(t.Context(), store.MetaScrub); err != nil || pending != "" {
			t.Errorf("%v later, kept for %v: what was removed by day is not overwritten (%v)", c.later, c.retention, err)
		}
		r, err := o.Store.Request(t.Context(), list[0].Number)
		if err != nil || (r.Letters[0].Subject != "") != c.left {
			t.Errorf("%v later, kept for %v: %+v, %v", c.later, c.retention, r.Letters, err)
		}
	}
	open, err := o.Store.Request(t.Context(), list[1].Number)
	if err != nil || open.Letters[0].Subject == "" {
		t.Errorf("an open request was purged: %+v, %v", open, err)
	}
	history, err := o.Store.History(t.Context(), list[0].Number)
	if err != nil || history[len(history)-1].Code != store.EventPurged || history[len(history)-1].Actor != store.Machine {
		t.Errorf("history %+v, %v", history, err)
	}
}

// Who stops a purge half-way hears that something is removed, and what to do.
func TestPurgeInterrupted(t *testing.T) {
	a := &app{words: mustWords(t), lang: "ru", streams: streams{out: io.Discard, err: io.Discard}}
	if said := a.errorText(a.purged(purgedJSON{}, store.Purged{Requests: 1}, context.Canceled)); !strings.Contains(said, "прервано") || !strings.Contains(said, "повторите") {
		t.Errorf("with something removed: %s", said)
	}
	if said := a.errorText(a.purged(purgedJSON{}, store.Purged{}, context.Canceled)); said != "прервано" {
		t.Errorf("with nothing removed: %s", said)
	}
}
