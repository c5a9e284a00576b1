package rules

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAddressKey(t *testing.T) {
	for addr, want := range map[string]string{
		" Ivan@Example.KZ ":              "ivan@example.kz",
		"ivan@почта.рф":                  "ivan@xn--80a1acny.xn--p1ai",
		"Ivan@ПОЧТА.РФ":                  "ivan@xn--80a1acny.xn--p1ai",
		"ivan@XN--80A1ACNY.xn--p1ai":     "ivan@xn--80a1acny.xn--p1ai",
		"info@сайт.қаз":                  "info@xn--80aswg.xn--80ao21a",
		"info@сайт。қаз":                  "info@xn--80aswg.xn--80ao21a", // the full stop of an Asian keyboard
		"иван@mail.example":              "иван@mail.example",
		"андрей@почта.рф":                "андрей@xn--80a1acny.xn--p1ai",
		"андреи\u0306@почта.рф":          "андрей@xn--80a1acny.xn--p1ai", // decomposed, as one system types it
		"info@сай\u0442ы\u0438\u0306.рф": "info@" + SentDomain("сайтый.рф"),
		"Иван Петров":                    "иван петров",
		"":                               "",
	} {
		if got := AddressKey(addr); got != want {
			t.Errorf("AddressKey(%q) = %q, want %q", addr, got, want)
		}
		if got := AddressKey(want); got != want {
			t.Errorf("the key %q has the key %q", want, got)
		}
	}
	if got := SentAddress("Иван@Почта.рф"); got != "Иван@xn--80a1acny.xn--p1ai" {
		t.Errorf("SentAddress keeps the part before @ and has the domain as servers know it: %q", got)
	}
	long := "a@" + strings.Repeat("ж", 70) + ".рф"
	if got := SentAddress(long); !strings.HasPrefix(got, "a@ж") {
		t.Errorf("a label that is too long stays as it is: %q", got)
	}
}

func TestAddressSpellings(t *testing.T) {
	for addr, want := range map[string][]string{
		"A@b.kz":                     {"a@b.kz"},
		"ivan@почта.рф":              {"ivan@xn--80a1acny.xn--p1ai", "ivan@почта.рф"},
		"ivan@xn--80a1acny.xn--p1ai": {"ivan@xn--80a1acny.xn--p1ai", "ivan@почта.рф"},
		"ivan@xn--80a1acny.рф":       {"ivan@xn--80a1acny.xn--p1ai", "ivan@xn--80a1acny.рф", "ivan@почта.рф"},
		"почта.рф":                   {"xn--80a1acny.xn--p1ai", "почта.рф"},
		"a@xn--!!.kz":                {"a@xn--!!.kz"},
	} {
		if got := AddressSpellings(addr); !slices.Equal(got, want) {
			t.Errorf("AddressSpellings(%q) = %q, want %q", addr, got, want)
		}
	}
}

// TestOwnInEitherSpelling: the operator may be written in letters or in Punycode, in the
// configuration as in a letter.
func TestOwnInEitherSpelling(t *testing.T) {
	const letters, puny = "сайт.қаз", "xn--80aswg.xn--80ao21a"
	for _, configured := range []string{letters, puny} {
		own := OwnOf("info@"+configured, []string{"Old@почта.рф"}, []string{"form@" + configured})
		for _, written := range []string{letters, puny, "САЙТ.ҚАЗ"} {
			if !own.Is("info@"+written) || !own.Is("staff@"+written) || !own.IsForm("form@"+written) {
				t.Errorf("the operator at %s is not known as %s", configured, written)
			}
		}
		if !own.Is("old@xn--80a1acny.xn--p1ai") || own.Is("other@почта.рф") || own.IsForm("info@"+letters) {
			t.Errorf("the operator at %s: an alias is one address, a form none of the others", configured)
		}
	}
}

// TestPunycode are the samples of RFC 3492, section 7.1, without the uppercase letters
// that it marks where they stand.
func TestPunycode(t *testing.T) {
	for long, short := range map[string]string{
		"ليهمابتكلموشعربي؟":      "egbpdaj6bu4bxfgehfvwxn",
		"他们为什么不说中文":              "ihqwcrb4cv8a8dqg056pqjye",
		"他們爲什麽不說中文":              "ihqwctvzc91f659drss3x8bo0yb",
		"pročprostěnemluvíčesky": "proprostnemluvesky-uyb24dma41a",
		"למההםפשוטלאמדבריםעברית": "4dbcagdahymbxekheh6e0a7fei0b",
		"यहलोगहिन्दीक्योंनहींबोलसकतेहैं":           "i1baa7eci9glrd9b2ae1bj0hfcgg6iyaf8o0a1dig0cd",
		"なぜみんな日本語を話してくれないのか":                       "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa",
		"세계의모든사람들이한국어를이해한다면얼마나좋을까":                 "989aomsvi5e83db1d2a355cv1e0vak1dwrv93d5xbh15a0dt30a5jpsd879ccm6fea98c",
		"почемужеонинеговорятпорусски":             "b1abfaaepdrnnbgefbadotcwatmq2g4l",
		"porquénopuedensimplementehablarenespañol": "porqunopuedensimplementehablarenespaol-fmd56a",
		"tạisaohọkhôngthểchỉnóitiếngviệt":          "tisaohkhngthchnitingvit-kjcr8268qyxafd2f1b9g",
		"3年b組金八先生":                  "3b-ww4c5e180e575a65lsy2b",
		"安室奈美恵-with-super-monkeys":  "-with-super-monkeys-pc58ag80a8qai00g7n9n",
		"hello-another-way-それぞれの場所": "hello-another-way--fc4qua05auwb3674vfr0b",
		"ひとつ屋根の下2":                  "2-u9tlzr9756bt3uc0v",
		"majiでkoiする5秒前":             "majikoi5-783gue6qz075azm5e",
		"パフィーdeルンバ":                 "de-jg4avhby1noc0d",
		"そのスピードで":                   "d9juau41awczczp",
		"-> $1.00 <-":               "-> $1.00 <--",
	} {
		if got, ok := punycode(long); !ok || got != short {
			t.Errorf("%q is written %q, want %q", long, got, short)
		}
		if got, ok := unpunycode(short); !ok || got != long {
			t.Errorf("%q is read %q, want %q", short, got, long)
		}
	}
	for _, none := range []string{"a!", "ж", "99999999", "x", strings.Repeat("9", 2000)} {
		if got, ok := unpunycode(none); ok {
			t.Errorf("%q is no Punycode, and is read %q", none, got)
		}
	}
	if _, ok := punycode("\xff"); ok {
		t.Error("what is no UTF-8 was written")
	}
}

func FuzzPunycode(f *testing.F) {
	for _, s := range []string{"почта", "қаз", "a-b", "-", "80a1acny", "\U0010ffff", "münchen", "egbpdaj6bu4bxfgehfvwxn"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if short, ok := punycode(s); ok && !asciiOnly(s) {
			if long, ok := unpunycode(short); !ok || long != s || !asciiOnly(short) {
				t.Errorf("%q is written %q and read %q", s, short, long)
			}
		}
		if long, ok := unpunycode(s); ok && (!utf8.ValidString(long) || len(long) > 4*len(s)) {
			t.Errorf("%q is read %q", s, long)
		}
		key := AddressKey("a@" + s)
		if again := AddressKey(key); again != key {
			t.Errorf("%q has the key %q, which has the key %q", s, key, again)
		}
	})
}
