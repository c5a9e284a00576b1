package rules

import (
	"errors"
	"fmt"
)

// CalendarFault is one thing that is wrong in a calendar file or in the days
// of the configuration. Error words it in English; whoever shows it to people
// words Code and Args, each in the form that its sentence needs.
type CalendarFault struct {
	Where string // file:line, or where else it stands; "" where no line is at fault
	Row   string // date and kind of a row that contradicts others; "" otherwise
	Code  string // see faultWords
	Args  []any  // strings, numbers, Date, time.Weekday
}

// faultWords are the codes of faults.
var faultWords = map[string]string{
	"utf8":           "not UTF-8: save the file as CSV in UTF-8",
	"quotes":         "read row: quotation marks are wrong",
	"fields":         "%d fields, want the %d of the first line",
	"empty":          "empty: want a first line date,kind,name_ru,source",
	"column_missing": "no column %q: want a first line date,kind,name_ru,source",
	"column_unknown": "unknown column %q: there are date, kind, name_ru, name_kk, name_en, from, to, source",
	"column_twice":   "column %q stands twice",
	"name":           "no name_ru: a day is shown under its name",
	"bounded":        "from and to are for rows of every year, not for %s",
	"from_to":        "from %d is after to %d",
	"kind_yearly":    "a %s cannot come every year: want holiday or dayoff",
	"kind_words":     "date * words shifted and moved days, a %s has a date",
	"kind":           "unknown kind %q: there are %s",
	"year":           "%s %q: want a year from %d to %d",
	"yearly":         "read date %q: want --MM-DD for a day of every year",
	"date":           "read date %q: want a day that exists, as YYYY-MM-DD",
	"date_missing":   "no date",
	"range":          "date %s: want a year from %d to %d",
	"twice":          "%s is listed twice: already at %s",
	"changed_twice":  "%s is changed twice: already on line %d",
	"observed_off":   "it is a %s, a day off anyway",
	"observed_none":  "it stands for %s, which is not listed as a holiday",
	"observed_late":  "it stands for %s, which is no earlier Saturday or Sunday",
	"off_anyway":     "it is off anyway (%s): a day off moves to a working day",
	"work_anyway":    "it is a working day anyway (%s): a day off moves away from a day off",
	"pair_missing":   "its name speaks of %s, which is not listed as %s",
	"pair_other":     "its name speaks of %s, whose own name speaks of %s",
	"pair_lone":      "no day is listed that is worked for it: give both, %s and %s",
	"pair_half":      "a move has two ends, and %s stays %s: change both",
	"few_days":       "year %d has only %d working days: look for rows that are not days off",
	"year_gaps":      "year %d is listed whole, for its 1 January is there, but without the holidays %s: list every day off of the year, or leave 1 January out",
	"week":           "a week of %d working days: want 5 or 6",
}

// CalendarFaultCodes returns the codes that a CalendarFault can have, for the tests of
// those who word them.
func CalendarFaultCodes() []string {
	codes := make([]string, 0, len(faultWords))
	for code := range faultWords {
		codes = append(codes, code)
	}
	return codes
}

func (f *CalendarFault) Error() string {
	text := fmt.Sprintf(faultWords[f.Code], f.Args...)
	if f.Row != "" {
		text = f.Row + ": " + text
	}
	if f.Where != "" {
		text = f.Where + ": " + text
	}
	return text
}

// fault makes a fault of which the place is not known yet: see at.
//
//go:noinline
func fault(code string, args ...any) error { return &CalendarFault{Code: code, Args: args} }

// at says where a fault, or several joined, stand.
func at(where string, err error) error {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var errs []error
		for _, e := range several.Unwrap() {
			errs = append(errs, at(where, e))
		}
		return errors.Join(errs...)
	}
	if f := (*CalendarFault)(nil); errors.As(err, &f) {
		f.Where = where
		return f
	}
	return fmt.Errorf("%s: %w", where, err)
}

// CalendarFaults returns the faults that an error of NewCalendar or
// MergeCalendarFiles joins, in their order; nil for another error.
func CalendarFaults(err error) (list []*CalendarFault) {
	switch e := err.(type) {
	case *CalendarFault:
		return []*CalendarFault{e}
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			list = append(list, CalendarFaults(one)...)
		}
	case interface{ Unwrap() error }:
		return CalendarFaults(e.Unwrap())
	}
	return list
}
