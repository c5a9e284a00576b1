package store

import (
	"context"
	"fmt"
)

// counted are the letters that went out or may have, or are about to.
const counted = `o.purpose = 'acknowledgement' AND o.state IN ('queued', 'sending', 'sent', 'uncertain')`

// AckCounts counts the acknowledgements of late, for the caps.
func (db *DB) AckCounts(ctx context.Context, q AckQuery) (AckCounts, error) {
	var n AckCounts
	day, hour := instant(q.DaySince), instant(q.HourSince)
	err := db.view(ctx, func(tx querier) error {
		if err := tx.QueryRowContext(ctx, `SELECT
			count(*) FILTER (WHERE o.address_key = ? AND o.queued_at >= ?),
			count(*) FILTER (WHERE o.domain_key = ? AND o.queued_at >= ?),
			count(*) FILTER (WHERE o.queued_at >= ?)
			FROM outbox o WHERE `+counted+` AND o.queued_at >= ?`,
			q.Address, day, q.Domain, hour, hour, min(day, hour)).Scan(&n.AddressDay, &n.DomainHour, &n.TotalHour); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, `SELECT count(*) > 0 FROM outbox o WHERE o.purpose = 'acknowledgement'
			AND o.address_key = ? AND o.reason_code = ? AND o.created_at >= ?`, q.Address, q.Mutes, day).Scan(&n.Muted); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) FROM (
			SELECT (SELECT count(*) FROM outbox o WHERE `+counted+` AND o.queued_at >= ? AND o.address_key = ? AND EXISTS (
				SELECT 1 FROM outbox_requests m JOIN requests r ON r.id = m.request WHERE m.mail = o.id
				AND (r.kind = k.value OR k.value IN (SELECT value FROM json_each(r.candidates))))) AS n
			FROM json_each(?) k)`, day, q.Address, jsonText(q.Kinds)).Scan(&n.AddressKindDay)
	})
	if err != nil {
		return AckCounts{}, fmt.Errorf("count acknowledgements: %w", err)
	}
	return n, nil
}
