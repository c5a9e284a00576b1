package main

import (
	"time"

	"license.kz/pometka/rules"
)

// Config is one installation of pometka: every key of the configuration file,
// checked, with its default where the file is silent. LoadConfig makes it;
// nothing changes it afterwards except SetOperator.
//
// Durations and sizes are exact values, paths are absolute, mail addresses
// are bare (local@domain). "" and 0 mean "off" where a comment says so.
type Config struct {
	Path string // the file, absolute; "" when there is none
	Dir  string // its folder: what relative paths start from

	Operator    OperatorConfig
	IMAP        IMAPConfig
	SMTP        SMTPConfig
	Store       StoreConfig
	Policy      string // BuiltInPolicy, or the absolute path of a policy file
	Deadlines   DeadlinesConfig
	Calendar    CalendarConfig
	Acknowledge AcknowledgeConfig
	Reminders   RemindersConfig
	Staff       []StaffMember
	Alarm       AlarmConfig
	HTTP        HTTPConfig
	Log         LogConfig
	Language    rules.Lang // of the screens; "" = the locale, else ru

	lines map[string]int // key -> line, of every key that the file states
}

// BuiltInPolicy is the value of the key policy that stands for the policy
// file inside the program.
const BuiltInPolicy = "license.kz"

// OperatorConfig says who answers. Name and Address stay "" where the file
// leaves them out: SetOperator then takes those of the policy.
type OperatorConfig struct {
	Name    string
	Address string
	BIN     string // 12 digits, or ""
	Aliases []string
	Contact string // whom a sender may turn to; operator.address unless set
	Forms   []string

	NumberPrefix string
	Languages    []rules.Lang // of a letter whose language is not known
}

// ServerConfig is what IMAP and SMTP have in common.
type ServerConfig struct {
	Host     string
	Port     int
	TLS      string // "implicit", "starttls", or "none" (loopback hosts only)
	CAFile   string // PEM; "" = the roots of the machine
	Username string // SMTP: "" = no log-in
	Auth     string // "password", "xoauth2", "oauthbearer"

	// Secret finds the password, or the token where Auth is not "password".
	Secret SecretRef
}

// IMAPConfig is the section imap.
type IMAPConfig struct {
	ServerConfig
	Folders    []string      // empty: INBOX and the folder with \Junk
	SentFolder string        // "" = auto: the folder with \Sent
	Since      time.Duration // age of letters that a first run takes in; SinceAll: no limit
	Poll       time.Duration
	Idle       bool
	Eager      time.Duration // 0 = off
	Timeout    time.Duration
	MaxSize    int64  // bytes
	Filing     string // "none", "keyword", "move"

	FilingFolder string // where Filing "move" puts letters
}

// SinceAll as IMAPConfig.Since means every letter, however old.
const SinceAll time.Duration = -1

// SMTPConfig is the section smtp.
type SMTPConfig struct {
	ServerConfig
	From     string // operator.address unless set
	Bounce   string // envelope sender; operator.address unless set
	SaveSent bool
}

// StoreConfig is the section store.
type StoreConfig struct {
	Path      string
	Retention time.Duration // of closed requests' content; 0 = off: no purge by itself
	Backup    BackupConfig
}

// BackupConfig is store.backup.
type BackupConfig struct {
	Dir      string // "" = no backups by the daemon
	Schedule Schedule
	Keep     int // newest files kept
}

// DeadlinesConfig is the section deadlines.
type DeadlinesConfig struct {
	Statutory bool
	Targets   map[rules.Kind]int // working days; whether the kinds exist, only the policy knows
}

// CalendarConfig is the section calendar.
type CalendarConfig struct {
	Zone        *time.Location
	Week        int // 5 or 6 working days
	OfficeHours OfficeHours
	Days        []CalendarDay // in the order of the file
	File        string        // the operator's calendar file; "" = none
}

// OfficeHours are the hours in which staff is at work, as times since
// midnight in the calendar's zone. From is before To.
type OfficeHours struct{ From, To time.Duration }

// CalendarDay is one entry of calendar.days.
type CalendarDay struct {
	Date rules.Date
	Kind string // one of rules.CalendarKinds
	Name string
	Act  string // by which act
	Line int    // of the config file
}

// AcknowledgeConfig is the section acknowledge.
type AcknowledgeConfig struct {
	Enabled    bool
	Dates      string // "both", "policy", "earliest"
	Fresh      time.Duration
	AuthServID string // host, or suffix as "*.yandex.net"; "" = trust no header
	Templates  string // folder; "" = the built-in letters
	Caps       CapsConfig
}

// CapsConfig is acknowledge.caps: how many acknowledgements may go out,
// whatever the headers of the letters say.
type CapsConfig struct {
	AddressKindDay  int      // to one address, for one kind, in 24 hours
	AddressDay      int      // to one address in 24 hours
	DomainHour      int      // to one domain in an hour
	TotalHour       int      // in an hour
	PublicProviders []string // domains that DomainHour does not count, lower-case
}

// RemindersConfig is the section reminders.
type RemindersConfig struct {
	Schedule   Schedule
	DaysBefore []int  // stages in working days, without repeats, largest first
	To         string // operator.address unless set
	Officer    string // "" = none
	Escalate   int    // from this stage on the officer is told too
	Always     bool   // a digest even when there is nothing to say
}

// StaffMember is one entry of staff.
type StaffMember struct {
	Name     string // unique
	Address  string // unique
	Language rules.Lang
	Login    string // system user, unique; "" = mail only
	Absent   Absence
	Deputy   string // Name of another entry; "" = none
}

// Absence is a span of days, both included; zero means present.
type Absence struct{ From, To rules.Date }

// On reports whether the absence covers the day d.
func (a Absence) On(d rules.Date) bool {
	return !a.From.IsZero() && !d.Before(a.From) && !d.After(a.To)
}

// AlarmConfig is the section alarm.
type AlarmConfig struct {
	To      string   // reminders.to unless set
	Command []string // argv, run without a shell; empty = none
}

// HTTPConfig is the section http.
type HTTPConfig struct {
	Listen string // host:port; "" = off
}

// LogConfig is the section log.
type LogConfig struct {
	Level  string // "debug", "info", "warn", "error"
	Format string // "text", "json"
}
