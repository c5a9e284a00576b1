package main

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"license.kz/pometka/rules"
)

// lists checks that nothing stands twice in a list, and puts the stages of
// reminders in order.
func (l *configLoader) lists(c *Config) {
	if l.states("operator.languages") && len(c.Operator.Languages) == 0 {
		l.wrong("operator.languages", "config.fault.want", phrased("config.want.languages"))
	}
	if l.states("reminders.days_before") && len(c.Reminders.DaysBefore) == 0 {
		l.wrong("reminders.days_before", "config.fault.want", phrased("config.want.stages"))
	}
	o, stages := &c.Operator, c.Reminders.DaysBefore
	l.unique("operator.languages", "", len(o.Languages), func(i int) string { return string(o.Languages[i]) })
	l.unique("operator.aliases", "", len(o.Aliases), func(i int) string { return rules.AddressKey(o.Aliases[i]) })
	l.unique("operator.forms", "", len(o.Forms), func(i int) string { return rules.AddressKey(o.Forms[i]) })
	l.unique("imap.folders", "", len(c.IMAP.Folders), func(i int) string { return c.IMAP.Folders[i] })
	l.unique("reminders.days_before", "", len(stages), func(i int) string { return fmt.Sprint(stages[i]) })
	sort.Sort(sort.Reverse(sort.IntSlice(stages)))

	l.unique("calendar.days", ".date", len(c.Calendar.Days), func(i int) string { return c.Calendar.Days[i].Date.String() })
	for i := range c.Calendar.Days {
		at := fmt.Sprintf("calendar.days[%d]", i)
		l.require(phrased("config.missing.day"), at+".date")
		l.require(phrased("config.missing.kind", strings.Join(rules.CalendarKinds(), ", ")), at+".kind")
	}
}

// staff checks the entries of staff against each other, and turns each deputy
// into the name of that person's entry.
func (l *configLoader) staff(staff []StaffMember) {
	l.unique("staff", ".name", len(staff), func(i int) string { return strings.ToLower(staff[i].Name) })
	l.unique("staff", ".address", len(staff), func(i int) string { return rules.AddressKey(staff[i].Address) })
	l.unique("staff", ".login", len(staff), func(i int) string { return staff[i].Login })
	for i := range staff {
		at := fmt.Sprintf("staff[%d]", i)
		l.require(phrased("config.missing.person"), at+".name")
		l.require(phrased("config.missing.person_address"), at+".address")
		if staff[i].Deputy == "" {
			continue
		}
		switch j := findStaff(staff, staff[i].Deputy); j {
		case -1:
			l.wrong(at+".deputy", "config.fault.deputy", quoteValue(staff[i].Deputy))
		case i:
			l.wrong(at+".deputy", "config.fault.own_deputy")
		default:
			staff[i].Deputy = staff[j].Name
		}
	}
}

// findStaff returns the index of the entry with the name, login or address
// who, or -1.
func findStaff(staff []StaffMember, who string) int {
	return slices.IndexFunc(staff, func(m StaffMember) bool {
		return strings.EqualFold(m.Name, who) || m.Login == who || strings.EqualFold(m.Address, who)
	})
}

// unique records every one of the n elements of the list under key that repeats an earlier
// one. An element without a value, or with one that is wrong, repeats nothing.
func (l *configLoader) unique(key, field string, n int, id func(i int) string) {
	first := map[string]int{}
	for i := range n {
		at := fmt.Sprintf("%s[%d]%s", key, i, field)
		k := id(i)
		if k == "" || slices.ContainsFunc(l.problems, func(p Problem) bool { return p.Key == at }) {
			continue
		}
		if j, ok := first[k]; ok {
			same := fmt.Sprintf("%s[%d]%s", key, j, field)
			l.wrong(at, "config.fault.same", same, l.cfg.lines[same])
			continue
		}
		first[k] = i
	}
}
