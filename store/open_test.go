package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestOpenMakesAndKeeps(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "реестр №1 100%?.db")
	db := openAt(t, path)
	key := db.Key()
	if len(key) != 32 || bytes.Equal(key, make([]byte, 32)) {
		t.Errorf("key %x", key)
	}
	key[0] ^= 1 // the caller's copy
	must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0))
	umask := syscall.Umask(0)
	syscall.Umask(umask)
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != os.FileMode(0o660&^umask) {
			t.Errorf("%s: %v %v", filepath.Base(name), info.Mode(), err)
		}
	}
	ok(t, db.Close())
	ok(t, db.Close())
	if _, err := db.Admit(ctx, Admission{Joins: joins("x")}, t0); !errors.Is(err, sql.ErrConnDone) {
		t.Errorf("admit after close: %v", err)
	}
	again := openAt(t, path)
	if key[0] ^= 1; !bytes.Equal(again.Key(), key) {
		t.Error("the key changed")
	}
	must[Request](t)(again.Request(ctx, "LK-2026-000001"))
	if left, _ := filepath.Glob(path + "?*"); len(left) > 2 {
		t.Errorf("files beside the register: %v", left)
	}
}

func TestOpenRefuses(t *testing.T) {
	ctx, folder := context.Background(), t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		ok(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	foreign := filepath.Join(folder, "foreign.db")
	c, err := sql.Open("sqlite", "file:"+foreign)
	ok(t, err)
	_, err = c.Exec(`CREATE TABLE songs (name TEXT)`)
	ok(t, err)
	ok(t, c.Close())

	newer := filepath.Join(folder, "newer.db")
	ok(t, openAt(t, newer).Close())
	c, err = sql.Open("sqlite", "file:"+newer)
	ok(t, err)
	_, err = c.Exec(`PRAGMA user_version = 7`)
	ok(t, err)
	ok(t, c.Close())

	torn := filepath.Join(folder, "torn.db")
	ok(t, world(t, torn).Close())
	b, err := os.ReadFile(torn)
	ok(t, err)
	copy(b[100:4000], make([]byte, 3900))
	ok(t, os.WriteFile(torn, b, 0o600))

	for _, c := range []struct {
		name, path string
		want       error
		says       string
	}{
		{"a letter", write("letter.eml", "From: a@b.kz\r\n\r\nhello"), ErrNotRegister, "letter.eml"},
		{"another program's database", foreign, ErrNotRegister, "another program's"},
		{"a newer schema", newer, ErrNewerSchema, "schema 7, this pometka knows 1"},
		{"a damaged file", torn, ErrDamaged, "backup"},
		{"no folder", filepath.Join(folder, "none", "p.db"), os.ErrNotExist, "make it first"},
		{"a file where the folder should be", filepath.Join(foreign, "p.db"), nil, "not a folder"},
		{"a folder where the file should be", folder, ErrNotRegister, folder},
		{"a device where the file should be", "/dev/null", ErrNotRegister, "/dev/null"},
	} {
		db, err := Open(ctx, c.path)
		if err == nil {
			db.Close()
			t.Errorf("%s was opened", c.name)
			continue
		}
		if c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if b, _ := os.ReadFile(filepath.Join(folder, "letter.eml")); string(b) != "From: a@b.kz\r\n\r\nhello" {
		t.Error("the letter was written to")
	}
}

// An empty file is what a torn first start leaves; stale spools go, too.
func TestOpenAfterATornStart(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "p.db")
	ok(t, os.WriteFile(path, nil, 0o660))
	ok(t, os.WriteFile(filepath.Join(folder, ".spool-123"), []byte("secret"), 0o600))
	sound(t, openAt(t, path))
	if left, _ := filepath.Glob(filepath.Join(folder, ".spool-*")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestMigrate(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "p.db")
	ok(t, world(t, path).Close())
	c, err := sql.Open("sqlite", dsn(path, map[string][]string{"_txlock": {"immediate"}}))
	ok(t, err)
	c.SetMaxOpenConns(1)
	t.Cleanup(func() { c.Close() })
	steps := append(migrations(), `ALTER TABLE requests ADD COLUMN colour TEXT`, `CREATE TABLE broken (x NONSENSE) STRICT`)
	if err := migrate(ctx, c, path, steps); err == nil || !strings.Contains(err.Error(), "schema from 2 to 3") {
		t.Fatalf("a broken step: %v", err)
	}
	if version, err := schemaVersion(ctx, c); err != nil || version != 2 {
		t.Errorf("after the broken step: schema %d, %v", version, err)
	}
	ok(t, migrate(ctx, c, path, steps[:2]))
	saved := path + ".schema-1"
	if info, err := os.Stat(saved); err != nil || info.Mode().Perm()&0o007 != 0 {
		t.Errorf("saved as %v, %v", info, err)
	}
	old := openAt(t, saved)
	sound(t, old)
	ok(t, old.Close())

	// A column that was added disturbs no digest; the schema alone is another.
	_, err = c.Exec(fmt.Sprintf(`PRAGMA user_version = %d`, len(migrations())))
	ok(t, err)
	breaks := must[[]Break](t)(openAt(t, path).Verify(ctx))
	if len(breaks) != 1 || breaks[0].Table != "sqlite_schema" || breaks[0].Name != "table requests" {
		t.Errorf("after a column was added: %+v", breaks)
	}
}
