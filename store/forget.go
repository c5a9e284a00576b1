package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"license.kz/pometka/rules"
)

// ErrOpen says that requests are open which need what was to be removed.
var ErrOpen = errors.New("a request is still open")

// Traces is what the register holds of one person, by the address.
type Traces struct {
	Requests []Purgeable // the person's own: everything of them goes
	Letters  []Stray     // letters of the person, or of Requests, that other requests have, too: these letters alone go
	Going    Purged      // how much is removed: with all that, letters of ours about it, or to the address about whatever
}

// Stray is a letter in a request of somebody else.
type Stray struct {
	Number string // of the request
	Open   bool

	letter, request int64
}

// Empty reports whether there is nothing of the person.
func (t Traces) Empty() bool {
	return len(t.Requests) == 0 && len(t.Letters) == 0 && t.Going.Mails == 0
}

// Open lists the numbers of the requests that are not closed.
func (t Traces) Open() (numbers []string) {
	for _, r := range t.Requests {
		if !r.Status.Closed() {
			numbers = append(numbers, r.Number)
		}
	}
	for _, l := range t.Letters {
		if l.Open {
			numbers = append(numbers, l.Number)
		}
	}
	return slices.Compact(numbers) // several letters of one request lie side by side
}

// TracesOf finds what the register holds of the person with this address, in
// any letter case and spelling: as sender, as the one to be answered, or as the one whose
// letter staff passed on.
func (db *DB) TracesOf(ctx context.Context, address string) (Traces, error) {
	var t Traces
	err := db.view(ctx, func(q querier) (err error) {
		t, _, err = tracesOf(ctx, q, address)
		return err
	})
	if err != nil {
		return Traces{}, fmt.Errorf("look for traces of a person: %w", err)
	}
	return t, nil
}

func tracesOf(ctx context.Context, q querier, address string) (t Traces, mails []int64, err error) {
	if !strings.Contains(address, "@") {
		return t, nil, errors.New("not a mail address")
	}
	spelled := rules.AddressSpellings(address)
	letters, err := naming(ctx, q, `SELECT id, sender = ?1 OR writer_key IS ?1, reply_to FROM letters_private
		WHERE sender = ?1 OR writer_key = ?1 OR `+mayName("reply_to"), spelled)
	if err != nil {
		return t, nil, err
	}
	ids := jsonText(letters)
	t.Requests, err = loadPurgeable(ctx, q, `FROM requests r JOIN events e ON e.seq = r.event
		WHERE r.letter IN (SELECT value FROM json_each(?1)) OR r.id IN (SELECT id FROM requests_private WHERE sender_key IN (SELECT value FROM json_each(?2)))`, ids, jsonText(spelled))
	if err != nil {
		return t, nil, err
	}
	if t.Letters, err = straysOf(ctx, q, ids, t.Requests); err != nil {
		return t, nil, err
	}
	mails, err = naming(ctx, q, `SELECT id, 0, recipient FROM outbox_private WHERE `+mayName("recipient")+` ORDER BY id`, spelled)
	if err != nil {
		return t, nil, err
	}
	var strays []int64
	for _, l := range t.Letters {
		strays = append(strays, l.letter)
	}
	own := jsonText(idsOf(t.Requests))
	mails, err = queryIDs(ctx, q, `SELECT id FROM outbox_private WHERE id IN (SELECT value FROM json_each(?2) UNION `+mailsAbout+`) ORDER BY id`, own, jsonText(mails))
	if err != nil {
		return t, nil, err
	}
	t.Going = Purged{Requests: len(t.Requests), Mails: len(mails)}
	err = q.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM letters_private WHERE id IN (SELECT value FROM json_each(?2)
			UNION SELECT letter FROM request_letters WHERE request IN (SELECT value FROM json_each(?1)))),
		(SELECT count(*) FROM notes n JOIN notes_private p ON p.id = n.id WHERE n.request IN (SELECT value FROM json_each(?1)))`,
		own, jsonText(strays)).Scan(&t.Going.Letters, &t.Going.Notes)
	return t, mails, err
}

// straysOf finds which of the letters with these ids (a JSON array), and of the letters
// of a person's own requests, are in other requests.
func straysOf(ctx context.Context, q querier, ids string, own []Purgeable) (list []Stray, err error) {
	rows, err := q.QueryContext(ctx, `SELECT r.id, r.number, r.status NOT IN `+closed+`, rl.letter FROM request_letters rl JOIN requests r ON r.id = rl.request
		WHERE rl.letter IN (SELECT value FROM json_each(?1) UNION SELECT letter FROM request_letters WHERE request IN (SELECT value FROM json_each(?2)))
		AND r.id NOT IN (SELECT value FROM json_each(?2)) ORDER BY r.id, rl.pos`, ids, jsonText(idsOf(own)))
	if err != nil {
		return nil, err
	}
	err = scanEach(rows, func() error {
		var s Stray
		err := rows.Scan(&s.request, &s.Number, &s.Open, &s.letter)
		list = append(list, s)
		return err
	})
	return list, err
}

// mayName is the condition for what may hold the address ?1 in any letter case.
// SQLite knows small letters of the Latin alphabet only: a text with any other is to
// be looked at, which naming does.
func mayName(column string) string {
	return `instr(lower(` + column + `), ?1) > 0 OR length(` + column + `) <> octet_length(` + column + `)`
}

// naming returns the ids of those of the rows that are the person's, or whose text is
// the address in one of its spellings, alone or between < and >.
func naming(ctx context.Context, q querier, query string, spelled []string) (ids []int64, err error) {
	for _, address := range spelled {
		rows, err := q.QueryContext(ctx, query, address)
		if err != nil {
			return nil, err
		}
		if err := scanEach(rows, func() error {
			var id int64
			var own bool
			var text string
			err := rows.Scan(&id, &own, &text)
			text = strings.ToLower(strings.TrimSpace(text))
			if (own || text == address || strings.Contains(text, "<"+address+">")) && (address == spelled[0] || !slices.Contains(ids, id)) {
				ids = append(ids, id)
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// Forgetting is the order to remove what there is of a person.
type Forgetting struct {
	Address string
	Why     string // kept in the history: it must not name the person; "" for none
	Actor   string

	// Suppress is the digest of the address, one as in Change.Suppress, for requests
	// of the kinds SuppressFor: who wanted no more advertising must not get any
	// because the wish was forgotten before it was fulfilled.
	Suppress    string
	SuppressFor []rules.Kind
}

func idsOf(list []Purgeable) []int64 {
	ids := make([]int64, len(list))
	for i, r := range list {
		ids[i] = r.id
	}
	return ids
}
