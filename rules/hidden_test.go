package rules

import (
	"slices"
	"strings"
	"testing"
)

// A person's letter of which a part could not be read is never filed as no
// request.
func TestHiddenText(t *testing.T) {
	own := Own{Addresses: []string{"info@license.kz"}, Domain: "license.kz"}
	from := []Address{{Addr: "person@mail.example"}}
	for _, c := range []struct {
		name string
		f    Facts
		want Verdict
	}{
		{"encrypted", Facts{Subject: "Письмо", Troubles: []string{"encrypted"}}, Review},
		{"too deep", Facts{Subject: "Письмо", Troubles: []string{"too-deep"}}, Review},
		{"TNEF", Facts{Subject: "Отпуск", Parts: []string{"multipart/mixed", "application/ms-tnef"}, Attachments: []string{""}}, Review},
		{"TNEF by its name", Facts{Parts: []string{"multipart/mixed", "application/octet-stream"}, Attachments: []string{"Winmail.dat"}}, Review},
		{"TNEF beside a text", Facts{Subject: "Отпуск", Text: "Добрый день! Когда вы работаете?", Attachments: []string{"winmail.dat"}}, None},
		{"header cut", Facts{Subject: "Письмо", Text: "Добрый день!", Troubles: []string{"header-long"}}, Review},
		{"encrypted attachment beside a text", Facts{Subject: "Письмо", Text: "Добрый день! Когда вы работаете?", Troubles: []string{"encrypted"}}, None},
		{"a mark all the same", Facts{Subject: "Отзыв согласия на обработку персональных данных", Troubles: []string{"encrypted"}}, Request},
		{"a robot's", Facts{Subject: "Автоответ", Troubles: []string{"encrypted"}, Fields: map[string][]string{"auto-submitted": {"auto-replied"}}}, None},
	} {
		c.f.From = from
		if got := BuiltIn().Classify(c.f, own); got.Verdict != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, got.Verdict, got.Reason.Code, c.want)
		}
	}
}

// What stands behind a limit that was met before there was a page to read is for a person.
// Where a page was read, what is behind it counts no more than behind any page.
func TestBehindALimit(t *testing.T) {
	page := strings.Repeat("Высылаем протокол испытаний опор. ", 100)
	for name, c := range map[string]struct {
		f    Facts
		want Verdict
	}{
		"a picture in the text":        {Facts{Text: "Добрый день, меня зовут Иван.", Cut: true, Troubles: []string{"truncated"}}, Review},
		"nothing before the limit":     {Facts{Cut: true, Troubles: []string{"truncated"}}, Review},
		"too many parts":               {Facts{Text: "Добрый день.", Troubles: []string{"too-many-parts"}}, Review},
		"a page before the limit":      {Facts{Text: page, Cut: true, Troubles: []string{"truncated"}}, None},
		"a page, and too many parts":   {Facts{Text: page, Troubles: []string{"too-many-parts"}}, None},
		"the whole text, a large file": {Facts{Text: "Проект во вложении.", Troubles: []string{"truncated"}}, None},
	} {
		c.f.From, c.f.Subject = []Address{{Addr: "a@one.example"}}, "Здравствуйте"
		if got := BuiltIn().Classify(c.f, Own{}); got.Verdict != c.want || c.want == Review && got.Reason.Code != ReasonUnreadable {
			t.Errorf("%s: %s by %s", name, got.Verdict, got.Reason.Code)
		}
	}
}

// Of a letter of which nothing but the header can be had, the subject says what it may be,
// and so how soon a person must look.
func TestUnreadableKeepsItsSubject(t *testing.T) {
	for subject, want := range map[string]struct {
		kinds      []Kind
		prescribed bool
	}{
		"Отказ от уведомлений о новых продуктах и услугах и специальных предложениях": {[]Kind{"opt_out"}, true},
		"Прошу удалить мои персональные данные":                                       {[]Kind{"erasure"}, false},
		"Здравствуйте": {nil, false},
	} {
		f := Facts{From: []Address{{Addr: "a@one.example"}}, Subject: subject, Troubles: []string{"unreadable"}}
		got := BuiltIn().Classify(f, Own{})
		if got.Verdict != Review || got.Reason.Code != ReasonUnreadable || !slices.Equal(got.Kinds, want.kinds) || got.Prescribed != want.prescribed {
			t.Errorf("%s: %s by %s as %v, prescribed %v", subject, got.Verdict, got.Reason.Code, got.Kinds, got.Prescribed)
		}
	}
}
