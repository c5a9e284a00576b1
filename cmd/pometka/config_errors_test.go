package main

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"license.kz/pometka/rules"
)

// Each broken file, and all that is wrong with it.
func TestConfigProblems(t *testing.T) {
	for _, tt := range []struct {
		name string
		text string
		want []string // LINE: KEY: beginning of the text
	}{
		{"empty", "", []string{"1: the file is empty"}},
		{"comments only", "# nothing\n", []string{"1: the file is empty"}},
		{"a word", "word", []string{"1: want a section of keys: operator, imap"}},
		{"a list", "- imap\n", []string{"1: want a section of keys: operator, imap"}},
		{"second document", "language: ru\n---\nlanguage: kk\n", []string{"2: a second document begins here"}},
		{"text after the document", "language: ru\n...\nrest\n", []string{"3: no valid YAML: text after the end"}},
		{"not UTF-8", "language: ru\n# \xcf\xf0\n", []string{"2: not text in UTF-8"}},
		{"control character", "language: \"ru\x07\"\n", []string{"1: not text in UTF-8"}},

		{"line end of old", "language: ru\n# a\rb\n", []string{"2: not text in UTF-8"}},
		{"line separator", "language: ru\n# a\u2028b\n", []string{"2: not text in UTF-8"}},
		{"line ends of Windows", "language: ru\r\nlog:\r\n  level: x\r\n", []string{`3: log.level: "x"`}},

		{"tab", "imap:\n\thost: a\n", []string{"2: no valid YAML: a tab"}},
		{"colon in a text", "operator:\n  name: ТОО: Лицензия\n", []string{"2: no valid YAML: a second"}},
		{"open bracket", "imap:\n  folders: [INBOX\nlanguage: ru\n", []string{"2: no valid YAML: a bracket"}},
		{"open quote", "operator:\n  name: \"ТОО\nlanguage: ru\n", []string{"2: no valid YAML: a quote"}},
		{"no colon", "imap:\n  host: a\n  port 3\n  idle: true\n", []string{"3: no valid YAML: a key without a colon"}},
		{"indent", "imap:\n  host: a\n idle: true\n", []string{"3: no valid YAML: this line"}},
		{"anchor", "imap: &m {host: a.kz}\nsmtp: *m\nlanguage: *n\n", []string{"3: no valid YAML: anchors"}},
		{"alias", "language: &l ru\nlog: {level: *l}\n", []string{"2: log.level: anchors and aliases"}},
		{"merge", "imap: {<<: {host: a.kz}}\n", []string{"1: imap: a key must be one word"}},

		{"unknown section", "imap: {}\nalarms: {}\nmail: {}\n", []string{"2: alarms: unknown key: did you mean alarm?", "3: mail: unknown key: allowed here: operator, imap"}},
		{"unknown key", "log:\n  file: x\n", []string{"2: log.file: unknown key: allowed here: level, format"}},
		{"misspelt key", "imap:\n  hots: a.kz\n  Port: 993\n", []string{"2: imap.hots: unknown key: did you mean host?", "3: imap.Port: unknown key: did you mean port?"}},
		{"dotted key", "store:\n  backup.dir: x\n", []string{"2: store.backup.dir: unknown key: write the part after the point"}},
		{"key twice", "imap:\n  idle: true\n  poll: 1m\n  idle: false\n", []string{"4: imap.idle: stands here twice, first on line 2"}},
		{"section twice", "log: {level: info}\nlog: {format: json}\n", []string{"2: log: stands here twice, first on line 1"}},
		{"section as text", "imap: imap.example.kz\n", []string{"1: imap: want a section of keys: host, port"}},
		{"section as null", "imap: ~\n", []string{"1: imap: want a section of keys"}},
		{"list as text", "operator: {languages: ru}\n", []string{"1: operator.languages: want a list"}},
		{"text as list", "language: [ru]\n", []string{"1: language: want ru, kk or en"}},
		{"no value", "imap:\n  host:\n", []string{"2: imap.host: has no value: want the name of a server"}},
		{"number as text", "imap: {username: 12345}\n", []string{"1: imap.username: want a text (a number", "1: imap.username: no way to its secret"}},

		{"operator", "operator:\n  name: ''\n  address: I-License <info@license.kz>\n  bin: 12345\n  number_prefix: лк\n  languages: [ru, de, ru]\n  aliases: [a@b.kz, A@b.kz]\n", []string{
			`2: operator.name: "": want a text that is not empty`,
			`3: operator.address: "I-License <info@license.kz>": want a mail address alone`,
			`4: operator.bin: "12345": want 12 digits`,
			`5: operator.number_prefix: "лк": want one to eight Latin capitals`,
			`6: operator.languages[1]: "de": want ru, kk or en`,
			`6: operator.languages[2]: the same as operator.languages[0] on line 6`,
			`7: operator.aliases[1]: the same as operator.aliases[0]`,
		}},
		{"no language", "operator: {languages: []}\n", []string{"1: operator.languages: want at least one of ru, kk, en"}},
		{"line end in a text", "operator: {name: \"a\\nBcc: b@c.kz\"}\n", []string{`1: operator.name: "a\nBcc: b@c.kz": want one line without control characters`}},
		{"imap", "imap:\n  host: imap.kz:993\n  port: 99999\n  tls: ssl\n  auth: plain\n  since: 60\n  poll: 1 minute\n  idle: yes\n  eager: 1ms\n  timeout: 0s\n  max_size: 50\n  filing: delete\n", []string{
			`2: imap.host: "imap.kz:993": want the name of a server, without port`,
			`3: imap.port: "99999": want a whole number from 1 to 65535`,
			`4: imap.tls: "ssl": want implicit, starttls or none`,
			`5: imap.auth: "plain": want password, xoauth2 or oauthbearer`,
			`6: imap.since: want a duration with its unit, as 60d, 24h, 1m or 200ms, or all`,
			`7: imap.poll: "1 minute": want a duration with its unit`,
			`8: imap.idle: want true or false`,
			`9: imap.eager: "1ms": want a duration from 50ms to 1m, or off`,
			`10: imap.timeout: "0s": want a duration from 100ms to 1h`,
			`11: imap.max_size: want a size with its unit`,
			`12: imap.filing: "delete": want none, keyword or move`,
		}},
		{"size out of range", "imap: {max_size: 10KB}\n", []string{`1: imap.max_size: "10KB": want a size from 64KB to 2000MB`}},
		{"folder twice", "imap: {folders: [INBOX, Junk, INBOX]}\n", []string{"1: imap.folders[2]: the same as imap.folders[0]"}},
		{"clear text to a server elsewhere", "imap: {host: imap.kz, tls: none}\nsmtp: {host: 10.0.0.1, tls: none}\n", []string{
			"1: imap.tls: none sends the password and the letters in clear text", "2: smtp.tls: none sends"}},
		{"two secrets", "imap: {username: a, password_file: x, password_env: Y}\n", []string{"1: imap.password_env: one way to the secret is enough: keep one of imap.password_file, imap.password_env"}},
		{"no secret", "smtp: {username: a}\n", []string{"1: smtp.username: no way to its secret: want one of password_file, password_command or password_env"}},
		{"secret without a user", "smtp: {password_file: x}\n", []string{"1: smtp.password_file: a secret without smtp.username"}},
		{"token for password", "imap: {username: a, token_command: [t]}\n", []string{"1: imap.token_command: does not go with auth: password, which wants password_file"}},
		{"password for token", "imap: {username: a, auth: xoauth2, password_file: x}\n", []string{"1: imap.password_file: does not go with auth: xoauth2, which wants token_command"}},
		{"command in one text", "imap: {username: a, password_command: pass show imap}\n", []string{"1: imap.password_command: want a list of the program and its arguments"}},
		{"command without a program", "alarm: {command: ['', x]}\n", []string{"1: alarm.command: want a list of the program"}},

		{"store", "store:\n  path: ''\n  retention: 1h\n  backup: {keep: 0, schedule: 0 30 2 * * *}\n", []string{
			`2: store.path: "": want a text that is not empty`,
			`3: store.retention: "1h": want a duration from 1d to 36500d, or off`,
			`4: store.backup.keep: "0": want a whole number from 1 to 10000`,
			`4: store.backup.schedule: "0 30 2 * * *": want five cron fields`,
			`4: store.backup.schedule: nothing is backed up without store.backup.dir`,
			`4: store.backup.keep: nothing is backed up without store.backup.dir`,
		}},
		{"policy", "policy: [a]\n", []string{"1: policy: want a path"}},
		{"targets", "deadlines:\n  statutory: 1\n  targets: {claim: 0, erasure: five}\n", []string{
			"2: deadlines.statutory: want true or false",
			`3: deadlines.targets.claim: "0": want a whole number from 1 to 365`,
			"3: deadlines.targets.erasure: want a whole number from 1 to 365"}},
		{"calendar", "calendar:\n  timezone: Almaty\n  week: 7\n  office_hours: 18:00-09:00\n  days:\n    - {date: 2027-02-29, kind: holiday}\n    - {date: 2027-01-04}\n    - {date: 2027-01-04, kind: free}\n    - {kind: remove, name: x}\n", []string{
			`2: calendar.timezone: "Almaty": want a time zone, as Asia/Almaty`,
			`3: calendar.week: "7": want a whole number from 5 to 6`,
			`4: calendar.office_hours: "18:00-09:00": the first time must be before the last`,
			`6: calendar.days[0].date: "2027-02-29": want a day that exists`,
			`7: calendar.days[1].kind: missing: what the day is: holiday, dayoff`,
			`8: calendar.days[2].kind: "free": want holiday, dayoff`,
			`8: calendar.days[2].date: the same as calendar.days[1].date on line 7`,
			`9: calendar.days[3].date: missing: which day`,
		}},
		{"zone of the machine", "calendar: {timezone: Local}\n", []string{`1: calendar.timezone: "Local": want a time zone`}},
		{"acknowledge", "acknowledge:\n  dates: law\n  fresh: -1h\n  authserv_id: mx.kz; spf=pass\n  caps:\n    total_hour: -1\n    public_providers: [Gmail.com]\n", []string{
			`2: acknowledge.dates: "law": want both, policy or earliest`,
			`3: acknowledge.fresh: "-1h": want a duration`,
			`4: acknowledge.authserv_id: "mx.kz; spf=pass": want the name of your mail server`,
			`6: acknowledge.caps.total_hour: "-1": want a whole number from 1 to 1000000`,
			`7: acknowledge.caps.public_providers[0]: "Gmail.com": want a domain in small letters`,
		}},
		{"reminders", "reminders:\n  schedule: 0 9 31 2 *\n  days_before: [3, 3, 1]\n  to: desk\n  escalate: first\n", []string{
			`2: reminders.schedule: "0 9 31 2 *": that day never comes`,
			`3: reminders.days_before[1]: the same as reminders.days_before[0]`,
			`4: reminders.to: "desk": want a mail address alone`,
			`5: reminders.escalate: want a whole number from 0 to 60`,
		}},
		{"wrong stages are not the same one", "reminders:\n  days_before: [a, -1, 0]\n", []string{
			`2: reminders.days_before[0]: want a whole number from 0 to 60`,
			`2: reminders.days_before[1]: "-1": want a whole number from 0 to 60`,
		}},
		{"no stage", "reminders: {days_before: []}\n", []string{"1: reminders.days_before: want at least one number"}},
		{"staff", "staff:\n  - {name: А, address: a@b.kz, login: a, deputy: c}\n  - {name: а, address: A@b.kz, login: a, deputy: А}\n  - {login: Root, absent: 2026-12-10 - 2026-12-01}\n  - {name: Г, address: g@b.kz, deputy: Г}\n", []string{
			`2: staff[0].deputy: "c" is nobody here`,
			`3: staff[1].name: the same as staff[0].name on line 2`,
			`3: staff[1].address: the same as staff[0].address`,
			`3: staff[1].login: the same as staff[0].login`,
			`4: staff[2].login: "Root": want the name of a user of this system`,
			`4: staff[2].absent: "2026-12-10 - 2026-12-01": the first day must not be after the last`,
			`4: staff[2].name: missing`,
			`4: staff[2].address: missing`,
			`5: staff[3].deputy: nobody is their own deputy`,
		}},
		{"http", "http: {listen: 9180}\n", []string{"1: http.listen: want host:port"}},
		{"http name", "http: {listen: 'metrics.kz:80'}\n", []string{"1: http.listen: \"metrics.kz:80\": want an IP address or localhost"}},
		{"log", "log: {level: trace, format: xml}\nlanguage: de\n", []string{
			`1: log.level: "trace": want debug, info, warn or error`, `1: log.format: "xml": want text or json`, `2: language: "de": want ru, kk or en`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := parse(tt.text)
			compareProblems(t, problems, tt.want)
			speakTheLanguage(t, problems)
		})
	}
}

