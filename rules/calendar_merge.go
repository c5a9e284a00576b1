package rules

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// MergeCalendarFiles lays the calendar file add over the file old and returns
// both as one: a year that add lists whole replaces that of old, other days
// replace single days, and a file with rows of every year replaces old
// altogether. An empty old is no file. Comments are not kept.
//
// Whether the days agree with those around them only NewCalendar can say.
func MergeCalendarFiles(old, add []byte) ([]byte, error) {
	var base []calRow
	var errs []error
	if len(old) > 0 {
		base, errs = readRows("present calendar", old)
	}
	rows, more := readRows("new calendar", add)
	table, twice := newTable(rows)
	if err := errors.Join(slices.Concat(errs, more, twice)...); err != nil {
		return nil, fmt.Errorf("merge calendars: %w", err)
	}
	if len(table.rules)+len(table.words) == 0 {
		for i := range base {
			_, replaced := table.days[base[i].date]
			if base[i].form != formDay || !replaced && !table.whole[base[i].date.Year] {
				rows = append(rows, base[i])
			}
		}
	}
	sortRows(rows)
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write([]string{"date", "kind", "name_ru", "name_kk", "name_en", "from", "to", "source"})
	for _, r := range rows {
		w.Write(r.record())
	}
	w.Flush() // a buffer takes everything
	return b.Bytes(), nil
}

// record writes the row as readRow reads it.
func (r calRow) record() []string {
	date := r.date.String()
	switch r.form {
	case formYearly:
		date = fmt.Sprintf("--%02d-%02d", r.date.Month, r.date.Day)
	case formKurban:
		date = "kurban-ait"
	case formWords:
		date = "*"
	}
	var from, to string
	if r.from > FirstYear {
		from = strconv.Itoa(r.from)
	}
	if r.to < LastYear {
		to = strconv.Itoa(r.to)
	}
	source := r.act
	if r.provisional {
		source += " " + provisionalMark
	}
	return []string{date, r.kind, r.name.RU, r.name.KK, r.name.EN, from, to, source}
}
