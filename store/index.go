package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"license.kz/pometka/rules"
)

// The states of the search index, as meta.search keeps them, with the version of what is
// indexed. When rules.SearchStems or the choice of texts changes, the version must, and the
// first search makes the index anew. Any other value, or none: there is no index.
const (
	indexWhole  = "whole 3"
	indexMaking = "making 3" // older requests are still missing
)

// How much of a request the index holds: to register a letter must stay cheap, and a program
// that sends letters for weeks must not make the index grow.
const (
	indexedText    = 8 << 10  // bytes of one text
	indexedWords   = 32 << 10 // bytes of one request's words
	indexedLetters = 20       // the first letter and the latest
	indexedNotes   = 100      // the latest
)

// indexWords brings the words of the requests that changed into the index, or leaves those
// of new ones to the next change: each time the index takes words in, it costs as much as
// the words of a few letters do. If the index is damaged, it is given up, and the next search
// makes it anew: it never keeps a letter out of the register.
func (t *tx) indexWords(ctx context.Context) error {
	if len(t.unsearched) == 0 && !t.trails {
		return nil
	}
	state, err := indexState(ctx, t)
	if err != nil || state != indexWhole && state != indexMaking {
		return err
	}
	if t.trails = t.wordsLater && state == indexWhole; t.trails {
		return nil
	}
	if err := t.indexPending(ctx, state == indexWhole); err != nil {
		return t.giveUpIndex(ctx, err)
	}
	return nil
}

// indexPending brings into the index what it lacks: the latest requests, if it is whole but for
// them, and those that changed.
func (t *tx) indexPending(ctx context.Context, whole bool) error {
	if whole {
		latest, err := unindexed(ctx, t)
		if err != nil {
			return err
		}
		for _, request := range latest {
			if err := t.indexRequest(ctx, request); err != nil {
				return err
			}
			delete(t.unsearched, request)
		}
	}
	for request := range t.unsearched {
		if err := t.indexRequest(ctx, request); err != nil {
			return err
		}
	}
	return nil
}

// unindexed are those behind the last one in the index. In a whole index there are no
// other gaps: the latest are indexed before any other.
func unindexed(ctx context.Context, q querier) ([]int64, error) {
	return queryIDs(ctx, q, `SELECT id FROM requests WHERE id > (SELECT coalesce(max(id), 0) FROM search_content) ORDER BY id`)
}

