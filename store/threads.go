package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"license.kz/pometka/rules"
)

// ByRawDigest returns the requests of letters with exactly these bytes; found
// says whether there is such a letter.
func (db *DB) ByRawDigest(ctx context.Context, sha string) (numbers []string, found bool, err error) {
	if sha == "" {
		return nil, false, nil
	}
	numbers, err = db.numbers(ctx, `SELECT DISTINCT r.number FROM letters l JOIN request_letters rl ON rl.letter = l.id
		JOIN requests r ON r.id = rl.request WHERE l.raw_sha256 = ? ORDER BY r.id`, sha)
	return numbers, len(numbers) > 0, err
}

// OnlyJoined reports whether the letter with exactly these bytes has made no request.
func (db *DB) OnlyJoined(ctx context.Context, sha string) (only bool, err error) {
	err = db.view(ctx, func(q querier) error {
		id, err := joinedLetter(ctx, q, sha)
		only = id != 0
		return err
	})
	return only, err
}

// joinedLetter is the id of such a letter, 0 if there is none.
func joinedLetter(ctx context.Context, q querier, sha string) (int64, error) {
	ids, err := queryIDs(ctx, q, `SELECT l.id FROM letters l WHERE l.raw_sha256 = ? AND NOT EXISTS (SELECT 1 FROM requests r WHERE r.letter = l.id)`, sha)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}

// CutBefore reports whether a request has a letter with this header digest of which only the
// beginning was kept, since it was too large. With cutNow the letter at hand is cut itself,
// and a letter that was kept whole counts, too. Letters of which nothing but the header
// could be had never count.
func (db *DB) CutBefore(ctx context.Context, digest string, cutNow bool) (bool, error) {
	if digest == "" {
		return false, nil
	}
	numbers, err := db.numbers(ctx, byHeaderDigest+` AND (l.cut OR ?2) AND `+hadWhole, digest, cutNow)
	return len(numbers) > 0, err
}

// Vanished returns the requests of the letters with this header digest of which only the
// header could be had.
func (db *DB) Vanished(ctx context.Context, digest string) ([]string, error) {
	return db.numbers(ctx, byHeaderDigest+` AND NOT `+hadWhole+` ORDER BY r.id`, digest)
}

// Beginnings returns the requests of the letters with this header digest of which only the
// beginning was kept. What was purged does not count: nothing of it comes back.
func (db *DB) Beginnings(ctx context.Context, digest string) ([]string, error) {
	return db.numbers(ctx, byHeaderDigest+` AND l.cut AND `+hadWhole+` AND EXISTS (SELECT 1 FROM letters_private p WHERE p.id = l.id) ORDER BY r.id`, digest)
}

// byHeaderDigest selects the requests of the letters with the header digest ?1. An empty
// digest is that of none.
const byHeaderDigest = `SELECT DISTINCT r.number FROM messages m JOIN letters l ON l.message = m.id JOIN request_letters rl ON rl.letter = l.id
		JOIN requests r ON r.id = rl.request WHERE m.header_digest = ?1 AND substr(m.header_digest, 1, 16) = substr(?1, 1, 16)`

// UnreadElsewhere reports whether a letter of which nothing could be had was received at that
// moment and registered from another folder, or from this one under another UIDVALIDITY. sha
// is the digest of what there is of it.
func (db *DB) UnreadElsewhere(ctx context.Context, p Place, sha string, received time.Time) (bool, error) {
	numbers, err := db.numbers(ctx, `SELECT DISTINCT r.number FROM letters l JOIN messages m ON m.id = l.message JOIN folders f ON f.id = m.folder
		JOIN request_letters rl ON rl.letter = l.id JOIN requests r ON r.id = rl.request
		WHERE l.raw_sha256 = ? AND l.received_at = ? AND NOT (f.name = ? AND m.uidvalidity = ?)`, sha, instant(received), p.Folder, p.UIDValidity)
	return len(numbers) > 0, err
}

// ByMessageID returns the requests whose letters, or our letters about them,
// carry one of these Message-IDs: the oldest request first. What acknowledges a letter is
// about all requests that the letter made, also those that staff found in it later.
func (db *DB) ByMessageID(ctx context.Context, ids []string) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list := jsonText(ids)
	return db.numbers(ctx, `SELECT number FROM requests WHERE id IN (
			SELECT rl.request FROM letters_private p JOIN request_letters rl ON rl.letter = p.id
				WHERE p.message_id IN (SELECT value FROM json_each(?)) AND p.message_id <> ''
			UNION SELECT m.request FROM outbox o JOIN outbox_requests m ON m.mail = o.id
				WHERE o.message_id IN (SELECT value FROM json_each(?))
			UNION SELECT r.id FROM outbox o JOIN requests r ON r.letter = o.letter
				WHERE o.message_id IN (SELECT value FROM json_each(?)))
		ORDER BY id`, list, list, list)
}

