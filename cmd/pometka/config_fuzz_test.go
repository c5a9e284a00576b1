package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// Whatever the file holds: no panic, either a usable configuration or
// problems with lines of the file, and never the secret in them.
func FuzzConfig(f *testing.F) {
	const secret = "Zx9!hunter2"
	for _, s := range []string{smallest, full, "", "imap: {password: SECRET}", "imap:\n  password_env: SECRET\n", "a: *b\n", "---\n---\n",
		"staff: [{deputy: x}, ~]\n", "calendar: {days: [{date: 2027-01-01}]}\n", "reminders: {schedule: TZ= }\n", "smtp: {password_command: [a, SECRET]}\n", "x: !!int &a [1]\n", "0\r\r\r\r0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := 1 + strings.Count(text, "\n")
		// The secret as the value of the keys that lead to one, after whatever
		// comes before.
		for _, tail := range []string{"", "\nimap:\n  password: '" + secret + "'\n", "\n  password_env: '" + secret + "'\n", ", password: " + secret + "}\n", "\nsecret: *" + secret + "\n"} {
			c, problems := parse(text+tail, everyNeed...)
			for _, p := range problems {
				if p.Line < 1 || p.Line > lines+4 || p.What.Error() == "" {
					t.Errorf("problem without a place: %+v", p)
				}
			}
			err := (&ConfigError{Path: "config.yaml", Problems: problems}).Error()
			if strings.Contains(err, "hunter2") && !strings.Contains(text, "hunter2") {
				t.Errorf("the error repeats the secret: %s", err)
			}
			if len(problems) == 0 {
				checkUsable(t, c)
			}
		}
	})
}

// checkUsable wants of an accepted configuration what its users rely on.
func checkUsable(t *testing.T, c *Config) {
	t.Helper()
	for _, p := range []string{c.Store.Path, c.IMAP.CAFile, c.SMTP.CAFile, c.IMAP.Secret.File, c.Calendar.File, c.Acknowledge.Templates, c.Store.Backup.Dir} {
		if p != "" && !filepath.IsAbs(p) {
			t.Errorf("relative path %q", p)
		}
	}
	for _, a := range []string{c.Operator.Address, c.SMTP.From, c.SMTP.Bounce, c.Reminders.To, c.Alarm.To} {
		if _, err := mailAddress(a); err != nil {
			t.Errorf("address %q: %v", a, err)
		}
	}
	for _, s := range []ServerConfig{c.IMAP.ServerConfig, c.SMTP.ServerConfig} {
		if s.Host == "" || s.Port < 1 || (s.Username == "") != s.Secret.IsZero() || s.TLS == "none" && !isLoopback(s.Host) {
			t.Errorf("server %+v", s)
		}
	}
	if c.IMAP.Poll <= 0 || c.IMAP.Timeout <= 0 || c.Calendar.Zone == nil || c.Reminders.Schedule.Schedule == nil || len(c.Reminders.DaysBefore) == 0 {
		t.Errorf("unusable: %+v", c)
	}
}
