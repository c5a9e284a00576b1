package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

var offeredKey = regexp.MustCompile(`(?m)^( *)#([a-z-].*)$`)

// For each provider, in each language, the file is right as it stands, and stays
// so whatever of what it offers is taken.
func TestInitText(t *testing.T) {
	words, err := templates.New("")
	if err != nil {
		t.Fatal(err)
	}
	list, err := presets()
	if err != nil || len(list) != len(presetOrder) {
		t.Fatal(len(list), err)
	}
	for _, lang := range []rules.Lang{rules.RU, rules.KK, rules.EN} {
		for _, p := range list {
			a := &app{words: words, lang: lang}
			s := &setup{
				path: "/etc/pometka/config.yaml", preset: p, policyFile: rules.BuiltIn(), database: "/var/lib/pometka/pometka.db", backups: "backups",
				address: "info@example.kz", name: awkward, prefix: "EX", officer: "dpo@example.kz", policy: "my policy.yaml",
			}
			for _, x := range []*account{&s.imap, &s.smtp} {
				x.host, x.user, x.caFile, x.auth, x.file = "mail.example.kz", awkward, "/etc/ssl/a b.pem", p.Auth, "imap: password"
				if p.Auth != "" {
					x.command = []string{"/usr/local/bin/token", awkward, "-x", "no", "12"}
				}
			}
			s.imap.section, s.smtp.section = "imap", "smtp"
			text := a.configText(s)
			c := mustParse(t, text, everyNeed...)
			if c.Operator.Name != awkward || c.IMAP.Username != awkward || c.SMTP.CAFile != "/etc/ssl/a b.pem" || c.Reminders.Officer != "dpo@example.kz" ||
				c.Language != lang || c.Policy != "/etc/pometka/my policy.yaml" || c.SMTP.SaveSent != p.SaveSent || c.Acknowledge.AuthServID != p.AuthServ {
				t.Errorf("%s %s: %+v\n%s", lang, p.id, c, text)
			}
			if argv := c.IMAP.Secret.Command; p.Auth != "" && !slices.Equal(argv, s.imap.command) {
				t.Errorf("%s %s: %q", lang, p.id, argv)
			}
			if p.Idle != nil && c.IMAP.Idle != *p.Idle || c.IMAP.Auth == "password" != (p.Auth == "") {
				t.Errorf("%s %s: %+v", lang, p.id, c.IMAP)
			}
			for _, need := range p.Needs[lang] {
				if first, _, _ := strings.Cut(need, " "); !strings.Contains(text, "# - "+first) {
					t.Errorf("%s %s: %q is not told", lang, p.id, need)
				}
			}
			comments := regexp.MustCompile(`(?m)^ *#.*$`).FindAllString(text, -1)
			fits80(t, p.id, strings.Join(comments, "\n"))
			if strings.Contains(text, "init.") || strings.Contains(text, "{0}") {
				t.Errorf("%s %s: not worded:\n%s", lang, p.id, text)
			}
			s.policy, s.officer, s.preset.AuthServ = "", "", ""
			all := offeredKey.ReplaceAllString(a.configText(s), "$1$2")
			if c := mustParse(t, all, everyNeed...); len(c.Staff) != 1 || c.HTTP.Listen == "" || c.Reminders.Officer == "" || c.Acknowledge.AuthServID == "" {
				t.Errorf("%s %s: not everything that is offered was taken:\n%s", lang, p.id, all)
			}
		}
	}
}

// awkward is a text that YAML would misread in more than one way.
const awkward = `- "ТОО" \n: #1 «Қазақ» {a} 'b' & *c @ 日本`

// Each provider says in each language what it needs, and its servers can be
// known by their names.
func TestPresets(t *testing.T) {
	list, err := presets()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		for _, lang := range []rules.Lang{rules.RU, rules.KK, rules.EN} {
			if p.Name[lang] == "" || len(p.Needs[lang]) == 0 || len(p.Needs[lang]) != len(p.Needs[rules.RU]) {
				t.Errorf("%s: name or needs are missing in %s", p.id, lang)
			}
		}
		if p.IMAP.Host == "" {
			continue
		}
		if got := presetOf(p.IMAP.Host); got == nil || got.id != p.id || len(p.MX) == 0 || p.SMTP.Host == "" {
			t.Errorf("%s is not known by its host", p.id)
		}
	}
}

func TestPrefixOf(t *testing.T) {
	for address, want := range map[string]string{
		"info@license.kz": "LK", "a@example.kz": "EX", "a@1c.kz": "CK", "a@x.io": "XI", "a@почта.қаз": "PD",
	} {
		if got := prefixOf(address); got != want || !fits("operator.number_prefix", got) {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
