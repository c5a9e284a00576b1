package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"license.kz/pometka/store"
)

// ErrStaff says that no member of the staff has this name, or several have it.
var ErrStaff = errors.New("nobody of the staff")

// ErrTaken says that a colleague has the request already.
var ErrTaken = errors.New("a colleague has it already")

// ErrSame says that a request stands already as somebody wants it. Nothing was written.
var ErrSame = errors.New("nothing to change")

// Take makes the actor responsible for a request; if it is open, it is in progress from
// then on. ErrTaken: a colleague is responsible; Assign hands it over. ErrSame: the actor
// is responsible already.
func (d *Desk) Take(ctx context.Context, number string, a Actor) (store.Request, error) {
	r, err := d.Store.Request(ctx, number)
	if err != nil {
		return r, err
	}
	switch {
	case r.Assignee == "" || r.Status.Closed():
	case d.Login(r.Assignee) != d.Login(a.Login):
		return r, fmt.Errorf("%s: %w", number, ErrTaken)
	case r.Status != store.StatusOpen:
		return r, &store.About{What: number, Err: ErrSame}
	}
	return d.assign(ctx, r, a.Login, eventTaken, a)
}

// Assign makes somebody else responsible: one of the staff, by login, name, a
// word of the name that no other bears, or address. ErrStaff: nobody, or not
// one alone. Where the configuration names no staff, anybody can be named.
// ErrSame: whoever is named has it, and works on it.
func (d *Desk) Assign(ctx context.Context, number, who string, a Actor) (store.Request, error) {
	login, err := d.staffLogin(who)
	if err != nil {
		return store.Request{}, err
	}
	r, err := d.Store.Request(ctx, number)
	if err != nil {
		return r, err
	}
	return d.assign(ctx, r, login, eventAssigned, a)
}

func (d *Desk) assign(ctx context.Context, r store.Request, who, code string, a Actor) (store.Request, error) {
	if err := inStatus(r, notClosed...); err != nil {
		return r, err
	}
	is := r
	if is.Assignee = who; r.Status == store.StatusOpen {
		is.Status = store.StatusInProgress
	}
	if is.Assignee == r.Assignee && is.Status == r.Status {
		return r, &store.About{What: r.Number, Err: ErrSame}
	}
	return d.become(ctx, r, is, act{who: a, code: code, says: &store.More{Before: r.Assignee, After: who}})
}

// staffLogin finds the member of the staff whom a person means, and returns what the
// register calls that member.
func (d *Desk) staffLogin(who string) (string, error) {
	who = strings.Join(strings.Fields(who), " ")
	if m, ok := d.member(who); ok {
		return staffKey(m), nil
	}
	if who != "" && len(d.Staff) == 0 {
		return who, nil
	}
	var called []Member
	for _, m := range d.Staff {
		if slices.ContainsFunc(strings.Fields(m.Name), func(word string) bool { return strings.EqualFold(word, who) }) {
			called = append(called, m)
		}
	}
	if len(called) == 1 {
		return staffKey(called[0]), nil
	}
	return "", fmt.Errorf("%w: %q", ErrStaff, who)
}

// staffKey is what the register calls a member of the staff.
func staffKey(m Member) string { return cmp.Or(m.Login, m.Name, m.Address) }

// Login is what the register calls whoever is named by login, name or address. Who is
// not of the staff is called as named.
func (d *Desk) Login(who string) string {
	if m, ok := d.member(who); ok {
		return staffKey(m)
	}
	return who
}

// StaffNames lists the staff as Assign takes them: the name, and the login.
func (d *Desk) StaffNames() []string {
	var names []string
	for _, m := range d.Staff {
		if m.Login != "" && m.Login != m.Name {
			names = append(names, m.Name+" ("+m.Login+")")
			continue
		}
		names = append(names, cmp.Or(m.Name, m.Address))
	}
	return names
}
