package main

import (
	"log/slog"
	"strings"
)

// logger writes the program's log to stderr, as the configuration says, and what
// mailbox tells of a letter over which it stumbled.
func (a *app) logger(cfg *Config) *slog.Logger {
	log := a.newLogger(cfg)
	slog.SetDefault(log)
	return log
}

func (a *app) newLogger(cfg *Config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Log.Level)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: withoutPeople}
	if cfg.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(a.err, o))
	}
	return slog.New(slog.NewTextHandler(a.err, o))
}

var (
	// anAddress is what looks like an e-mail address, in any script.
	anAddress = lazily(`[^\s<>()\[\]{}"':;,=|]+@[^\s<>()\[\]{}"':;,=|]+`)
	// foreign is text that no line of ours has: names in Russian or Kazakh.
	foreign = lazily(`[^\x00-\x7f]+(?:[ .-]+[^\x00-\x7f]+)*`)
)

// withoutPeople is the net below the rule that nothing logs a person: an error
// may quote a mail server, or the configuration where it names staff. The same
// error is whole where a person asked for it, on the screen of a command.
func withoutPeople(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() != slog.KindString {
		return a
	}
	s := a.Value.String()
	if strings.Contains(s, "@") {
		s = anAddress().ReplaceAllString(s, "(address)")
	}
	if a.Key == "error" {
		s = foreign().ReplaceAllString(s, "…")
	}
	return slog.String(a.Key, s)
}
