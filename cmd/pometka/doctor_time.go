package main

import (
	"context"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// time looks at the zone data, on which every day of receipt depends, and at
// the clock, as far as anything else tells the time.
func (w *ward) time(ctx context.Context) {
	if err := CheckZoneData(); err != nil {
		w.add(levelMend, "time.zone", worded(err, w.lang))
	} else {
		w.add(levelGood, "time.zone_good", w.cfg.Calendar.Zone.String(), time.Now())
	}
	now := time.Now()
	if built := buildTime(); now.Before(built.Add(-desk.ClockSlack)) {
		w.add(levelMend, "clock.behind", built)
	}
	if w.cfg.Store.Path != "" {
		event, _, err := store.Glance(ctx, w.cfg.Store.Path)
		if err == nil && event.Sub(now) > desk.ClockSlack {
			w.add(levelMend, "clock.back", event)
		}
	}
	var state syscall.Timex
	const unsynchronised = 0x40 // STA_UNSYNC of adjtimex(2)
	if _, err := syscall.Adjtimex(&state); err == nil && state.Status&unsynchronised != 0 {
		w.add(levelNote, "clock.alone")
	}
}

// buildTime is when this program's sources were committed, zero when nobody
// wrote that down: no right clock stands before it.
func buildTime() time.Time {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			t, _ := time.Parse(time.RFC3339, s.Value)
			return t
		}
	}
	return time.Time{}
}

// newest looks at the moments of receipt of recent letters, which are sorted as they came: the
// mail server's clock is the one by which terms run. A letter that a client laid there may
// bear any moment. So one that lies more than a day ahead counts where its topmost Received
// does, too, or the letter before it does and is not much older; and none counts where that field, or a letter
// behind it, says that both clocks are right.
func (w *ward) newest(heads []mailbox.Head) {
	const day = 24 * time.Hour
	now := time.Now()
	var last, odd time.Time
	for _, h := range heads {
		ahead, m := h.InternalDate.Sub(now), mailbox.ParseHeader(h.Header)
		came := m.ReceivedAt.Sub(now)
		fits := func(d time.Duration) bool { return d > -day && d <= desk.ClockSlack }
		switch {
		case fits(ahead), ahead > 0 && m.Stamped && fits(came):
			last, odd = time.Time{}, time.Time{}
		case ahead <= 0:
		case ahead <= day, m.Stamped && came > day, !odd.IsZero() && h.InternalDate.Sub(odd).Abs() < 60*day:
			last = h.InternalDate
		default:
			odd = h.InternalDate
		}
	}
	if !last.IsZero() {
		w.add(levelMend, "clock.server", now, last)
	}
}

// calendar looks at whether the working days of this year and the next are
// known, and whether the operator's own days can be read.
func (w *ward) calendar(context.Context) {
	if !w.whole("calendar") {
		return
	}
	c, err := calendarOf(w.cfg)
	if err != nil {
		w.add(levelMend, "calendar.wrong", worded(err, w.lang))
		return
	}
	today := rules.DateIn(time.Now(), w.cfg.Calendar.Zone)
	published := !c.Provisional(today.Year)
	if !published {
		w.add(levelMend, "calendar.provisional", strconv.Itoa(today.Year))
	}
	if c.Provisional(today.Year+1) && today.Month >= time.November {
		w.add(levelNote, "calendar.next", strconv.Itoa(today.Year+1))
	}
	if published {
		w.add(levelGood, "calendar.good", strconv.Itoa(today.Year))
	}
}
