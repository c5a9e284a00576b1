package main

import (
	"strings"
	"time"

	"license.kz/pometka/rules"
)

// DefaultConfig returns the configuration of an empty file: every default,
// no operator, no server, no database.
func DefaultConfig() *Config {
	return &Config{
		Operator: OperatorConfig{
			NumberPrefix: "LK",
			Languages:    []rules.Lang{rules.RU, rules.KK},
		},
		IMAP: IMAPConfig{
			ServerConfig: ServerConfig{Port: 993, TLS: "implicit", Auth: "password"},
			Since:        60 * oneDay,
			Poll:         time.Minute,
			Idle:         true,
			Timeout:      time.Minute,
			MaxSize:      50_000_000,
			Filing:       "none",
			FilingFolder: "Pometka",
		},
		SMTP: SMTPConfig{
			ServerConfig: ServerConfig{Port: 465, TLS: "implicit", Auth: "password"},
			SaveSent:     true,
		},
		Store:     StoreConfig{Backup: BackupConfig{Schedule: mustSchedule("30 2 * * *"), Keep: 14}},
		Policy:    BuiltInPolicy,
		Deadlines: DeadlinesConfig{Statutory: true, Targets: map[rules.Kind]int{}},
		Calendar: CalendarConfig{
			Zone:        mustZone("Asia/Almaty"),
			Week:        5,
			OfficeHours: OfficeHours{From: 9 * time.Hour, To: 18 * time.Hour},
		},
		Acknowledge: AcknowledgeConfig{
			Enabled: true,
			Dates:   "both",
			Fresh:   24 * time.Hour,
			Caps: CapsConfig{
				AddressKindDay:  1,
				AddressDay:      3,
				DomainHour:      10,
				TotalHour:       200,
				PublicProviders: publicProviders(),
			},
		},
		Reminders: RemindersConfig{
			Schedule:   mustSchedule("0 9 * * *"),
			DaysBefore: []int{10, 5, 3, 1, 0},
			Escalate:   1,
		},
		Log: LogConfig{Level: "info", Format: "text"},
	}
}

// publicProviders are the mail services whose one domain stands for very many
// people who have nothing to do with each other.
func publicProviders() []string {
	return []string{
		"gmail.com", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru",
		"yandex.ru", "yandex.kz", "yandex.com", "ya.ru", "rambler.ru", "mail.kz",
		"outlook.com", "hotmail.com", "live.com", "icloud.com", "yahoo.com",
		"proton.me", "protonmail.com",
	}
}

// SetOperator takes what the file does not say of the operator from the
// policy, unless the file names another operator, and fills the addresses
// that are the operator's unless set. It is for commands that work without a
// configuration.
func (c *Config) SetOperator(o rules.Operator) {
	if own := c.Operator.Address; own == "" || strings.EqualFold(own, o.Address) {
		setDefault(&c.Operator.Name, o.Name.In(rules.RU))
		setDefault(&c.Operator.Address, o.Address)
		setDefault(&c.Operator.BIN, o.BIN)
		if len(c.Operator.Forms) == 0 {
			c.Operator.Forms = o.Forms
		}
	}
	c.derive()
}

// derive fills the keys whose default is the value of another key.
func (c *Config) derive() {
	own := c.Operator.Address
	setDefault(&c.Operator.Contact, own)
	setDefault(&c.SMTP.From, own)
	setDefault(&c.SMTP.Bounce, own)
	setDefault(&c.Reminders.To, own)
	setDefault(&c.Alarm.To, c.Reminders.To)
}

func setDefault(s *string, value string) {
	if *s == "" {
		*s = value
	}
}
