package rules

import "errors"

// contradictions returns what rows, the operator's own, say against each other
// or against the days around them. A wrong row would silently move deadlines.
func (l layout) contradictions(rows []calRow) []error {
	if len(rows) == 0 {
		return nil
	}
	l.forCheck = true
	days := l.days() // before any act moved a day
	known := map[Date]calRow{}
	for _, r := range l.rows() {
		known[r.date] = r
	}
	var errs []error
	for _, r := range rows {
		if r.form != formDay {
			continue
		}
		if err := l.contradiction(r, known, days); err != nil {
			if f := (*CalendarFault)(nil); errors.As(err, &f) {
				f.Row = r.date.String() + " " + r.kind
			}
			errs = append(errs, at(r.where, err))
		}
	}
	return errs
}

func (l layout) contradiction(r calRow, known map[Date]calRow, days map[Date]Day) error {
	_, other, _ := l.table.words[r.kind].read(r.name.RU)
	switch r.kind {
	case rowObserved:
		if restDay(r.date.Weekday(), 5) {
			return fault("observed_off", r.date.Weekday())
		}
		if other.IsZero() {
			return nil
		}
		if h := known[other]; h.kind != rowHoliday {
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

// pair checks that the two ends of a move name each other.
func (l layout) pair(r calRow, other Date, kind string, known map[Date]calRow) error {
	if other.IsZero() {
		return nil
	}
	end := known[other]
	if end.kind != kind {
		return fault("pair_missing", other, kind)
	}
	if _, back, ok := l.table.words[kind].read(end.name.RU); ok && back != r.date {
		return fault("pair_other", other, back)
	}
	return nil
}

func dayWord(d Date, days map[Date]Day) any {
	if day, ok := days[d]; ok && day.Name.RU != "" {
		return day.Name.RU
	}
	return d.Weekday()
}
