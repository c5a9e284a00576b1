package rules

import (
	"slices"
	"sort"
	"time"
)

// laid is a row on a day: a rule lies on one in each year.
type laid struct {
	on Date
	*calRow
}

// layout is the way from rows to days: it lays holidays, the days off given
// in place of holidays, and moved days over the weeks, in this order.
type layout struct {
	table   *calTable
	changes []calRow // of calendar.days, by date
	week    int

	// forCheck leaves out the moved days and shifts every holiday by rule,
	// also those of listed years: the days as they were before any act moved
	// them.
	forCheck bool
}

// restDay reports whether d is a day off of the week itself. Sunday is the
// common day off; the second one of a five-day week is Saturday (Labour Code,
// art. 84).
func restDay(d time.Weekday, week int) bool {
	switch d {
	case time.Sunday:
		return true
	case time.Saturday:
		return week == 5
	}
	return false
}

// days returns every day that is more than its day of the week makes it.
func (l *layout) days() *dayTable {
	rows := l.rows()
	days := newDayTable(len(rows) + len(rows)/4)
	for _, r := range rows {
		if r.kind == rowHoliday || r.kind == rowDayOff {
			days.put(l.day(r))
		}
	}
	l.shift(rows, days)
	for _, r := range rows {
		if r.kind != rowRemove {
			continue
		}
		if d := days.at(r.on); d != nil && d.Kind == DayObserved {
			days.remove(r.on)
		}
	}
	if !l.forCheck {
		l.move(rows, days)
		l.tellRemoved(rows, days)
	}
	return days
}

// tellRemoved keeps by which act a day is only what the week makes it: an
// ordinary day, of which a term can count one more or one less than expected.
func (l *layout) tellRemoved(rows []laid, days *dayTable) {
	for _, r := range rows {
		if r.kind != rowRemove || r.act == "" && r.name.RU == "" || days.at(r.on) != nil {
			continue
		}
		d := Day{Date: r.on, Kind: DayWorkday, Working: true, Name: l.table.named(r.calRow), Act: r.act}
		if restDay(r.on.Weekday(), l.week) {
			d.Kind, d.Working = DayWeekend, false
		}
		days.put(d)
	}
}

// rows returns the rows of all years in order, one for a day, the operator's
// changes in place of what the table says.
func (l *layout) rows() []laid {
	byYear := map[int][]laid{}
	for d, r := range l.table.days {
		byYear[d.Year] = append(byYear[d.Year], laid{d, r})
	}
	const aYear = 20 // more than holidays and the days off for them
	rows := make([]laid, 0, (LastYear-FirstYear+1)*aYear)
	for y := FirstYear; y <= LastYear; y++ {
		sortLaid(byYear[y])
		rows = append(rows, l.table.rowsOf(y, byYear[y])...)
	}
	for j := range l.changes {
		c := laid{l.changes[j].date, &l.changes[j]}
		i, known := slices.BinarySearchFunc(rows, c, compareRows)
		if known {
			rows[i] = c
		} else {
			rows = append(rows, c)
			copy(rows[i+1:], rows[i:])
			rows[i] = c
		}
	}
	return rows
}

func compareRows(a, b laid) int { return a.on.Compare(b.on) }

// sortRows sorts by date and keeps the order of what is of one. With package slices
// the code alone would take forty kilobytes more, for rows are large.
func sortRows(rows []calRow) {
	sort.SliceStable(rows, func(i, j int) bool { return rows[i].date.Before(rows[j].date) })
}

func sortLaid(rows []laid) {
	sort.SliceStable(rows, func(i, j int) bool { return rows[i].on.Before(rows[j].on) })
}

// shift gives the next working day for each holiday on a day off of the week
// (Law on holidays, art. 5). The days that a file or the operator lists for
// that stand as they are listed, for the five-day week that acts speak of; in
// a six-day week a holiday on a Saturday takes no day off away, so that they
// are computed anew. With a holiday that is removed goes the day off for it.
func (l *layout) shift(rows []laid, days *dayTable) {
	words, ruled := l.table.words[rowObserved]
	removed := map[Date]bool{}
	for _, r := range rows {
		if r.kind == rowRemove {
			removed[r.on] = true
		}
	}
	var listed []laid
	for _, r := range rows {
		if r.kind != rowObserved || l.week == 6 && ruled && !r.stated {
			continue
		}
		if _, holiday, ok := words.read(r.name.RU); ok && removed[holiday] && !r.stated {
			continue // its holiday does not hold any more
		}
		listed = append(listed, r)
		days.put(l.day(r))
	}
	if !ruled {
		return
	}
	for _, h := range rows {
		if h.kind != rowHoliday || !restDay(h.on.Weekday(), l.week) {
			continue
		}
		if h.listed && l.week == 5 && !l.forCheck {
			continue
		}
		standsIn := func(o laid) bool { return words.standsIn(o, h) }
		if i := slices.IndexFunc(listed, standsIn); i >= 0 {
			listed = slices.Delete(listed, i, i+1)
			continue
		}
		d, ok := l.free(h.on, days)
		if !ok {
			continue
		}
		days.put(Day{
			Date: d, Kind: DayObserved, Act: words.act,
			Name: words.words(l.table.named(h.calRow), h.on),
		})
	}
}

// standsIn reports whether o is the day off for the holiday h: by its name,
// or, where the name does not say, as the one listed within a week of it.
func (w wording) standsIn(o, h laid) bool {
	gap := o.on.Sub(h.on)
	if gap <= 0 || gap > 31 {
		return false
	}
	if _, day, ok := w.read(o.name.RU); ok && !day.IsZero() {
		return day == h.on
	}
	return o.listed == h.listed && gap <= 7
}

// free returns the first working day after d. It gives up after a month
// without one, which NewCalendar refuses later.
func (l *layout) free(d Date, days *dayTable) (Date, bool) {
	for range 31 {
		d = d.AddDays(1)
		if days.at(d) == nil && !restDay(d.Weekday(), l.week) {
			return d, true
		}
	}
	return Date{}, false
}

// move lays the acts that moved days off over the days. Where a six-day week
// has no day off to move, Saturday above all, the act of the five-day week
// says nothing.
func (l *layout) move(rows []laid, days *dayTable) {
	var moved []Day
	for _, r := range rows {
		if r.kind != rowMovedOff && r.kind != rowMovedWork {
			continue
		}
		from := r.on
		if r.kind == rowMovedOff {
			_, from, _ = l.table.words[r.kind].read(r.name.RU)
		}
		if l.week == 6 && !r.stated && !from.IsZero() && working(from, l.week, days) {
			continue
		}
		moved = append(moved, l.day(r))
	}
	for _, day := range moved { // from is judged by the days as they were
		days.put(day)
	}
}

// working reports whether d is a working day before acts moved any.
func working(d Date, week int, days *dayTable) bool {
	if day := days.at(d); day != nil {
		return day.Working
	}
	return !restDay(d.Weekday(), week)
}

func (l *layout) day(r laid) Day {
	d := Day{Date: r.on, Name: l.table.named(r.calRow), Act: r.act}
	switch r.kind {
	case rowHoliday:
		d.Kind = DayHoliday
	case rowDayOff:
		d.Kind = DayOff
	case rowObserved:
		d.Kind = DayObserved
	case rowMovedOff:
		d.Kind = DayTransferred
	case rowMovedWork:
		d.Kind, d.Working = DayTransferred, true
	}
	return d
}