var inEnglish = regexp.MustCompile(`[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}`)

// speakTheLanguage wants every problem in Russian and in Kazakh, without a
// sentence of English or an unfilled place in it.
func speakTheLanguage(t *testing.T, problems []Problem) {
	t.Helper()
	for _, p := range problems {
		ru, kk := p.What.in(rules.RU), p.What.in(rules.KK)
		for _, text := range []string{ru, kk} {
			if inEnglish.MatchString(text) || strings.Contains(text, "…") && !strings.Contains(text, `…"`) || !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
				t.Errorf("%s: %s", p.Key, text)
			}
		}
		if ru == kk {
			t.Errorf("%s: one language says what the other does: %s", p.Key, ru)
		}
	}
}

// compareProblems wants the problems to begin as want says, in whatever order
// those of one line come.
func compareProblems(t *testing.T, problems []Problem, want []string) {
	t.Helper()
	left := map[string]bool{}
	for _, w := range want {
		left[w] = true
	}
	for i, p := range problems {
		if i > 0 && p.Line < problems[i-1].Line {
			t.Errorf("line %d after line %d", p.Line, problems[i-1].Line)
		}
		got := strings.TrimPrefix((&ConfigError{Problems: []Problem{p}}).Error(), ":")
		found := false
		for w := range left {
			if strings.HasPrefix(got, w) {
				delete(left, w)
				found = true
				break
			}
		}
		if !found {
			t.Errorf("unexpected: %s", got)
		}
	}
	for w := range left {
		t.Errorf("not reported: %s", w)
	}
}

