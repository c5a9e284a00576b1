package rules

import (
	"errors"
	"slices"
	"sort"
	"strings"
	"time"
)

// contradictions returns what rows, the operator's own, say against each other
// or against the days around them. A wrong row would silently move deadlines.
func (l layout) contradictions(rows []calRow) []error {
	if len(rows) == 0 {
		return nil
	}
	l.forCheck = true
	days := l.days()                                // before any act moved a day
	known, ends := map[Date]laid{}, map[Date]laid{} // ends: the moved day that names a day
	for _, r := range l.rows() {
		known[r.on] = r
		if r.kind != rowMovedOff && r.kind != rowMovedWork {
			continue
		}
		if _, end, _ := l.table.words[r.kind].read(r.name.RU); !end.IsZero() {
			ends[end] = r
		}
	}
	var errs []error
	lone := l.lone(rows)
	for _, r := range rows {
		if r.form != formDay {
			continue
		}
		err := l.contradiction(r, known, days)
		if err == nil && r.kind == rowMovedOff && slices.Contains(lone, r.date) {
			err = fault("pair_lone", rowMovedOff, rowMovedWork)
		}
		if end, ok := ends[r.date]; ok && err == nil && r.kind != rowMovedOff && r.kind != rowMovedWork {
			err = fault("pair_half", end.on, end.kind)
		}
		if err != nil {
			if f := (*CalendarFault)(nil); errors.As(err, &f) {
				f.Row = r.date.String() + " " + r.kind
			}
			errs = append(errs, at(r.where, err))
		}
	}
	return errs
}

func (l layout) contradiction(r calRow, known map[Date]laid, days *dayTable) error {
	_, other, _ := l.table.words[r.kind].read(r.name.RU)
	switch r.kind {
	case rowObserved:
		if restDay(r.date.Weekday(), 5) {
			return fault("observed_off", r.date.Weekday())
		}
		if other.IsZero() {
			return nil
		}
		if h, ok := known[other]; !ok || h.kind != rowHoliday {
			return fault("observed_none", other)
		}
		if !restDay(other.Weekday(), 5) || !other.Before(r.date) {
			return fault("observed_late", other)
		}
	case rowMovedOff:
		if !working(r.date, 5, days) && !working(r.date, l.week, days) {
			return fault("off_anyway", dayWord(r.date, days))
		}
		return l.pair(r, other, rowMovedWork, known)
	case rowMovedWork:
		if working(r.date, 5, days) && working(r.date, l.week, days) {
			return fault("work_anyway", r.date.Weekday())
		}
		return l.pair(r, other, rowMovedOff, known)
	}
	return nil
}

// lone returns the days to which a day off was moved from nowhere: neither they
// nor a day worked for them name the other, and no day of like silence is left
// that may be it. Such a row makes deadlines later by mistake. A working day
// alone is let be: it can only make them earlier.
func (l layout) lone(rows []calRow) (off []Date) {
	var silent []calRow
	named := map[Date]bool{}
	for _, r := range rows {
		if r.form != formDay || r.kind != rowMovedOff && r.kind != rowMovedWork {
			continue
		}
		if _, other, _ := l.table.words[r.kind].read(r.name.RU); other.IsZero() {
			silent = append(silent, r)
		} else {
			named[other] = true
		}
	}
	worked := 0
	for _, r := range silent {
		switch {
		case named[r.date]:
		case r.kind == rowMovedWork:
			worked++
		default:
			off = append(off, r.date)
		}
	}
	sort.Slice(off, func(i, j int) bool { return off[i].Before(off[j]) })
	return off[min(worked, len(off)):] // which belongs to which is not said: the earliest are taken as paired
}

// pair checks that the two ends of a move name each other.
func (l layout) pair(r calRow, other Date, kind string, known map[Date]laid) error {
	if other.IsZero() {
		return nil
	}
	end, ok := known[other]
	if !ok || end.kind != kind {
		return fault("pair_missing", other, kind)
	}
	if _, back, ok := l.table.words[kind].read(end.name.RU); ok && back != r.date {
		return fault("pair_other", other, back)
	}
	return nil
}

func dayWord(d Date, days *dayTable) any {
	if day := days.at(d); day != nil && day.Name.RU != "" {
		return day.Name.RU
	}
	return d.Weekday()
}

// mostDropped is the number of holidays that a year may lack of those that the
// rules expect: laws dropped one or two at a time.
const mostDropped = 2

// gaps returns the years that rows, the operator's own, list whole by their
// 1 January, but without the holidays that come every year: somebody meant to
// change single days, and would have made working days of all others.
func (t *calTable) gaps(rows []calRow) (errs []error) {
	listed := map[Date]bool{}
	for _, r := range rows {
		listed[r.date] = listed[r.date] || r.form == formDay
	}
	for _, r := range rows {
		if r.form != formDay || r.date.Month != time.January || r.date.Day != 1 || r.kind == rowRemove {
			continue
		}
		var missing []string
		for _, rule := range t.rules {
			if rule.form != formYearly || rule.kind != rowHoliday {
				continue
			}
			for _, d := range rule.daysIn(r.date.Year) {
				if !listed[d] {
					missing = append(missing, d.String())
				}
			}
		}
		if len(missing) > mostDropped {
			errs = append(errs, at(r.where, fault("year_gaps", r.date.Year, strings.Join(missing, ", "))))
		}
	}
	return errs
}
