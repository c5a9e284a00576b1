package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
)

// Names of the small facts that stand in the table meta, by who writes them. Other than those
// of the history they are bookkeeping, and the chain of events does not cover them. An
// instant is written as SetPass does it or as RFC 3339 to the second, both in UTC.

// Of the history, and written with each event. Statements in SQL spell them out, as
// docs/audit.md does.
const (
	metaKey    = "key"    // random text, from which the chain begins
	metaEvents = "events" // number of the last event
	metaHead   = "head"   // digest of the last event, hex
)

// Of the store.
const (
	metaFolded       = "folded"       // how often the log was folded by DB.Fold
	metaRestorations = "restorations" // how often a register was restored, counting the copies of copies

	// MetaRestored is the instant at which the register was restored from a copy.
	// Letters received before it may have been answered by the one that was lost.
	MetaRestored = "restored"

	// MetaScrub is set while what a purge removed may still lie in free pages: to the
	// number of the event after it.
	MetaScrub = "scrub"

	// MetaPolicy and the digest of a policy file name its text. The digest in
	// each request vouches for it.
	MetaPolicy = "policy:"

	// MetaRecounted is the number of the event up to which the terms of the open
	// requests are known to be counted by MetaCalendarDigest and MetaDeadlines.
	MetaRecounted = "recounted"

	// MetaLastPass is the instant at which the last complete intake pass ended: see SetPass.
	MetaLastPass = "last_pass"

	metaAgain = "again:" // and a verdict: how many rows of the ledger are of letters that it had before

	metaSearch = "search" // state of the search index: indexWhole or indexMaking
)

// Of the desk.
const (
	MetaCalendarDigest = "calendar_digest" // digest of the calendar by which the open requests were counted
	MetaDeadlines      = "deadlines"       // the operator's deadline options by which they were, in one form
	MetaZone           = "zone"            // the time zone in which the days of receipt began to be counted

	MetaLastRemind   = "last_remind"   // instant of the last digest
	MetaLastNews     = "last_news"     // instant at which staff was last told of what came in
	MetaLastAgain    = "last_again"    // instant at which staff was last told anew what lost letters had said
	MetaQuiet        = "quiet"         // the last state in which nothing was due, in words
	MetaCalendarTold = "calendar_told" // day on which staff was last told that a year's calendar is missing
	MetaMovesTold    = "moves_told"    // number of the event up to which staff was told of moved dates

	MetaClock   = "clock_high"     // the latest instant that the program has seen
	MetaShelf   = "shelf"          // the MetaRestored after which the filing folder was read
	MetaUnfiled = "unfiled"        // letters that the server does not let be filed, JSON
	MetaUnread  = "unread"         // since when watched folders are not read, JSON; "": all are
	MetaMailbox = "mailbox_memory" // what an earlier process learned of the mailbox: see mailbox.Reader.Memory

	// Each of these goes on with a code.
	MetaAlarm   = "alarm:"   // the last alarm of the code, JSON
	MetaTrouble = "trouble:" // the trouble that has begun and not ended, JSON; "": it has ended

	// MetaLogin goes on with imap or smtp: how often in a row the log-in was refused. Only
	// processes that make one pass keep it.
	MetaLogin = "login:"

	// Each of these goes on with the name of a folder.
	MetaCutoff = "cutoff:" // instant before which a first pass reads no letter, or "all"
	MetaEra    = "era:"    // two UIDVALIDITY, the server's and ours that stands for it
	MetaCopies = "copies:" // that of the ledger under which the folder was read anew, and UIDNEXT at that time
	MetaSent   = "sent:"   // how far the Sent folder was read, JSON
)

// MetaLastAudit is the last day on which the daemon verified the register by night.
const MetaLastAudit = "last_audit"

// MetaLastReconciled is the last day on which the daemon held the mailbox against the
// ledger by night.
const MetaLastReconciled = "last_reconciled"

// Meta returns a small fact, "" if it was never set.
func (db *DB) Meta(ctx context.Context, name string) (string, error) {
	var value string
	err := db.read.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = ?`, name).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read %s: %w", name, explain(err))
	}
	return value, nil
}

// LastEvent is the number of the last event of the history.
func (db *DB) LastEvent(ctx context.Context) (int64, error) {
	text, err := db.Meta(ctx, metaEvents)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: %s is %q", ErrDamaged, metaEvents, text)
	}
	return n, nil
}

// SetMeta keeps a small fact. What the history keeps there is refused.
func (db *DB) SetMeta(ctx context.Context, name, value string) error {
	return explain(db.writer.transact(ctx, func(ctx context.Context) error { return db.writer.setMeta(ctx, name, value) }))
}

func (w *writer) setMeta(ctx context.Context, name, value string) error {
	if name == metaKey || name == metaHead || name == metaEvents {
		return fmt.Errorf("write %s: it belongs to the history", name)
	}
	_, err := w.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
