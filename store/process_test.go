package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Several processes open a register that does not exist yet, and write at
// once: the daemon and the staff's commands.
func TestProcessesWriteAtOnce(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "p.db")
	var cmds []*exec.Cmd
	var outs []*bytes.Buffer
	for i := range 3 {
		cmd, out := child("writer", path, strconv.Itoa(i*1000+1)), new(bytes.Buffer)
		cmd.Stderr = out
		ok(t, cmd.Start())
		cmds, outs = append(cmds, cmd), append(outs, out)
	}
	db := openAt(t, path)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i, cmd := range cmds {
			if err := cmd.Wait(); err != nil {
				t.Errorf("process %d: %v: %s", i, err, outs[i])
			}
		}
	}()
	for working := true; working; {
		select {
		case <-done:
			working = false
		default:
		}
		for _, r := range must[[]Request](t)(db.Requests(ctx, Filter{Limit: 3})) {
			if _, err := db.Change(ctx, Change{Number: r.Number, Note: "x", Event: Event{Actor: "a", Code: "noted"}}, t0); err != nil {
				t.Fatal(err)
			}
		}
	}
	list := must[[]Request](t)(db.Requests(ctx, Filter{All: true}))
	seen := map[string]bool{}
	for _, r := range list {
		seen[r.Number] = true
	}
	if len(seen) != 300 || !seen["LK-2026-000300"] {
		t.Errorf("%d numbers for 300 letters", len(seen))
	}
	sound(t, db)
}

// The same within one process, with the race detector in mind.
func TestGoroutinesWriteAtOnce(t *testing.T) {
	ctx, db := context.Background(), open(t)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 10 {
				uid := uint32(g*100 + i)
				a := letterOf(uid)
				if _, err := db.Admit(ctx, a, t0); err != nil {
					t.Error(err)
				}
				if _, err := db.Requests(ctx, Filter{}); err != nil {
					t.Error(err)
				}
				if _, err := db.Claim(ctx, t0, render, nil, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if f := must[Counts](t)(db.Counts(ctx)); f.Open != 40 || f.Outbox[MailSending] != 40 {
		t.Errorf("facts %+v", f)
	}
	sound(t, db)
}

// A cancelled caller waits no longer for its turn, and leaves nothing behind.
func TestCancelledWhileWaiting(t *testing.T) {
	ctx, db := context.Background(), open(t)
	inside, leave := make(chan struct{}), make(chan struct{})
	a := letterOf(1)
	a.Ack.MessageID = func(string) string { close(inside); <-leave; return "<x@y>" }
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := db.Admit(ctx, a, t0); err != nil {
			t.Error(err)
		}
	})
	<-inside
	short, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	if _, err := db.Admit(short, letterOf(2), t0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting: %v", err)
	}
	close(leave)
	wg.Wait()
	// Cancelled inside: given up between two events, undone as a whole.
	dying, cancel := context.WithCancel(ctx)
	b := letterOf(3)
	b.Ack.MessageID = func(string) string { cancel(); return "<x@y>" }
	if _, err := db.Admit(dying, b, t0); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled inside: %v", err)
	}
	if places := must[map[uint32]bool](t)(db.Places(ctx, "INBOX", 7, 1, 9)); len(places) != 1 || !places[1] {
		t.Errorf("places %v", places)
	}
	// A panic of the caller's function undoes, too, and blocks nobody.
	c := letterOf(4)
	c.Ack.MessageID = func(string) string { panic("x") }
	func() {
		defer func() { recover() }()
		db.Admit(ctx, c, t0)
	}()
	must[Admitted](t)(db.Admit(ctx, letterOf(4), t0))
	sound(t, db)
}

func childOpener(path, arg string) error {
	db, err := Open(context.Background(), path)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Admit(context.Background(), letterOf(77), t0)
	return err
}

