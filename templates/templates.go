// Package templates holds all words: the letters to the public and to staff,
// and the catalogue of the screens, in Russian, Kazakh and English. It looks
// nothing up and knows no rule; templates hold no logic beyond if and range.
//
// The letters are files, letters/LANG/NAME.txt: the first line is the subject,
// the second is blank, the rest is the body, one paragraph a line (Letter
// wraps them). An operator replaces any of them by a file of the same name in
// a folder of its own. letterdata.go says what each letter is given, and
// formats.go which functions a template may call.
//
// The catalogue is one folder a language, catalogue/LANG, with one file a
// topic: a flat object of dotted keys, sorted. A value is a sentence with {0},
// {1} for its arguments, or an object of such sentences by plural form.
//
// NOT YET READ BY A NATIVE LAWYER: the Kazakh letters and the Kazakh
// catalogue. Their legal vocabulary is that of the Kazakh text of law 94-V.
// KazakhUnread is the same notice for screens.
package templates

// Lang is a language of letters and screens: "ru", "kk" or "en". Whatever
// else is asked for is answered in Russian.
type Lang = string

// The languages, in the order in which they are listed to people.
const (
	RU Lang = "ru"
	KK Lang = "kk"
	EN Lang = "en"
)

var languages = []Lang{RU, KK, EN}

func known(lang Lang) Lang {
	if lang == KK || lang == EN {
		return lang
	}
	return RU
}

// KazakhUnread is the key of the catalogue that says that no native lawyer
// has read the Kazakh texts yet. Whatever previews a Kazakh letter shows it.
const KazakhUnread = "templates.kazakh_unread"
