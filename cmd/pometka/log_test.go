package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
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
