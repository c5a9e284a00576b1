package rules

import (
	"cmp"
	"fmt"
	"strconv"
	"time"
)

// Date is a day of the civil calendar, without a time of day and without a
// zone: a due date is a Date, never an instant, and lasts until 24:00 in the
// operator's time zone (Civil Code of Kazakhstan, art. 176). The zero Date
// means "no date". Dates are comparable with ==.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NewDate returns the date, with overflowing days and months carried over as
// time.Date does (30 February is 1 or 2 March).
func NewDate(year int, month time.Month, day int) Date {
	return dateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateIn returns the civil date of the instant t in the zone loc. Receipt
// dates are made with it from INTERNALDATE and the operator's zone.
func DateIn(t time.Time, loc *time.Location) Date { return dateOf(t.In(loc)) }

func dateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{Year: y, Month: m, Day: d}
}

// ParseDate reads the form YYYY-MM-DD and refuses days that do not exist.
func ParseDate(s string) (Date, error) {
	if len(s) == len(time.DateOnly) && s[4] == '-' && s[7] == '-' {
		y, known := number(s[:4])
		m, month := number(s[5:7])
		d, day := number(s[8:])
		if date := (Date{y, time.Month(m), d}); known && month && day && NewDate(y, date.Month, d) == date {
			return date, nil
		}
	}
	return Date{}, fmt.Errorf("read date %q: want a day that exists, as YYYY-MM-DD", s)
}

// number reads digits and nothing else.
func number(s string) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return n, true
}

// String returns YYYY-MM-DD, and "" for the zero Date.
//
//go:noinline
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return string(d.append(nil))
}

// append appends the date as String writes it. Lists of dates are long.
func (d Date) append(b []byte) []byte {
	if d.Year < 1000 || d.Year > 9999 {
		return fmt.Appendf(b, "%04d-%02d-%02d", d.Year, d.Month, d.Day)
	}
	b = strconv.AppendInt(b, int64(d.Year), 10)
	return append(b, '-', digit(int(d.Month)/10), digit(int(d.Month)), '-', digit(d.Day/10), digit(d.Day))
}

// digit is the last digit of n.
func digit(n int) byte { return byte('0' + n%10) }

// IsZero reports whether d is "no date".
func (d Date) IsZero() bool { return d == Date{} }

// Time returns midnight UTC of the date: a carrier for arithmetic and for the
// functions that word dates, not the instant at which the date begins anywhere.
//
//go:noinline
func (d Date) Time() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// Weekday returns the day of the week.
//
//go:noinline
func (d Date) Weekday() time.Weekday {
	n := (d.number() + int(time.Thursday)) % 7 // day 0 was a Thursday
	return time.Weekday((n + 7) % 7)
}

// number counts the days since 1 January 1970, as package time does and with much
// less work: calendars are laid out by it. A year is taken to begin in March, so that
// its leap day comes last; it repeats after 400 years, which have 146,097 days.
func (d Date) number() int {
	if d.Month < time.January || d.Month > time.December {
		return int(d.Time().Unix() / (24 * 60 * 60))
	}
	const cycle, epoch = 146_097, 719_468 // days in 400 years, and from 1 March of the year 0 to 1970
	year, month := d.Year, int(d.Month)-3
	if month < 0 {
		year, month = year-1, month+12
	}
	era := year / 400
	if year < 0 {
		era = (year - 399) / 400
	}
	year -= era * 400
	return era*cycle + year*365 + year/4 - year/100 + (153*month+2)/5 + d.Day - 1 - epoch
}

// AddDays returns the date n calendar days later (earlier for negative n).
//
//go:noinline
func (d Date) AddDays(n int) Date { return NewDate(d.Year, d.Month, d.Day+n) }

// Sub returns the number of calendar days from o to d.
func (d Date) Sub(o Date) int { return d.number() - o.number() }

// Compare returns -1, 0 or +1 as d is before, equal to or after o.
func (d Date) Compare(o Date) int {
	switch { // the heart of every sorting: no call but one
	case d.Year != o.Year:
		return cmp.Compare(d.Year, o.Year)
	case d.Month != o.Month:
		return cmp.Compare(d.Month, o.Month)
	}
	return cmp.Compare(d.Day, o.Day)
}

// Before reports whether d is earlier than o.
//
//go:noinline
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// After reports whether d is later than o.
//
//go:noinline
func (d Date) After(o Date) bool { return d.Compare(o) > 0 }

// MarshalText writes YYYY-MM-DD, and nothing for the zero Date.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	p, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = p
	return nil
}
