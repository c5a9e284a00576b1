package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"testing"

	"modernc.org/sqlite"
)

// ending is the SQLite driver as it is at a bad moment: the context of a caller ends while a
// statement that begins with during takes effect, and the driver reports no more than that.
type ending struct {
	driver.Driver
	during string
	end    context.CancelFunc
}

func (d *ending) Open(name string) (driver.Conn, error) {
	c, err := d.Driver.Open(name)
	return &endingConn{c, d}, err
}

type endingConn struct {
	driver.Conn
	d *ending
}

func (c *endingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	result, err := c.Conn.(driver.ExecerContext).ExecContext(context.WithoutCancel(ctx), query, args)
	if err == nil && strings.HasPrefix(query, c.d.during) {
		c.d.end()
		err = ctx.Err()
	}
	return result, err
}

// Whoever is called off while a transaction begins leaves the connection as it was: no
// transaction stays open, and a later commit waits for the disk if it is to.
func TestCalledOffWhileBeginning(t *testing.T) {
	d := &ending{Driver: &sqlite.Driver{}}
	sql.Register("ending", d)
	for _, during := range []string{"BEGIN IMMEDIATE", "PRAGMA synchronous"} {
		db := open(t)
		ok(t, db.writer.conn.Close())
		ok(t, db.write.Close())
		db.write = must[*sql.DB](t)(sql.Open("ending", dsn(db.path, nil)))
		ctx, end := context.WithCancel(context.Background())
		d.during, d.end = "nothing", end
		db.writer = must[*writer](t)(newWriter(ctx, db.write, db.codec, usualPatience))

		d.during = during
		before := must[int64](t)(db.LastEvent(context.Background()))
		if err := db.RecordUnsynced(ctx, Cursor{Folder: "INBOX", UIDValidity: 7, LastUID: 2}, nil, t0); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: called off with %v", during, err)
		}
		d.during = "nothing"
		if after := must[int64](t)(db.LastEvent(context.Background())); after != before {
			t.Errorf("%s: what was called off made %d events", during, after-before)
		}
		var level int
		db.WatchCommits(func(point string) {
			if point == "before commit" {
				ok(t, db.writer.conn.QueryRowContext(context.Background(), "PRAGMA synchronous").Scan(&level))
			}
		})
		if err := db.SetMeta(context.Background(), "x", "y"); err != nil {
			t.Errorf("%s: the next change: %v", during, err)
		}
		if level != 2 {
			t.Errorf("%s: the next change is committed at the level %d, not 2", during, level)
		}
		sound(t, db)
	}
}
