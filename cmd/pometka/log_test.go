package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What mailbox tells without a logger of its own gets into the same log, in its form
// and without anybody's name.
func TestLogOfAll(t *testing.T) {
	defer slog.SetDefault(slog.Default())
	var out bytes.Buffer
	cfg := &Config{}
	cfg.Log.Format = "json"
	(&app{streams: streams{err: &out}}).logger(cfg)
	slog.Error("a letter could not be read", "error", "Асель Ким <a@b.kz>")
	var line struct{ Msg, Level, Error string }
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || line.Msg != "a letter could not be read" || line.Level != "ERROR" || line.Error != "… <(address)>" {
		t.Errorf("%q: %v", out.String(), err)
	}
}

// The log is given errors and not their texts, which nobody could tell from the words of a
// server any more.
func TestLogGetsErrors(t *testing.T) {
	asText := regexp.MustCompile(`"error", \w+\.Error\(\)`)
	if !asText.MatchString(`log.Error("x", "error", err.Error())`) {
		t.Fatal("the pattern finds nothing")
	}
	for room := range rooms {
		files, err := filepath.Glob("../../" + room + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", room, len(files), err)
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if found := asText.Find(text); found != nil && !strings.HasSuffix(name, "_test.go") && filepath.Base(name) != "message_survive.go" {
				t.Errorf("%s: %s", name, found)
			}
		}
	}
}

// What is no error keeps no number of a person.
func TestLogHoldsNoLongNumber(t *testing.T) {
	for text, want := range map[string]string{
		"Petrov 870412300999 x": "Petrov (number) x", "tel +7 (701) 234-56-78.": "tel (number).", "tel 87012345678": "tel (number)",
		"uid 4294967295 of 2026-11-30 12:00": "uid 4294967295 of 2026-11-30 12:00", "127.0.0.1:40327": "127.0.0.1:40327",
	} {
		if got := withoutPeople(nil, slog.String("folder", text)).Value.String(); got != want {
			t.Errorf("%q is logged as %q, want %q", text, got, want)
		}
	}
}
