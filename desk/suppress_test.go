package desk

import (
	"slices"
	"testing"
)

// An address that a list writes in any usual way is found in it as the person wrote
// it: whoever must be left out is not missed for a quotation mark.
func TestAddressesIn(t *testing.T) {
	for line, want := range map[string][]string{
		"":                  nil,
		"ФИО;Телефон;Почта": nil,
		"ivan@mail.kz":      {"ivan@mail.kz"},
		"Иванов И. <ivan@mail.kz>, Петров.":         {"ivan@mail.kz"},
		`"o'brien@mail.example";'a@b.kz'`:           {"o'brien@mail.example", "a@b.kz"},
		"'+77011234567@mail.kz":                     {"+77011234567@mail.kz"},
		"«ivan@mail.kz» “a@b.kz”, „c@d.kz“":         {"ivan@mail.kz", "a@b.kz", "c@d.kz"},
		"E-mail:ivan@mail.kz; MAILTO:a@b.kz":        {"ivan@mail.kz", "a@b.kz"},
		"Пишите на ivan@mail.kz! Или a@b.kz.":       {"ivan@mail.kz", "a@b.kz"},
		"1|ivan@mail.kz|да\ta@b.kz":                 {"ivan@mail.kz", "a@b.kz"},
		"\xcf\xee\xf7\xf2\xe0 \xabivan@mail.kz\xbb": {"ivan@mail.kz"}, // windows-1251
		"@ivan @ a@ @b":                             nil,
		"\ufeffиван@почта.қаз":                      {"иван@почта.қаз"},
	} {
		if got := addressesIn(line); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