// A register that its user may not write: one line that says what to do.
func TestReadOnly(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root to become somebody else")
	}
	folder, err := os.MkdirTemp("", "pometka-readonly")
	ok(t, err)
	t.Cleanup(func() { os.RemoveAll(folder) })
	ok(t, os.Chmod(folder, 0o755))
	counts := filepath.Join(folder, "coverage") // a test with -cover writes there as nobody
	ok(t, os.Mkdir(counts, 0o777))
	ok(t, os.Chmod(counts, 0o777))
	path := filepath.Join(folder, "p.db")
	ok(t, world(t, path).Close())
	for _, c := range []struct {
		name         string
		file, folder os.FileMode
		path         string
	}{
		{"file and folder", 0o444, 0o755, path},
		{"folder", 0o666, 0o755, path},
		{"file", 0o444, 0o777, path},
		{"unreadable file", 0o600, 0o777, path},
		{"folder without a register", 0o666, 0o755, filepath.Join(folder, "new.db")},
	} {
		ok(t, os.Chmod(path, c.file))
		ok(t, os.Chmod(folder, c.folder))
		cmd := child("opener", c.path, "")
		cmd.Path, cmd.Dir = "/proc/self/exe", "/" // readable for nobody, wherever the test binary lies
		cmd.Env = append(cmd.Env, "GOCOVERDIR="+counts)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), ErrReadOnly.Error()) || strings.Count(strings.TrimSpace(string(out)), "\n") > 0 {
			t.Errorf("%s: %v: %s", c.name, err, out)
		}
	}
	ok(t, os.Chmod(path, 0o660))
	sound(t, openAt(t, path))
}

// No room on the disk: the error says so, and with room again all goes on.
func TestFull(t *testing.T) {
	ctx, db := context.Background(), open(t)
	must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0))
	limit := func(pages int) {
		t.Helper()
		var n int
		ok(t, db.writer.conn.QueryRowContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Scan(&n))
	}
	limit(1) // SQLite takes the present size instead
	big := admission(t, db, 2)
	noise := make([]byte, 1<<20)
	rand.Read(noise)
	big.Raw = spool(t, db, string(noise))
	for range 2 {
		if _, err := db.Admit(ctx, big, t0); !errors.Is(err, ErrFull) {
			t.Fatalf("on a full disk: %v", err)
		}
	}
	must[[]Request](t)(db.Requests(ctx, Filter{}))
	limit(1 << 30)
	if done := must[Admitted](t)(db.Admit(ctx, big, t0)); done.Numbers[0] != "LK-2026-000002" {
		t.Errorf("with room again: %+v", done)
	}
	sound(t, db)
}

// The same on a real disk that is full.
func TestFullDisk(t *testing.T) {
	ctx, folder := context.Background(), smallDisk(t)
	db := openAt(t, filepath.Join(folder, "p.db"))
	noise := make([]byte, 100<<10)
	var full error
	admitted := 0
	for uid := uint32(1); full == nil && uid < 100; uid++ {
		a := letterOf(uid)
		rand.Read(noise)
		s := db.Spool()
		_, err := s.Write(noise)
		a.Raw = s
		if err == nil {
			_, err = db.Admit(ctx, a, t0)
		}
		s.Discard()
		if full = err; err == nil {
			admitted++
		}
	}
	if !errors.Is(full, ErrFull) || admitted == 0 {
		t.Errorf("after %d letters: %v", admitted, full)
	}
	if n := len(must[[]Request](t)(db.Requests(ctx, Filter{}))); n != admitted {
		t.Errorf("%d requests of %d letters", n, admitted)
	}
	sound(t, db)
}

// smallDisk mounts a disk of 2 MB.
func smallDisk(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	if err := syscall.Mount("pometka", folder, "tmpfs", 0, "size=2m"); err != nil {
		t.Skip("cannot mount a small disk: ", err)
	}
	t.Cleanup(func() { syscall.Unmount(folder, syscall.MNT_DETACH) })
	return folder
}

// A start on a full disk says that it is full; SQLite tells of a fault in
// reading and writing.
func TestOpenOnFullDisk(t *testing.T) {
	folder := smallDisk(t)
	path := filepath.Join(folder, "p.db")
	ok(t, openAt(t, path).Close())
	rest := must[*os.File](t)(os.Create(filepath.Join(folder, "rest")))
	defer rest.Close()
	if _, err := io.Copy(rest, rand.Reader); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("fill the disk: %v", err)
	}
	if _, err := Open(context.Background(), path); !errors.Is(err, ErrFull) {
		t.Errorf("opened on the full disk: %v", err)
	}
}
