package main

import (
	"slices"
	"strconv"
	"strings"

	"license.kz/pometka/rules"
)

// configSheet is a configuration that is being written for a person: every key
// stands under a sentence that says what it is for, in the language of the
// screens. What most people need later stands there too, behind a "#".
type configSheet struct {
	*app
	strings.Builder
	indent string
}

// sheetWidth is the width of the comments.
const sheetWidth = 80

// configText is the configuration of the setup.
func (a *app) configText(s *setup) string {
	c := &configSheet{app: a}
	c.comment("init.file.head")
	c.operator(s)
	c.server(&s.imap, s)
	if s.preset.Idle != nil && !*s.preset.Idle {
		c.set("idle", "false", "init.file.idle")
	}
	c.offer("folders", "[INBOX, Junk]", "init.file.folders")
	c.offer("since", "60d", "init.file.since")
	c.server(&s.smtp, s)
	c.set("save_sent", strconv.FormatBool(s.preset.SaveSent), "init.file.save_sent")
	c.open("store", "init.file.store")
	c.set("path", yamlText(s.database), "init.file.path")
	c.set("backup", "{dir: "+yamlText(s.backups)+"}", "init.file.backup")
	c.offer("retention", "1096d", "init.file.retention")
	c.rest(s)
	return strings.TrimLeft(c.String(), "\n")
}

func (c *configSheet) operator(s *setup) {
	c.open("operator", "init.file.operator")
	c.set("name", strconv.Quote(s.name), "init.file.name")
	c.set("address", yamlText(s.address), "init.file.address")
	c.offer("contact", yamlText(s.address), "init.file.contact")
	c.set("number_prefix", yamlText(s.prefix), "init.file.prefix")
	if c.lang == rules.KK {
		c.set("languages", "[kk, ru]", "init.file.languages")
	} else {
		c.offer("languages", "[ru, kk]", "init.file.languages")
	}
}

// server writes the section imap or smtp.
func (c *configSheet) server(x *account, s *setup) {
	c.open(x.section, "init.file."+x.section)
	if x.section == "imap" && s.preset.id != "" {
		c.comment("init.needs", s.preset.Name[c.lang])
		for _, need := range s.preset.Needs[c.lang] {
			c.lines("- ", need)
		}
	}
	c.set("host", yamlText(x.host), "")
	if x.port != 0 {
		c.set("port", strconv.Itoa(x.port), "")
	}
	if x.tls != "" {
		c.set("tls", x.tls, "init.file.tls")
	}
	if x.caFile != "" {
		c.set("ca_file", yamlText(x.caFile), "init.file.ca_file")
	}
	if x.user == "" {
		c.comment("init.file.no_login")
		return
	}
	c.set("username", yamlText(x.user), "")
	if x.auth != "" {
		c.set("auth", x.auth, "init.file.auth")
	}
	if len(x.command) > 0 {
		words := make([]string, len(x.command))
		for i, w := range x.command {
			words[i] = yamlText(w)
		}
		c.set("token_command", "["+strings.Join(words, ", ")+"]", "init.file.token")
		return
	}
	c.set("password_file", yamlText(x.file), "init.file.password")
}

// rest writes what most installations only look at later.
func (c *configSheet) rest(s *setup) {
	_, domain, _ := strings.Cut(s.address, "@")
	c.indent = ""
	c.WriteString("\n")
	if s.policy != "" {
		c.set("policy", yamlText(s.policy), "init.file.policy")
	} else {
		c.offer("policy", "policy.yaml", "init.file.policy")
	}
	c.open("acknowledge", "init.file.acknowledge")
	if s.preset.AuthServ != "" {
		c.set("authserv_id", yamlText(s.preset.AuthServ), "init.file.authserv_id")
	} else {
		c.offer("authserv_id", "mx."+domain, "init.file.authserv_id")
	}
	c.offer("templates", "templates", "init.file.templates")
	c.open("reminders", "init.file.reminders")
	if s.officer != "" {
		c.set("officer", yamlText(s.officer), "init.file.officer")
	} else {
		c.offer("officer", "dpo@"+domain, "init.file.officer")
	}
	c.offer("days_before", "[10, 5, 3, 1, 0]", "init.file.days_before")
	c.indent = ""
	c.WriteString("\n")
	c.comment("init.file.staff")
	c.WriteString("#staff:\n")
	c.WriteString("  #- {name: " + strconv.Quote(c.t("init.file.staff_name")) + ", address: a.kim@" + domain + ", login: akim}\n")
	c.open("alarm", "init.file.alarm")
	c.offer("command", "[/usr/local/bin/send-sms]", "init.file.command")
	c.open("http", "init.file.http")
	c.offer("listen", `"127.0.0.1:9180"`, "")
	c.indent = ""
	c.WriteString("\n")
	c.set("language", string(c.lang), "init.file.language")
}

// open begins a section.
func (c *configSheet) open(name, words string) {
	c.indent = ""
	c.WriteString("\n")
	c.comment(words)
	c.WriteString(name + ":\n")
	c.indent = "  "
}

// set states a key under what it is for.
//
//go:noinline
func (c *configSheet) set(key, value, words string) { c.put("", key, value, words) }

// offer shows a key that is not set.
//
//go:noinline
func (c *configSheet) offer(key, value, words string) { c.put("#", key, value, words) }

func (c *configSheet) put(mark, key, value, words string) {
	if words != "" {
		c.comment(words)
	}
	c.WriteString(c.indent + mark + key + ": " + value + "\n")
}

func (c *configSheet) comment(words string, args ...any) { c.lines("", c.t(words, args...)) }

// lines writes a comment; what follows the first line stands under its text.
func (c *configSheet) lines(begin, text string) {
	for _, line := range wrap(text, sheetWidth-len(c.indent)-2-len(begin)) {
		c.WriteString(c.indent + "# " + begin + line + "\n")
		begin = strings.Repeat(" ", len(begin))
	}
}

// plainYAMLText is what YAML takes for a text without quotes, whatever it says.
var plainYAMLText = lazily(`^[A-Za-z/][A-Za-z0-9_/.@-]*$`)

// yamlText writes a text as YAML reads it (YAML 1.2.2, 5.7: what Go escapes in a
// string is escaped alike there).
func yamlText(s string) string {
	words := []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
	if plainYAMLText().MatchString(s) && !slices.Contains(words, strings.ToLower(s)) {
		return s
	}
	return strconv.Quote(s)
}
