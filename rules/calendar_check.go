package rules

import "fmt"

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
			errs = append(errs, fmt.Errorf("%s: %s %s: %w", r.where, r.date, r.kind, err))
		}
	}
	return errs
}

func (l layout) contradiction(r calRow, known map[Date]calRow, days map[Date]Day) error {
	_, other, _ := l.table.words[r.kind].read(r.name.RU)
	switch r.kind {
	case rowObserved:
		if restDay(r.date.Weekday(), 5) {
			return fmt.Errorf("it is a %s, a day off anyway", r.date.Weekday())
		}
		if other.IsZero() {
			return nil
		}
		if h := known[other]; h.kind != rowHoliday {
			return fmt.Errorf("it stands for %s, which is not listed as a holiday", other)
		}
		if !restDay(other.Weekday(), 5) || !other.Before(r.date) {
			return fmt.Errorf("it stands for %s, which is no earlier Saturday or Sunday", other)
		}
	case rowMovedOff:
		if !working(r.date, 5, days) && !working(r.date, l.week, days) {
			return fmt.Errorf("it is off anyway (%s): a day off moves to a working day", dayWord(r.date, days))
		}
		return l.pair(r, other, rowMovedWork, known)
	case rowMovedWork:
		if working(r.date, 5, days) && working(r.date, l.week, days) {
			return fmt.Errorf("it is a working day anyway (%s): a day off moves away from a day off", r.date.Weekday())
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
		return fmt.Errorf("its name speaks of %s, which is not listed as %s", other, kind)
	}
	if _, back, ok := l.table.words[kind].read(end.name.RU); ok && back != r.date {
		return fmt.Errorf("its name speaks of %s, whose own name speaks of %s", other, back)
	}
	return nil
}

func dayWord(d Date, days map[Date]Day) string {
	if day, ok := days[d]; ok && day.Name.RU != "" {
		return day.Name.RU
	}
	return d.Weekday().String()
}
