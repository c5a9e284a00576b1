package main

import (
	"os"
	"os/user"
	"path/filepath"
	"strconv"

	"license.kz/pometka/desk"
)

// actor is the person at the keyboard: the real user even under sudo, and the
// claim of --as beside it.
func (a *app) actor() (desk.Actor, error) {
	register := -1
	if a.cfg != nil {
		fi, err := os.Stat(filepath.Dir(a.cfg.Store.Path))
		if err != nil {
			return desk.Actor{}, phrased("error.who", err)
		}
		register = ownerOf(fi)
	}
	return desk.Actor{Login: whoActs(os.Getuid(), register, os.Getenv("SUDO_USER")), Claim: a.asFlag}, nil
}

// whoActs names the user behind a command. What sudo says counts where somebody
// became root or the register's owner by it: anybody can set SUDO_USER, but who
// is one of the two could write whatever history he likes.
func whoActs(uid, register int, sudoUser string) string {
	if sudoUser != "" && (uid == 0 || uid == register) {
		return sudoUser
	}
	return userName(uid)
}

// userName is the name of a user, or its number where it has none.
func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return strconv.Itoa(uid)
}
