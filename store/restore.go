package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"license.kz/pometka/rules"
)

// EventRestored is the code of the event with which a restored register begins.
const EventRestored = "restored"

// ReasonRestored holds a letter of ours that the register lost since may have
// sent already.
const ReasonRestored = "restored"

// numberGap is how many numbers of each year a restored register leaves out:
// the register that was lost may have given them to people since the copy was
// made, and no number ever means two requests. It leaves out as many for each
// register that was restored here before and that the copy knows nothing of.
const numberGap = 1000

// restorationsFile is the name of the file that counts how often a register was restored at a
// path, since a copy does not know what else was made of it. It does not begin with the name
// of the register: whoever moves a broken register away, with all files that begin so, leaves
// it in its place.
func restorationsFile(to string) string {
	return filepath.Join(filepath.Dir(to), "."+filepath.Base(to)+".restored")
}

// Restored describes a register that was made of a copy.
type Restored struct {
	Copied
	Taken     time.Time // when the last event was written before the copy was made
	Uncertain int       // letters of ours that were being sent then
	Held      int       // letters of ours to people that were waiting then
}

// Restore makes the register at the path to of the copy from, which stays as
// it is. What the lost register may have done since the copy was made is not
// done a second time: letters of ours that were being sent become uncertain,
// those that waited are held with ReasonRestored, MetaRestored tells intake to
// hold the acknowledgements of what it finds in the mailbox, and numbering
// goes on behind a gap of a thousand. An event says all this. Only then, and
// when it was proved, does the register get its name.
//
// Errors: fs.ErrExist when a register is at to, or parts of one; and those of
// Backup.
func Restore(ctx context.Context, from, to, actor string, at time.Time) (Restored, error) {
	fail := func(err error) (Restored, error) { return Restored{}, fmt.Errorf("restore register: %w", err) }
	for _, part := range []string{"-wal", "-shm", "-journal"} {
		if _, err := os.Lstat(to + part); err == nil {
			return fail(writing(to+part, fs.ErrExist)) // of another register: to be moved away together with it
		}
	}
	if err := checkHead(from); err != nil {
		return fail(&fs.PathError{Op: "read", Path: from, Err: err})
	}
	taken, _, err := Glance(ctx, from)
	if err != nil {
		return fail(err)
	}
	done := Restored{Taken: taken}
	done.Copied, err = copyTo(ctx, to, func(part string) error {
		if err := copyRegister(ctx, from, part); err != nil {
			return err
		}
		db, err := Open(ctx, part)
		if err != nil {
			return err
		}
		err = db.goOn(ctx, &done, restorationsFile(to), actor, at)
		if cerr := db.Close(); err == nil {
			err = cerr
		}
		earlier, _ := filepath.Glob(part + ".schema-*") // from itself is what an upgrade goes back to
		for _, file := range earlier {
			os.Remove(file)
		}
		return err
	})
	if err != nil {
		return fail(err)
	}
	return done, nil
}

// copyRegister fills the empty file part with the register at from, and with
// what stands in its WAL.
func copyRegister(ctx context.Context, from, part string) error {
	c, err := sql.Open("sqlite", dsn(from, nil))
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return fmt.Errorf("read %s: %w", from, explain(err))
	}
	return nil
}

