package main

import (
	"log/slog"
	"strings"

	"license.kz/pometka/mailbox"
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
	// aLongNumber has the digits of a telephone or an ИИН, more than a UID or a day with
	// its hour.
	aLongNumber = lazily(`\+?\d(?:[ ()-]{0,2}\d){10,}`)
)

// withoutPeople is where every line of the log passes. An error, which is given as such
// and not as its text, keeps nothing of what a mail server said but the code; below that
// is a net, since the configuration may be quoted where it names staff. The same
// error is whole where a person asked for it, on the screen of a command.
func withoutPeople(_ []string, a slog.Attr) slog.Attr {
	if err, ok := a.Value.Any().(error); ok {
		a.Value = slog.StringValue(mailbox.Logged(err))
	}
	if a.Value.Kind() != slog.KindString {
		return a
	}
	s := aLongNumber().ReplaceAllString(a.Value.String(), "(number)")
	if strings.Contains(s, "@") {
		s = anAddress().ReplaceAllString(s, "(address)")
	}
	if a.Key == "error" {
		s = foreign().ReplaceAllString(s, "…")
	}
	return slog.String(a.Key, s)
}
