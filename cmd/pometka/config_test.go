package main

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// smallest is the smallest configuration that the daemon accepts.
const smallest = `operator: {name: "ТОО «I-License»", address: info@license.kz}
imap: {host: imap.example.kz, username: info@license.kz, password_file: imap-password}
smtp: {host: smtp.example.kz, username: info@license.kz, password_file: smtp-password}
store: {path: pometka.db}
`

var everyNeed = []Need{NeedOperator, NeedStore, NeedIMAP, NeedSMTP}

// parse reads text as /etc/pometka/config.yaml.
func parse(text string, needs ...Need) (*Config, []Problem) {
	return parseConfig("/etc/pometka/config.yaml", []byte(text), needs)
}

func mustParse(t *testing.T, text string, needs ...Need) *Config {
	t.Helper()
	c, problems := parse(text, needs...)
	if len(problems) > 0 {
		t.Fatal(&ConfigError{Path: "config.yaml", Problems: problems})
	}
	return c
}

// withoutLines takes out of c what says only where its values came from.
func withoutLines(c *Config) *Config {
	plain := *c
	plain.lines, plain.Path, plain.Dir = nil, "", ""
	return &plain
}

func TestSmallestConfig(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(smallest), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := LoadConfig(path, everyNeed...)
	if err != nil {
		t.Fatal(err)
	}
	if got.Path != path || got.Dir != filepath.Dir(path) {
		t.Errorf("path %q in %q, want %q in its folder", got.Path, got.Dir, path)
	}
	want := DefaultConfig()
	dir := filepath.Dir(path)
	want.Operator.Name, want.Operator.Address = "ТОО «I-License»", "info@license.kz"
	want.IMAP.Host, want.IMAP.Username = "imap.example.kz", "info@license.kz"
	want.IMAP.Secret = SecretRef{Key: "imap.password_file", File: filepath.Join(dir, "imap-password"), Name: "imap-password"}
	want.SMTP.Host, want.SMTP.Username = "smtp.example.kz", "info@license.kz"
	want.SMTP.Secret = SecretRef{Key: "smtp.password_file", File: filepath.Join(dir, "smtp-password"), Name: "smtp-password"}
	want.Store.Path = filepath.Join(dir, "pometka.db")
	want.derive()
	if !reflect.DeepEqual(withoutLines(got), withoutLines(want)) {
		t.Errorf("got  %+v\nwant %+v", withoutLines(got), withoutLines(want))
	}
}

