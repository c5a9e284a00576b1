package rules

import "strings"

// translit pairs Latin spellings with Russian letters, longest first. It
// covers the systems in which people write (passport, GOST, ISO 9, chat): all
// that differ in ь, ъ, й, ы, э only meet again in fold.
var translit = []struct{ latin, cyrillic string }{
	{"shch", "щ"}, {"sch", "щ"}, {"tsya", "ться"}, {"tsja", "ться"},
	{"iya", "ия"}, {"iia", "ия"}, {"ija", "ия"}, {"iyu", "ию"}, {"iiu", "ию"}, {"iju", "ию"}, {"iye", "ие"}, {"ije", "ие"}, {"iie", "ие"},
	{"zh", "ж"}, {"kh", "х"}, {"ts", "ц"}, {"tc", "ц"}, {"cz", "ц"}, {"ch", "ч"}, {"sh", "ш"},
	{"yu", "ю"}, {"ju", "ю"}, {"iu", "ю"}, {"ia", "я"}, {"ya", "я"}, {"ja", "я"}, {"yo", "е"}, {"jo", "е"}, {"yi", "ый"}, {"ij", "ий"}, {"yj", "ый"}, {"iy", "ий"}, {"yy", "ый"},
	{"gh", "ғ"}, {"ng", "нг"},
	{"a", "а"}, {"b", "б"}, {"v", "в"}, {"g", "г"}, {"d", "д"}, {"e", "е"}, {"z", "з"}, {"i", "и"}, {"j", "й"}, {"k", "к"},
	{"l", "л"}, {"m", "м"}, {"n", "н"}, {"o", "о"}, {"p", "п"}, {"r", "р"}, {"s", "с"}, {"t", "т"}, {"u", "у"}, {"f", "ф"},
	{"h", "х"}, {"c", "ц"}, {"y", "ы"}, {"w", "в"}, {"x", "х"}, {"q", "қ"}, {"4", "ч"}, {"6", "ш"},
	{"ä", "ә"}, {"á", "ә"}, {"ö", "ө"}, {"ó", "ө"}, {"ü", "ү"}, {"ú", "ү"}, {"ğ", "ғ"}, {"ǵ", "ғ"}, {"ñ", "ң"}, {"ń", "ң"}, {"ş", "ш"}, {"š", "ш"}, {"ž", "ж"}, {"č", "ч"}, {"ū", "ұ"}, {"ı", "ы"}, {"ý", "у"},
}

// translitByFirst indexes the table by the first byte of the Latin spelling.
var translitByFirst = func() (t [256][]struct{ latin, cyrillic string }) {
	for _, p := range translit {
		t[p.latin[0]] = append(t[p.latin[0]], p)
	}
	return t
}()

// fromTranslit writes the Latin words of a normalised text in Cyrillic
// letters. The result is meant for folded comparison only: "udalit" becomes
// «удалит», which the lexicon takes for «удалить».
func fromTranslit(s string) string {
	var b strings.Builder
	b.Grow(2 * len(s))
	for i := 0; i < len(s); {
		n := wordEnd(s[i:])
		if n == 0 {
			// An apostrophe inside a word is a soft sign: soglas'e.
			if s[i] != '"' || i == 0 || i+1 == len(s) || s[i-1] == ' ' || s[i+1] == ' ' {
				b.WriteByte(s[i])
			}
			i++
			continue
		}
		word := s[i : i+n]
		i += n
		if strings.ContainsFunc(word, isCyrillic) || !strings.ContainsFunc(word, func(r rune) bool { return r >= 'a' && r <= 'z' }) {
			b.WriteString(word)
			continue
		}
		b.WriteString(wordFromTranslit(word))
	}
	return b.String()
}

// withZh writes j as zh, for the systems in which it is «ж»: unichtojit.
func withZh(s string) string { return strings.ReplaceAll(s, "j", "zh") }

func wordFromTranslit(w string) string {
	var b strings.Builder
	for i := 0; i < len(w); {
		step := 0
		for _, p := range translitByFirst[w[i]] {
			if strings.HasPrefix(w[i:], p.latin) {
				b.WriteString(cyrillicFor(p.latin, p.cyrillic, w, i))
				step = len(p.latin)
				break
			}
		}
		if step == 0 {
			step = runeLen(w[i:])
			b.WriteString(w[i : i+step])
		}
		i += step
	}
	out := b.String()
	// The soft sign of reflexive verbs is what the stemmer needs: otkazyvayus, otpisatsya.
	if strings.HasSuffix(out, "юс") || strings.HasSuffix(out, "ус") && len(out) > 12 {
		out += "ь"
	}
	return out
}

// cyrillicFor settles what depends on the neighbours: "ia" at the end of a
// word is «ия», y after a vowel is «й», ye after a consonant is «ые».
func cyrillicFor(latin, cyrillic, w string, i int) string {
	vowelBefore := i > 0 && strings.IndexByte("aeiou", w[i-1]) >= 0
	switch latin {
	case "y":
		if vowelBefore {
			return "й"
		}
	case "iu":
		if i+2 == len(w) && i > 0 && !vowelBefore {
			return "ию"
		}
	case "ia":
		// «претензия», but «меня»
		if i+2 == len(w) && i > 0 && strings.IndexByte("nlbdmvrp", w[i-1]) < 0 && !vowelBefore {
			return "ия"
		}
	case "e":
		if i == 0 {
			return "е"
		}
	}
	return cyrillic
}
