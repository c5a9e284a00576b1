package store

import (
	"context"
	"fmt"
	"time"
)

// purge is a transaction that removes content, and counts it.
type purge struct {
	*tx
	Purged
}

// purging runs f in a transaction and adds what it removed to sum once that is
// committed. What it deleted still lies in the file until Scrub has been there.
func (db *DB) purging(ctx context.Context, at time.Time, f func(ctx context.Context, p *purge) error, sum *Purged) error {
	var p *purge
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		p = &purge{tx: t}
		before := t.seq
		if err := f(ctx, p); err != nil || t.seq == before {
			return err
		}
		return t.setMeta(ctx, MetaScrub, fmt.Sprint(t.seq))
	})
	if err != nil {
		return err
	}
	sum.Requests += p.Requests
	sum.Letters += p.Letters
	sum.Mails += p.Mails
	sum.Notes += p.Notes
	return nil
}

// mailsAbout selects the letters of ours that go with the requests of the JSON array ?1. One to
// staff that waits tells of others, too, and names nobody.
const mailsAbout = `SELECT m.mail FROM outbox_requests m JOIN outbox o ON o.id = m.mail
		WHERE m.request IN (SELECT value FROM json_each(?1)) AND (o.purpose IN ` + publicMail + ` OR o.state <> 'queued')
	UNION SELECT id FROM outbox WHERE letter IN (SELECT letter FROM request_letters WHERE request IN (SELECT value FROM json_each(?1)))`

// request removes the content of one request, with e as the event of it.
func (p *purge) request(ctx context.Context, r Purgeable, actor string, e Event) error {
	letters, err := queryIDs(ctx, p, `SELECT letter FROM request_letters WHERE request = ?`, r.id)
	if err != nil {
		return err
	}
	mails, err := queryIDs(ctx, p, mailsAbout, jsonText([]int64{r.id}))
	if err != nil {
		return err
	}
	if err := p.mails(ctx, mails, actor); err != nil {
		return err
	}
	if err := p.letters(ctx, letters); err != nil {
		return err
	}
	notes, err := p.drop(ctx, "notes_private", "id", `SELECT id FROM notes WHERE request = ?`, r.id)
	if err != nil {
		return err
	}
	p.Notes += notes
	if _, err := p.drop(ctx, "requests_private", "id", `SELECT ?`, r.id); err != nil {
		return err
	}
	if _, err := p.drop(ctx, "event_details", "event", `SELECT seq FROM events WHERE number = ? AND number <> ''
		AND code NOT IN ('purged', 'forgotten')`, r.Number); err != nil {
		return err
	}
	if err := dropFromSearch(ctx, p.tx, r.id); err != nil {
		return err
	}
	p.Requests++
	return p.append(ctx, e)
}

// letters removes the content of letters: what is known of them, and their
// bytes.
func (p *purge) letters(ctx context.Context, ids []int64) error {
	list := jsonText(ids)
	if _, err := p.drop(ctx, "letter_chunks", "owner", `SELECT value FROM json_each(?)`, list); err != nil {
		return err
	}
	n, err := p.drop(ctx, "letters_private", "id", `SELECT value FROM json_each(?)`, list)
	p.Letters += n
	return err
}

// mails removes the content of letters of ours, with what the history says of
// them. One that has not gone out never will, and nobody is asked any more what is to
// become of it.
func (p *purge) mails(ctx context.Context, ids []int64, actor string) error {
	list := jsonText(ids)
	waiting, err := queryIDs(ctx, p, `SELECT o.id FROM json_each(?) k CROSS JOIN outbox o ON o.id = k.value
		WHERE o.state IN ('queued', 'held', 'failed', 'uncertain')`, list)
	if err != nil {
		return err
	}
	for _, id := range waiting {
		if err := p.decide(ctx, id, MailDropped, actor, EventDropped, MailQueued, MailHeld, MailFailed, MailUncertain); err != nil {
			return err
		}
	}
	if _, err := p.drop(ctx, "outbox_chunks", "owner", `SELECT value FROM json_each(?)`, list); err != nil {
		return err
	}
	n, err := p.drop(ctx, "outbox_private", "id", `SELECT value FROM json_each(?)`, list)
	if err != nil {
		return err
	}
	p.Mails += n
	_, err = p.drop(ctx, "event_details", "event", `SELECT event FROM event_rows WHERE tbl = 'outbox' AND row IN (SELECT value FROM json_each(?))`, list)
	return err
}

// drop deletes the rows of a table whose key is among those that a query
// selects, so that the next event says they are gone, and returns how many.
func (p *purge) drop(ctx context.Context, table, key, keys string, args ...any) (int, error) {
	ids, err := queryIDs(ctx, p, `SELECT DISTINCT `+key+` FROM `+table+` WHERE `+key+` IN (`+keys+`)`, args...)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	if _, err := p.ExecContext(ctx, `DELETE FROM `+table+` WHERE `+key+` IN (SELECT value FROM json_each(?))`, jsonText(ids)); err != nil {
		return 0, fmt.Errorf("delete from %s: %w", table, err)
	}
	for _, id := range ids {
		p.rows[rowKey{table, id}] = written{removed: true}
	}
	return len(ids), nil
}
