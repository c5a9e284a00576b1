package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// reconciliationJSON is what reconcile --json prints.
type reconciliationJSON struct {
	Folders    []folderCheckJSON `json:"folders"`
	Gaps       []gapJSON         `json:"gaps"` // at most the first ten thousand
	Missing    int               `json:"missing"`
	Waiting    int               `json:"waiting"` // for the next pass
	Repaired   int               `json:"repaired"`
	Registered []string          `json:"registered"`
	Unread     []string          `json:"unread"`  // what is wrong with the folders that could not be compared
	Running    bool              `json:"running"` // a daemon is: what waits for it is no gap
}

type folderCheckJSON struct {
	Folder   string `json:"folder"`
	FirstUID uint32 `json:"first_uid"`
	Messages int    `json:"messages"`
	Missing  int    `json:"missing"`
	Waiting  int    `json:"waiting"`
}

type gapJSON struct {
	Folder     string `json:"folder"`
	UID        uint32 `json:"uid"`
	ReceivedAt string `json:"received_at"` // "" when the server cannot say it
	New        bool   `json:"new"`
	Repaired   bool   `json:"repaired"`
}

func (a *app) reconcileCommand() *cobra.Command {
	repair := false
	c := a.withJSON(&cobra.Command{
		Use: "reconcile", Short: a.t("help.reconcile"), Long: a.t("help.reconcile.long"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withReader(c.Context(), func(d *desk.Desk, cfg *Config) error {
				running, err := daemonRuns(cfg)
				if err != nil {
					return err
				}
				found, err := d.Reconcile(c.Context(), repair)
				if err != nil {
					return err
				}
				if a.json {
					err = a.printJSON(a.reconciledJSON(found, d.Zone, running))
				} else {
					a.printReconciliation(found, d.Zone, running)
				}
				if err == nil && (found.Unread != nil || found.Missing > 0 || found.Waiting > 0 && !running) {
					err = silently(exitWanting)
				}
				return err
			})
		},
	})
	c.Flags().BoolVar(&repair, "repair", false, a.t("help.flag.repair"))
	return c
}

// daemonRuns reports whether a daemon works on the register: it holds the lock.
func daemonRuns(cfg *Config) (bool, error) {
	lock, err := store.Acquire(cfg.Store.Path)
	if errors.Is(err, store.ErrLocked) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, lock.Release()
}

func (a *app) reconciledJSON(r desk.Reconciliation, zone *time.Location, running bool) reconciliationJSON {
	out := reconciliationJSON{
		Folders: []folderCheckJSON{}, Gaps: []gapJSON{}, Missing: r.Missing, Waiting: r.Waiting,
		Repaired: r.Repaired, Registered: r.Admitted, Unread: []string{}, Running: running,
	}
	if r.Unread != nil {
		out.Unread = strings.Split(worded(r.Unread, a.lang), "\n")
	}
	if out.Registered == nil {
		out.Registered = []string{}
	}
	for _, f := range r.Folders {
		out.Folders = append(out.Folders, folderCheckJSON{f.Name, f.FirstUID, f.Messages, f.Missing, f.Waiting})
	}
	for _, g := range r.Gaps {
		j := gapJSON{Folder: g.Folder, UID: g.UID, New: g.New, Repaired: g.Repaired}
		if !g.ReceivedAt.IsZero() {
			j.ReceivedAt = stamp(g.ReceivedAt, zone)
		}
		out.Gaps = append(out.Gaps, j)
	}
	return out
}

// printReconciliation says it in words: each folder, each gap, what was done.
func (a *app) printReconciliation(r desk.Reconciliation, zone *time.Location, running bool) {
	say := func(key string, args ...any) { a.say(a.t(key, args...)) }
	for _, f := range r.Folders {
		name := templates.Safe(f.Name)
		say("reconcile.folder", f.Messages, name)
		switch {
		case f.Missing > 0 && f.Shelf:
			say("reconcile.stray", f.Missing)
		case f.Missing > 0:
			say("reconcile.missing", f.Missing)
		}
		switch {
		case f.Waiting > 0 && running:
			say("reconcile.waiting", f.Waiting)
		case f.Waiting > 0 && f.FirstUID == 0:
			say("reconcile.unread", f.Waiting)
		case f.Waiting > 0:
			say("reconcile.new", f.Waiting)
		}
	}
	for _, g := range r.Gaps {
		if !g.New || !running {
			a.printf("%s\n", clip(a.gapLine(g, zone), a.width()))
		}
	}
	if more := r.Total() - len(r.Gaps); more > 0 {
		say("reconcile.more", more)
	}
	switch {
	case r.Repaired > 0:
		say("reconcile.repaired", r.Repaired)
		for _, n := range r.Admitted {
			say("reconcile.registered", n)
		}
		if left := r.Total() - r.Repaired; left > 0 {
			say("reconcile.left", left)
		}
	case r.Missing > 0 || r.Waiting > 0 && !running:
		say("reconcile.do")
	case r.Unread == nil:
		say("reconcile.good")
	}
	if r.Unread != nil {
		for _, line := range strings.Split(worded(r.Unread, a.lang), "\n") {
			a.say(line)
		}
	}
}

// gapLine is one gap in a table: folder, UID, the moment of receipt.
func (a *app) gapLine(g desk.Gap, zone *time.Location) string {
	at := a.t("reconcile.no_date")
	if !g.ReceivedAt.IsZero() {
		local := g.ReceivedAt.In(zone)
		at = templates.ShortDate(string(a.lang), local) + " " + local.Format("15:04")
	}
	state := ""
	switch {
	case g.Repaired:
		state = a.t("reconcile.state.repaired")
	case g.New:
		state = a.t("reconcile.state.new")
	}
	return fmt.Sprintf("  %s  UID %s  %s  %s", pad(templates.Safe(g.Folder), 24), pad(strconv.FormatUint(uint64(g.UID), 10), 10), pad(at, 17), state)
}
