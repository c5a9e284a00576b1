package store

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
)

// packedMigrations are the files of migrations in their order, a zero behind each, in a third
// of their size. After a change of one: go test ./store -run TestMigrationsArePacked -update
//
//go:embed migrations.z
var packedMigrations []byte

// applicationID marks the file as ours in its header ("pmtk"), so that another
// program's database is never migrated.
const applicationID = 0x706d746b

// migrations returns the steps from an empty file to the present schema, in
// order; the number of steps is the version of the schema.
var migrations = sync.OnceValue(func() []string {
	all, err := io.ReadAll(flate.NewReader(bytes.NewReader(packedMigrations)))
	if err != nil {
		panic("store: read the embedded migrations: " + err.Error())
	}
	steps := strings.Split(string(all), "\x00")
	return steps[: len(steps)-1 : len(steps)-1]
})

// migrate brings the schema to len(steps), one transaction a step, and saves
// the file beside itself before the first step that changes an old one.
func migrate(ctx context.Context, c *sql.DB, path string, steps []string) error {
	saved := false
	for {
		version, err := schemaVersion(ctx, c)
		if err != nil {
			return err
		}
		if version > len(steps) {
			return newerSchema(version, len(steps))
		}
		if version == len(steps) {
			return nil
		}
		if version > 0 && !saved {
			if err := saveBeside(ctx, c, fmt.Sprintf("%s.schema-%d", path, version)); err != nil {
				return err
			}
			saved = true
		}
		if err := migrateStep(ctx, c, version, steps[version]); err != nil {
			return fmt.Errorf("bring schema from %d to %d: %w", version, version+1, err)
		}
	}
}

func newerSchema(has, knows int) error {
	return fmt.Errorf("%w: it has schema %d, this pometka knows %d; update pometka", ErrNewerSchema, has, knows)
}

func schemaVersion(ctx context.Context, c querier) (int, error) {
	var version, application, tables int
	err := c.QueryRowContext(ctx, `SELECT (SELECT user_version FROM pragma_user_version),
		(SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)`).
		Scan(&version, &application, &tables)
	if err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	if tables > 0 && application != applicationID {
		return 0, fmt.Errorf("%w, but another program's database", ErrNotRegister)
	}
	return version, nil
}

// migrateStep does one step, unless another process did it in the meantime.
func migrateStep(ctx context.Context, c *sql.DB, from int, step string) error {
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var version int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version != from {
		return nil
	}
	if _, err := tx.ExecContext(ctx, step); err != nil {
		return err
	}
	if from == 0 {
		key := make([]byte, 32)
		rand.Read(key)
		if _, err := tx.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ('key', ?), ('events', '0'), ('head', ?)`,
			hex.EncodeToString(key), genesis(hex.EncodeToString(key))); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d", from+1, applicationID)); err != nil {
		return err
	}
	return tx.Commit()
}

// saveBeside writes a proved copy of the whole register to path, and leaves an
// earlier copy alone: that of the same schema, which is what an upgrade may have
// to go back to.
func saveBeside(ctx context.Context, c *sql.DB, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	_, err := copyTo(ctx, path, func(part string) error {
		_, err := c.ExecContext(ctx, "VACUUM INTO ?", part)
		return explain(err)
	})
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("save register before the change: %w", err)
	}
	return nil
}
