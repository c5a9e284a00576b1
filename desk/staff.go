package desk

import (
	"slices"
	"strings"

	"license.kz/pometka/rules"
)

// Member is one of the staff.
type Member struct {
	Name, Address        string
	Language             rules.Lang
	Login                string     // user of the system; "": gets mail only
	AbsentFrom, AbsentTo rules.Date // both included; zero: present
	Deputy               string     // Name of another member; "": nobody
}

func (m Member) absent(on rules.Date) bool {
	return !m.AbsentFrom.IsZero() && !on.Before(m.AbsentFrom) && !on.After(m.AbsentTo)
}

// reader is who gets a letter to staff.
type reader struct {
	addr string
	lang rules.Lang
}

// member finds a member of the staff: by login, else by name, else by address, since people
// write any of them after assign.
func (d *Desk) member(who string) (Member, bool) {
	for _, same := range []func(Member) bool{
		func(m Member) bool { return m.Login != "" && m.Login == who },
		func(m Member) bool { return strings.EqualFold(m.Name, who) },
		func(m Member) bool { return fold(m.Address) == fold(who) },
	} {
		if i := slices.IndexFunc(d.Staff, same); who != "" && i >= 0 {
			return d.Staff[i], true
		}
	}
	return Member{}, false
}

// present returns the member or, while that one is absent, the deputy, or the
// deputy's deputy; false when nobody of them is there.
func (d *Desk) present(m Member, on rules.Date) (Member, bool) {
	for range d.Staff {
		if !m.absent(on) {
			return m, true
		}
		deputy, ok := d.member(m.Deputy)
		if !ok {
			break
		}
		m = deputy
	}
	return m, !m.absent(on)
}

// owner is who gets letters about what is assigned to somebody: that member, or the deputy
// of an absent one; else the address for reminders.
func (d *Desk) owner(assignee string, on rules.Date) reader {
	if m, ok := d.member(assignee); ok {
		if m, ok = d.present(m, on); ok {
			return d.readerOf(m)
		}
	}
	return d.readerAt(d.Reminders.To, on)
}

// readerAt is who gets letters to an address of the configuration: if it is that of a member
// who is absent, the deputy; the member where the deputy is absent, too.
func (d *Desk) readerAt(addr string, on rules.Date) reader {
	if m, ok := d.member(addr); ok {
		if there, ok := d.present(m, on); ok {
			m = there
		}
		return d.readerOf(m)
	}
	return reader{addr, d.Language}
}

func (d *Desk) readerOf(m Member) reader {
	if m.Language == "" {
		return reader{m.Address, d.Language}
	}
	return reader{m.Address, m.Language}
}

// NameOf is the name of who is in charge, for people; "" for nobody.
//
//go:noinline
func (d *Desk) NameOf(assignee string) string {
	if m, ok := d.member(assignee); ok {
		return m.Name
	}
	return assignee
}

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
