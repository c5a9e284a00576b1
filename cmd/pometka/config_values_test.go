package main

import (
	"io"
	"strings"
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"60d": 60 * oneDay, "0d": 0, "1d12h": 36 * time.Hour, "24h": oneDay, "1m": time.Minute, "1m30s": 90 * time.Second,
		"200ms": 200 * time.Millisecond, "1.5h": 90 * time.Minute, "0s": 0, "106751d": 106751 * oneDay,
	} {
		if got, err := parseDuration(s); got != want || err != nil {
			t.Errorf("%s is %s, %v, want %s", s, got, err, want)
		}
	}
	for _, s := range []string{"", "60", "d", "-1h", "+1h", "1d-1h", "1d+1h", "1y", "1 m", "1,5h", "999999d", "106751d24h", "1d1d", "day"} {
		if got, err := parseDuration(s); err == nil {
			t.Errorf("%q is %s, want an error", s, got)
		}
	}
}

// What an error shows as a limit can be written into the file.
func TestFormatDuration(t *testing.T) {
	for _, d := range []time.Duration{50 * time.Millisecond, time.Second, time.Minute, 90 * time.Second, time.Hour, 25 * time.Hour, oneDay, 60 * oneDay} {
		if got, err := parseDuration(formatDuration(d)); got != d || err != nil {
			t.Errorf("%s is written as %s", d, formatDuration(d))
		}
	}
}

// robfig/cron panics on some of these and takes others that never fire.
func TestParseSchedule(t *testing.T) {
	for _, s := range []string{"0 9 * * *", "*/5 8-18 * * 1-5", "@daily", "@every 1h30m", "@every 744h", " 0 9 29 2 * "} {
		if got, err := parseSchedule(s); err != nil || got.Spec != strings.TrimSpace(s) || got.Next(time.Now()).IsZero() {
			t.Errorf("%q: %+v, %v", s, got, err)
		}
	}
	for s, want := range map[string]string{
		"":                           "want five cron fields",
		"0 9 * *":                    "want five cron fields",
		"0 0 9 * * *":                "want five cron fields",
		"0 9 * * 7":                  "want five cron fields",
		"60 9 * * *":                 "want five cron fields",
		"@reboot":                    "want five cron fields",
		"@every x":                   "want five cron fields",
		"TZ=":                        "no time zone here",
		"CRON_TZ=UTC":                "no time zone here",
		"CRON_TZ=Europe/X 0 9 * * *": "no time zone here",
		"0 0 31 2 *":                 "that day never comes",
		"0 0 31 4,6,9,11 *":          "that day never comes",
		"@every 0s":                  "at most once a minute",
		"@every 59s":                 "at most once a minute",
		"@every 745h":                "at least once a month",
		"@every 2540400h10m10s":      "at least once a month",
	} {
		if _, err := parseSchedule(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", s, err, want)
		}
	}
}

// The desk is told whether reminders.schedule counts from the last digest.
func TestScheduleThatCounts(t *testing.T) {
	a := &app{words: mustWords(t), lang: "ru", streams: streams{out: io.Discard, err: io.Discard}}
	for spec, want := range map[string]bool{"@every 18h": true, "0 9 * * *": false, "@daily": false} {
		cfg := DefaultConfig()
		cfg.Reminders.Schedule = mustSchedule(spec)
		o, err := a.deskOptions(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if o.Reminders.Every != want {
			t.Errorf("%s: Every is %t", spec, o.Reminders.Every)
		}
	}
}

// Times of a schedule are those of the zone in which it is asked.
func TestScheduleZone(t *testing.T) {
	almaty := mustZone("Asia/Almaty")
	s := mustSchedule("0 9 * * *")
	got := s.Next(time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC).In(almaty))
	if want := time.Date(2026, 11, 23, 9, 0, 0, 0, almaty); !got.Equal(want) {
		t.Errorf("fires at %s, want %s", got, want)
	}
}

func TestCheckZoneData(t *testing.T) {
	if err := CheckZoneData(); err != nil {
		t.Error(err)
	}
}

func TestMailAddress(t *testing.T) {
	for _, s := range []string{"info@license.kz", "info+bounce@license.kz", "root@localhost", "иван@почта.қаз"} {
		if _, err := mailAddress(s); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, s := range []string{"", "info", "@license.kz", "info@", "a@b.kz, c@d.kz", "<a@b.kz>", "A <a@b.kz>", "a@b.kz\n", "a b@c.kz", "a@@b.kz", "a@b.kz (x)"} {
		if _, err := mailAddress(s); err == nil {
			t.Errorf("%q is taken for an address", s)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "127.0.0.1": true, "127.8.8.8": true, "::1": true,
		"10.0.0.1": false, "0.0.0.0": false, "localhost.example.kz": false, "imap.example.kz": false,
	} {
		if isLoopback(host) != want {
			t.Errorf("%s is loopback: %v, want %v", host, !want, want)
		}
	}
}

// A server's name outside ASCII is what name servers and certificates call it.
func TestHostOutsideASCII(t *testing.T) {
	c := mustParse(t, strings.Replace(smallest, "imap.example.kz", "Почта.рф", 1))
	if got, want := c.IMAP.Host, "xn--80a1acny.xn--p1ai"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
