package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"

	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

func (a *app) calendarImportCommand() *cobra.Command {
	dry := false
	c := &cobra.Command{
		Use: "import FILE", Short: a.t("help.calendar.import"), Long: a.t("help.calendar.import.long"), Args: exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			if cfg.Calendar.File == "" {
				return a.misuse("error.calendar.file")
			}
			changed, merged, err := a.mergeCalendar(cfg, args[0])
			if err != nil || !changed {
				return err
			}
			if dry {
				a.printf("%s\n", a.t("calendar.import.dry"))
				return nil
			}
			if err := replaceFile(cfg.Calendar.File, merged); err != nil {
				return fmt.Errorf("write calendar: %w", err)
			}
			a.printf("%s\n", a.t("calendar.import.done", templates.Safe(cfg.Calendar.File)))
			return a.recount(c, cfg)
		},
	}
	c.Flags().BoolVar(&dry, "dry-run", false, a.t("help.flag.calendar_dry"))
	return c
}

// mergeCalendar lays a file over the operator's calendar file and prints what
// that changes. Nothing is written.
func (a *app) mergeCalendar(cfg *Config, path string) (changed bool, merged []byte, err error) {
	add, err := readData(path)
	if err != nil {
		return false, nil, usage(fmt.Errorf("read calendar: %w", err))
	}
	old, err := readData(cfg.Calendar.File)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, nil, usage(fmt.Errorf("read calendar: %w", err))
	}
	before, err := calendarWith(cfg, cfg.Calendar.File, old)
	if err != nil {
		return false, nil, usage(err)
	}
	// By itself first: then the lines of an error are those of the file in
	// the reader's hands. What is good only together with the file that is
	// there already is good.
	_, alone := calendarWith(cfg, path, add)
	after := before
	if merged, err = rules.MergeCalendarFiles(old, add); err == nil {
		after, err = calendarWith(cfg, path, merged)
	}
	if err != nil {
		if alone != nil {
			err = alone
		}
		told := a.faultText(err)
		if told == "" {
			told = worded(err, a.lang)
		}
		return false, nil, usage(errors.New(a.t("error.calendar.import", templates.Safe(path)) + "\n" + told))
	}
	if before.Digest() == after.Digest() {
		a.printf("%s\n", a.t("calendar.import.same"))
		return false, merged, nil
	}
	a.printChanges(before, after)
	return true, merged, nil
}

// calendarWith makes the calendar of the configuration with other content of
// its calendar file; nil content is no file.
func calendarWith(cfg *Config, name string, content []byte) (*rules.Calendar, error) {
	o := calendarOptions(cfg)
	if content != nil {
		o.File, o.FileName = content, name
	}
	return rules.NewCalendar(o)
}

// printChanges prints the days that are others in the second of two calendars, and the
// years that are published now.
func (a *app) printChanges(before, after *rules.Calendar) {
	acts := &footnotes{}
	for _, c := range after.Since(before) {
		if was := c.Was; was.Working == c.Is.Working && was.Kind == c.Is.Kind && was.Name == c.Is.Name {
			continue // by another act
		}
		day := templates.ShortDate(string(a.lang), c.Is.Date.Time()) + " " + a.t(weekdayKey(c.Is.Date.Weekday())+".short")
		a.printf("%s", labelled(day, a.t("calendar.import.day", a.dayText(c.Was), a.dayText(c.Is))+acts.mark(c.Is.Act), a.width()))
	}
	for y := rules.FirstYear; y <= rules.LastYear; y++ {
		switch {
		case before.Provisional(y) && !after.Provisional(y):
			a.printf("%s", labelled(strconv.Itoa(y), a.t("calendar.import.published"), a.width()))
		case !before.Provisional(y) && after.Provisional(y):
			a.printf("%s", labelled(strconv.Itoa(y), a.t("calendar.import.provisional"), a.width()))
		}
	}
	a.printFootnotes(acts)
}

// replaceFile puts content in the place of a file, whole or not at all. The
// daemon must be able to read what an administrator brings in: a file keeps its
// owner and its rights, and what has none yet everybody may read, for days off
// are no secret. A link stays one.
func replaceFile(path string, content []byte) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone after the rename
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
		if owner, ok := info.Sys().(*syscall.Stat_t); ok && f.Chown(int(owner.Uid), int(owner.Gid)) != nil {
			mode |= 0o444 // it is another's now
		}
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// recount brings the open requests in line with the imported calendar, where
// there is a register already.
func (a *app) recount(c *cobra.Command, cfg *Config) error {
	if _, err := os.Stat(cfg.Store.Path); cfg.Store.Path == "" || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	_, done, err := a.openDesk(c.Context())
	if err != nil {
		return err
	}
	done()
	return nil
}
