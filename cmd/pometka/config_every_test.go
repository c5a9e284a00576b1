package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// full states every key with a value that is not its default.
const full = `
operator:
  name: Другой оператор
  address: dpo@operator.kz
  bin: 010940000123
  aliases: [hello@operator.com]
  contact: Асель Ким, +7 727 000 00 00
  forms: [forms@operator.kz]
  number_prefix: OP
  languages: [kk, ru, en]
imap:
  host: 127.0.0.1
  port: 1143
  tls: none
  ca_file: ca/imap.pem
  username: "12345"
  auth: xoauth2
  token_command: [bin/token, --for, imap]
  folders: [INBOX, Претензии]
  sent_folder: Отправленные
  since: all
  poll: 90s
  idle: false
  eager: 200ms
  timeout: 1m30s
  max_size: 20 MiB
  filing: keyword
  filing_folder: Обращения/2026
smtp:
  host: ::1
  tls: starttls
  username: dpo@operator.kz
  password_env: SMTP_PASSWORD
  from: noreply@operator.kz
  bounce: dpo+bounce@operator.kz
  save_sent: false
store:
  path: /var/lib/pometka/desk.db
  retention: 1096d
  backup: {dir: ../backup, schedule: "@daily", keep: 3}
policy: policy.yaml
deadlines: {statutory: false, targets: {claim: 5, opt_out: 1}}
calendar:
  timezone: Asia/Aqtau
  week: 6
  office_hours: 08:30 - 17:00
  days:
    - {date: 2027-01-04, kind: transferred-dayoff, name: перенос, act: "приказ № 1"}
    - {date: "2027-01-09", kind: transferred-workday}
  file: kz.csv
acknowledge:
  enabled: false
  dates: earliest
  fresh: 1d12h
  authserv_id: "*.yandex.net"
  templates: letters
  caps: {address_kind_day: 2, address_day: 4, domain_hour: 20, total_hour: 100, public_providers: [gmail.com]}
reminders: {schedule: "30 8 * * 1-5", days_before: [0, 7, 2], to: desk@operator.kz, officer: law@operator.kz, escalate: 2, always: true}
staff:
  - {name: Асель Ким, address: a.kim@operator.kz, language: ru, login: akim, absent: 2026-12-01..2026-12-14, deputy: dserik}
  - {name: Данияр Серик, address: d.serik@operator.kz, language: kk, login: dserik}
  - {name: Юрист, address: lawyer@operator.kz}
alarm: {to: admin@operator.kz, command: [sms, "+77010000000"]}
http: {listen: ":9180"}
log: {level: debug, format: json}
language: kk
`

