package main

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// staffLogins looks at whether those who have a log-in are users of this
// system, and may open the register.
func (w *ward) staffLogins(folder fs.FileInfo) {
	for _, m := range w.cfg.Staff {
		if m.Login == "" {
			continue
		}
		u, err := user.Lookup(m.Login)
		var unknown user.UnknownUserError
		if errors.As(err, &unknown) {
			w.add(levelMend, "staff.unknown", m.Login)
			continue
		}
		if err != nil {
			w.add(levelNote, "staff.unclear", m.Login, worded(err, w.lang))
			continue
		}
		if u.Uid == "0" || u.Uid == strconv.Itoa(ownerOf(folder)) {
			continue
		}
		groups, err := u.GroupIds()
		switch {
		case err != nil:
			w.add(levelNote, "staff.unclear", m.Login, worded(err, w.lang))
		case !slices.Contains(groups, strconv.Itoa(groupOf(folder))):
			w.add(levelMend, "staff.group", m.Login, groupName(groupOf(folder)))
		case folder.Mode().Perm()&0o030 != 0o030 || folder.Mode()&fs.ModeSetgid == 0:
			w.add(levelMend, "staff.folder", filepath.Dir(w.cfg.Store.Path), octal(folder.Mode()))
			return
		}
	}
}

// people looks at who is told: whether somebody gets the reminders, and whether
// the mail domains of all of them exist.
func (w *ward) people(ctx context.Context) {
	if !w.whole("reminders", "staff", "alarm", "operator") {
		return
	}
	if w.cfg.Reminders.Officer == "" {
		w.add(levelNote, "people.officer", w.cfg.Reminders.To)
	}
	if argv := w.cfg.Alarm.Command; len(argv) > 0 {
		if _, err := exec.LookPath(argv[0]); err != nil {
			w.add(levelMend, "people.command", argv[0])
		}
	}
	var dead, unclear []string
	for _, domain := range w.domains() {
		takes, err := mailbox.TakesMail(ctx, domain)
		switch {
		case err != nil:
			unclear = append(unclear, domain)
		case !takes:
			dead = append(dead, domain)
		}
	}
	for _, domain := range dead {
		w.add(levelNote, "people.domain", domain)
	}
	if len(unclear) > 0 {
		w.add(levelNote, "people.dns", strings.Join(unclear, ", "))
	}
	if len(w.list) == 0 || !slices.ContainsFunc(w.list, func(f finding) bool { return f.Level == levelMend }) {
		w.add(levelGood, "people.good", w.cfg.Reminders.To, len(w.cfg.Staff))
	}
}

// told are the addresses to which pometka writes of its own accord.
func (w *ward) told() []string {
	c := w.cfg
	list := []string{c.Operator.Address, c.Reminders.To, c.Reminders.Officer, c.Alarm.To}
	for _, m := range c.Staff {
		list = append(list, m.Address)
	}
	var out []string
	for _, a := range list {
		if a = strings.ToLower(a); a != "" && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

func (w *ward) domains() []string {
	var out []string
	for _, a := range w.told() {
		if _, domain, ok := strings.Cut(rules.SentAddress(a), "@"); ok && !slices.Contains(out, domain) {
			out = append(out, domain)
		}
	}
	return out
}
