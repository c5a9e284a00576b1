package store

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"license.kz/pometka/rules"
)

// ErrNoWords says that a question to the search holds no word and no number.
var ErrNoWords = errors.New("no word to search for")

// Hit is a request that a search found, and where.
type Hit struct {
	Request Request
	Where   string   // "subject", "text", "note", "from" or, where only the number was met, ""
	Context string   // that text, its beginning at most
	Marks   [][2]int // the found words in Context, bytes from and to, in order
}

// Search finds the requests that hold every one of the words, in any form and
// letter case, in number, sender, subject, text or notes, the last registered
// first, at most limit of them. A word that ends with * stands for all that
// begin like it; digits always do. more says that there are others.
//
// ErrNoWords: the question holds nothing to search for. ErrNoIndex: the index
// is missing or unusable; MakeIndex makes it.
func (db *DB) Search(ctx context.Context, words string, limit int) (hits []Hit, more bool, err error) {
	if err := db.indexLatest(ctx); err != nil {
		return nil, false, fmt.Errorf("search register: %w", err)
	}
	err = db.view(ctx, func(q querier) error {
		known, err := prefixes(ctx, q)
		if err != nil {
			return err
		}
		ask := parseQuestion(words, known)
		if len(ask.groups) == 0 {
			return ErrNoWords
		}
		if state, err := indexState(ctx, q); err != nil || state != indexWhole {
			return errors.Join(err, ErrNoIndex)
		}
		ids, err := matching(ctx, q, ask.match(), limit+1)
		if unusable(err) {
			return fmt.Errorf("%w: %w", ErrNoIndex, err)
		}
		if err != nil {
			return err
		}
		more = len(ids) > limit
		hits, err = hitsOf(ctx, q, ids[:min(len(ids), limit)], ask)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("search register: %w", err)
	}
	return hits, more, nil
}

// Prefixes are those of the numbers in the register.
func (db *DB) Prefixes(ctx context.Context) ([]string, error) {
	return db.numbers(ctx, `SELECT DISTINCT prefix FROM counters`)
}

// prefixes are those of the numbers in the register, as numberPrefix has them.
func prefixes(ctx context.Context, q querier) ([]string, error) {
	rows, err := q.QueryContext(ctx, `SELECT prefix FROM counters`)
	if err != nil {
		return nil, err
	}
	var list []string
	err = scanEach(rows, func() error {
		var p string
		err := rows.Scan(&p)
		list = append(list, numberPrefix(p))
		return err
	})
	return list, err
}

func matching(ctx context.Context, q querier, match string, limit int) ([]int64, error) {
	return queryIDs(ctx, q, `SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?`, match, limit)
}

// hitsOf reads the requests, and in each where the words were met.
func hitsOf(ctx context.Context, q querier, ids []int64, ask question) ([]Hit, error) {
	rows, err := loadRequests(ctx, q, `WHERE r.id IN (SELECT value FROM json_each(?)) ORDER BY r.id DESC`, jsonText(ids))
	if err != nil {
		return nil, err
	}
	if err := complete(ctx, q, rows, false); err != nil {
		return nil, err
	}
	hits := make([]Hit, len(rows))
	for i := range rows {
		hits[i].Request = rows[i].Request
		if err := ask.locate(ctx, q, &hits[i]); err != nil {
			return nil, err
		}
	}
	return hits, nil
}

// locate finds the text of a request that holds most of the words asked for.
func (ask question) locate(ctx context.Context, q querier, h *Hit) error {
	rows, err := q.QueryContext(ctx, `SELECT p.subject, substr(p.text, 1, ?), p.from_name, p.from_addr, coalesce(p.writer_name, ''), coalesce(p.writer, ''), l.language
		FROM request_letters rl JOIN letters l ON l.id = rl.letter JOIN letters_private p ON p.id = l.id
		WHERE rl.request = ? ORDER BY rl.pos LIMIT ?`, indexedText, h.Request.ID, indexedLetters)
	if err != nil {
		return err
	}
	best := 0
	try := func(where, text string, lang rules.Lang) {
		if n, marks := ask.marks(text, lang); n > best {
			best, h.Where, h.Context, h.Marks = n, where, text, marks
		}
	}
	if err := scanEach(rows, func() error {
		var subject, text string
		var from, writer [2]string // name and address
		var lang rules.Lang
		err := rows.Scan(&subject, &text, &from[0], &from[1], &writer[0], &writer[1], &lang)
		try("text", text, lang)
		try("subject", subject, lang)
		try("from", nameAndAddress(from[0], from[1]), lang)
		try("from", nameAndAddress(writer[0], writer[1]), lang)
		return err
	}); err != nil {
		return err
	}
	try("from", h.Request.Sender, "")
	notes, err := loadNotes(ctx, q, h.Request.ID)
	for _, n := range notes {
		try("note", n.Text, "")
	}
	return err
}

func nameAndAddress(name, addr string) string {
	if name != "" && addr != "" {
		return name + " <" + addr + ">"
	}
	return name + addr
}

// question is what is searched for: every one of the groups, each met by any
// of its words.
type question struct {
	groups [][]asked
	met    map[spoken]int // what meets returned for the words seen so far: to find the forms of a word takes a while
}

// spoken is a word of a letter, in the language of the letter.
type spoken struct {
	word string
	lang rules.Lang
}

// asked is one form of a word, or the beginning of words.
type asked struct {
	form   string
	prefix bool
}

// numberForm is what of a question can be a number: 17, 2026-17, LK-2026-0001.
var numberForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:(\pL[\pL\d-]*?)-)?(?:(\d{4})-)?(\d*)$`)
})

// maxGroups bounds the work on a question that was pasted by mistake.
const maxGroups = 20

// parseQuestion reads what a person typed; known are the prefixes of numbers.
func parseQuestion(s string, known []string) question {
	ask := question{met: map[spoken]int{}}
	for piece := range strings.FieldsSeq(s) {
		number := askedNumber(piece, known)
		if len(number) > 0 && strings.Contains(piece, "-") {
			ask.groups = append(ask.groups, number)
			continue
		}
		for at, word := range rules.SearchWords(piece) {
			open := strings.HasPrefix(piece[at+len(word):], "*")
			if g := append(askedWord(word, open), number...); len(g) > 0 {
				ask.groups = append(ask.groups, g)
			}
		}
	}
	ask.groups = ask.groups[:min(len(ask.groups), maxGroups)]
	return ask
}

// askedWord gives the forms of a word. Its letters say only in part whether it
// may be Kazakh, so both forms are asked for.
func askedWord(word string, open bool) []asked {
	digits := strings.Trim(word, "0123456789") == "" && len(word) > 2
	var group []asked
	for _, form := range rules.SearchStems(word, rules.KK) {
		group = append(group, asked{form, open || digits})
	}
	return group
}

// askedNumber gives the forms of a number of a request, or nothing where the
// piece can be none.
func askedNumber(piece string, known []string) []asked {
	m := numberForm().FindStringSubmatch(piece)
	if m == nil {
		return nil
	}
	prefix, year, digits := numberPrefix(m[1]), m[2], m[3]
	if prefix != "" && year == "" { // LK-2026: the digits are the year
		year, digits = digits, ""
	}
	switch {
	case prefix != "" && (len(year) != 4 || !slices.Contains(known, prefix)), prefix == "" && digits == "":
		return nil
	}
	short := digits != "" && digits[0] != '0' && len(digits) < 6
	if short && year != "" {
		digits = strings.Repeat("0", 6-len(digits)) + digits
	}
	return []asked{{"№" + prefix + year + digits, !short}}
}

// match is the question in the language of FTS5. The forms hold letters and
// digits only, so that nothing needs to be escaped.
func (ask question) match() string {
	groups := make([]string, len(ask.groups))
	for i, g := range ask.groups {
		forms := make([]string, len(g))
		for j, a := range g {
			forms[j] = `"` + a.form + `"`
			if a.prefix {
				forms[j] += "*"
			}
		}
		groups[i] = "(" + strings.Join(forms, " OR ") + ")"
	}
	return strings.Join(groups, " AND ")
}

// marks finds the words asked for in a text, and how many groups are met.
func (ask question) marks(text string, lang rules.Lang) (met int, marks [][2]int) {
	groups := map[int]bool{}
	for at, word := range rules.SearchWords(text) {
		if i := ask.meets(spoken{word, lang}); i >= 0 {
			groups[i] = true
			marks = append(marks, [2]int{at, at + len(word)})
		}
	}
	return len(groups), marks
}

// meets returns the first group that a form of a word meets, or -1.
func (ask question) meets(w spoken) int {
	met, known := ask.met[w]
	if known {
		return met
	}
	forms := rules.SearchStems(w.word, w.lang)
	met = slices.IndexFunc(ask.groups, func(g []asked) bool {
		return slices.ContainsFunc(g, func(a asked) bool {
			return slices.ContainsFunc(forms, func(form string) bool { return a.form == form || a.prefix && strings.HasPrefix(form, a.form) })
		})
	})
	ask.met[w] = met
	return met
}
