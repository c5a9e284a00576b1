package templates

import (
	"strings"
	"time"
)

// Reminder is one mail to one member of staff about everything of theirs.
type Reminder struct {
	Operator string
	Today    time.Time
	Lines    []ReminderLine // most urgent first
	Overdue  int            // of the lines, those with a term of policy or law behind them
	Urgent   int            // of the others, those due today or on the next working day
}

// ReminderLine is one request. It holds nothing of the sender.
type ReminderLine struct {
	Number   string
	Kind     string // named in the reader's language; "" while it is not decided
	New      bool   // it is announced for the first time
	Review   bool   // a person has to decide what the letter is
	Might    string // of such a case: the kinds that it might be, named in the reader's language; "" if nobody can say
	DaysLeft int    // working days until ActBy: 0 on the day itself, negative after it
	Missed   int    // working days since the operator's own target, where another term is named: negative; else 0
	Waits    int    // working days for which the terms have stood still: then there is no ActBy; else 0
	ActBy    time.Time
	Source   string   // of ActBy: "policy", "law" or "target"
	Assignee string   // "": nobody has taken it
	Next     []string // see Set.Next

	Provisional bool // a calendar still to be published can move ActBy
}

// Short is ShortNumber of the number.
func (l ReminderLine) Short() string { return ShortNumber(l.Number) }

// ShortNumber is the number of a request as the commands take it, without
// prefix and zeros: 2026-17. The year stays, since 17 alone may mean the 17th
// of another year.
func ShortNumber(number string) string {
	parts := strings.Split(number, "-")
	if len(parts) < 3 {
		return number
	}
	counter := strings.TrimLeft(parts[len(parts)-1], "0")
	if counter == "" {
		return number
	}
	return parts[len(parts)-2] + "-" + counter
}

// Escalation tells the privacy officer what is about to be late or is.
type Escalation struct {
	Operator        string
	Today           time.Time
	Lines           []ReminderLine
	Overdue, Urgent int // as in Reminder
}

// Digest is the morning mail to one person: all that is theirs at once.
type Digest struct {
	Operator        string
	Today           time.Time
	Lines           []ReminderLine
	Overdue, Urgent int            // as in Reminder
	Letters         []DigestLetter // of the outbox, those that need a person
	Moved           []DigestMove   // last days that a changed calendar moved
	NoCalendar      int            // the next year, if its calendar is not published yet; else 0
	Events          int            // length and head of the history chain, for the privacy officer;
	Head            string         // "" leaves them out
}

// DigestLetter is a letter of the outbox that did not simply go out.
type DigestLetter struct {
	ID     string // as the outbox commands take it
	Number string
	State  string // worded: «не отправлено»
	Reason string // worded
	More   int    // so many that wait for the same reason follow
	Folded bool   // it is one of them, and is not shown
}

// DigestMove is a last day that is another one now.
type DigestMove struct {
	Number   string
	Term     string // worded: «срок политики»; "" for the day to act by
	Old, New time.Time

	Provisional bool // a calendar still to be published can move New

	Earlier bool   // the new day is the earlier one: act sooner
	Cause   string // worded; "" if there is no more to say than that the calendar changed
}

// Short is as ReminderLine.Short.
func (m DigestMove) Short() string { return ShortNumber(m.Number) }

// Alarm tells staff that pometka itself is in trouble. What and Do come from
// the catalogue, "alarm.CODE" and "alarm.CODE.do".
type Alarm struct {
	Operator string
	What     string // a sentence
	Do       string // what to do, a sentence; "" leaves it out
	Command  string // the command that shows more; "" leaves it out
	Since    time.Time
	Lasts    bool // another letter tells of its end
}

// Recovered ends an alarm.
type Recovered struct {
	Operator  string
	What      string // as it was in the alarm
	Since, At time.Time
}

func (r Reminder) required() map[string]bool { return requiredLines(r.Lines, true) }

func (e Escalation) required() map[string]bool { return requiredLines(e.Lines, true) }

// A digest without lines is asked for by reminders.always.
func (d Digest) required() map[string]bool { return requiredLines(d.Lines, false) }

func (a Alarm) required() map[string]bool { return map[string]bool{"What": a.What != ""} }

func (r Recovered) required() map[string]bool { return map[string]bool{"What": r.What != ""} }

func requiredLines(lines []ReminderLine, some bool) map[string]bool {
	r := map[string]bool{"Lines": len(lines) > 0 || !some}
	for _, l := range lines {
		if l.Number == "" || l.Source == "" {
			r["Number or Source of a line"] = false
		}
	}
	return r
}
