package main

import (
	"os"
	"strings"
	"testing"
)

// After a change of calendar.timezone the day on record and the moment of the letter may
// fall apart: no screen then says that somebody corrected the day, unless somebody did,
// and the doctor names both zones.
func TestZoneChanged(t *testing.T) {
	inRussian(t)
	i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, nil)
	i.call(t, "register", "--paper", "--kind", "claim", "--received", "2026-11-20T00:30:00+05:00", "--from", "Орлов", "--why", "пришло почтой").well(t)
	said := func(args string) string {
		t.Helper()
		return strings.Join(strings.Fields(i.call(t, strings.Fields(args)...).out), " ")
	}
	const zones = "считались в часовом поясе Asia/Almaty"
	if out := said("doctor"); strings.Contains(out, zones) {
		t.Errorf("the zone is the same:\n%s", out)
	}
	config, err := os.ReadFile(i.config)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, i.config, string(config)+"\ncalendar: {timezone: UTC}\n", 0o600)
	if out := said("doctor"); !strings.Contains(out, zones) {
		t.Errorf("the doctor does not name the zone of before:\n%s", out)
	}
	for _, set := range []bool{false, true} {
		day, remark := "20 ноября 2026 г., пятница", "записан этот день; по часовому поясу UTC письмо пришло 19 ноября 2026 г., 19:30"
		if set {
			i.call(t, "set", "1", "received=2026-11-17", "--why", "по штемпелю").well(t)
			day, remark = "17 ноября 2026 г., вторник", "день получения уточнён; письмо пришло 19 ноября 2026 г., 19:30"
		}
		for _, args := range []string{"show 1", "explain 1"} {
			if out := said(args); !strings.Contains(out, day) || !strings.Contains(out, remark) {
				t.Errorf("%s, set: %t:\n%s", args, set, out)
			}
		}
	}
}
