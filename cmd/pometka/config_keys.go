package main

import (
	"time"

	"go.yaml.in/yaml/v3"

	"license.kz/pometka/rules"
)

// configKeys is the table of every key that the file may hold, bound to the fields
// of c. config.example.yaml explains each in the same order.
func configKeys(c *Config) configSection {
	return configSection{
		{"operator", operatorKeys(&c.Operator).read},
		{"imap", imapKeys(&c.IMAP).read},
		{"smtp", smtpKeys(&c.SMTP).read},
		{"store", storeKeys(&c.Store).read},
		{"policy", asPolicy(&c.Policy)},
		{"deadlines", configSection{
			{"statutory", asFlag(&c.Deadlines.Statutory)},
			{"targets", asTargets(&c.Deadlines.Targets)},
		}.read},
		{"calendar", configSection{
			{"timezone", asZone(&c.Calendar.Zone)},
			{"week", asNumber(5, 6)(&c.Calendar.Week)},
			{"office_hours", asOfficeHours(&c.Calendar.OfficeHours)},
			{"days", asList(&c.Calendar.Days, asCalendarDay)},
			{"file", asPath(&c.Calendar.File)},
		}.read},
		{"acknowledge", acknowledgeKeys(&c.Acknowledge).read},
		{"reminders", configSection{
			{"schedule", asSchedule(&c.Reminders.Schedule)},
			{"days_before", asList(&c.Reminders.DaysBefore, asNumber(0, 60))},
			{"to", asAddress(&c.Reminders.To)},
			{"officer", asAddress(&c.Reminders.Officer)},
			{"escalate", asNumber(0, 60)(&c.Reminders.Escalate)},
			{"always", asFlag(&c.Reminders.Always)},
		}.read},
		{"staff", asList(&c.Staff, asStaffMember)},
		{"alarm", configSection{
			{"to", asAddress(&c.Alarm.To)},
			{"command", asArgv(&c.Alarm.Command)},
		}.read},
		{"http", configSection{{"listen", asListen(&c.HTTP.Listen)}}.read},
		{"log", configSection{
			{"level", asChoice(&c.Log.Level, "debug", "info", "warn", "error")},
			{"format", asChoice(&c.Log.Format, "text", "json")},
		}.read},
		{"language", asLanguage(&c.Language)},
	}
}

var (
	binForm    = lazily(`^[0-9]{12}$`)
	prefixForm = lazily(`^[A-Z][A-Z0-9]{0,7}$`)
	loginForm  = lazily(`^[a-z_][a-z0-9_.-]{0,31}$`)
	authForm   = lazily(`^(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`)
	domainForm = lazily(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)
)

func operatorKeys(o *OperatorConfig) configSection {
	return configSection{
		{"name", asText(&o.Name)},
		{"address", asAddress(&o.Address)},
		{"bin", asBIN(&o.BIN)},
		{"aliases", asList(&o.Aliases, asAddress)},
		{"contact", asText(&o.Contact)},
		{"forms", asList(&o.Forms, asAddress)},
		{"number_prefix", asMatch(&o.NumberPrefix, prefixForm, phrased("config.want.prefix"))},
		{"languages", asList(&o.Languages, asLanguage)},
	}
}

// serverKeys are those that imap and smtp share.
func serverKeys(s *ServerConfig) configSection {
	return configSection{
		{"host", asHost(&s.Host)},
		{"port", asNumber(1, 65535)(&s.Port)},
		{"tls", asChoice(&s.TLS, "implicit", "starttls", "none")},
		{"ca_file", asPath(&s.CAFile)},
		{"username", asText(&s.Username)},
		{"auth", asChoice(&s.Auth, "password", "xoauth2", "oauthbearer")},
		{"password_file", asSecretFile(&s.Secret)},
		{"password_command", asArgv(&s.Secret.Command)},
		{"password_env", asSecretEnv(&s.Secret)},
		{"token_command", asArgv(&s.Secret.Command)},
	}
}

