package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"license.kz/pometka/rules"
)

// AckQuery asks how many acknowledgements were queued or sent lately (held
// and dropped ones do not count).
type AckQuery struct {
	Address, Domain     string // as in MailKeys
	Kinds               []rules.Kind
	DaySince, HourSince time.Time
	Mutes               string // reason code of what mutes the address
	MutesDomain         string // and of what mutes every address of the domain
}

// AckCounts is the answer: to the address about one of the kinds (of a request
// or among its candidates) and about anything since DaySince, to the domain
// and to anybody since HourSince.
type AckCounts struct {
	AddressKindDay, AddressDay, DomainHour, TotalHour int

	// Muted says that one to the address, or to the domain, was held since
	// DaySince for the reason that AckQuery.Mutes, or MutesDomain, names.
	Muted bool
}

// counted are the letters that went out or may have, or are about to.
const counted = `o.purpose = 'acknowledgement' AND o.state IN ('queued', 'sending', 'sent', 'uncertain')`

// AckCounts counts the acknowledgements of late, for the caps.
func (db *DB) AckCounts(ctx context.Context, q AckQuery) (AckCounts, error) {
	var n AckCounts
	day, hour := instant(q.DaySince), instant(q.HourSince)
	address, domain := keyed(db.key, q.Address), keyed(db.key, q.Domain)
	err := db.view(ctx, func(tx querier) error {
		if err := tx.QueryRowContext(ctx, `SELECT
			count(*) FILTER (WHERE o.address_key = ? AND o.queued_at >= ?),
			count(*) FILTER (WHERE o.domain_key = ? AND o.queued_at >= ?),
			count(*) FILTER (WHERE o.queued_at >= ?)
			FROM outbox o WHERE `+counted+` AND o.queued_at >= ?`,
			address, day, domain, hour, hour, min(day, hour)).Scan(&n.AddressDay, &n.DomainHour, &n.TotalHour); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM outbox WHERE purpose = 'acknowledgement'
				AND address_key = ? AND reason_code = ? AND created_at >= ?)
			OR EXISTS (SELECT 1 FROM outbox WHERE purpose = 'acknowledgement'
				AND domain_key = ? AND reason_code = ? AND created_at >= ?)`,
			address, q.Mutes, day, domain, q.MutesDomain, day).Scan(&n.Muted); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) FROM (
			SELECT (SELECT count(*) FROM outbox o WHERE `+counted+` AND o.queued_at >= ? AND o.address_key = ? AND EXISTS (
				SELECT 1 FROM outbox_requests m JOIN requests r ON r.id = m.request WHERE m.mail = o.id
				AND (r.kind = k.value OR k.value IN (SELECT value FROM json_each(r.candidates))))) AS n
			FROM json_each(?) k)`, day, address, jsonText(q.Kinds)).Scan(&n.AddressKindDay)
	})
	if err != nil {
		return AckCounts{}, fmt.Errorf("count acknowledgements: %w", err)
	}
	return n, nil
}

// keyed is the keyed digest of an address or a domain, as the outbox keeps it;
// NULL for none. What follows a plus sign in the local part (RFC 5233) does not
// count: a system that writes from a new such address each time is one sender.
func keyed(key []byte, value string) any {
	if value == "" {
		return nil
	}
	if at := strings.LastIndexByte(value, '@'); at > 0 {
		if plus := strings.IndexByte(value[:at], '+'); plus > 0 {
			value = value[:plus] + value[at:]
		}
	}
	h := hmac.New(sha256.New, key)
	io.WriteString(h, "outbox\x00"+value)
	return hex.EncodeToString(h.Sum(nil))
}
