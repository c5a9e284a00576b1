package rules

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The kinds of rows in a calendar file and of DayChange.
const (
	rowHoliday   = "holiday"             // non-working; a day off it falls on is shifted
	rowDayOff    = "dayoff"              // non-working, never shifted
	rowObserved  = "observed-dayoff"     // off in place of a holiday on a day off
	rowMovedOff  = "transferred-dayoff"  // off by an act that moved a day off here
	rowMovedWork = "transferred-workday" // working by an act that moved its day off away
	rowRemove    = "remove"              // what is known of the date does not hold
)

// CalendarKinds returns the values of the column kind of a calendar file,
// which are those of DayChange.Kind too.
func CalendarKinds() []string {
	return []string{rowHoliday, rowDayOff, rowObserved, rowMovedOff, rowMovedWork, rowRemove}
}

// rowForm says what the date column of a row stands for.
type rowForm int

const (
	formDay    rowForm = iota // one day, calRow.date
	formYearly                // --MM-DD: calRow.date has the year 0
	formKurban                // kurban-ait: the estimated first day of Kurban-ait
	formWords                 // *: how the days of the kind are named
)

// provisionalMark in the source of a row says that the row, and so its year,
// is not published yet.
const provisionalMark = "(provisional)"

// calRow is one row of a calendar file, or one DayChange.
type calRow struct {
	form        rowForm
	date        Date
	kind        string
	name        Text
	act         string
	provisional bool
	from, to    int // years, both included
	where       string

	listed bool // stands in a year that its file lists whole
	stated bool // stated by the operator in calendar.days: taken as it is
}

// readRows reads a calendar file: CSV in UTF-8 with the columns date, kind,
// name_ru, source, and optionally name_kk, name_en, from, to; lines that begin
// with # are comments. It returns every fault, each with file and line.
func readRows(file string, data []byte) (rows []calRow, errs []error) {
	if !utf8.Valid(data) {
		return nil, []error{at(file, fault("utf8"))}
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	r := csv.NewReader(bytes.NewReader(data))
	r.Comment, r.FieldsPerRecord, r.ReuseRecord = '#', -1, true
	var columns []string
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if parse := (*csv.ParseError)(nil); errors.As(err, &parse) {
			errs = append(errs, at(fmt.Sprintf("%s:%d", file, parse.Line), fault("quotes")))
			continue
		}
		if err != nil {
			return nil, append(errs, fmt.Errorf("%s: read calendar: %w", file, err))
		}
		line, _ := r.FieldPos(0)
		where := file + ":" + strconv.Itoa(line)
		if columns == nil {
			columns = slices.Clone(record)
			if err := checkColumns(columns); err != nil {
				return nil, append(errs, at(where, err))
			}
			continue
		}
		if len(record) != len(columns) {
			errs = append(errs, at(where, fault("fields", len(record), len(columns))))
			continue
		}
		row, err := readRow(columns, record)
		if err != nil {
			errs = append(errs, at(where, err))
			continue
		}
		row.where = where
		rows = append(rows, row)
	}
	if columns == nil && errs == nil {
		errs = append(errs, at(file, fault("empty")))
	}
	return rows, errs
}

func checkColumns(columns []string) error {
	for _, want := range []string{"date", "kind", "name_ru", "source"} {
		if !slices.Contains(columns, want) {
			return fault("column_missing", want)
		}
	}
	for i, c := range columns {
		if !slices.Contains([]string{"date", "kind", "name_ru", "name_kk", "name_en", "from", "to", "source"}, c) {
			return fault("column_unknown", c)
		}
		if slices.Contains(columns[:i], c) {
			return fault("column_twice", c)
		}
	}
	return nil
}

func readRow(columns, record []string) (r calRow, err error) {
	r.from, r.to = FirstYear, LastYear
	bounded := false
	for i, c := range columns {
		v := strings.TrimSpace(record[i])
		switch c {
		case "date":
			r.form, r.date, err = readRowDate(v)
		case "kind":
			r.kind, err = v, checkKind(v)
		case "name_ru":
			r.name.RU = v
		case "name_kk":
			r.name.KK = v
		case "name_en":
			r.name.EN = v
		case "from", "to":
			if v == "" {
				continue
			}
			bounded = true
			year, e := readYear(c, v)
			if err = e; c == "from" {
				r.from = year
			} else {
				r.to = year
			}
		case "source":
			r.act, r.provisional = strings.CutSuffix(v, provisionalMark)
			r.act = strings.TrimSpace(r.act)
		}
		if err != nil {
			return r, err
		}
	}
	return r, r.check(bounded)
}

// check looks at what the columns of one row say together.
func (r calRow) check(bounded bool) error {
	switch {
	case r.name.RU == "" && r.kind != rowRemove:
		return fault("name")
	case r.form == formDay && bounded:
		return fault("bounded", r.date)
	case r.from > r.to:
		return fault("from_to", r.from, r.to)
	case (r.form == formYearly || r.form == formKurban) && r.kind != rowHoliday && r.kind != rowDayOff:
		return fault("kind_yearly", r.kind)
	case r.form == formWords && (r.kind == rowHoliday || r.kind == rowDayOff || r.kind == rowRemove):
		return fault("kind_words", r.kind)
	}
	return nil
}

func checkKind(kind string) error {
	if slices.Contains(CalendarKinds(), kind) {
		return nil
	}
	return fault("kind", kind, strings.Join(CalendarKinds(), ", "))
}

func readYear(column, v string) (int, error) {
	year, err := strconv.Atoi(v)
	if err != nil || year < FirstYear || year > LastYear {
		return 0, fault("year", column, v, FirstYear, LastYear)
	}
	return year, nil
}

func readRowDate(v string) (rowForm, Date, error) {
	switch {
	case v == "*":
		return formWords, Date{}, nil
	case v == "kurban-ait":
		return formKurban, Date{}, nil
	case strings.HasPrefix(v, "--"):
		d, err := ParseDate("2000-" + v[2:]) // a leap year: 29 February exists
		if err != nil {
			return 0, Date{}, fault("yearly", v)
		}
		return formYearly, Date{Month: d.Month, Day: d.Day}, nil
	}
	d, err := ParseDate(v)
	if err != nil {
		return 0, Date{}, fault("date", v)
	}
	return formDay, d, checkRange(d)
}

// Known reports whether the calendar knows the year of d. Outside of these years
// only the days of the week would be counted.
func Known(d Date) bool { return d.Year >= FirstYear && d.Year <= LastYear }

func checkRange(d Date) error {
	if !Known(d) {
		return fault("range", d, FirstYear, LastYear)
	}
	return nil
}