func imapKeys(i *IMAPConfig) configSection {
	return append(serverKeys(&i.ServerConfig), configSection{
		{"folders", asList(&i.Folders, asText)},
		{"sent_folder", asSentFolder(&i.SentFolder)},
		{"since", asDuration(&i.Since, time.Second, 36500*oneDay, "all", SinceAll)},
		{"poll", asDuration(&i.Poll, 100*time.Millisecond, oneDay, "", 0)},
		{"idle", asFlag(&i.Idle)},
		{"eager", asDuration(&i.Eager, 50*time.Millisecond, time.Minute, "off", 0)},
		{"timeout", asDuration(&i.Timeout, 100*time.Millisecond, time.Hour, "", 0)},
		{"max_size", asSize(&i.MaxSize, 64e3, 2e9)},
		{"filing", asChoice(&i.Filing, "none", "keyword", "move")},
		{"filing_folder", asText(&i.FilingFolder)},
	}...)
}

func smtpKeys(s *SMTPConfig) configSection {
	return append(serverKeys(&s.ServerConfig), configSection{
		{"from", asAddress(&s.From)},
		{"bounce", asAddress(&s.Bounce)},
		{"save_sent", asFlag(&s.SaveSent)},
	}...)
}

func storeKeys(s *StoreConfig) configSection {
	return configSection{
		{"path", asPath(&s.Path)},
		{"retention", asDuration(&s.Retention, oneDay, 36500*oneDay, "off", 0)},
		{"backup", configSection{
			{"dir", asPath(&s.Backup.Dir)},
			{"schedule", asSchedule(&s.Backup.Schedule)},
			{"keep", asNumber(1, 10000)(&s.Backup.Keep)},
		}.read},
	}
}

func acknowledgeKeys(a *AcknowledgeConfig) configSection {
	limit := asNumber(1, 1_000_000)
	return configSection{
		{"enabled", asFlag(&a.Enabled)},
		{"dates", asChoice(&a.Dates, "both", "policy", "earliest")},
		{"fresh", asDuration(&a.Fresh, 0, 36500*oneDay, "", 0)},
		{"authserv_id", asMatch(&a.AuthServID, authForm, phrased("config.want.authserv"))},
		{"templates", asPath(&a.Templates)},
		{"caps", configSection{
			{"address_kind_day", limit(&a.Caps.AddressKindDay)},
			{"address_day", limit(&a.Caps.AddressDay)},
			{"domain_hour", limit(&a.Caps.DomainHour)},
			{"total_hour", limit(&a.Caps.TotalHour)},
			{"public_providers", asList(&a.Caps.PublicProviders, func(dst *string) configReader {
				return asMatch(dst, domainForm, phrased("config.want.domain"))
			})},
		}.read},
	}
}

// asStaffMember reads one entry of staff.
func asStaffMember(m *StaffMember) configReader {
	return configSection{
		{"name", asText(&m.Name)},
		{"address", asAddress(&m.Address)},
		{"language", asLanguage(&m.Language)},
		{"login", asMatch(&m.Login, loginForm, phrased("config.want.login"))},
		{"absent", asAbsence(&m.Absent)},
		{"deputy", asText(&m.Deputy)},
	}.read
}

// asPolicy reads the name of the built-in policy or the path of another.
func asPolicy(dst *string) configReader {
	return func(p configValue) {
		if p.node.Value == BuiltInPolicy {
			asText(dst)(p)
			return
		}
		asPath(dst)(p)
	}
}

// asSentFolder reads a folder's name, or auto.
func asSentFolder(dst *string) configReader {
	return func(p configValue) {
		if asText(dst)(p); *dst == "auto" {
			*dst = ""
		}
	}
}

// asTargets reads the operator's own terms: kind of request to working days.
func asTargets(dst *map[rules.Kind]int) configReader {
	return func(p configValue) {
		p.fields(phrased("config.want.targets"), func(k *yaml.Node, at configValue) {
			p.load.cfg.lines[at.key] = k.Line
			var days int
			asNumber(1, 365)(&days)(at)
			(*dst)[rules.Kind(k.Value)] = days
		})
	}
}

// asBIN reads a business identification number, which YAML takes for a
// number unless it is quoted.
func asBIN(dst *string) configReader {
	return func(p configValue) {
		s, ok := p.plain(phrased("config.want.bin"), "!!str", "!!int", "!!float")
		if ok && !binForm().MatchString(s) {
			p.wrong("config.fault.value", quoteValue(s), mustBe(phrased("config.want.bin")))
		}
		*dst = s
	}
}