// maxSameText is how many letters with the same text, the latest, are looked at: the letters
// that a program repeats have all joined one request.
const maxSameText = 50

// SameText returns the requests of the same writer whose letters since then say the same in
// new text, letter case and spaces ignored, and, where they quote or pass on anything, in
// that, too; same looks at their subjects and files. A request with a letter that says the
// same about another matter is none of them. An empty text is the same as none.
func (db *DB) SameText(ctx context.Context, addr, text, enclosed string, since time.Time, same func(subject string, files []Attachment) bool) ([]string, error) {
	digest, inner := textDigest(text), textDigest(enclosed)
	if digest == "" {
		return nil, nil
	}
	var found, others []string
	err := db.ask(ctx, `SELECT r.number, p.subject, p.attachments, p.text_digest FROM (SELECT p.id FROM letters_private p INDEXED BY letters_private_by_text
		CROSS JOIN letters l ON l.id = p.id WHERE p.text_digest >= ?1 AND p.text_digest < ?1 || '/' AND coalesce(p.writer_key, p.sender) IN (SELECT value FROM json_each(?)) AND l.received_at >= ?
		ORDER BY p.id DESC LIMIT ?) x CROSS JOIN letters_private p ON p.id = x.id
		CROSS JOIN request_letters rl ON rl.letter = x.id CROSS JOIN requests r ON r.id = rl.request ORDER BY r.id`,
		[]any{digest, jsonText(rules.AddressSpellings(addr)), instant(since), maxSameText}, func(rows *sql.Rows) error {
			var number, subject, digests string
			var files []Attachment
			err := rows.Scan(&number, &subject, asJSON{&files}, &digests)
			_, was, _ := strings.Cut(digests, ".")
			switch {
			case !same(subject, files) || was != "" && inner != "" && was != inner:
				others = append(others, number)
			case !slices.Contains(found, number):
				found = append(found, number)
			}
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("look up requests: %w", err)
	}
	return slices.DeleteFunc(found, func(n string) bool { return slices.Contains(others, n) }), nil
}

// textDigests are the digests of a new text and, behind a point, of what else is in the
// letter, if anything is. The point comes right before the stroke, see SameText.
func textDigests(text, enclosed string) string {
	digest, inner := textDigest(text), textDigest(enclosed)
	if digest == "" || inner == "" {
		return digest
	}
	return digest + "." + inner
}

// textDigest is the digest of the words of a text in small letters, with one space between
// them; "" for a text without words.
func textDigest(text string) string {
	h := sha256.New()
	room := [512]byte{}
	folded, size, apart := room[:0], 0, false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			apart = true
			continue
		case apart && size > 0:
			folded = append(folded, ' ')
		}
		apart = false
		if folded = utf8.AppendRune(folded, unicode.ToLower(r)); len(folded) > len(room)-8 {
			h.Write(folded)
			folded = folded[:0]
		}
		size++
	}
	if size == 0 {
		return ""
	}
	h.Write(folded)
	return hex.EncodeToString(h.Sum(nil))
}

// Brief is what must be known of a request to tell whether a further letter belongs to it. To
// read it costs the same, however many letters the request has.
type Brief struct {
	Number     string
	Status     Status
	Kind       rules.Kind // "" in status review
	Candidates []rules.Kind
	Waits      []rules.Wait
	Revision   int64
	Outcome    rules.Reason // why closed or dismissed
}

// Demands reports whether the request is, or may be, of the kind.
func (b *Brief) Demands(k rules.Kind) bool { return k == b.Kind || slices.Contains(b.Candidates, k) }

