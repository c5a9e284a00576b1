package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
)

// leftover is a page with bytes that belong to nothing, as it was when it was
// found.
type leftover struct {
	no   int64
	kind string
	used int
	sum  [sha256.Size]byte

	tree  string // to which a leaf or an inner page belongs
	depth int    // how far below the root of the tree it stands
}

// mostLeftovers bounds what is kept of one reading.
const mostLeftovers = 50_000

// leftovers reads the register through, on one state of it; whole is false where
// it has stopped before the end, since it has found enough.
func (db *DB) leftovers(ctx context.Context) (found []leftover, whole bool, err error) {
	v, err := db.read.snapshot(ctx)
	if err != nil {
		return nil, false, err
	}
	defer v.Rollback()
	head, err := readPage(ctx, v.Tx, 1)
	if err != nil {
		return nil, false, err
	}
	if head[20] != 0 {
		return nil, false, fmt.Errorf("%w: another program keeps something of its own in each page", ErrDamaged)
	}
	var clean []byte
	look := func(page []byte, l leftover) error {
		clean = append(clean[:0], page...)
		if err := blank(clean, l.no, l.kind, l.used); err != nil {
			return fmt.Errorf("%w: page %d: %w", ErrDamaged, l.no, err)
		}
		if bytes.Equal(clean, page) {
			return nil
		}
		l.sum = sha256.Sum256(page)
		if found = append(found, l); len(found) == mostLeftovers {
			return errEnough
		}
		return nil
	}
	rows, err := v.Tx.QueryContext(ctx, `SELECT s.pageno, s.pagetype, s.payload, s.name, s.path, p.data
		FROM dbstat s CROSS JOIN sqlite_dbpage p ON p.pgno = s.pageno`)
	if err != nil {
		return nil, false, err
	}
	err = scanEach(rows, func() error {
		var l leftover
		var path, page sql.RawBytes // a path names the cell at each page on the way, as /1c2/000/
		if err := rows.Scan(&l.no, &l.kind, &l.used, &l.tree, &path, &page); err != nil {
			return err
		}
		l.depth = bytes.Count(path, []byte("/")) - 1
		return look(page, l)
	})
	if err == nil {
		err = freePages(ctx, v.Tx, look)
	}
	if err == errEnough {
		return found, false, nil
	}
	return found, true, err
}

func readPage(ctx context.Context, q querier, no int64) (page []byte, err error) {
	err = q.QueryRowContext(ctx, `SELECT data FROM sqlite_dbpage WHERE pgno = ?`, no).Scan(&page)
	return page, err
}

// eachTrunk calls f with every page of the chain that names the free pages, and
// how many it names.
func eachTrunk(ctx context.Context, q querier, f func(no int64, page []byte, names int) error) error {
	head, err := readPage(ctx, q, 1)
	if err != nil {
		return err
	}
	no, left := int64(binary.BigEndian.Uint32(head[32:])), int(binary.BigEndian.Uint32(head[36:]))
	for no != 0 {
		page, err := readPage(ctx, q, no)
		if err != nil {
			return err
		}
		names := int(binary.BigEndian.Uint32(page[4:]))
		if names < 0 || names > (len(page)-8)/4 || left <= names {
			return fmt.Errorf("%w: the list of free pages", ErrDamaged)
		}
		if err := f(no, page, names); err != nil {
			return err
		}
		left -= names + 1
		no = int64(binary.BigEndian.Uint32(page))
	}
	return nil
}

// freePages calls look with every page of the list of free pages.
func freePages(ctx context.Context, q querier, look func(page []byte, l leftover) error) error {
	return eachTrunk(ctx, q, func(no int64, page []byte, names int) error {
		if err := look(page, leftover{no: no, kind: pageTrunk, used: names}); err != nil {
			return err
		}
		for i := range names {
			leaf := int64(binary.BigEndian.Uint32(page[8+4*i:]))
			free, err := readPage(ctx, q, leaf)
			if err != nil {
				return err
			}
			if err := look(free, leftover{no: leaf, kind: pageFree}); err != nil {
				return err
			}
		}
		return nil
	})
}
