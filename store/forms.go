package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"license.kz/pometka/rules"
)

// instantForm is how an instant is written: UTC, always of the same width, so
// that text order is time order.
const instantForm = "2006-01-02T15:04:05.000Z"

// The years of instants. Beyond them the year has not four digits, in UTC or in another zone.
const firstYear, lastYear = 1, 9998

// instant writes the nearest instant that can be read back.
func instant(t time.Time) string {
	switch t = t.UTC(); {
	case t.Year() < firstYear:
		t = time.Date(firstYear, time.January, 1, 0, 0, 0, 0, time.UTC)
	case t.Year() > lastYear:
		t = time.Date(lastYear+1, time.January, 1, 0, 0, 0, -1, time.UTC)
	}
	return t.Format(instantForm)
}

// instantOrNull is instant, and NULL for the zero time and for one that cannot be read back.
func instantOrNull(t time.Time) any {
	if y := t.UTC().Year(); t.IsZero() || y < firstYear || y > lastYear {
		return nil
	}
	return instant(t)
}

// textOrNull is NULL for "".
func textOrNull[S ~string](s S) any {
	if s == "" {
		return nil
	}
	return string(s)
}

//go:noinline
func dateOrNull(d rules.Date) any { return textOrNull(d.String()) }

func boolOrNull(b *bool) any {
	if b == nil {
		return nil
	}
	return *b
}

// jsonOrNull is the list as a JSON array, and NULL for an empty one.
func jsonOrNull[T any](list []T) any {
	if len(list) == 0 {
		return nil
	}
	return jsonText(list)
}

// jsonText writes values of our own types, which cannot fail.
func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("store: write JSON: " + err.Error())
	}
	return string(b)
}

// The destinations for Scan that undo the forms above. NULL gives the zero value.

// asInstant reads instants that only older versions wrote, see firstYear, as none.
type asInstant struct{ to *time.Time }

func (a asInstant) Scan(src any) error {
	var s sql.NullString
	if err := s.Scan(src); err != nil {
		return err
	}
	if !s.Valid {
		*a.to = time.Time{}
		return nil
	}
	text, beyond := s.String, false
	if len(text) == len(instantForm)+1 && (text[0] == '1' || text[0] == '-') {
		text, beyond = "2000"+text[len("10000"):], true
	}
	t, err := time.Parse(time.RFC3339, text) // the one form for which time.Parse is fast
	if err != nil || len(text) != len(instantForm) || t.Location() != time.UTC {
		return fmt.Errorf("%w: %q is no instant", ErrDamaged, s.String)
	}
	if beyond || text[:4] == "9999" || text[:4] == "0000" {
		t = time.Time{}
	}
	*a.to = t
	return nil
}

type asDate struct{ to *rules.Date }

func (a asDate) Scan(src any) error {
	if src == nil {
		*a.to = rules.Date{}
		return nil
	}
	var s sql.NullString
	if err := s.Scan(src); err != nil {
		return err
	}
	if err := a.to.UnmarshalText([]byte(s.String)); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

type asText[S ~string] struct{ to *S }

func (a asText[S]) Scan(src any) error {
	if s, ok := src.(string); ok {
		*a.to = S(s)
		return nil
	}
	var s sql.NullString
	if err := s.Scan(src); err != nil {
		return err
	}
	*a.to = S(s.String)
	return nil
}

type asInt[I ~int | ~int64] struct{ to *I }

func (a asInt[I]) Scan(src any) error {
	var n sql.NullInt64
	if err := n.Scan(src); err != nil {
		return err
	}
	*a.to = I(n.Int64)
	return nil
}

type asBool struct{ to **bool }

func (a asBool) Scan(src any) error {
	var b sql.NullBool
	if err := b.Scan(src); err != nil {
		return err
	}
	*a.to = nil
	if b.Valid {
		*a.to = &b.Bool
	}
	return nil
}

type asJSON struct{ to any }

func (a asJSON) Scan(src any) error {
	var s sql.NullString
	if err := s.Scan(src); err != nil {
		return err
	}
	if !s.Valid {
		return nil
	}
	if err := json.Unmarshal([]byte(s.String), a.to); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// knownTexts reads texts in all languages from JSON, and remembers each, since few
// different ones stand in many rows.
type knownTexts map[string]rules.Text

func (k knownTexts) into(to *rules.Text) sql.Scanner { return knownText{k, to} }

type knownText struct {
	known knownTexts
	to    *rules.Text
}

func (k knownText) Scan(src any) error {
	s, isText := src.(string)
	text, known := k.known[s]
	if isText && known {
		*k.to = text
		return nil
	}
	err := asJSON{k.to}.Scan(src)
	if isText && err == nil {
		k.known[s] = *k.to
	}
	return err
}

// asTotal takes a sum that SQLite may give as a float.
type asTotal struct{ to *int64 }

func (a asTotal) Scan(src any) error {
	var f sql.NullFloat64
	err := f.Scan(src)
	*a.to = int64(min(f.Float64, 1<<62))
	return err
}

type asUint32 struct{ to *uint32 }

func (a asUint32) Scan(src any) error {
	var n sql.NullInt64
	if err := n.Scan(src); err != nil {
		return err
	}
	*a.to = uint32(n.Int64)
	return nil
}