// The defaults are those of the table of keys in the project's design.
func TestDefaultConfig(t *testing.T) {
	c := mustParse(t, smallest)
	for _, tt := range []struct {
		key       string
		got, want any
	}{
		{"operator.contact", c.Operator.Contact, "info@license.kz"},
		{"operator.number_prefix", c.Operator.NumberPrefix, "LK"},
		{"operator.languages", c.Operator.Languages, []rules.Lang{"ru", "kk"}},
		{"imap.port", c.IMAP.Port, 993},
		{"imap.tls", c.IMAP.TLS, "implicit"},
		{"imap.auth", c.IMAP.Auth, "password"},
		{"imap.folders", len(c.IMAP.Folders), 0},
		{"imap.sent_folder", c.IMAP.SentFolder, ""},
		{"imap.since", c.IMAP.Since, 60 * 24 * time.Hour},
		{"imap.poll", c.IMAP.Poll, time.Minute},
		{"imap.idle", c.IMAP.Idle, true},
		{"imap.eager", c.IMAP.Eager, time.Duration(0)},
		{"imap.timeout", c.IMAP.Timeout, time.Minute},
		{"imap.max_size", c.IMAP.MaxSize, int64(50_000_000)},
		{"imap.filing", c.IMAP.Filing, "none"},
		{"smtp.port", c.SMTP.Port, 465},
		{"smtp.from", c.SMTP.From, "info@license.kz"},
		{"smtp.bounce", c.SMTP.Bounce, "info@license.kz"},
		{"smtp.save_sent", c.SMTP.SaveSent, true},
		{"store.retention", c.Store.Retention, time.Duration(0)},
		{"store.backup.dir", c.Store.Backup.Dir, ""},
		{"policy", c.Policy, "license.kz"},
		{"deadlines.statutory", c.Deadlines.Statutory, true},
		{"calendar.timezone", c.Calendar.Zone.String(), "Asia/Almaty"},
		{"calendar.week", c.Calendar.Week, 5},
		{"calendar.office_hours", c.Calendar.OfficeHours, OfficeHours{9 * time.Hour, 18 * time.Hour}},
		{"acknowledge.enabled", c.Acknowledge.Enabled, true},
		{"acknowledge.dates", c.Acknowledge.Dates, "both"},
		{"acknowledge.fresh", c.Acknowledge.Fresh, 24 * time.Hour},
		{"acknowledge.caps.address_kind_day", c.Acknowledge.Caps.AddressKindDay, 1},
		{"acknowledge.caps.address_day", c.Acknowledge.Caps.AddressDay, 3},
		{"acknowledge.caps.domain_hour", c.Acknowledge.Caps.DomainHour, 10},
		{"acknowledge.caps.total_hour", c.Acknowledge.Caps.TotalHour, 200},
		{"reminders.schedule", c.Reminders.Schedule.Spec, "0 9 * * *"},
		{"reminders.days_before", c.Reminders.DaysBefore, []int{10, 5, 3, 1, 0}},
		{"reminders.to", c.Reminders.To, "info@license.kz"},
		{"reminders.escalate", c.Reminders.Escalate, 1},
		{"reminders.always", c.Reminders.Always, false},
		{"alarm.to", c.Alarm.To, "info@license.kz"},
		{"http.listen", c.HTTP.Listen, ""},
		{"language", c.Language, rules.Lang("")},
	} {
		if !reflect.DeepEqual(tt.got, tt.want) {
			t.Errorf("%s is %v, want %v", tt.key, tt.got, tt.want)
		}
	}
}

// A configuration without servers serves the commands that need none, and
// the operator is then the policy's.
func TestConfigWithoutServers(t *testing.T) {
	c := mustParse(t, "calendar: {week: 6}\nhttp:\n  # nothing set here\n")
	c.SetOperator(rules.Operator{Name: rules.Text{RU: "ТОО «I-License»"}, Address: "info@license.kz", BIN: "123456789012", Forms: []string{"site@license.kz"}})
	if c.Operator.Name != "ТОО «I-License»" || c.SMTP.From != "info@license.kz" || c.Alarm.To != "info@license.kz" || c.Operator.BIN == "" {
		t.Errorf("operator of the policy not taken: %+v", c.Operator)
	}
	c = mustParse(t, "operator: {address: dpo@other.kz}")
	c.SetOperator(rules.Operator{Name: rules.Text{RU: "ТОО «I-License»"}, Address: "info@license.kz", BIN: "123456789012"})
	if c.Operator.Name != "" || c.Operator.BIN != "" || c.SMTP.From != "dpo@other.kz" {
		t.Errorf("operator of the policy mixed with that of the file: %+v", c.Operator)
	}
}

func TestAbsenceOn(t *testing.T) {
	a := Absence{From: rules.NewDate(2026, 12, 1), To: rules.NewDate(2026, 12, 14)}
	for date, want := range map[string]bool{"2026-11-30": false, "2026-12-01": true, "2026-12-14": true, "2026-12-15": false} {
		d, _ := rules.ParseDate(date)
		if a.On(d) != want {
			t.Errorf("absent on %s: %v, want %v", date, !want, want)
		}
	}
	if (Absence{}).On(rules.NewDate(2026, 12, 1)) {
		t.Error("absent without an absence")
	}
}

func TestLoadConfigUnreadable(t *testing.T) {
	_, err := LoadConfig(filepath.Join(t.TempDir(), "none.yaml"))
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want one that says that the file is not there", err)
	}
}