// BriefsFrom returns the requests of the latest letters from this address, or
// of this person as staff found out, received since then, the latest first;
// limit bounds the letters looked at, so that what somebody who floods the
// mailbox wrote before does not slow down what comes next.
func (db *DB) BriefsFrom(ctx context.Context, addr string, since time.Time, limit int) ([]Brief, error) {
	if fold(addr) == "" {
		return nil, nil
	}
	const latest = `SELECT rl.request FROM (SELECT lp.id FROM letters_private lp CROSS JOIN letters l ON l.id = lp.id
		WHERE lp.%s = ?%d AND l.received_at >= ?1 ORDER BY lp.id DESC LIMIT ?2) x CROSS JOIN request_letters rl ON rl.letter = x.id UNION `
	from, args := "", []any{instant(since), limit}
	for _, s := range rules.AddressSpellings(addr) {
		args = append(args, s)
		from += fmt.Sprintf(latest+latest+`SELECT x.id FROM (SELECT p.id FROM requests_private p WHERE p.sender_key = ?%[2]d ORDER BY p.id DESC LIMIT ?2) x UNION `,
			"sender", len(args), "writer_key", len(args))
	}
	return db.briefs(ctx, `FROM (`+strings.TrimSuffix(from, " UNION ")+`) k CROSS JOIN requests r ON r.id = k.request ORDER BY r.id DESC`, args...)
}

// Briefs returns the requests of the numbers, the oldest first; a number that
// there is not is left out.
func (db *DB) Briefs(ctx context.Context, numbers []string) ([]Brief, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	return db.briefs(ctx, `FROM json_each(?) k CROSS JOIN requests r ON r.number = k.value ORDER BY r.id`, jsonText(numbers))
}

func (db *DB) briefs(ctx context.Context, tail string, args ...any) ([]Brief, error) {
	var list []Brief
	err := db.ask(ctx, `SELECT r.number, r.status, r.kind, r.candidates, r.waits, r.revision, r.outcome_code,
		(SELECT p.outcome_args FROM requests_private p WHERE p.id = r.id AND r.outcome_code IS NOT NULL) `+tail, args, func(rows *sql.Rows) error {
		var b Brief
		err := rows.Scan(&b.Number, &b.Status, &b.Kind, asJSON{&b.Candidates}, asJSON{&b.Waits}, &b.Revision,
			asText[string]{&b.Outcome.Code}, asJSON{&b.Outcome.Args})
		list = append(list, b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look up requests: %w", err)
	}
	return list, nil
}

// WroteIn returns those of the numbers that the person at this address has a
// part in, the oldest request first: a letter of the request came from there or
// asks for answers there, a letter of ours about it went there, or staff found
// out that it is the person's.
func (db *DB) WroteIn(ctx context.Context, addr string, numbers []string) ([]string, error) {
	if fold(addr) == "" || len(numbers) == 0 {
		return nil, nil
	}
	spelled := rules.AddressSpellings(addr)
	var keys []any
	for _, s := range spelled {
		keys = append(keys, keyed(db.key, s))
	}
	var in []string
	err := db.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT r.number,
			EXISTS (SELECT 1 FROM request_letters rl CROSS JOIN letters_private p ON p.id = rl.letter WHERE rl.request = r.id AND p.sender IN (SELECT value FROM json_each(?2)))
				OR EXISTS (SELECT 1 FROM requests_private p WHERE p.id = r.id AND p.sender_key IN (SELECT value FROM json_each(?2)))
				OR EXISTS (SELECT 1 FROM outbox_requests m CROSS JOIN outbox o ON o.id = m.mail WHERE m.request = r.id
					AND o.address_key IN (SELECT value FROM json_each(?3)) AND o.state = 'sent' AND o.purpose IN `+publicMail+`),
			(SELECT json_group_array(p.reply_to) FROM request_letters rl CROSS JOIN letters_private p ON p.id = rl.letter WHERE rl.request = r.id)
			FROM json_each(?1) k CROSS JOIN requests r ON r.number = k.value ORDER BY r.id`, jsonText(numbers), jsonText(spelled), jsonText(keys))
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var number string
			var own bool
			var replies []string
			err := rows.Scan(&number, &own, asJSON{&replies})
			// SQLite knows small letters of the Latin alphabet only.
			if own || anyIs(replies, spelled[0]) {
				in = append(in, number)
			}
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("look up requests: %w", err)
	}
	return in, nil
}

// anyIs reports whether one of the texts is the address with this key.
func anyIs(texts []string, key string) bool {
	for _, t := range texts {
		if fold(t) == key {
			return true
		}
	}
	return false
}

func (db *DB) numbers(ctx context.Context, query string, args ...any) ([]string, error) {
	var numbers []string
	err := db.ask(ctx, query, args, func(rows *sql.Rows) error {
		var number string
		err := rows.Scan(&number)
		numbers = append(numbers, number)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look up requests: %w", err)
	}
	return numbers, nil
}
