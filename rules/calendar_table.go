package rules

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"sync"
	"time"
	"unicode/utf8"
)

// calTable is what one or several calendar files say.
type calTable struct {
	days  map[Date]*calRow   // formDay; rows are shared, and never changed
	whole map[int]bool       // years listed whole: those whose 1 January is among the days
	rules []calRow           // formYearly and formKurban
	words map[string]wording // formWords, by kind
	names map[string]Text    // every name that has a translation, by its Russian form

	abroad bool // it is another country's
}

// The calendar of Kazakhstan is carried packed, an eighth of its size. After a
// change of a file: go test ./rules -run TestDataIsPacked -update, and see
// TestUsualCalendarIsCarried.
var (
	//go:embed calendar-kz.csv.z
	packedKZ []byte
	//go:embed calendar-kz-yearly.csv.z
	packedKZYearly []byte
)

// unpacked gives the bytes of an embedded file, which a test proves whole. A packed
// file begins with its size unpacked and its size in single bytes. What was compressed
// are its letters beyond ASCII, one of each, a line end, and the text in single bytes:
// that with the high bit stands for a letter, which takes half the place of UTF-8.
func unpacked(packed []byte) []byte {
	single := make([]byte, binary.LittleEndian.Uint32(packed[4:]))
	if _, err := io.ReadFull(flate.NewReader(bytes.NewReader(packed[8:])), single); err != nil {
		panic(err)
	}
	letters, single, _ := bytes.Cut(single, []byte("\n"))
	beyond := []rune(string(letters))
	data := make([]byte, 0, binary.LittleEndian.Uint32(packed))
	for _, b := range single {
		if b < utf8.RuneSelf {
			data = append(data, b)
		} else {
			data = utf8.AppendRune(data, beyond[b-utf8.RuneSelf])
		}
	}
	return data
}

// builtInTable is the calendar of Kazakhstan. The embedded files are proved
// whole by a test, so that an error here is a broken build.
var builtInTable = sync.OnceValue(func() *calTable {
	rows, errs := readRows("calendar-kz-yearly.csv", unpacked(packedKZYearly))
	days, more := readRows("calendar-kz.csv", unpacked(packedKZ))
	if err := errors.Join(append(errs, more...)...); err != nil {
		panic(err)
	}
	t, errs := newTable(append(rows, days...))
	if err := errors.Join(errs...); err != nil {
		panic(err)
	}
	return t
})

// newTable orders rows and refuses two rows for one day.
func newTable(rows []calRow) (*calTable, []error) {
	t := &calTable{
		days:  map[Date]*calRow{},
		whole: map[int]bool{},
		words: map[string]wording{},
		names: map[string]Text{},
	}
	var errs []error
	for i := range rows {
		r := &rows[i]
		if r.name.KK != "" || r.name.EN != "" {
			t.names[r.name.RU] = r.name
		}
		switch r.form {
		case formYearly, formKurban:
			t.rules = append(t.rules, *r)
		case formWords:
			t.words[r.kind] = newWording(*r)
		case formDay:
			if old, twice := t.days[r.date]; twice {
				errs = append(errs, at(r.where, fault("twice", r.date, old.where)))
				continue
			}
			t.days[r.date] = r
			if r.date.Month == time.January && r.date.Day == 1 && r.kind != rowRemove {
				t.whole[r.date.Year] = true
			}
		}
	}
	t.markListed()
	return t, errs
}

func (t *calTable) markListed() {
	for d, r := range t.days {
		if r.listed != t.whole[d.Year] {
			marked := *r
			marked.listed = !r.listed
			t.days[d] = &marked
		}
	}
}

// extend returns the table base with the days of t laid over it: a year that
// t lists whole replaces that of base, other days replace single days. A table
// with rules of its own is another country's and stands alone.
func (t *calTable) extend(base *calTable) *calTable {
	sum := &calTable{
		days: map[Date]*calRow{}, whole: map[int]bool{}, names: map[string]Text{},
		rules: base.rules, words: base.words,
	}
	if len(t.rules) > 0 || len(t.words) > 0 {
		sum.rules, sum.words, sum.abroad, base = t.rules, t.words, true, &calTable{}
	}
	for d, r := range base.days {
		if !t.whole[d.Year] {
			sum.days[d] = r
		}
	}
	for _, from := range []*calTable{base, t} {
		for y := range from.whole {
			sum.whole[y] = true
		}
		for ru, name := range from.names {
			sum.names[ru] = name
		}
	}
	for d, r := range t.days {
		sum.days[d] = r
	}
	sum.markListed()
	return sum
}

// rowsOf returns the rows that hold in a year, one for a day, in the order of
// the days: those of its list, else those of the rules with the single days
// laid over them.
func (t *calTable) rowsOf(year int, days []laid) []laid {
	if t.whole[year] {
		return days
	}
	rows := make([]laid, 0, len(t.rules)+len(days)+1) // Kurban-ait may come twice
	put := func(r laid, over bool) {
		switch i := slices.IndexFunc(rows, func(o laid) bool { return o.on == r.on }); {
		case i < 0:
			rows = append(rows, r)
		case over || rows[i].kind != rowHoliday:
			rows[i] = r
		}
	}
	for i := range t.rules {
		for _, d := range t.rules[i].daysIn(year) {
			put(laid{d, &t.rules[i]}, false)
		}
	}
	for _, r := range days {
		put(r, true)
	}
	sortLaid(rows)
	return rows
}

// daysIn returns the days on which the rule r falls in a year: for Kurban-ait
// there can be two of them.
func (r calRow) daysIn(year int) []Date {
	if year < r.from || year > r.to {
		return nil
	}
	if r.form == formKurban {
		return kurbanAit(year)
	}
	d := NewDate(year, r.date.Month, r.date.Day)
	if d.Day != r.date.Day { // 29 February of a common year
		return nil
	}
	return []Date{d}
}
