package desk

import "slices"

// NamesOf lists everything under which work may be assigned to somebody: what
// was asked for itself and, of one of the staff, login, name and address.
func (d *Desk) NamesOf(who string) []string {
	names := []string{who}
	if m, ok := d.member(who); ok {
		names = append(names, m.Login, m.Name, m.Address)
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(s string) bool { return s == "" && who != "" })
}
