package store

import (
	"context"
	"fmt"
	"time"

	"license.kz/pometka/rules"
)

// Reasons of letters that failed, by which the store knows an address that takes none.
const (
	ReasonBounced   = "bounced"        // it was taken and came back; the argument, where told, is the status of RFC 3463
	ReasonSMTP5xx   = "smtp_5xx"       // the server refused it for good
	ReasonRecipient = "smtp_recipient" // no server was offered it: the address cannot be one
)

// Bounce marks letters of ours that came back as failed, and returns them. local is their
// Message-ID up to the @, since our domain may have been another one then. Only what was
// sent, or may have been, is marked, so that a report that is read twice changes nothing; the
// report may come before the server has said that it takes the letter.
// A letter whose content was removed is dropped and not returned: nobody can send it once
// more.
func (db *DB) Bounce(ctx context.Context, local, status string, at time.Time) ([]Mail, error) {
	var marked []Mail
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		marked = nil
		list, err := loadMail(ctx, t, `WHERE o.message_id > '<' || ?1 || '@' AND o.message_id < '<' || ?1 || 'A'
			AND o.state IN ('sending', 'sent', 'uncertain') ORDER BY o.id`, local)
		if err != nil {
			return err
		}
		reason := rules.Reason{Code: ReasonBounced}
		if status != "" {
			reason.Args = []string{status}
		}
		for _, m := range list {
			state := MailFailed
			if m.To == "" {
				state = MailDropped
			}
			if err := t.set(ctx, "outbox", m.ID, fields{"state": string(state), "reason_code": reason.Code, "enhanced_code": textOrNull(status)}); err != nil {
				return err
			}
			if err := t.setPrivate(ctx, "outbox_private", m.ID, fields{"reason_args": jsonOrNull(reason.Args)}); err != nil {
				return err
			}
			if err := t.appendMail(ctx, m, Machine, EventBounced, Detail{Before: &Values{State: m.State}, Status: &status}); err != nil {
				return err
			}
			if m.State, m.Reason = state, reason; state == MailFailed {
				marked = append(marked, m)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("mark letter as bounced: %w", err)
	}
	return marked, nil
}

// Bounced reports whether a letter of ours to the address (folded, as in MailKeys) has
// come back, or was refused because there is no such address (RFC 3463, X.1.*),
// among those queued since then. It still knows after a purge, for it compares only digests.
func (db *DB) Bounced(ctx context.Context, address string, since time.Time) (bool, error) {
	var n int
	err := db.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT count(*) FROM outbox WHERE address_key = ? AND state IN ('failed', 'dropped') AND queued_at >= ?
			AND (reason_code = ? OR reason_code IN (?, ?) AND enhanced_code LIKE '5.1.%')`,
			keyed(db.key, address), instant(since), ReasonBounced, ReasonSMTP5xx, ReasonRecipient).Scan(&n)
	})
	if err != nil {
		return false, fmt.Errorf("look up bounces: %w", err)
	}
	return n > 0, nil
}
