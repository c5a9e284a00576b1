package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/width"

	"license.kz/pometka/templates"
)

func TestColumns(t *testing.T) {
	for s, want := range map[string]int{"": 0, "Айгүл": 5, "и\u0306": 1, "中文": 4, "ﾊﾝ": 2, "한국": 4, "a😀b": 4, "№ 5": 3} {
		if got := columns(s); got != want {
			t.Errorf("%q takes %d columns, want %d", s, got, want)
		}
	}
	// Against the tables of Unicode, where they do not speak of what combines.
	for r := rune(0x300); r < 0x30000; r++ {
		kind := width.LookupRune(r).Kind()
		if is := kind == width.EastAsianWide || kind == width.EastAsianFullwidth; is && runeColumns(r) == 1 {
			if n := unlikely[r>>8]; n == "" {
				t.Errorf("%U is wide", r)
			}
		}
	}
}

// unlikely are the blocks whose few wide characters nobody writes in letters.
var unlikely = map[rune]string{0x23: "clocks", 0x26: "signs", 0x27: "signs", 0x2b: "squares", 0x1f3: "pictures", 0x1f7: "pictures"}

func TestWrapAndClip(t *testing.T) {
	for _, s := range []string{
		"", " ", "одно два три", strings.Repeat("а", 50), "中文中文 中文中文中文中文中文", strings.Repeat("e\u0301", 30),
		strings.Repeat("\u0301", 9), "a " + strings.Repeat("z\u0301\u0302", 25) + " b", "слово 😀😀😀😀😀😀😀😀😀😀",
	} {
		lines := wrap(s, 10)
		for _, l := range lines {
			if columns(l) > 10 || !utf8.ValidString(l) {
				t.Errorf("%q: line %q takes %d columns", s, l, columns(l))
			}
		}
		if got := strings.ReplaceAll(strings.Join(lines, ""), " ", ""); got != strings.Join(strings.Fields(s), "") {
			t.Errorf("%q: wrapped to %q", s, got)
		}
		for n := range 12 {
			if c := clip(s, n); n > 0 && columns(c) > n {
				t.Errorf("clip(%q, %d) = %q", s, n, c)
			}
			if n > 0 && columns(pad(s, n)) != n {
				t.Errorf("pad(%q, %d) = %q", s, n, pad(s, n))
			}
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("одно два три 中文", 5)
	f.Add("\u0301\u0301a", 1)
	f.Fuzz(func(t *testing.T, s string, n int) {
		s, n = templates.Safe(s), 2+(n&63)
		for _, l := range wrap(s, n) {
			if columns(l) > n {
				t.Errorf("%q at %d: %q", s, n, l)
			}
		}
	})
}
