package templates

import (
	"testing"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

func TestDates(t *testing.T) {
	almaty := time.FixedZone("+05", 5*60*60)
	due := time.Date(2027, 1, 8, 0, 0, 0, 0, time.UTC)
	// 22 November 19:30 UTC is the 23rd in Almaty: the zone of t decides.
	got := time.Date(2026, 11, 22, 19, 30, 0, 0, time.UTC).In(almaty)
	for _, c := range []struct{ got, want string }{
		{Date(RU, due), "8 января 2027 г."},
		{Date(KK, due), "2027 жылғы 8 қаңтар"},
		{Date(EN, due), "8 January 2027"},
		{Until(RU, due), "по 8 января 2027 г. включительно"},
		{Until(KK, due), "2027 жылғы 8 қаңтарға дейін қоса алғанда"},
		{Until(EN, due), "until 8 January 2027 inclusive"},
		{DateTime(RU, got), "23 ноября 2026 г., 00:30"},
		{DateTime(KK, got), "2026 жылғы 23 қараша, 00:30"},
		{DateTime(EN, got), "23 November 2026, 00:30"},
		{ShortDate(RU, due), "08.01.2027"},
		{ShortDate(KK, due), "08.01.2027"},
		{ShortDate(EN, due), "2027-01-08"},
		{Month(RU, time.May), "май"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// Every month is worded in every language, with no placeholder left over.
func TestMonths(t *testing.T) {
	seen := map[string]bool{}
	for _, lang := range languages {
		for m := time.January; m <= time.December; m++ {
			for _, s := range []string{Date(lang, time.Date(2027, m, 1, 0, 0, 0, 0, time.UTC)), Until(lang, time.Date(2027, m, 1, 0, 0, 0, 0, time.UTC))} {
				if seen[s] || place.MatchString(s) {
					t.Errorf("%s month %d: %q", lang, m, s)
				}
				seen[s] = true
			}
		}
	}
}

// A number takes the form that the language has for it (CLDR).
func TestForm(t *testing.T) {
	for n, want := range map[int]string{
		0: "many", 1: "one", 2: "few", 4: "few", 5: "many", 11: "many", 12: "many", 14: "many", 21: "one",
		22: "few", 25: "many", 100: "many", 101: "one", 111: "many", 112: "many", 1001: "one", -1: "one", -3: "few",
		1_000_000: "many", 1_000_001: "one", 12_345_671: "one", 12_345_611: "many",
	} {
		if got := form(RU, n); got != want {
			t.Errorf("form(ru, %d) = %s, want %s", n, got, want)
		}
	}
	for n, want := range map[int]string{0: "other", 1: "one", 2: "other", 21: "other"} {
		if en, kk := form(EN, n), form(KK, n); en != want || kk != want {
			t.Errorf("form(en, %d) = %s, form(kk, %d) = %s, want %s", n, en, n, kk, want)
		}
	}
}

func TestDays(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Days(RU, 30, true), "30 рабочих дней"},
		{Days(RU, 21, true), "21 рабочий день"},
		{Days(RU, 2, true), "2 рабочих дня"},
		{Days(RU, 10, false), "10 календарных дней"},
		{DaysOf(RU, 1, true), "1 рабочего дня"},
		{DaysOf(RU, 2, true), "2 рабочих дней"},
		{DaysOf(RU, 21, true), "21 рабочего дня"},
		{Days(KK, 30, true), "30 жұмыс күні"},
		{Days(EN, 1, true), "1 working day"},
		{DaysLeft(RU, 3, "law"), "осталось 3 рабочих дня"},
		{DaysLeft(RU, 0, "policy"), "сегодня последний день"},
		{DaysLeft(RU, -1, "law"), "просрочено на 1 рабочий день"},
		{DaysLeft(RU, -2, "target"), "цель пропущена 2 рабочих дня назад"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		lang Lang
		n    int64
		want string
	}{
		{RU, 0, "0"}, {RU, 2026, "2026"}, {RU, -9999, "-9999"}, {RU, 10000, "10\u00a0000"},
		{KK, -1234567, "-1\u00a0234\u00a0567"}, {EN, 123456, "123,456"}, {EN, -10000, "-10,000"},
	} {
		if got := Number(c.lang, c.n); got != c.want {
			t.Errorf("Number(%s, %d) = %q, want %q", c.lang, c.n, got, c.want)
		}
	}
}

// The forms are those of Unicode CLDR, as the library has them that knows all languages.
func TestFormIsThatOfCLDR(t *testing.T) {
	names := map[plural.Form]string{plural.One: "one", plural.Few: "few", plural.Many: "many", plural.Other: "other"}
	for lang, tag := range map[Lang]language.Tag{RU: language.Russian, KK: language.Kazakh, EN: language.English} {
		for n := range 12_000 {
			if got, want := form(lang, n), names[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)]; got != want {
				t.Fatalf("form(%s, %d) = %s, want %s", lang, n, got, want)
			}
		}
	}
}
