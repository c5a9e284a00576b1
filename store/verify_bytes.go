package store

import (
	"context"
	"errors"
	"io"
)

// owners are the tables whose rows have bytes, and where those lie.
var owners = []struct{ table, chunks string }{{"letters", "letter_chunks"}, {"outbox", "outbox_chunks"}}

// page is how many letters are looked at in one transaction: reading gigabytes
// in one would keep the write-ahead log growing.
const page = 100

// bytes reads every stored letter and every mail of ours, and compares them
// with what their rows say. What lies in chunks that no row owns was added.
func (v *verifier) bytes(ctx context.Context, db *DB) error {
	for _, o := range owners {
		for last := int64(-1 << 63); ; {
			n := 0
			if err := db.view(ctx, func(q querier) error {
				rows, err := q.QueryContext(ctx, `SELECT t.id, t.event, t.raw_sha256, t.stored_sha256,
					(SELECT count(*) FROM `+o.chunks+` c WHERE c.owner = t.id) AS pieces
					FROM `+o.table+` t WHERE t.id > ? ORDER BY t.id LIMIT ?`, last, page)
				if err != nil {
					return err
				}
				return eachRecord(rows, func(r *record) error {
					n, last = n+1, r.integer("id")
					return v.bytesOf(ctx, q, db.codec, o.chunks, r)
				})
			}); err != nil {
				return err
			}
			if n == 0 {
				break
			}
		}
		rows, err := db.read.QueryContext(ctx, `SELECT DISTINCT owner FROM `+o.chunks+`
			WHERE owner NOT IN (SELECT id FROM `+o.table+`) LIMIT ?`, maxBreaks)
		if err != nil {
			return err
		}
		if err := eachRecord(rows, func(r *record) error {
			v.found(Break{Table: o.chunks, Row: r.integer("owner"), What: Added})
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) bytesOf(ctx context.Context, q querier, c *codec, chunks string, owner *record) error {
	b := Break{Table: chunks, Row: owner.integer("id"), Event: owner.integer("event"), What: Changed}
	want, pieces := owner.string("stored_sha256"), owner.integer("pieces")
	switch {
	case want == "" && pieces == 0:
		return nil
	case want == "":
		b.What = Added
	case pieces == 0:
		b.What = Removed
		if gone, err := removedLater(ctx, q, chunks, b.Row); err != nil || gone {
			return err
		}
	default:
		s, err := c.readChunks(ctx, q, chunks, b.Row, io.Discard)
		if err != nil && !errors.Is(err, ErrDamaged) {
			return err
		}
		if err == nil && s.asStored == want && s.rawSHA256 == owner.string("raw_sha256") && s.pieces == pieces {
			return nil
		}
	}
	return v.foundAt(ctx, q, b)
}
