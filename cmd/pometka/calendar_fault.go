package main

import (
	"fmt"
	"strings"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// faultText words the faults of a calendar in the reader's language, one a
// line with its file and line; "" for an error of another sort.
func (a *app) faultText(err error) string { return faultText(err, a.lang) }

func faultText(err error, lang rules.Lang) string {
	say := func(key string, args ...any) string { return templates.T(string(lang), key, args...) }
	var lines []string
	for _, f := range rules.CalendarFaults(err) {
		args := make([]any, len(f.Args))
		for i, arg := range f.Args {
			switch v := arg.(type) {
			case int:
				args[i] = fmt.Sprint(v) // a year, not an amount
			case time.Weekday:
				args[i] = say(weekdayKey(v))
			case string:
				args[i] = templates.Safe(v)
			default:
				args[i] = templates.Safe(fmt.Sprint(v))
			}
		}
		text := say("calendar.fault."+f.Code, args...)
		for _, part := range []string{f.Row, f.Where} {
			if part != "" {
				text = templates.Safe(part) + ": " + text
			}
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}
