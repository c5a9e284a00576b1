package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Break is one place at which the register is not what its history says.
type Break struct {
	Table   string    // of the row, or "events" for the chain itself; "" for the file
	Row     int64     // its id; 0 where no single row can be named
	Columns []string  // that are not as they were written; empty where they cannot be told
	Name    string    // of the small fact or of the part of the schema, or what is wrong with the file
	Event   int64     // the event that vouches for the row; 0 if none does
	Since   time.Time // the instant of that event: it was sound then
	Number  string    // of the request, where the event names one
	What    Damage
}

// Damage says what was done to a row.
type Damage string

// The sorts of damage.
const (
	Changed   Damage = "changed"
	Removed   Damage = "removed"
	Added     Damage = "added"     // no event knows the row
	Reverted  Damage = "reverted"  // an earlier state of the row was put back
	Reordered Damage = "reordered" // rows stand in another order than they were written in
	Cut       Damage = "cut"       // the history ends before its head
	Foreign   Damage = "foreign"   // a head that is nowhere in the history
	Broken    Damage = "broken"    // the file is no sound database
)

// maxBreaks is after how many breaks Verify stops: by then the question is no
// longer which row.
const maxBreaks = 1000

// coveredTables are the tables whose rows events vouch for one by one. The
// ledger is covered event by event, chunks and details by digests in other rows.
var coveredTables = []string{
	"counters", "folders", "letters", "letters_private", "notes", "notes_private", "outbox", "outbox_private",
	"outbox_requests", "reminders", "request_letters", "requests", "requests_private", "suppressions", "terms",
}

// VerifyOptions say how far a verification goes.
type VerifyOptions struct {
	ChainOnly bool   // the events, what only they cover, and the head; not the rows and the bytes of letters
	Head      string // digest of an event (hex, at least 16 digits of it) that must be in the chain; "": none

	// Progress is told how far each stage has come; total is 0 where that is
	// not known. nil: nobody is told.
	Progress func(stage string, done, total int64)
}

// The stages of a verification, in their order.
const (
	StageFile    = "file"
	StageChain   = "chain"
	StageRows    = "rows"
	StageHistory = "history"
	StageLetters = "letters"
)

// Verified is what a verification looked at, and what it found.
type Verified struct {
	Breaks []Break // at most 1000 places
	Events int64   // length of the history
	Head   string  // digest of its last event
	HeadAt time.Time

	Known   int64 // the event whose digest is VerifyOptions.Head; 0: none has it
	KnownAt time.Time
}

// Verify recomputes the history and everything it vouches for: the chain of
// events, every covered row, every stored letter and sent mail. It returns
// what is not as it was written, at most 1000 places; nothing for a sound
// register. Its memory does not grow with the register. An error means that
// it could not finish, not that something is wrong.
func (db *DB) Verify(ctx context.Context) ([]Break, error) {
	v, err := db.VerifyAll(ctx, VerifyOptions{})
	return v.Breaks, err
}

// VerifyChain is Verify without the rows and the bytes of letters: the chain of
// events, their details, the ledger and the head.
func (db *DB) VerifyChain(ctx context.Context) ([]Break, error) {
	v, err := db.VerifyAll(ctx, VerifyOptions{ChainOnly: true})
	return v.Breaks, err
}

// VerifyAll is Verify as o says. A file that is damaged below its rows is a
// break like any other; whatever can still be read is verified all the same.
func (db *DB) VerifyAll(ctx context.Context, o VerifyOptions) (Verified, error) {
	v := &verifier{VerifyOptions: o, db: db, named: map[breakKey]int{}}
	if v.Progress == nil {
		v.Progress = func(string, int64, int64) {}
	}
	stages := []func(context.Context) error{v.schema, v.file, v.chain, v.viewed(v.facts), v.rows, v.vouchedRows, v.bytes}
	if o.ChainOnly {
		stages = []func(context.Context) error{v.schema, v.chain, v.viewed(v.facts)}
	}
	for _, stage := range stages {
		if err := v.unreadable(stage(ctx)); err != nil {
			return v.Verified, fmt.Errorf("verify register: %w", err)
		}
	}
	return v.Verified, nil
}

// viewed runs a stage on one state of the register. What is written between
// two stages is sound in both.
func (v *verifier) viewed(stage func(context.Context, querier) error) func(context.Context) error {
	return func(ctx context.Context) error {
		return v.db.view(ctx, func(q querier) error { return stage(ctx, q) })
	}
}

// unreadable turns an error into a break where it tells of the file and not of
// the machine.
func (v *verifier) unreadable(err error) error {
	err = explain(err)
	var e *sqlite.Error
	switch {
	case errors.Is(err, ErrDamaged), errors.Is(err, ErrNotRegister):
		v.found(Break{Name: err.Error(), What: Broken})
		return nil
	case v.schemaBroken && errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_ERROR:
		return nil // a table or a column is not there; that is named already
	}
	return err
}

type verifier struct {
	VerifyOptions
	Verified
	db           *DB
	named        map[breakKey]int // where in Breaks
	schemaBroken bool
	sought       int // rows whose event was looked up among all entries
}

type breakKey struct {
	table string
	row   int64
	name  string
}

// found notes a break. Each row is named once, with the columns if any of its breaks names
// them.
func (v *verifier) found(b Break) {
	key := breakKey{b.Table, b.Row, b.Name}
	if at, named := v.named[key]; named {
		old := &v.Breaks[at]
		if len(old.Columns) == 0 && len(b.Columns) > 0 {
			old.Columns, old.What = b.Columns, b.What
		}
		if old.Event == 0 {
			old.Event, old.Since, old.Number = b.Event, b.Since, b.Number
		}
		return
	}
	if len(v.Breaks) >= maxBreaks {
		return
	}
	v.named[key] = len(v.Breaks)
	v.Breaks = append(v.Breaks, b)
}

// foundAt is found with the event looked up.
func (v *verifier) foundAt(ctx context.Context, q querier, b Break) error {
	rows, err := q.QueryContext(ctx, `SELECT at, number FROM events WHERE seq = ?`, b.Event)
	if err != nil {
		return err
	}
	err = eachRecord(rows, func(r *record) error {
		b.Number = r.string("number")
		b.Since, _ = time.Parse(instantForm, r.string("at"))
		return nil
	})
	v.found(b)
	return err
}
