package templates

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestMaskPII(t *testing.T) {
	for in, want := range map[string]string{
		"ИИН 000101500001, срочно":        "ИИН ••••••••••••, срочно",
		"ИИН000101500206":                 "ИИН••••••••••••",
		"000101 500206":                   "•••••• ••••••",
		"0001 0150 0206":                  "•••• •••• ••••",
		"000-101-500-206":                 "•••-•••-•••-•••",
		"БИН180640028978.":                "БИН••••••••••••.",
		"карта 4400 4301 2345 6789":       "карта •••• •••• •••• ••••",
		"+7 (701) 123-45-67":              "+• (•••) •••-••-67",
		"8 701 123 45 67":                 "• ••• ••• •• 67",
		"87011234567":                     "•••••••••67",
		"8(727)2500000":                   "•(•••)•••••00",
		"77011234567 и 7011234567":        "•••••••••67 и ••••••••67",
		"701 123 45 67":                   "••• ••• •• 67",
		"тел. 250-00-00":                  "тел. •••-••-00",
		"+996 555 123456":                 "+••• ••• ••••56",
		"000101500001 8 701 123 45 67":    "•••••••••••• • ••• ••• •• 67",
		"№ LK-2026-000123":                "№ LK-2026-000123",
		"pometka show 2026-17":            "pometka show 2026-17",
		"по 8 января 2027 г., 14:05":      "по 8 января 2027 г., 14:05",
		"22.11.2026 14:05":                "22.11.2026 14:05",
		"2026-11-22":                      "2026-11-22",
		"12 345 событий, 1 000 000":       "12 345 событий, 1 000 000",
		"550 5.1.1":                       "550 5.1.1",
		"Закон № 94-V, ст. 25 п. 2 пп. 8": "Закон № 94-V, ст. 25 п. 2 пп. 8",
		sampleDigest:                      sampleDigest,
		"a123456789012b c000101500001":    "a123456789012b c000101500001",
		"1234567890123":                   "1234567890123",
		"сумма 150000 тенге, договор 12345": "сумма 150000 тенге, договор 12345",
		"": "",
	} {
		if got := MaskPII(in); got != want {
			t.Errorf("MaskPII(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzMaskPII(f *testing.F) {
	for _, s := range []string{"", "ИИН 000101500001", "+7 (701) 123-45-67, 8 701 123 45 67 12 34", "٣٤٥٦٧٨٩٠١٢٣٤", "•1234567890", "+1-1-1-1-1-1-1-1-1", "\xff1234 12345678"} {
		f.Add(s)
	}
	number := regexp.MustCompile(`\p{Nd}+`)
	f.Fuzz(func(t *testing.T, s string) {
		got := MaskPII(s)
		if again := MaskPII(got); again != got {
			t.Errorf("not idempotent: %q, %q, %q", s, got, again)
		}
		if utf8.ValidString(s) && utf8.RuneCountInString(got) != utf8.RuneCountInString(s) {
			t.Errorf("the length changed: %q to %q", s, got)
		}
		for _, at := range number.FindAllStringIndex(got, -1) {
			if n := utf8.RuneCountInString(got[at[0]:at[1]]); n == 12 && touches(got, at) == [2]bool{} {
				t.Errorf("%d digits in a row are left in %q", n, got)
			}
		}
		same := func(s string) string {
			return strings.Map(func(r rune) rune {
				if unicode.IsDigit(r) || r == '•' {
					return -1
				}
				return r
			}, s)
		}
		if utf8.ValidString(s) && same(s) != same(got) {
			t.Errorf("more than digits changed: %q to %q", s, got)
		}
	})
}

// Letters to staff hide the numbers, letters to the person do not.
func TestStaffLettersAreMasked(t *testing.T) {
	s := builtIn(t)
	const iin = "000101500001"
	for name, data := range map[string]any{
		"reminder":   Reminder{Today: sampleToday, Lines: []ReminderLine{{Number: sampleNumber, Kind: iin, Source: "law", ActBy: sampleToday, Assignee: iin}}},
		"escalation": Escalation{Today: sampleToday, Lines: []ReminderLine{{Number: sampleNumber, Kind: iin, Source: "law", ActBy: sampleToday}}},
		"digest":     Digest{Today: sampleToday, Head: sampleDigest, Letters: []DigestLetter{{Reason: iin}}},
		"alarm":      Alarm{What: iin, Since: sampleToday},
		"recovered":  Recovered{What: iin, Since: sampleToday, At: sampleToday},
	} {
		l, err := s.Letter(name, RU, data)
		if err != nil {
			t.Fatal(err)
		}
		if all := l.Subject + l.Body; strings.Contains(all, iin) || !strings.Contains(all, "••••••••••••") {
			t.Errorf("%s: %s\n%s", name, l.Subject, l.Body)
		}
		if name == "digest" && !strings.Contains(l.Body, sampleDigest) {
			t.Errorf("the head of the chain is masked:\n%s", l.Body)
		}
	}
	l, err := s.Letter("refusal", RU, Refusal{Operator: "x", Number: "x", What: "x", Received: sampleToday, Why: iin})
	if err != nil || !strings.Contains(l.Body, iin) {
		t.Errorf("the answer of staff was changed: %v\n%s", err, l.Body)
	}
}
