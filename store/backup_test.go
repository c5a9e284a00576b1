package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A copy made while letters come in is one state of the register, sound as it
// stands, and its event count is that of some moment.
func TestBackupBesideWriter(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	path := filepath.Join(dir, "a.db")
	db := world(t, path)
	done, stop := make(chan error, 1), make(chan struct{})
	go func() {
		for uid := uint32(100); ; uid++ {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			a := letterOf(uid)
			spool := db.Spool()
			_, err := spool.Write([]byte(rawOf(uid)))
			a.Raw = spool
			if err == nil {
				_, err = db.Admit(ctx, a, t0.Add(time.Duration(uid)*time.Minute))
			}
			if err != nil {
				done <- err
				return
			}
			spool.Discard()
		}
	}()
	for i := range 5 {
		to := filepath.Join(dir, "copy"+string(rune('0'+i))+".db")
		copied := must[Copied](t)(Backup(ctx, path, to))
		again := must[Copied](t)(Prove(ctx, to))
		if copied.Events == 0 || copied != again {
			t.Errorf("made %+v, proved %+v", copied, again)
		}
		if fi, err := os.Stat(to); err != nil || fi.Mode().Perm()&0o007 != 0 {
			t.Errorf("mode %v: %v", fi.Mode(), err)
		}
	}
	close(stop)
	ok(t, <-done)
}

func TestBackupRefuses(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	path := filepath.Join(dir, "a.db")
	world(t, path)
	there := filepath.Join(dir, "there.db")
	ok(t, os.WriteFile(there, []byte("mine"), 0o600))
	if _, err := Backup(ctx, path, there); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another file: %v", err)
	}
	if b, _ := os.ReadFile(there); string(b) != "mine" {
		t.Error("the other file was changed")
	}
	if _, err := Backup(ctx, there, filepath.Join(dir, "x.db")); !errors.Is(err, ErrNotRegister) {
		t.Errorf("of what is no register: %v", err)
	}
	if _, err := Backup(ctx, path, filepath.Join(dir, "nowhere", "x.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into no folder: %v", err)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Backup(stopped, path, filepath.Join(dir, "x.db")); err == nil {
		t.Error("a copy was made though it was called off")
	}
	fromOutside(t, path, "UPDATE letters_private SET subject = 'другая' WHERE id = 1")
	if _, err := Backup(ctx, path, filepath.Join(dir, "x.db")); !errors.Is(err, ErrUnsound) {
		t.Errorf("of a register that was tampered with: %v", err)
	}
	left := must[[]string](t)(filepath.Glob(filepath.Join(dir, "*x.db*")))
	hidden := must[[]string](t)(filepath.Glob(filepath.Join(dir, ".*.part")))
	if len(left)+len(hidden) > 0 {
		t.Errorf("left behind: %v %v", left, hidden)
	}
}

// A restored register does nothing a second time that the lost one may have
// done since the copy.
func TestRestore(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	path, saved, to := filepath.Join(dir, "a.db"), filepath.Join(dir, "copy.db"), filepath.Join(dir, "new.db")
	db := world(t, path)
	must[Admitted](t)(db.Admit(ctx, admission(t, db, 50), t0.Add(time.Hour)))
	sending := must[*Mail](t)(db.Claim(ctx, t0.Add(time.Hour), render, nil, nil))
	queued := must[Admitted](t)(db.Admit(ctx, admission(t, db, 51), t0.Add(2*time.Hour)))
	must[Copied](t)(Backup(ctx, path, saved))
	before := must[[]byte](t)(os.ReadFile(saved))

	at := t0.Add(3 * time.Hour)
	got := must[Restored](t)(Restore(ctx, saved, to, "aigul", at))
	if got.Held != 1 || got.Uncertain != 1 || !got.Taken.Equal(t0.Add(2*time.Hour)) {
		t.Errorf("restored %+v", got)
	}
	if after := must[[]byte](t)(os.ReadFile(saved)); string(after) != string(before) {
		t.Error("the copy was changed")
	}
	next := openAt(t, to)
	sound(t, next)
	if m := must[Mail](t)(next.Mail(ctx, sending.ID)); m.State != MailUncertain {
		t.Errorf("what was being sent is %s", m.State)
	}
	if m := must[Mail](t)(next.Mail(ctx, queued.MailID)); m.State != MailHeld || m.Reason.Code != ReasonRestored {
		t.Errorf("what waited is %s %+v", m.State, m.Reason)
	}
	if m := must[*Mail](t)(next.Claim(ctx, at.Add(time.Hour), render, nil, nil)); m != nil {
		t.Errorf("letter %d goes out by itself", m.ID)
	}
	if r := must[time.Time](t)(next.RestoredAt(ctx)); !r.Equal(at) {
		t.Errorf("restored at %v", r)
	}
	lost := must[Admitted](t)(db.Admit(ctx, admission(t, db, 52), at))
	ours := must[Admitted](t)(next.Admit(ctx, admission(t, next, 53), at))
	if a, b := numberOf(t, lost.Numbers[0]), numberOf(t, ours.Numbers[0]); b != a+numberGap {
		t.Errorf("the lost register goes on with %d, the restored one with %d", a, b)
	}
}

