package store

import (
	"context"
	"errors"
	"io"
)

// owners are the tables whose rows have bytes, where those lie, and which
// column tells how many they are.
var owners = []struct{ table, chunks, size string }{
	{"letters", "letter_chunks", "size"}, {"outbox", "outbox_chunks", "raw_size"},
}

// page is how many letters are looked at in one transaction: reading gigabytes
// in one would keep the write-ahead log growing.
const page = 100

// bytes reads every stored letter and every mail of ours, and compares them
// with what their rows say. What lies in chunks that no row owns was added.
func (v *verifier) bytes(ctx context.Context) error {
	var done, total int64
	for _, o := range owners {
		var size int64
		err := v.db.read.QueryRowContext(ctx, `SELECT coalesce(total(`+o.size+`), 0) FROM `+o.table).Scan(asTotal{&size})
		if err := v.unreadable(err); err != nil {
			return err
		}
		total += size
	}
	for _, o := range owners {
		for last, further := int64(-1<<63), true; further; {
			behind := last
			err := v.viewed(func(ctx context.Context, q querier) (err error) {
				rows, err := q.QueryContext(ctx, `SELECT t.id, t.event, t.raw_sha256, t.stored_sha256, t.`+o.size+` AS size,
					(SELECT count(*) FROM `+o.chunks+` c WHERE c.owner = t.id) AS pieces
					FROM `+o.table+` t WHERE t.id > ? ORDER BY t.id LIMIT ?`, last, page)
				if err != nil {
					return err
				}
				return eachRecord(rows, func(r *record) error {
					last = r.integer("id")
					done += r.integer("size")
					v.Progress(StageLetters, done, total)
					return v.bytesOf(ctx, q, o.chunks, r)
				})
			})(ctx)
			if err := v.unreadable(err); err != nil {
				return err
			}
			if err != nil { // the page cannot be read: neither can what follows
				break
			}
			further = last > behind // where rows are out of order, the same would come again and again
		}
		if err := v.unreadable(v.unowned(ctx, o.chunks, o.table)); err != nil {
			return err
		}
	}
	return nil
}

// unowned names the chunks that belong to no row.
func (v *verifier) unowned(ctx context.Context, chunks, table string) error {
	rows, err := v.db.read.QueryContext(ctx, `SELECT DISTINCT owner FROM `+chunks+`
		WHERE owner NOT IN (SELECT id FROM `+table+`) LIMIT ?`, maxBreaks)
	if err != nil {
		return err
	}
	return eachRecord(rows, func(r *record) error {
		v.found(Break{Table: chunks, Row: r.integer("owner"), What: Added})
		return nil
	})
}

func (v *verifier) bytesOf(ctx context.Context, q querier, chunks string, owner *record) error {
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
		s, err := v.db.readChunks(ctx, q, chunks, b.Row, io.Discard)
		err = explain(err)
		if err != nil && !errors.Is(err, ErrDamaged) {
			return err
		}
		if err == nil && s.asStored == want && s.rawSHA256 == owner.string("raw_sha256") && s.pieces == pieces {
			return nil
		}
		if s.pieces > 0 && err == nil && s.pieces < pieces {
			b.Columns = []string{"no"}
		}
	}
	return v.foundAt(ctx, q, b)
}
