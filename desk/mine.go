package desk

import "slices"

// NamesOf lists the names under which work may be assigned to somebody: the one that was
// asked for and, if it is that of a member of the staff, the login, name and address.
func (d *Desk) NamesOf(who string) []string {
	names := []string{who}
	if m, ok := d.member(who); ok {
		names = append(names, m.Login, m.Name, m.Address)
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(s string) bool { return s == "" && who != "" })
}
