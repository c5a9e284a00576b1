package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// Another program keeps the register locked: a writer waits for it, but not
// for ever, and readers do not wait at all.
func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, path := context.Background(), filepath.Join(t.TempDir(), "p.db")
		db, err := Open(ctx, path)
		ok(t, err)
		defer db.Close()
		must[Admitted](t)(db.Admit(ctx, letterOf(1), t0))
		other := must[*sql.DB](t)(sql.Open("sqlite", "file:"+path))
		defer other.Close()
		lock := must[*sql.Conn](t)(other.Conn(ctx))
		defer lock.Close()
		_, err = lock.ExecContext(ctx, `BEGIN IMMEDIATE`)
		ok(t, err)

		began := time.Now()
		if _, err := db.Admit(ctx, letterOf(2), t0); !errors.Is(err, ErrBusy) {
			t.Errorf("while the register is locked: %v", err)
		}
		if waited := time.Since(began); waited < usualPatience || waited > usualPatience+time.Second {
			t.Errorf("gave up after %v", waited)
		}
		hasty := must[*DB](t)(OpenFor(ctx, path, time.Second))
		defer hasty.Close()
		began = time.Now()
		if _, err := hasty.Admit(ctx, letterOf(2), t0); !errors.Is(err, ErrBusy) {
			t.Errorf("somebody who waits, while the register is locked: %v", err)
		}
		if waited := time.Since(began); waited < time.Second || waited > 1100*time.Millisecond {
			t.Errorf("somebody who waits was told after %v", waited)
		}
		if pid, err := WriteHolder(path); err != nil || pid != os.Getpid() {
			t.Errorf("process %d keeps the register, %v", pid, err)
		}
		short, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if _, err := db.Admit(short, letterOf(2), t0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled while the register is locked: %v", err)
		}
		if list := must[[]Request](t)(db.Requests(ctx, Filter{})); len(list) != 1 {
			t.Errorf("%d requests while the register is locked", len(list))
		}

		if pid, err := WriteHolder(filepath.Join(t.TempDir(), "none.db")); pid != 0 || err != nil {
			t.Errorf("process %d keeps what is not there, %v", pid, err)
		}
		time.AfterFunc(3*time.Second, func() { lock.ExecContext(ctx, `ROLLBACK`) })
		began = time.Now()
		must[Admitted](t)(db.Admit(ctx, letterOf(2), t0))
		if waited := time.Since(began); waited < 3*time.Second || waited > 4*time.Second {
			t.Errorf("went on after %v", waited)
		}
		sound(t, db)
	})
}
