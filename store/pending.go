package store

import (
	"context"
	"errors"
	"time"
)

var errPending = errors.New("store: body follows")

func (db *DB) Recompute(ctx context.Context, rows []Recomputed, cause string, at time.Time) error {
	return errPending
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

func (db *DB) Verify(ctx context.Context) ([]Break, error) { return nil, errPending }
