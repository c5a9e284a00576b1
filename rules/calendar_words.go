package rules

import (
	"cmp"
	"regexp"
	"strings"
	"time"
)

// wording is the form in which the days of a kind are named, and the article
// by which they are what they are.
type wording struct {
	name    Text
	act     string
	pattern *regexp.Regexp // of the Russian form
}

func newWording(r calRow) wording {
	p := regexp.QuoteMeta(r.name.RU)
	p = strings.Replace(p, regexp.QuoteMeta("{name}"), "(?P<name>.+)", 1)
	p = strings.Replace(p, regexp.QuoteMeta("{date}"), `(?P<date>\d\d\.\d\d\.\d{4})`, 1)
	return wording{name: r.name, act: r.act, pattern: regexp.MustCompile("^" + p + "$")}
}

// read takes a name in the form of w apart. It reports false for other names.
func (w wording) read(ru string) (name string, day Date, ok bool) {
	if w.pattern == nil {
		return "", Date{}, false
	}
	m := w.pattern.FindStringSubmatch(ru)
	if m == nil {
		return "", Date{}, false
	}
	if i := w.pattern.SubexpIndex("name"); i >= 0 {
		name = m[i]
	}
	if i := w.pattern.SubexpIndex("date"); i >= 0 {
		t, err := time.Parse("02.01.2006", m[i])
		if err != nil {
			return "", Date{}, false
		}
		day = dateOf(t)
	}
	return name, day, true
}

// words names a day that stands for the holiday name on the day d.
func (w wording) words(name Text, d Date) Text {
	iso := d.String()
	dotted := d.Time().Format("02.01.2006")
	fill := func(l Lang, form string) string {
		date := dotted
		if l == EN { // as the dates beside it on an English screen
			date = iso
		}
		form = strings.ReplaceAll(cmp.Or(form, w.name.RU), "{date}", date)
		return strings.ReplaceAll(form, "{name}", name.In(l))
	}
	return Text{RU: fill(RU, w.name.RU), KK: fill(KK, w.name.KK), EN: fill(EN, w.name.EN)}
}

// named returns the name of the row in all languages that the table knows.
func (t *calTable) named(r *calRow) Text {
	if r.name.KK != "" || r.name.EN != "" {
		return r.name
	}
	if name, ok := t.names[r.name.RU]; ok {
		return name
	}
	w := t.words[r.kind]
	if name, day, ok := w.read(r.name.RU); ok {
		return w.words(cmp.Or(t.names[name], Text{RU: name}), day)
	}
	return r.name
}