// giveUpIndex removes the index if err says that it cannot be used; otherwise it returns err.
func (t *tx) giveUpIndex(ctx context.Context, err error) error {
	if !unusable(err) {
		return err
	}
	for _, step := range []string{`DROP TABLE IF EXISTS search`, `DELETE FROM meta WHERE name = '` + metaSearch + `'`} {
		if _, err := t.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

func indexState(ctx context.Context, q querier) (string, error) {
	var state string
	err := q.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = ?`, metaSearch).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return state, err
}

// unusable reports whether an error says that the index is not there or is
// damaged, rather than that the disk is full or busy.
func unusable(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Code() == sqlite3.SQLITE_ERROR || e.Code()&0xff == sqlite3.SQLITE_CORRUPT
}

// indexRequest adds to the words of a request in the index those of its number, letters and
// notes.
func (t *tx) indexRequest(ctx context.Context, request int64) error {
	words := bag{stems: &t.stems}
	var before string
	err := t.QueryRowContext(ctx, `SELECT words FROM search WHERE rowid = ?`, request).Scan(&before)
	fresh := errors.Is(err, sql.ErrNoRows)
	if err != nil && !fresh {
		return err
	}
	for word := range strings.FieldsSeq(before) {
		words.add(word)
	}
	had := len(words.list)
	if err := t.gatherWords(ctx, request, &words); err != nil {
		return err
	}
	switch text := strings.Join(words.list, " "); {
	case fresh:
		_, err = t.ExecContext(ctx, `INSERT INTO search (rowid, words) VALUES (?, ?)`, request, text)
	case len(words.list) > had:
		_, err = t.ExecContext(ctx, `UPDATE search SET words = ? WHERE rowid = ?`, text, request)
	default:
		err = nil
	}
	return err
}

// gatherWords reads what a request can be found by. What was purged is not
// there any more, and gives no words.
func (t *tx) gatherWords(ctx context.Context, request int64, words *bag) error {
	if err := t.numberWords(ctx, request, words); err != nil {
		return err
	}
	if err := t.addTexts(ctx, words, `SELECT p.from_name, p.from_addr, p.reply_to, coalesce(p.writer_name, ''), coalesce(p.writer, ''), p.subject, substr(p.text, 1, ?), l.language
		FROM request_letters rl JOIN letters l ON l.id = rl.letter JOIN letters_private p ON p.id = l.id
		WHERE rl.request = ? AND (rl.pos = 1 OR rl.pos > (SELECT max(pos) FROM request_letters x WHERE x.request = rl.request) - ?)
		ORDER BY rl.pos`, indexedText, request, indexedLetters-1); err != nil {
		return err
	}
	if err := t.addTexts(ctx, words, `SELECT sender, '' FROM requests_private WHERE id = ? AND sender IS NOT NULL`, request); err != nil {
		return err
	}
	return t.addTexts(ctx, words, `SELECT substr(p.text, 1, ?), '' FROM notes n JOIN notes_private p ON p.id = n.id
		WHERE n.request = ? ORDER BY n.id DESC LIMIT ?`, indexedText, request, indexedNotes)
}

// addTexts adds the words of what a query returns: texts and, last, the language that
// they are written in.
func (t *tx) addTexts(ctx context.Context, words *bag, query string, args ...any) error {
	rows, err := t.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	texts, into := make([]string, len(names)), make([]any, len(names))
	for i := range texts {
		into[i] = &texts[i]
	}
	return scanEach(rows, func() error {
		err := rows.Scan(into...)
		last := len(texts) - 1
		for _, text := range texts[:last] {
			words.addText(text, rules.Lang(texts[last]))
		}
		return err
	})
}

// searchAnew has the words of a request gathered once more, from what it still has. It
// is for a change that takes something away: other changes only add words.
func (t *tx) searchAnew(ctx context.Context, request int64) error {
	if err := dropFromSearch(ctx, t, request); err != nil {
		return err
	}
	t.unsearched[request] = true
	return nil
}

// dropFromSearch makes the search forget everything of a request but its
// number. It is for the transaction that purges the request's letters and
// notes; afterwards the index holds no word of them, and the pages that
// became free are SQLite's to clean, as those of any table.
func dropFromSearch(ctx context.Context, t *tx, request int64) error {
	delete(t.unsearched, request)
	var words bag
	if err := t.numberWords(ctx, request, &words); err != nil {
		return fmt.Errorf("drop from search: %w", err)
	}
	_, err := t.ExecContext(ctx, `UPDATE search SET words = ? WHERE rowid = ?`, strings.Join(words.list, " "), request)
	if err != nil {
		err = t.giveUpIndex(ctx, err)
	}
	if err != nil {
		return fmt.Errorf("drop from search: %w", err)
	}
	return nil
}

// numberWords adds the forms in which people write the number of a request. The sign in front
// keeps them apart from the words of letters.
func (t *tx) numberWords(ctx context.Context, request int64, words *bag) error {
	var prefix string
	var year, no int
	err := t.QueryRowContext(ctx, `SELECT prefix, year, no FROM requests WHERE id = ?`, request).Scan(&prefix, &year, &no)
	words.add(fmt.Sprintf("№%s%d%06d", numberPrefix(prefix), year, no))
	words.add(fmt.Sprintf("№%d%06d", year, no))
	words.add(fmt.Sprintf("№%06d", no))
	words.add(fmt.Sprintf("№%d", no))
	return err
}

// numberPrefix is the prefix of a number without its letter case and hyphens.
func numberPrefix(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "") }
