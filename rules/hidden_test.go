package rules

import "testing"

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
