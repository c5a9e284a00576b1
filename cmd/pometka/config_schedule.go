package main

import (
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule is a cron line that is known to fire. Its times are those of the
// calendar's zone: give that zone to cron.WithLocation.
type Schedule struct {
	Spec string // as written
	cron.Schedule
}

var cronFields = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// parseSchedule reads five cron fields or a descriptor such as @daily. It
// refuses what the cron library takes and must not: a zone prefix (a bad one
// makes the library panic, and the zone is calendar.timezone), a date that
// never comes (it would silently never fire), and a rhythm under a minute or above a month.
func parseSchedule(spec string) (s Schedule, err error) {
	spec = strings.TrimSpace(spec)
	if strings.Contains(spec, "TZ=") {
		return Schedule{}, phrased("config.fault.cron_zone")
	}
	defer func() {
		if recover() != nil {
			s, err = Schedule{}, mustBe(phrased("config.want.fields"))
		}
	}()
	sched, err := cronFields.Parse(spec)
	if err != nil {
		return Schedule{}, mustBe(phrased("config.want.fields"))
	}
	// cron gives up after five years without a hit; any start will do, a
	// fixed one gives the same answer every day.
	first := sched.Next(time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC))
	if first.IsZero() {
		return Schedule{}, phrased("config.fault.never")
	}
	s = Schedule{Spec: spec, Schedule: sched}
	switch delay, every := s.every(); {
	case every && delay < time.Minute:
		return Schedule{}, phrased("config.fault.often")
	case every && delay > 31*oneDay:
		return Schedule{}, phrased("config.fault.seldom")
	}
	return s, nil
}

// every reports whether the schedule counts from when it fired last, and how long.
func (s Schedule) every() (delay time.Duration, ok bool) {
	d, ok := s.Schedule.(cron.ConstantDelaySchedule)
	return d.Delay, ok
}

func mustSchedule(spec string) Schedule {
	s, err := parseSchedule(spec)
	if err != nil {
		panic(err)
	}
	return s
}
