package templates

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Date words the day of d in d's own zone: «8 января 2027 г.»,
// «2027 жылғы 8 қаңтар», "8 January 2027".
func Date(lang Lang, d time.Time) string { return day(lang, "date.day", d) }

// Until words d as the last day of a term, itself included: «по 8 января
// 2027 г. включительно», «2027 жылғы 8 қаңтарға дейін қоса алғанда», "until
// 8 January 2027 inclusive".
func Until(lang Lang, d time.Time) string { return day(lang, "date.until", d) }

// DateTime words the instant t in t's own zone: «22 ноября 2026 г., 14:05».
func DateTime(lang Lang, t time.Time) string {
	return Date(lang, t) + ", " + t.Format("15:04")
}

// ShortDate writes the day of d in ten columns, for tables: 08.01.2027 in
// Russian and Kazakh, 2027-01-08 in English, where the other order misleads.
func ShortDate(lang Lang, d time.Time) string {
	if known(lang) == EN {
		return d.Format("2006-01-02")
	}
	return d.Format("02.01.2006")
}

// A pattern of a day takes what its language needs: {0} the day, {1} the month
// by name, {2} its genitive, {3} the case that goes with "until", {4} the year.
func day(lang Lang, pattern string, d time.Time) string {
	month := "month." + strconv.Itoa(int(d.Month()))
	return text(lang, pattern, strconv.Itoa(d.Day()),
		text(lang, month), text(lang, month+".gen"), text(lang, month+".until"), strconv.Itoa(d.Year()))
}

// Month names a month: «январь», «қаңтар», "January".
func Month(lang Lang, m time.Month) string { return text(lang, "month."+strconv.Itoa(int(m))) }

// Number writes n with its thousands set apart from 10,000 on, by a no-break
// space in Russian and Kazakh and by a comma in English.
func Number(lang Lang, n int64) string {
	digits := strconv.FormatInt(n, 10)
	if n > -10000 && n < 10000 {
		return digits
	}
	gap := "\u00a0"
	if known(lang) == EN {
		gap = ","
	}
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return sign + strings.Join(append([]string{digits}, groups...), gap)
}

// Days words a number of working or calendar days: «21 рабочий день»,
// «10 календарных дней».
func Days(lang Lang, n int, working bool) string { return text(lang, unit(working), n) }

// DaysOf is Days in the genitive, as after «в течение»: «1 рабочего дня».
func DaysOf(lang Lang, n int, working bool) string { return text(lang, unit(working)+".gen", n) }

func unit(working bool) string {
	if working {
		return "unit.working"
	}
	return "unit.calendar"
}

// DaysLeft words the working days that are left until a term ends, 0 on its
// last day and negative once it has passed. Overdue is said of a term of the
// policy or of the law; a target of the operator is only missed.
func DaysLeft(lang Lang, n int, source string) string {
	switch {
	case n > 0:
		return text(lang, "left.days", n)
	case n == 0:
		return text(lang, "left.today")
	case source == "target":
		return text(lang, "left.missed", -n)
	}
	return text(lang, "left.overdue", -n)
}

func argument(lang Lang, a any) string {
	if t, ok := a.(time.Time); ok {
		return Date(lang, t)
	}
	if v := reflect.ValueOf(a); v.CanInt() {
		return Number(lang, v.Int())
	}
	return fmt.Sprint(a)
}

// sentence begins s with a capital letter.
func sentence(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + s[n:]
}

// clause fits the basis of a term into brackets: the name of the policy, which
// the letter has just said, goes from its front, and a remark in brackets at
// its end comes after a comma. A shortened letter (1) leaves the remark out, the
// shortest (2) also all but a title in quotation marks.
func clause(lang Lang, basis string, short int) string {
	basis = strings.TrimPrefix(basis, text(lang, "policy.name")+", ")
	if short == 0 {
		return remark().ReplaceAllString(basis, ", $1")
	}
	basis = remark().ReplaceAllString(basis, "")
	if title := quoted().FindString(basis); title != "" && short > 1 {
		return title
	}
	return basis
}

var quoted = lazily(`«.+»|“.+”`)

var remark = lazily(` \(([^()]*)\)$`)

var errNoDate = errors.New("the date is missing")

// functions are what a template may call beside the built-in ones of
// text/template:
//
//	date T, datetime T     «8 января 2027 г.», «8 января 2027 г., 14:05»
//	until T                «по 8 января 2027 г. включительно»
//	short T                08.01.2027
//	days N W, daysof N W   «30 рабочих дней», «30 рабочих дней» after «в течение»;
//	                       W false: calendar days
//	left N SOURCE          «осталось 3 рабочих дня»
//	source SOURCE          «закон»
//	sentence S             S with a capital letter
//	clause S SHORT, flat S S without brackets of its own, to stand in brackets
//	t KEY ARGS             a sentence of the catalogue
//
// Dates, and numbers with their unit, are not broken over lines. A zero date
// is an error.
func functions(lang Lang) map[string]any {
	dated := func(word func(Lang, time.Time) string) func(time.Time) (string, error) {
		return func(t time.Time) (string, error) {
			if t.Year() < 1900 { // no instant, or "no date" made into one
				return "", errNoDate
			}
			return glued(word(lang, t)), nil
		}
	}
	return map[string]any{
		"date":     dated(Date),
		"datetime": dated(DateTime),
		"until":    dated(Until),
		"short":    dated(ShortDate),
		"days":     func(n int, working bool) string { return glued(Days(lang, n, working)) },
		"daysof":   func(n int, working bool) string { return glued(DaysOf(lang, n, working)) },
		"left":     func(n int, source string) string { return DaysLeft(lang, n, source) },
		"sentence": sentence,
		"clause":   func(basis string, short int) string { return clause(lang, basis, short) },
		"flat":     func(s string) string { return remark().ReplaceAllString(s, ", $1") },
		"source":   func(source string) string { return text(lang, "source."+source) },
		"t":        func(key string, args ...any) string { return text(lang, key, args...) },
	}
}
