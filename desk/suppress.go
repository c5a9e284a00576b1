package desk

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// addressDigest is the SHA-256 of an address, normalised: see rules.AddressKey.
func addressDigest(addr string) string { return addressDigests(addr)[0] }

// addressDigests are those by which an address may stand in the register: its own, and
// those of its other spellings.
func addressDigests(addr string) []string {
	list := rules.AddressSpellings(addr)
	for i, s := range list {
		sum := sha256.Sum256([]byte(s))
		list[i] = hex.EncodeToString(sum[:])
	}
	return list
}

// Suppressed is an address that marketing must leave out.
type Suppressed struct {
	Address string // as the person's letter names it; "" after a purge
	SHA256  string // see addressDigest
	Number  string // of the request that first asked for it
	Kind    rules.Kind
	Since   time.Time
}

// Suppressions lists all addresses that marketing must leave out, the earliest first.
func (d *Desk) Suppressions(ctx context.Context) ([]Suppressed, error) {
	list, err := d.Store.Suppressions(ctx)
	out := make([]Suppressed, 0, len(list))
	for _, s := range list {
		out = append(out, suppressed(s))
	}
	return out, err
}

func suppressed(s store.Suppression) Suppressed {
	out := Suppressed{SHA256: s.SHA256, Number: s.Number, Kind: s.Kind, Since: s.Since}
	for _, address := range s.Named {
		if slices.Contains(addressDigests(address), s.SHA256) {
			out.Address = address
			break
		}
	}
	return out
}

// Match is a line of a list that names an address which must be left out.
type Match struct {
	Line int // from 1
	Suppressed
}

// ErrListText says that a list is no text, or is in an encoding in which addresses do not
// stand as in ASCII.
var ErrListText = errors.New("the list is not a text in UTF-8 or another encoding of one byte a letter")

const (
	matchBatch = 500     // addresses a query
	maxLine    = 1 << 20 // bytes of a line
)

// Matching reads a list of addresses, one a line or in any column of a table,
// and calls found with each that must be left out, as the list writes it. It
// returns how many addresses were read. The list is compared by digests, so
// that it is also held against addresses that have been forgotten.
func (d *Desk) Matching(ctx context.Context, list io.Reader, found func(Match) error) (int, error) {
	r := bufio.NewReader(list)
	if mark, err := r.Peek(2); err == nil && (string(mark) == "\xff\xfe" || string(mark) == "\xfe\xff") {
		return 0, ErrListText
	}
	s := bufio.NewScanner(r)
	s.Buffer(nil, maxLine)
	b := matcher{Desk: d, found: found}
	for line := 1; s.Scan(); line++ {
		if strings.ContainsRune(s.Text(), 0) {
			return b.read, ErrListText
		}
		for _, address := range addressesIn(s.Text()) {
			b.read++
			for _, sum := range addressDigests(address) {
				b.asked = append(b.asked, Match{line, Suppressed{Address: address, SHA256: sum}})
			}
			if len(b.asked) < matchBatch {
				continue
			}
			if err := b.ask(ctx); err != nil {
				return b.read, err
			}
		}
	}
	if err := s.Err(); err != nil {
		return b.read, fmt.Errorf("read list: %w", err)
	}
	return b.read, b.ask(ctx)
}

// matcher looks addresses up in the register, many in one query.
type matcher struct {
	*Desk
	found func(Match) error
	asked []Match
	read  int
}

func (b *matcher) ask(ctx context.Context) error {
	digests := make([]string, len(b.asked))
	for i, m := range b.asked {
		digests[i] = m.SHA256
	}
	known, err := b.Store.Suppressed(ctx, digests)
	if err != nil {
		return err
	}
	var last Match
	for _, m := range b.asked {
		s, ok := known[m.SHA256]
		if !ok || m.Line == last.Line && m.Address == last.Address { // by another spelling
			continue
		}
		last = m
		m.Number, m.Kind, m.Since = s.Number, s.Kind, s.Since
		if err := b.found(m); err != nil {
			return err
		}
	}
	b.asked = b.asked[:0]
	return nil
}

// addressesIn finds the addresses of a line, whatever stands around them: a
// name, quotes, angle brackets, a label, the other columns of a table.
func addressesIn(line string) []string {
	var out []string
	for word := range strings.FieldsFuncSeq(line, func(r rune) bool {
		return r <= ' ' || r == utf8.RuneError || strings.ContainsRune(",;:|<>()[]\"«»“”„\u00a0\ufeff\u200b", r)
	}) {
		word = strings.Trim(strings.TrimRight(word, ".!?…'"), "'") // inside, as in o'brien@, it belongs to the address
		if at := strings.IndexByte(word, '@'); at > 0 && at < len(word)-1 {
			out = append(out, word)
		}
	}
	return out
}
