package main

import (
	"time"

	"license.kz/pometka/rules"
)

// asDate reads a day. YAML takes an unquoted 2026-12-01 for a timestamp.
func asDate(dst *rules.Date) configReader {
	return func(p configValue) {
		s, ok := p.plain(phrased("config.want.day"), "!!str", "!!timestamp")
		if !ok {
			return
		}
		d, err := rules.ParseDate(s)
		if err != nil {
			p.wrong("config.fault.value", quoteValue(s), mustBe(phrased("config.want.day.real")))
			return
		}
		*dst = d
	}
}

var absenceForm = lazily(`^(\d{4}-\d\d-\d\d)\s*(?:-|–|—|\.\.)\s*(\d{4}-\d\d-\d\d)$`)

// asAbsence reads a span of days, both included.
func asAbsence(dst *Absence) configReader {
	want := phrased("config.want.days")
	return asParsed(dst, want, func(s string) (Absence, error) {
		m := absenceForm().FindStringSubmatch(s)
		if m == nil {
			return Absence{}, mustBe(want)
		}
		from, err1 := rules.ParseDate(m[1])
		to, err2 := rules.ParseDate(m[2])
		switch {
		case err1 != nil || err2 != nil:
			return Absence{}, mustBe(phrased("config.want.days.real"))
		case to.Before(from):
			return Absence{}, phrased("config.fault.days_order")
		}
		return Absence{From: from, To: to}, nil
	})
}

var hoursForm = lazily(`^(\d\d:\d\d)\s*(?:-|–)\s*(\d\d:\d\d)$`)

// asOfficeHours reads the hours of a working day.
func asOfficeHours(dst *OfficeHours) configReader {
	want := phrased("config.want.hours")
	return asParsed(dst, want, func(s string) (OfficeHours, error) {
		m := hoursForm().FindStringSubmatch(s)
		if m == nil {
			return OfficeHours{}, mustBe(want)
		}
		from, err1 := sinceMidnight(m[1])
		to, err2 := sinceMidnight(m[2])
		switch {
		case err1 != nil || err2 != nil:
			return OfficeHours{}, mustBe(want)
		case from >= to:
			return OfficeHours{}, phrased("config.fault.hours_order")
		}
		return OfficeHours{From: from, To: to}, nil
	})
}

func sinceMidnight(s string) (time.Duration, error) {
	if s == "24:00" {
		return oneDay, nil
	}
	t, err := time.Parse("15:04", s)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err
}

// asSchedule reads a cron line.
func asSchedule(dst *Schedule) configReader {
	return asParsed(dst, phrased("config.want.cron"), parseSchedule)
}

// asZone reads the name of a time zone. "" and Local would be the zone of the
// machine, which is nobody's office.
func asZone(dst **time.Location) configReader {
	return asParsed(dst, phrased("config.want.zone"), func(s string) (*time.Location, error) {
		loc, err := loadZone(s)
		if err != nil || s == "" || s == "Local" {
			return nil, mustBe(phrased("config.want.zone"))
		}
		return loc, nil
	})
}

// asCalendarDay reads one entry of calendar.days.
func asCalendarDay(d *CalendarDay) configReader {
	return func(p configValue) {
		d.Line = p.node.Line
		configSection{
			{"date", asDate(&d.Date)},
			{"kind", asChoice(&d.Kind, rules.CalendarKinds()...)},
			{"name", asText(&d.Name)},
			{"act", asText(&d.Act)},
		}.read(p)
	}
}
