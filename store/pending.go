package store

import (
	"context"
	"errors"
	"io"
	"time"

	"license.kz/pometka/rules"
)

var errPending = errors.New("store: body follows")

// DB is the register.
type DB struct{}

// What a caller may ask for with errors.Is.
var (
	ErrNotFound    = errors.New("no such thing in the register")
	ErrAmbiguous   = errors.New("more than one request has this number")
	ErrStatus      = errors.New("not allowed in this status")
	ErrStale       = errors.New("changed meanwhile by somebody else")
	ErrNewerSchema = errors.New("the register was written by a newer pometka")
	ErrReadOnly    = errors.New("the register cannot be written")
)

func Open(ctx context.Context, path string) (*DB, error) { return nil, errPending }
func (db *DB) Close() error                              { return errPending }
func (db *DB) Key() []byte                               { return nil }

func (db *DB) Cursor(ctx context.Context, folder string) (Cursor, bool, error) {
	return Cursor{}, false, errPending
}
func (db *DB) SetCursor(ctx context.Context, c Cursor, at time.Time) error { return errPending }
func (db *DB) Record(ctx context.Context, c Cursor, rows []Seen, at time.Time) error {
	return errPending
}
func (db *DB) Admit(ctx context.Context, a Admission, at time.Time) (Admitted, error) {
	return Admitted{}, errPending
}
func (db *DB) Places(ctx context.Context, folder string, uidvalidity uint32, from, to uint32) (map[uint32]bool, error) {
	return nil, errPending
}
func (db *DB) ByHeaderDigest(ctx context.Context, digests []string) (map[string]Seen, error) {
	return nil, errPending
}
func (db *DB) ByRawDigest(ctx context.Context, sha string) (numbers []string, found bool, err error) {
	return nil, false, errPending
}
func (db *DB) Spool() (*Spool, error)                                     { return nil, errPending }
func (db *DB) Raw(ctx context.Context, letterID int64, w io.Writer) error { return errPending }

func (db *DB) ByMessageID(ctx context.Context, ids []string) ([]string, error) {
	return nil, errPending
}
func (db *DB) SameText(ctx context.Context, addr, text string, since time.Time) ([]string, error) {
	return nil, errPending
}
func (db *DB) OfSender(ctx context.Context, addr string, since time.Time) ([]Request, error) {
	return nil, errPending
}

func (db *DB) Requests(ctx context.Context, f Filter) ([]Request, error) { return nil, errPending }
func (db *DB) Request(ctx context.Context, number string) (Request, error) {
	return Request{}, errPending
}
func (db *DB) Resolve(ctx context.Context, short string) (string, error) { return "", errPending }
func (db *DB) Change(ctx context.Context, c Change, at time.Time) (Request, error) {
	return Request{}, errPending
}
func (db *DB) Recompute(ctx context.Context, rows []Recomputed, cause string, at time.Time) error {
	return errPending
}
func (db *DB) History(ctx context.Context, number string) ([]Event, error) { return nil, errPending }

func (db *DB) Claim(ctx context.Context, at time.Time, render Render) (*Mail, error) {
	return nil, errPending
}
func (db *DB) Settle(ctx context.Context, id int64, s Settlement, at time.Time) error {
	return errPending
}
func (db *DB) Recover(ctx context.Context, at time.Time) (int, error) { return 0, errPending }
func (db *DB) Outbox(ctx context.Context, states []MailState) ([]Mail, error) {
	return nil, errPending
}
func (db *DB) Mail(ctx context.Context, id int64) (Mail, error) { return Mail{}, errPending }
func (db *DB) Release(ctx context.Context, ids []int64, actor string, at time.Time) (n int, err error) {
	return 0, errPending
}
func (db *DB) Drop(ctx context.Context, id int64, actor string, at time.Time) error {
	return errPending
}
func (db *DB) Resend(ctx context.Context, id int64, actor string, at time.Time) error {
	return errPending
}
func (db *DB) Enqueue(ctx context.Context, m NewMail, numbers []string, at time.Time) (int64, error) {
	return 0, errPending
}
func (db *DB) AckCounts(ctx context.Context, q AckQuery) (AckCounts, error) {
	return AckCounts{}, errPending
}

func (db *DB) Reminded(ctx context.Context, numbers []string) (map[Stage]bool, error) {
	return nil, errPending
}
func (db *DB) Remind(ctx context.Context, stages []Stage, m NewMail, at time.Time) (int64, error) {
	return 0, errPending
}

func (db *DB) Status(ctx context.Context) (Facts, error)             { return Facts{}, errPending }
func (db *DB) SetPass(ctx context.Context, at time.Time) error       { return errPending }
func (db *DB) LastPass(ctx context.Context) (time.Time, error)       { return time.Time{}, errPending }
func (db *DB) Meta(ctx context.Context, name string) (string, error) { return "", errPending }
func (db *DB) SetMeta(ctx context.Context, name, value string) error { return errPending }
func (db *DB) Verify(ctx context.Context) ([]Break, error)           { return nil, errPending }

var _ rules.Date
