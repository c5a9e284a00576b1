package templates

import (
	"testing"
	"time"
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
		{MonthShort(KK, time.October), "қаз"},
		{Weekday(RU, time.Sunday), "воскресенье"},
		{Weekday(KK, time.Monday), "дүйсенбі"},
		{WeekdayShort(RU, time.Saturday), "сб"},
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

func TestPlural(t *testing.T) {
	for n, want := range map[int]string{
		0: "дней", 1: "день", 2: "дня", 4: "дня", 5: "дней", 11: "дней", 12: "дней", 14: "дней", 21: "день",
		22: "дня", 25: "дней", 100: "дней", 101: "день", 111: "дней", 112: "дней", 1001: "день", -1: "день", -3: "дня",
		1_000_000: "дней", 1_000_001: "день", 12_345_671: "день", 12_345_611: "дней",
	} {
		if got := Plural(RU, n, "день", "дня", "дней"); got != want {
			t.Errorf("Plural(ru, %d) = %s, want %s", n, got, want)
		}
	}
	for n, want := range map[int]string{0: "days", 1: "day", 2: "days", 21: "days"} {
		if got := Plural(EN, n, "day", "days"); got != want {
			t.Errorf("Plural(en, %d) = %s, want %s", n, got, want)
		}
	}
	if got := Plural(KK, 5, "күн"); got != "күн" {
		t.Errorf("one form for all: %q", got)
	}
	if got := Plural(RU, 5); got != "" {
		t.Errorf("no form: %q", got)
	}
}

func TestDays(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{WorkingDays(RU, 30), "30 рабочих дней"},
		{WorkingDays(RU, 21), "21 рабочий день"},
		{WorkingDays(RU, 2), "2 рабочих дня"},
		{Days(RU, 10, false), "10 календарных дней"},
		{DaysOf(RU, 1, true), "1 рабочего дня"},
		{DaysOf(RU, 2, true), "2 рабочих дней"},
		{DaysOf(RU, 21, true), "21 рабочего дня"},
		{WorkingDays(KK, 30), "30 жұмыс күні"},
		{WorkingDays(EN, 1), "1 working day"},
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
