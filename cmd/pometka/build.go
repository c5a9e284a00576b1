package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// config finds and reads the configuration once. needs names what must be
// filled beyond what every command needs.
func (a *app) config(needs ...Need) (*Config, error) {
	path, err := FindConfig(a.configFlag)
	if err != nil {
		return nil, usage(err)
	}
	cfg, err := LoadConfig(path, needs...)
	if err != nil {
		return nil, usage(err)
	}
	return cfg, a.adopt(cfg)
}

// configIfAny reads the configuration where there is one; commands that need
// neither mailbox nor database work without, with the built-in policy.
func (a *app) configIfAny() (*Config, error) {
	path, err := FindConfig(a.configFlag)
	if err != nil {
		if a.configFlag != "" || os.Getenv("POMETKA_CONFIG") != "" {
			return nil, usage(err)
		}
		if err := CheckZoneData(); err != nil {
			return nil, usage(err)
		}
		cfg := DefaultConfig()
		return cfg, a.adopt(cfg)
	}
	cfg, err := LoadConfig(path)
	if err != nil {
		return nil, usage(err)
	}
	return cfg, a.adopt(cfg)
}

// adopt takes the language and the templates of a configuration into use.
func (a *app) adopt(cfg *Config) error {
	a.cfg = cfg
	if a.langFlag == "" && cfg.Language != "" {
		a.lang = cfg.Language
	}
	if cfg.Acknowledge.Templates == "" {
		return nil
	}
	words, err := templates.New(cfg.Acknowledge.Templates)
	if err != nil {
		return usage(phrased("error.read.templates", err))
	}
	a.words = words
	return nil
}

// policyOf reads the policy that the configuration names, and fills what the
// file left to the policy: the operator's name and address.
func policyOf(cfg *Config) (*rules.Policy, error) {
	p := rules.BuiltIn()
	if cfg.Policy != BuiltInPolicy && cfg.Policy != "" {
		data, err := readData(cfg.Policy)
		if err != nil {
			return nil, usage(phrased("error.read.policy", err))
		}
		if p, err = rules.ParsePolicy(data); err != nil {
			return nil, usage(phrased("error.policy.faults", cfg.Policy, err))
		}
	}
	cfg.SetOperator(p.Operator)
	return p, nil
}

// calendarOptions are those of the configuration, without its calendar file.
func calendarOptions(cfg *Config) rules.CalendarOptions {
	o := rules.CalendarOptions{Week: cfg.Calendar.Week, DaysFile: cfg.Path}
	for _, d := range cfg.Calendar.Days {
		o.Days = append(o.Days, rules.DayChange{Date: d.Date, Kind: d.Kind, Name: d.Name, Act: d.Act, Line: d.Line})
	}
	return o
}

// calendarOf makes the calendar that the configuration describes.
func calendarOf(cfg *Config) (*rules.Calendar, error) {
	o := calendarOptions(cfg)
	if cfg.Calendar.File != "" {
		data, err := readData(cfg.Calendar.File)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, usage(&store.About{What: cfg.Calendar.File, Err: errNoCalendarFile})
		}
		if err != nil {
			return nil, usage(phrased("error.read.calendar", err))
		}
		o.File, o.FileName = data, cfg.Calendar.File
	}
	c, err := rules.NewCalendar(o)
	if err != nil {
		return nil, usage(fmt.Errorf("read calendar: %w", err))
	}
	return c, nil
}

// policyAndCalendar reads both at a time: together they are most of what a small
// command has to do.
func policyAndCalendar(cfg *Config) (*rules.Policy, *rules.Calendar, error) {
	var calendar *rules.Calendar
	fault := make(chan error, 1)
	go func() {
		fault <- mailbox.Survive(func() (err error) { calendar, err = calendarOf(cfg); return err })
	}()
	policy, err := policyOf(cfg)
	if err != nil {
		return nil, nil, err
	}
	err = <-fault
	return policy, calendar, err
}

// errNoCalendarFile says that calendar.file names a file that is not there. It
// is no calendar without days of the operator's own: dates would move back in
// silence where the file was lost.
var errNoCalendarFile = errors.New("read calendar: the file of calendar.file is not there")

// ownOf is what the operator looks like in mail. The domain of a public provider is
// nobody's own: who keeps the desk's mailbox there gets letters from everybody else
// there.
func ownOf(cfg *Config) rules.Own {
	own := rules.OwnOf(cfg.Operator.Address, cfg.Operator.Aliases, cfg.Operator.Forms)
	if slices.Contains(publicProviders(), own.Domain) || slices.Contains(cfg.Acknowledge.Caps.PublicProviders, own.Domain) {
		own.Domain = ""
	}
	return own
}

