package rules

import (
	"testing"
	"unicode/utf8"
)

func TestNormalise(t *testing.T) {
	for in, want := range map[string]string{
		"ОТЗЫВ  Согласия":                     "отзыв  согласия",
		"учЁтная запись":                      "учетная запись",
		"и\u0306 е\u0308":                     "й е",
		"отзы\u0301в":                         "отзыв",
		"со\u00adгла\u200bсия\u202e":          "согласия",
		"«данные» “xyz” 'я'":                  `"данные" "xyz" "я"`,
		"да—нет – и − ‑":                      "да-нет - и - -",
		"a\u00a0b\u2009c\td":                  "a b c d",
		"№ 5":                                 "# 5",
		"Ｔｅｓｔ ①":                              "test 1",
		"cогласия на обpаботку":               "согласия на обработку",
		"Отказ от yслуг c вами":               "отказ от услуг с вами",
		"отказ ot рекламы":                    "отказ от рекламы",
		"келiсiмiмдi":                         "келісімімді",
		"unsubsсribe":                         "unsubscribe",
		"SMS-рассылка от SMS":                 "sms-рассылка от sms",
		"сменился e-mail":                     "сменился e-mail",
		"пер5ональных 3аявка Претензия15":     "пер5ональных заявка претензия15",
		"Ελλάδα":                              "ελλαδα",
		"прοверка":                            "проверка",
		"a\u0000b\u0007c":                     "a b c",
		"строка\r\nвторая\u2028третья":        "строка \nвторая\nтретья",
		"\xffданные":                          "\ufffdданные",
		"қ ң ғ ү ұ ө һ і ә":                   "қ ң ғ ү ұ ө һ і ә",
		"šž ñ ş ö":                            "šž ñ ş ö",
		"https://license.kz info@license.kz ": "https://license.kz info@license.kz ",
	} {
		if got := normalise(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	for _, c := range [][2]string{
		{"келісімімді", "келисимимди"}, {"қайтарып", "каитарип"}, {"өңдеу", "ондеу"}, {"хабарлама", "хабарлама"},
		{"объявление", "обявление"}, {"щит", "шит"}, {"эра", "ера"}, {"latin", "latin"}, {"", ""},
	} {
		if got := fold(c[0]); got != c[1] || fold(got) != got {
			t.Errorf("%q: %q, want %q", c[0], got, c[1])
		}
	}
}

func TestRetyping(t *testing.T) {
	for in, want := range map[string]string{
		"Jnpsd cjukfcbz yf j,hf,jnre gthcjyfkmys[ lfyys[": "Отзыв согласия на обработку персональных данных",
		"Отзыв cjukfcbz":                                  "Отзыв согласия",
	} {
		if got := asRussianKeys(in); got != want {
			t.Errorf("russian %q: %q, want %q", in, got, want)
		}
	}
	for text, want := range map[string]string{
		"Дербес деректер3мд3 -ш3ру": "Дербес деректерімді өшіру", "т8зет343здер": "түзетіңіздер", "жа=ан": "жаһан", "ИИН 870412300999": "ИИН 870412300999", "5 рет": "5 рет",
	} {
		if got := asKazakhDigits(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for text, want := range map[string]bool{"кел3с3м": true, "-ш3ру": true, "3-й": false, "1С": false, "кв5": false, "5": false, "": false, "а5a": false} {
		if digitsForLetters(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
	if got := asKazakhKeys("rtk3c3v3vl3 0fqnfhsg fkfvsy 2026"); got != "келісімімді қайтарып аламын 2026" {
		t.Errorf("kazakh: %q", got)
	}
	if got := asLatinKeys("гтыгиыскшиу"); got != "unsubscribe" {
		t.Errorf("latin: %q", got)
	}
}

func TestTransliteration(t *testing.T) {
	for in, want := range map[string]string{
		"otzyv soglasiia na obrabotku personalnykh dannykh": "отзыв согласия на обработку персоналных данных",
		"otzyv soglasija na obrabotku personal'nyx dannyx":  "отзыв согласия на обработку персоналных данных",
		"aktualizatsiya": "актуализация", "aktualizacija": "актуализация", "aktualizatsia": "актуализация",
		"pretenziya": "претензия", "pretenzia": "претензия", "otpisatsya": "отписаться", "otkazyvayus": "отказываюсь",
		"moi dannye": "мои данные", "kelisimimdi qaytaryp alamyn": "келисимимди қайтарып аламын",
		"уже по-русски 5": "уже по-русски 5",
	} {
		if got := fromTranslit(normalise(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// The endings that Kazakh glues to the stems of the policy's words.
func TestKazakhStems(t *testing.T) {
	for _, c := range []struct {
		word, stem string
		negated    bool
	}{
		{"деректерімді", "деректер", false}, {"деректеріңізді", "деректер", false}, {"дерегімді", "дерек", false},
		{"келісімімнен", "келісім", false}, {"келісімді", "келісім", false}, {"рұқсатымды", "рұқсат", false},
		{"жарнаманы", "жарнама", false}, {"жаңалықтардан", "жаңалық", false}, {"таратылымнан", "таратылым", false},
		{"жібермеңіз", "жібер", true}, {"жібермеңіздер", "жібер", true}, {"жіберме", "жібер", true}, {"жібермесін", "жібер", true},
		{"жойыңыз", "жой", false}, {"өшіріңіз", "өшір", false}, {"тоқтатпаңыз", "тоқтат", true}, {"түзетіңіздер", "түзет", false},
		{"қаламаймын", "қала", true}, {"нөмірім", "нөмір", false},
	} {
		found, negated := false, false
		stemsKK(fold(c.word), func(stem string, neg bool) bool {
			if stem == fold(c.stem) {
				found, negated = true, neg
			}
			return found
		})
		if !found || negated != c.negated {
			t.Errorf("%s: found %t, negated %t", c.word, found, negated)
		}
	}
}

func TestMisspelt(t *testing.T) {
	for _, c := range []struct {
		word, of string
		want     bool
	}{
		{"данних", "данних", true}, {"днаних", "данних", true}, {"отзив", "отзив", true}, {"отив", "отзив", false}, {"отззив", "отзив", true},
		{"отказ", "показ", false}, {"отказ", "отвар", false}, {"оказ", "отказ", false}, {"обработка", "обрадотка", true}, {"абработка", "обработка", true},
		{"proves", "process", false}, {"process", "procesing", false}, {"withdrawl", "withdrawal", true}, {"", "a", false},
	} {
		if misspelt(c.word, c.of) != c.want {
			t.Errorf("%s of %s: want %t", c.word, c.of, c.want)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"Отзыв согласия", "cогласия ot вас", "и\u0306\u0301", "\xff\xfe", "İstanbul ẞ ﬁ", "келiсiм 3аявка e-mail", "ΆΈ ά", "각", "A\u030a\u0323"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := normalise(s)
		if !utf8.ValidString(n) {
			t.Fatalf("%q: invalid UTF-8 %q", s, n)
		}
		if again := normalise(n); again != n {
			t.Fatalf("%q: %q, and again %q", s, n, again)
		}
		if w := fold(n); fold(w) != w {
			t.Fatalf("%q: fold is not idempotent", n)
		}
		for _, v := range []string{asRussianKeys(s), asKazakhKeys(s), asLatinKeys(n), fromTranslit(n), parted(s)} {
			if utf8.ValidString(s) && !utf8.ValidString(v) {
				t.Fatalf("%q: invalid UTF-8 %q", s, v)
			}
		}
	})
}

func FuzzClassify(f *testing.F) {
	for _, s := range [][2]string{
		{"Отзыв согласия на обработку персональных данных", "Иванов"}, {"Re: Fwd: [x] ", "> a\n\nOn 5 May x wrote:\n"},
		{"", "---------- Forwarded message ---------\nFrom: a@b\n\n\n"}, {"Jnpsd", "-- \n--\n"}, {"жібермеңіз", "не не не хочу\n\n?"},
	} {
		f.Add(s[0], s[1], "list-id", "x")
	}
	p := BuiltIn()
	f.Fuzz(func(t *testing.T, subject, text, field, value string) {
		l := letterFrom(subject, text)
		l.Fields = map[string][]string{field: {value}}
		got := p.Classify(l, p.Own())
		switch {
		case got.Verdict != Request && got.Verdict != Review && got.Verdict != None, got.Reason.Code == "":
			t.Fatalf("%+v", got)
		case got.Verdict == Request && len(got.Kinds) == 0:
			t.Fatalf("a request of no kind: %+v", got)
		case utf8.ValidString(subject) && utf8.ValidString(text) && !utf8.ValidString(got.NewText+got.Marker+got.Removed):
			t.Fatalf("invalid UTF-8: %+v", got)
		}
		p.MayAnswer(l, p.Own(), TrustNone)
		if p.Triage(l, p.Own()) == NeedNothing && got.Verdict != None {
			t.Fatalf("triage needs nothing of %+v", got)
		}
	})
}
