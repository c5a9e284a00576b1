package main

import (
	"fmt"
	"slices"
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
	unique(l, "operator.languages", "", c.Operator.Languages, func(v rules.Lang) rules.Lang { return v })
	unique(l, "operator.aliases", "", c.Operator.Aliases, strings.ToLower)
	unique(l, "operator.forms", "", c.Operator.Forms, strings.ToLower)
	unique(l, "imap.folders", "", c.IMAP.Folders, func(v string) string { return v })
	unique(l, "reminders.days_before", "", c.Reminders.DaysBefore, func(v int) string { return fmt.Sprint(v) })
	slices.SortFunc(c.Reminders.DaysBefore, func(a, b int) int { return b - a })

	unique(l, "calendar.days", ".date", c.Calendar.Days, func(d CalendarDay) rules.Date { return d.Date })
	for i := range c.Calendar.Days {
		at := fmt.Sprintf("calendar.days[%d]", i)
		l.require(phrased("config.missing.day"), at+".date")
		l.require(phrased("config.missing.kind", strings.Join(rules.CalendarKinds(), ", ")), at+".kind")
	}
}

// staff checks the entries of staff against each other, and turns each deputy
// into the name of that person's entry.
func (l *configLoader) staff(staff []StaffMember) {
	unique(l, "staff", ".name", staff, func(m StaffMember) string { return strings.ToLower(m.Name) })
	unique(l, "staff", ".address", staff, func(m StaffMember) string { return strings.ToLower(m.Address) })
	unique(l, "staff", ".login", staff, func(m StaffMember) string { return m.Login })
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

// unique records every element of the list under key that repeats an earlier
// one. An element without a value, or with one that is wrong, repeats nothing.
func unique[T any, K comparable](l *configLoader, key, field string, list []T, id func(T) K) {
	var none K
	first := map[K]int{}
	for i, v := range list {
		at := fmt.Sprintf("%s[%d]%s", key, i, field)
		k := id(v)
		if k == none || slices.ContainsFunc(l.problems, func(p Problem) bool { return p.Key == at }) {
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