// goOn makes the copy a register that can be worked on. The restoring is counted, in the file
// counted, before it is finished: to leave out too many numbers harms nobody.
func (db *DB) goOn(ctx context.Context, done *Restored, counted, actor string, at time.Time) error {
	before, err := db.Meta(ctx, metaRestorations)
	if err != nil {
		return err
	}
	known, _ := strconv.Atoi(before) // "" the first time
	times, err := countRestoration(counted, known)
	if err != nil {
		return err
	}
	err = db.change(ctx, at, func(ctx context.Context, t *tx) error {
		done.Uncertain, done.Held = 0, 0
		list, err := loadMail(ctx, t, `WHERE o.state = 'sending' OR o.state = 'queued' AND o.purpose IN (?, ?) ORDER BY o.id`,
			string(PurposeAcknowledgement), string(PurposeAnswer))
		if err != nil {
			return err
		}
		for _, m := range list {
			if m.State == MailSending {
				done.Uncertain++
				err = t.settle(ctx, m, Settlement{State: MailUncertain, Reason: rules.Reason{Code: ReasonRecovered}, Reply: m.Reply})
			} else {
				done.Held++
				err = t.holdRestored(ctx, m, actor)
			}
			if err != nil {
				return err
			}
		}
		if err := t.skipNumbers(ctx, int64(times-known)*numberGap); err != nil {
			return err
		}
		return t.append(ctx, Event{Actor: actor, Code: EventRestored, Detail: jsonText(restoredDetail{done.Held, instant(done.Taken), done.Uncertain})})
	})
	if err != nil {
		return err
	}
	return errors.Join(db.SetMeta(ctx, metaRestorations, strconv.Itoa(times)), db.SetMeta(ctx, MetaRestored, instant(at)))
}

// countRestoration adds one to the number of restorings that the file knows, or that the copy
// knows, whichever is larger.
func countRestoration(file string, known int) (int, error) {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o660)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 100))
	if err != nil {
		return 0, err
	}
	here := 0
	if len(text) > 0 {
		if here, err = strconv.Atoi(strings.TrimSpace(string(text))); err != nil {
			return 0, &fs.PathError{Op: "read", Path: file, Err: ErrDamaged}
		}
	}
	times := max(known, here) + 1
	_, err = f.WriteAt([]byte(strconv.Itoa(times)+"\n"), 0) // never shorter than what stood there
	return times, errors.Join(err, f.Sync())
}

func (t *tx) holdRestored(ctx context.Context, m Mail, actor string) error {
	if err := t.set(ctx, "outbox", m.ID, fields{"state": string(MailHeld), "reason_code": ReasonRestored}); err != nil {
		return err
	}
	if err := t.setPrivate(ctx, "outbox_private", m.ID, fields{"reason_args": nil}); err != nil {
		return err
	}
	return t.appendMail(ctx, m, actor, EventHeld, Detail{Before: &Values{State: m.State}, Reason: &rules.Reason{Code: ReasonRestored}})
}

// numbersLost is how many numbers of a year that is new here a register may have
// given which was lost: a copy that was made in December knows no counter of January.
func (t *tx) numbersLost(ctx context.Context, year int) (int64, error) {
	var times int64
	var last time.Time
	err := t.QueryRowContext(ctx, `SELECT coalesce((SELECT value FROM meta WHERE name = ?), 0), (SELECT value FROM meta WHERE name = ?)`,
		metaRestorations, MetaRestored).Scan(&times, asInstant{&last})
	if err != nil || year > last.AddDate(0, 0, 1).Year() { // a day for the operator's zone
		return 0, err
	}
	return times * numberGap, nil
}

func (t *tx) skipNumbers(ctx context.Context, gap int64) error {
	rows, err := t.QueryContext(ctx, "SELECT id, last FROM counters ORDER BY id")
	if err != nil {
		return err
	}
	var ids, last []int64
	var a, b int64
	if err := scanEach(rows, func() error {
		err := rows.Scan(&a, &b)
		ids, last = append(ids, a), append(last, b)
		return err
	}); err != nil {
		return err
	}
	for i, id := range ids {
		if err := t.set(ctx, "counters", id, fields{"last": last[i] + gap}); err != nil {
			return err
		}
	}
	return nil
}

// RestoredAt is the instant at which the register was restored from a copy;
// zero if it never was.
func (db *DB) RestoredAt(ctx context.Context) (time.Time, error) {
	text, err := db.Meta(ctx, MetaRestored)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	at, err := time.Parse(instantForm, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: %s is %q", ErrDamaged, MetaRestored, text)
	}
	return at, nil
}