// deskOptions collects everything that a desk needs but the servers and the
// database.
func (a *app) deskOptions(cfg *Config) (desk.Options, error) {
	policy, calendar, err := policyAndCalendar(cfg)
	if err != nil {
		return desk.Options{}, err
	}
	var unknown []Problem
	for _, k := range slices.Sorted(maps.Keys(cfg.Deadlines.Targets)) {
		if _, ok := policy.Kind(k); !ok {
			unknown = append(unknown, cfg.problem("deadlines.targets."+string(k), phrased("config.fault.no_kind", policy.Name, k)))
		}
	}
	if len(unknown) > 0 {
		return desk.Options{}, usage(&ConfigError{Path: cfg.Path, Problems: unknown})
	}
	name := policy.Operator.Name
	if own := cfg.Operator.Name; own != "" && own != name.RU && own != name.KK && own != name.EN {
		name = rules.Text{RU: cfg.Operator.Name}
	}
	ack := cfg.Acknowledge
	_, every := cfg.Reminders.Schedule.every()
	return desk.Options{
		Policy: policy, Calendar: calendar, Words: a.words, Zone: cfg.Calendar.Zone,
		Deadlines: rules.DeadlineOptions{Statutory: cfg.Deadlines.Statutory, Targets: cfg.Deadlines.Targets},
		Operator: desk.Operator{
			Name: name, Address: cfg.Operator.Address, Contact: cfg.Operator.Contact,
			Prefix: cfg.Operator.NumberPrefix, Languages: cfg.Operator.Languages, Own: ownOf(cfg),
		},
		Filing: desk.Filing{How: cfg.IMAP.Filing, Folder: cfg.IMAP.FilingFolder},
		Since:  max(cfg.IMAP.Since, 0), From: cfg.SMTP.From, Bounce: cfg.SMTP.Bounce,
		Acknowledge: desk.Acknowledge{
			Enabled: ack.Enabled, Dates: ack.Dates, Fresh: ack.Fresh, AuthservID: ack.AuthServID,
			Caps: desk.Caps{
				AddressKindDay: ack.Caps.AddressKindDay, AddressDay: ack.Caps.AddressDay,
				DomainHour: ack.Caps.DomainHour, TotalHour: ack.Caps.TotalHour, PublicDomains: ack.Caps.PublicProviders,
			},
		},
		Reminders: desk.Reminders{
			DaysBefore: cfg.Reminders.DaysBefore, To: cfg.Reminders.To, Officer: cfg.Reminders.Officer,
			Escalate: cfg.Reminders.Escalate, Always: cfg.Reminders.Always,
			Hours: desk.Hours(cfg.Calendar.OfficeHours), Next: cfg.Reminders.Schedule.Next, Every: every,
		},
		Staff: staffOf(cfg), Alarm: cfg.Alarm.To, Language: cmp.Or(cfg.Language, rules.RU),
	}, nil
}

// staffOf lists the staff for the desk.
func staffOf(cfg *Config) []desk.Member {
	var staff []desk.Member
	for _, m := range cfg.Staff {
		staff = append(staff, desk.Member{
			Name: m.Name, Address: m.Address, Language: m.Language, Login: m.Login,
			AbsentFrom: m.Absent.From, AbsentTo: m.Absent.To, Deputy: m.Deputy,
		})
	}
	return staff
}

// keepSMTP is how long a connection to the SMTP server waits for another letter.
const keepSMTP = 5 * time.Second

// servers makes the reader and the sender that the configuration names.
func servers(cfg *Config, log *slog.Logger) (*mailbox.Reader, *mailbox.Sender, error) {
	r, err := readerOf(cfg, log, nil)
	if err != nil {
		return nil, nil, err
	}
	w, err := senderOf(cfg, log, nil)
	return r, w, err
}

func readerOf(cfg *Config, log *slog.Logger, waits mailbox.Waits) (*mailbox.Reader, error) {
	imap, err := serverOf(cfg.IMAP.ServerConfig, "imap.ca_file")
	if err != nil {
		return nil, err
	}
	imap.Timeout, imap.Waits = cfg.IMAP.Timeout, waits
	return mailbox.NewReader(mailbox.ReaderOptions{Server: imap, Folders: cfg.IMAP.Folders, MaxSize: cfg.IMAP.MaxSize, Log: log}), nil
}

// senderOf makes the way out. The operator's address is known by now: SetOperator.
func senderOf(cfg *Config, log *slog.Logger, waits mailbox.Waits) (*mailbox.Sender, error) {
	smtp, err := serverOf(cfg.SMTP.ServerConfig, "smtp.ca_file")
	if err != nil {
		return nil, err
	}
	smtp.Timeout, smtp.Waits = cfg.IMAP.Timeout, waits
	_, domain, _ := strings.Cut(rules.SentAddress(cfg.Operator.Address), "@")
	return mailbox.NewSender(mailbox.SenderOptions{Server: smtp, LocalName: domain, Keep: keepSMTP, Log: log}), nil
}

// namedSent is a SentBox whose folder the configuration names.
type namedSent struct {
	desk.SentBox
	folder string
}

func (n namedSent) SentFolder(context.Context) (string, error) { return n.folder, nil }

func serverOf(c ServerConfig, caKey string) (mailbox.Server, error) {
	s := mailbox.Server{
		Host: c.Host, Port: c.Port, TLS: mailbox.TLSMode(c.TLS), Username: c.Username, Auth: c.Auth,
		Secret: c.Secret.Secret(),
	}
	if c.CAFile == "" {
		return s, nil
	}
	ca, err := readData(c.CAFile)
	if err != nil {
		return s, usage(phrased("error.read.key", caKey, err))
	}
	s.CA = ca
	return s, nil
}
