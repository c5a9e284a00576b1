package main

import (
	"path/filepath"
	"strconv"
	"time"

	"license.kz/pometka/store"
)

// staffWaits is how long a command waits for another process that writes to the
// register: nobody at a terminal waits longer than two seconds.
const staffWaits = 1700 * time.Millisecond

// busyText says that the register could not be written, and who keeps it.
func (a *app) busyText() string { return a.t("store.busy", writerOf(a.cfg.Store.Path)) }

// writerOf names the process that writes to the register, "" where none can be
// told.
func writerOf(path string) string {
	pid, err := store.WriteHolder(path)
	if err != nil || pid <= 0 {
		return ""
	}
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	words := procWords(filepath.Join(dir, "cmdline"))
	if len(words) == 0 {
		return "PID " + strconv.Itoa(pid)
	}
	return filepath.Base(words[0]) + " (PID " + strconv.Itoa(pid) + ")"
}