func TestConfigNeeds(t *testing.T) {
	_, problems := parse("operator:\n  contact: x\nimap: {}\n", everyNeed...)
	compareProblems(t, problems, []string{
		"1: operator.name: missing", "1: operator.address: missing",
		"3: imap.host: missing", "3: imap.username: missing",
		"1: smtp.host: missing", "1: store.path: missing",
	})
	if _, problems = parse("store: {path: x}\n", NeedStore); len(problems) > 0 {
		t.Errorf("with the only key that is needed: %v", problems)
	}
}

// One key alone is put at its own line; what is missing, at its section's.
func TestProblemPlace(t *testing.T) {
	c := mustParse(t, "deadlines:\n  targets:\n    clam: 5\n")
	for key, want := range map[string]string{
		"deadlines.targets.clam": "/etc/pometka/config.yaml:3: deadlines.targets.clam: the policy P has no kind k",
		"deadlines.statutory":    "/etc/pometka/config.yaml:1: deadlines.statutory: the policy P has no kind k",
		"policy":                 "/etc/pometka/config.yaml:1: policy: the policy P has no kind k",
	} {
		if got := (&ConfigError{Path: c.Path, Problems: []Problem{c.problem(key, phrased("config.fault.no_kind", "P", "k"))}}).Error(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// A password in the file is an error that does not repeat it.
func TestConfigInlineSecret(t *testing.T) {
	const secret = "hunter2-Пароль"
	for _, key := range []string{"password", "Password", "pass", "passwd", "secret", "token", "access_token", "client_secret", "api_key"} {
		for _, text := range []string{
			"imap:\n  host: imap.kz\n  " + key + ": " + secret + "\n",
			"smtp:\n  " + key + ": [" + secret + "]\n  host: smtp.kz\n",
			key + ": " + secret + "\n",
			"staff: [{" + key + ": " + secret + "}]\n",
		} {
			_, problems := parse(text)
			err := &ConfigError{Path: "config.yaml", Problems: problems}
			if !strings.Contains(err.Error(), "a secret must not stand in this file") {
				t.Errorf("%q: %v", text, err)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%q: the error repeats the secret: %v", text, err)
			}
		}
	}
}

// A secret that stands where the way to it belongs is not repeated either.
func TestConfigSecretInWrongPlace(t *testing.T) {
	const secret = "hunter2"
	for _, text := range []string{
		"imap: {username: a, password_env: 'hunter2 !'}\n",
		"imap: {username: a, password_command: hunter2}\n",
		"imap: {username: a, password_file: \"hunter2\\n\"}\n",
		"imap: {username: a, password_file: [hunter2]}\n",
		"imap: {username: a, password_file: *hunter2}\n",
		"imap: {username: a, password_file: !!binary hunter2}\n",
		"imap: {username: a, password_env: hunter2: b}\n",
		"imap: {username: a, 'hunter2, b': c}\n",
	} {
		_, problems := parse(text)
		if err := (&ConfigError{Problems: problems}).Error(); strings.Contains(err, secret) {
			t.Errorf("%q: the error repeats the secret: %s", text, err)
		}
	}
}
