package rules

// dayTable holds the days that are more than their day of the week makes them: one
// for a date, found by its number.
type dayTable struct {
	first  int      // number of the first date of the calendar's years
	places []uint16 // of each date in list, counted from 1; 0: it is not there
	list   []Day
}

// newDayTable makes room for n days. There are about twenty in a year, of a hundred
// years.
func newDayTable(n int) *dayTable {
	return &dayTable{
		first: calendarStart.number(), places: make([]uint16, calendarEnd.Sub(calendarStart)+1),
		list: make([]Day, 0, n),
	}
}

// at returns the day of d, nil where d is only what the week makes it.
func (t *dayTable) at(d Date) *Day {
	n := d.number() - t.first
	if n < 0 || n >= len(t.places) || t.places[n] == 0 {
		return nil
	}
	return &t.list[t.places[n]-1]
}

// put sets a day. One outside of the calendar's years is left out.
func (t *dayTable) put(d Day) {
	if old := t.at(d.Date); old != nil {
		*old = d
		return
	}
	if n := d.Date.number() - t.first; n >= 0 && n < len(t.places) {
		t.list = append(t.list, d)
		t.places[n] = uint16(len(t.list))
	}
}

func (t *dayTable) remove(d Date) {
	if t.at(d) != nil {
		t.places[d.number()-t.first] = 0
	}
}

// inOrder yields the days by date.
func (t *dayTable) inOrder(yield func(Day) bool) {
	for _, place := range t.places {
		if place > 0 && !yield(t.list[place-1]) {
			return
		}
	}
}
