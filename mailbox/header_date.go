package mailbox

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// parseDate reads a date of RFC 5322, 3.3, with the obsolete forms of section
// 4.3 and others in use, or returns the zero time. The result is in UTC.
// net/mail takes the zone names that are used around Kazakhstan for +0000.
func parseDate(v string) time.Time {
	v, _, _ = strings.Cut(oneLine(v), "(") // a comment names the zone again
	words := strings.Fields(strings.ReplaceAll(v, ",", " "))
	if len(words) > 0 && isDayName(words[0]) {
		words = words[1:]
	}
	if t, ok := dateOf(words); ok {
		return inYears(t)
	}
	return inYears(parseOddDate(strings.Join(strings.Fields(v), " ")))
}

// inYears is an instant in UTC, and the zero time where its year has not four digits in
// every zone: a sender may name the last evening of the year 9999, far in the west.
func inYears(t time.Time) time.Time {
	if t = t.UTC(); t.Year() < 1 || t.Year() > 9998 {
		return time.Time{}
	}
	return t
}

func isDayName(w string) bool {
	return len(w) >= 3 && strings.Contains("mon tue wed thu fri sat sun", strings.ToLower(w[:3]))
}

// dateOf reads "2 Jan 2006 15:04:05 +0500".
func dateOf(words []string) (time.Time, bool) {
	if len(words) < 4 || len(words[1]) < 3 {
		return time.Time{}, false
	}
	month := strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(words[1][:3]))
	day, err1 := strconv.Atoi(words[0])
	year, err2 := strconv.Atoi(words[2])
	clock, ok := clockOf(words[3])
	if err1 != nil || err2 != nil || !ok || month < 0 || month%3 != 0 || day < 1 || day > 31 || year < 0 || year > 9999 {
		return time.Time{}, false
	}
	switch { // two and three digits: section 4.3
	case year < 50:
		year += 2000
	case year < 1000:
		year += 1900
	}
	t := time.Date(year, time.Month(month/3+1), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day {
		return time.Time{}, false
	}
	t = t.Add(clock)
	if len(words) == 4 {
		return t, true
	}
	offset, ok := zoneOf(words[4], t)
	return t.Add(-offset), ok
}

// clockOf reads "15:04" or "15:04:05", a fraction left out.
func clockOf(v string) (time.Duration, bool) {
	v, _, _ = strings.Cut(v, ".")
	var n [3]int
	parts := strings.Split(v, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	for i, most := range []int{23, 59, 60}[:len(parts)] {
		k, err := strconv.Atoi(parts[i])
		if err != nil || k < 0 || k > most {
			return 0, false
		}
		n[i] = k
	}
	return time.Duration(n[0])*time.Hour + time.Duration(n[1])*time.Minute + time.Duration(n[2])*time.Second, true
}

// zoneOf reads an offset or the name of a zone at a local time. Names that say
// nothing here count as UTC, as RFC 5322, 4.3, has it.
func zoneOf(v string, local time.Time) (time.Duration, bool) {
	v = strings.ToUpper(v)
	if len(v) > 3 { // "GMT+0500"
		v = cmp.Or(strings.TrimPrefix(strings.TrimPrefix(v, "GMT"), "UTC"), "UTC")
	}
	if v[0] == '+' || v[0] == '-' {
		digits := strings.ReplaceAll(v[1:], ":", "")
		n, err := strconv.Atoi(digits)
		if err != nil || len(digits) != 4 || n > 2359 || n%100 > 59 {
			return 0, false
		}
		offset := time.Duration(n/100)*time.Hour + time.Duration(n%100)*time.Minute
		if v[0] == '-' {
			offset = -offset
		}
		return offset, true
	}
	hours := zones[v]
	if v == "ALMT" && local.Before(almatyMoved) {
		hours++
	}
	return time.Duration(hours) * time.Hour, true
}

// zones are the hours of zone names.
var zones = map[string]int{
	"ALMT": 5, "QYZT": 5, "AQTT": 5, "ORAT": 5, "MSK": 3, "YEKT": 5, "OMST": 6, "NOVT": 7,
	"CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}

// almatyMoved is when Almaty went from +0600 to +0500, in local time.
var almatyMoved = time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)

// parseOddDate tries forms that are no dates of RFC 5322 but in use.
func parseOddDate(v string) time.Time {
	for _, layout := range []string{
		time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "Mon Jan 2 15:04:05 2006 -0700",
		"Mon Jan 2 15:04:05 2006", "Mon Jan 2 15:04:05 MST 2006", "02.01.2006 15:04:05", "Mon, 02-Jan-2006 15:04:05 -0700",
	} {
		if t, err := time.Parse(layout, v); err == nil {
			return t
		}
	}
	return time.Time{}
}