func TestEveryKey(t *testing.T) {
	got := mustParse(t, full, everyNeed...)
	want := &Config{
		Operator: OperatorConfig{
			Name: "Другой оператор", Address: "dpo@operator.kz", BIN: "010940000123",
			Aliases: []string{"hello@operator.com"}, Contact: "Асель Ким, +7 727 000 00 00",
			Forms: []string{"forms@operator.kz"}, NumberPrefix: "OP", Languages: []rules.Lang{"kk", "ru", "en"},
		},
		IMAP: IMAPConfig{
			ServerConfig: ServerConfig{
				Host: "127.0.0.1", Port: 1143, TLS: "none", CAFile: "/etc/pometka/ca/imap.pem", Username: "12345", Auth: "xoauth2",
				Secret: SecretRef{Key: "imap.token_command", Command: []string{"/etc/pometka/bin/token", "--for", "imap"}},
			},
			Folders: []string{"INBOX", "Претензии"}, SentFolder: "Отправленные", Since: SinceAll, Poll: 90 * time.Second,
			Eager: 200 * time.Millisecond, Timeout: 90 * time.Second, MaxSize: 20 << 20, Filing: "keyword",
			FilingFolder: "Обращения/2026",
		},
		SMTP: SMTPConfig{
			ServerConfig: ServerConfig{
				Host: "::1", Port: 587, TLS: "starttls", Username: "dpo@operator.kz", Auth: "password",
				Secret: SecretRef{Key: "smtp.password_env", Env: "SMTP_PASSWORD"},
			},
			From: "noreply@operator.kz", Bounce: "dpo+bounce@operator.kz",
		},
		Store: StoreConfig{
			Path: "/var/lib/pometka/desk.db", Retention: 1096 * 24 * time.Hour,
			Backup: BackupConfig{Dir: "/etc/backup", Schedule: mustSchedule("@daily"), Keep: 3},
		},
		Policy:    "/etc/pometka/policy.yaml",
		Deadlines: DeadlinesConfig{Targets: map[rules.Kind]int{"claim": 5, "opt_out": 1}},
		Calendar: CalendarConfig{
			Zone: mustZone("Asia/Aqtau"), Week: 6,
			OfficeHours: OfficeHours{8*time.Hour + 30*time.Minute, 17 * time.Hour},
			Days: []CalendarDay{
				{Date: rules.NewDate(2027, 1, 4), Kind: "transferred-dayoff", Name: "перенос", Act: "приказ № 1", Line: 48},
				{Date: rules.NewDate(2027, 1, 9), Kind: "transferred-workday", Line: 49},
			},
			File: "/etc/pometka/kz.csv",
		},
		Acknowledge: AcknowledgeConfig{
			Dates: "earliest", Fresh: 36 * time.Hour, AuthServID: "*.yandex.net", Templates: "/etc/pometka/letters",
			Caps: CapsConfig{AddressKindDay: 2, AddressDay: 4, DomainHour: 20, TotalHour: 100, PublicProviders: []string{"gmail.com"}},
		},
		Reminders: RemindersConfig{
			Schedule: mustSchedule("30 8 * * 1-5"), DaysBefore: []int{7, 2, 0},
			To: "desk@operator.kz", Officer: "law@operator.kz", Escalate: 2, Always: true,
		},
		Staff: []StaffMember{
			{
				Name: "Асель Ким", Address: "a.kim@operator.kz", Language: "ru", Login: "akim", Deputy: "Данияр Серик",
				Absent: Absence{From: rules.NewDate(2026, 12, 1), To: rules.NewDate(2026, 12, 14)},
			},
			{Name: "Данияр Серик", Address: "d.serik@operator.kz", Language: "kk", Login: "dserik"},
			{Name: "Юрист", Address: "lawyer@operator.kz"},
		},
		Alarm:    AlarmConfig{To: "admin@operator.kz", Command: []string{"sms", "+77010000000"}},
		HTTP:     HTTPConfig{Listen: "127.0.0.1:9180"},
		Log:      LogConfig{Level: "debug", Format: "json"},
		Language: "kk",
	}
	if !reflect.DeepEqual(withoutLines(got), want) {
		t.Errorf("got  %+v\nwant %+v", withoutLines(got), want)
	}
}

// A policy, a calendar, a list of labels that never ends, such as a device or a sparse
// file of a gigabyte, is refused with its name before it fills the memory.
func TestEndlessFile(t *testing.T) {
	endless := filepath.Join(t.TempDir(), "endless")
	writeFile(t, endless, "", 0o600)
	if err := os.Truncate(endless, 1<<40); err != nil {
		t.Skip(err)
	}
	inRussian(t)
	for _, c := range []struct {
		settings string
		args     []string
	}{
		{"policy: " + endless + "\n", []string{"explain", "--kind", "claim", "--received", "2026-11-23"}},
		{"policy: " + endless + "\n", []string{"policy", "show"}},
		{"calendar: {file: " + endless + "}\n", []string{"calendar", "2026"}},
		{"", []string{"policy", "check", endless}},
		{"", []string{"classify", "--manifest", endless, t.TempDir()}},
	} {
		i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, map[string]string{"": c.settings})
		if r := i.call(t, c.args...); r.code == exitDone || !strings.Contains(r.err, endless) || !strings.Contains(r.err, "файл больше, чем разрешено") {
			t.Errorf("%v: exit %d\n%.300s", c.args, r.code, r.err)
		}
	}
}
