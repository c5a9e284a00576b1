package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// Whatever a letter holds comes back as it was, and the history holds over it.
func FuzzLetter(f *testing.F) {
	f.Add("Отзыв согласия", "a@b.kz", "Иван", "<m@x>", "<r@x>", "текст")
	f.Add("", "", "", "", "", "")
	f.Add("\x00\x00a", "a\x00b", "'); DROP TABLE requests; --", "\xff\xfe", "\xc3", "\r\n\t\v\x7f")
	f.Add(strings.Repeat("х", 5000), "\u202e", "\U0001f600", "\ufeff", "\u2028", strings.Repeat("\x00", 100))
	ctx, db := context.Background(), openAt(f, filepath.Join(f.TempDir(), "p.db"))
	uid := uint32(0)
	f.Fuzz(func(t *testing.T, subject, addr, name, id, ref, text string) {
		uid++
		a := letterOf(uid)
		l := &a.Letter
		l.Subject, l.FromAddr, l.FromName, l.MessageID, l.References, l.Text = subject, addr, name, id, []string{ref}, text
		done, err := db.Admit(ctx, a, t0)
		if err != nil {
			t.Fatal(err)
		}
		r := must[Request](t)(db.Request(ctx, done.Numbers[0]))
		got := r.Letters[0]
		if got.Subject != subject || got.FromAddr != addr || got.FromName != name || got.MessageID != id || got.Text != text {
			t.Errorf("%+q came back as %+v", []string{subject, addr, name, id, text}, got)
		}
		if utf8.ValidString(ref) && got.References[0] != ref {
			t.Errorf("reference %q came back as %q", ref, got.References[0])
		}
		if f := fold(addr + " " + name); f != "" && len(f) < 1000 {
			if list := must[[]Request](t)(db.Requests(ctx, Filter{All: true, From: f})); len(list) == 0 {
				t.Errorf("not found by %q", f)
			}
		}
		must[[]string](t)(db.SameText(ctx, addr, text, "", t0, alike))
		if uid%64 == 1 {
			sound(t, db)
		}
	})
}

// A short form of a number means the number it is short for, and anything else
// is an error.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"17", "2026-17", "LK-2026-000017", "A-B-2026-1", "", "-", "--1", "1-2-3-4", "9999999999999999999", "+1", " 1 ", "№1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		prefix, year, no, err := parseNumber(s)
		if err != nil {
			return
		}
		if no <= 0 || year < 0 || prefix != "" && year == 0 {
			t.Fatalf("%q is %q %d %d", s, prefix, year, no)
		}
		if prefix == "" {
			return
		}
		if p, y, n, err := parseNumber(fmt.Sprintf("%s-%d-%06d", prefix, year, no)); err != nil || p != prefix || y != year || n != no {
			t.Fatalf("%q is %q %d %d, whose full form is %q %d %d", s, prefix, year, no, p, y, n)
		}
	})
}

// The same text is told by its words, whatever stands between them.
func FuzzTextDigest(f *testing.F) {
	f.Add("")
	f.Add(" \u00a0\r\n\u2028")
	f.Add("  Прошу\tОТОЗВАТЬ \xff\xc3 İß ѕ\u0301\u1e9e\x00 ")
	f.Add(strings.Repeat("Ж", 253) + "x " + strings.Repeat("Қазақ\n", 300))
	f.Fuzz(func(t *testing.T, text string) {
		want := strings.Join(strings.Fields(strings.ToLower(text)), " ")
		if want != "" {
			sum := sha256.Sum256([]byte(want))
			want = hex.EncodeToString(sum[:])
		}
		if got := textDigest(text); got != want {
			t.Errorf("%+q has the digest %q, not %q", text, got, want)
		}
	})
}

// An instant is written with milliseconds, and its text sorts as it does.
func FuzzInstant(f *testing.F) {
	f.Add(int64(0), int64(1))
	f.Add(int64(-62135596800000), int64(253402300799999))
	f.Fuzz(func(t *testing.T, a, b int64) {
		const first, last = -62135596800000, 253402300799999 // years 1 to 9999
		if a < first || b < first || a > last || b > last {
			return
		}
		x, y := time.UnixMilli(a), time.UnixMilli(b)
		if (instant(x) < instant(y)) != x.Before(y) {
			t.Errorf("%s and %s", instant(x), instant(y))
		}
		var back time.Time
		if err := (asInstant{&back}).Scan(instant(x)); err != nil || !back.Equal(x) {
			t.Errorf("%s came back as %v, %v", instant(x), back, err)
		}
	})
}