// Registers that are made of one copy, one after the other, give no number twice, in
// a year that the copy does not know neither.
func TestRestoreAgain(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	path, saved, to := filepath.Join(dir, "a.db"), filepath.Join(dir, "copy.db"), filepath.Join(dir, "new.db")
	db := world(t, path)
	must[Copied](t)(Backup(ctx, path, saved))
	given := map[string]bool{}
	ask := func(db *DB, uid uint32, received string) {
		t.Helper()
		a := admission(t, db, uid)
		a.Requests[0].ReceivedOn = day(received)
		n := must[Admitted](t)(db.Admit(ctx, a, t0)).Numbers[0]
		if given[n] {
			t.Errorf("%s is given a second time", n)
		}
		given[n] = true
	}
	ask(db, 52, "2026-11-23")
	ask(db, 53, "2027-01-02")
	for n := range 3 {
		must[Restored](t)(Restore(ctx, saved, to, "aigul", time.Date(2027, 1, 3, n, 0, 0, 0, time.UTC)))
		next := openAt(t, to)
		ask(next, 54, "2026-11-23")
		ask(next, 55, "2027-01-02")
		sound(t, next)
		ok(t, next.Close())
		moved := must[[]string](t)(filepath.Glob(to + "*")) // as the page for the administrator says
		for _, file := range moved {
			ok(t, os.Rename(file, filepath.Join(t.TempDir(), filepath.Base(file))))
		}
	}
	ok(t, os.WriteFile(restorationsFile(to), []byte("x"), 0o600))
	if _, err := Restore(ctx, saved, to, "aigul", t0); !errors.Is(err, ErrDamaged) {
		t.Errorf("how often it was restored cannot be read: %v", err)
	}
}

// A copy that was made in December knows no counter of January, in which the lost
// register went on; a year that begins behind the restoring is like any other.
func TestRestoreInAnotherYear(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	path, saved, to := filepath.Join(dir, "a.db"), filepath.Join(dir, "copy.db"), filepath.Join(dir, "new.db")
	db := world(t, path)
	must[Copied](t)(Backup(ctx, path, saved))
	in := func(db *DB, uid uint32, received string) int {
		a := admission(t, db, uid)
		a.Requests[0].ReceivedOn = day(received)
		return numberOf(t, must[Admitted](t)(db.Admit(ctx, a, t0)).Numbers[0])
	}
	lost := in(db, 52, "2027-01-02")
	must[Restored](t)(Restore(ctx, saved, to, "aigul", time.Date(2027, 1, 3, 0, 0, 0, 0, time.UTC)))
	next := openAt(t, to)
	if first, second := in(next, 53, "2027-01-02"), in(next, 54, "2027-01-04"); first != lost+numberGap || second != first+1 {
		t.Errorf("the lost register gave %d, the restored one %d and %d", lost, first, second)
	}
	if n := in(next, 55, "2028-01-04"); n != 1 {
		t.Errorf("the first of 2028 is %d", n)
	}
	sound(t, next)
}

// fromOutside changes a register as another tool would.
func fromOutside(t *testing.T, path, statement string) {
	t.Helper()
	c := must[*sql.DB](t)(sql.Open("sqlite", path))
	defer c.Close()
	must[sql.Result](t)(c.Exec(statement))
}

func numberOf(t *testing.T, number string) (n int) {
	t.Helper()
	for _, c := range number[len("LK-2026-"):] {
		n = n*10 + int(c-'0')
	}
	return n
}

func TestRestoreRefuses(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	path, saved := filepath.Join(dir, "a.db"), filepath.Join(dir, "copy.db")
	db := world(t, path)
	must[Copied](t)(Backup(ctx, path, saved))
	if _, err := Restore(ctx, saved, path, "x", t0); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a register: %v", err)
	}
	to := filepath.Join(dir, "new.db")
	ok(t, os.WriteFile(to+"-wal", nil, 0o600))
	if _, err := Restore(ctx, saved, to, "x", t0); !errors.Is(err, fs.ErrExist) {
		t.Errorf("beside the rest of another register: %v", err)
	}
	ok(t, os.Remove(to+"-wal"))
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Restore(stopped, saved, to, "x", t0); err == nil {
		t.Error("restored though it was called off")
	}
	fromOutside(t, saved, "DELETE FROM events WHERE seq = 3")
	if _, err := Restore(ctx, saved, to, "x", t0); !errors.Is(err, ErrUnsound) {
		t.Errorf("from a copy that was tampered with: %v", err)
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("a register was left where it could not be restored")
	}
	sound(t, db)
}
