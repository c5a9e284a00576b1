package rules

import "strings"

// Russian denies an infinitive also behind it: «Отключать рассылку не нужно».
// Whoever writes without commas demands first and explains then («прошу удалить
// аккаунт больше не нужно»), so an infinitive that is itself wanted, and what
// follows a «больше», is left alone.
const (
	// fewBetween is the number of words between the infinitive and «не нужно».
	fewBetween = 2
	// manyBetween is that before words that mean nothing without an infinitive.
	manyBetween = 8
)

// The words, as they are normalised.
const (
	needless  = "нужно надо надобно требуется следует стоит хочу хотим прошу просим просил просила просили"
	future    = "буду будем стану станем"
	intending = "планирую планируем планировал планировала собираюсь собираемся собирался собиралась намерен намерена намерены"
	wanting   = "прошу просим хочу хотим хотел хотела хотелось просьба требую требуем можно можете могли нужно надо необходимо решил решила желаю пожалуйста"
)

// among reports whether a word is one of a list.
func among(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}

// denial is what a word does to an infinitive, and whether it is one.
type denial uint8

const (
	isInfinitive denial = 1 << iota
	isNeedless          // behind a «не»
	isFuture            // likewise
	isIntending         // likewise
	isWanting
	isImperative   // a Russian one
	isImperativeKK // denied by an ending alone
)

func denialOf(word string) (d denial) {
	if endsIn(word, "ть ться ти") {
		d |= isInfinitive
	}
	if endsIn(word, "ите йте ьте") { // «не» denies it only beside it: «мои сканы вам не нужны удалите их»
		d |= isImperative
	}
	if endsIn(strings.TrimRight(word, "шыідаер"), "ңыз ңіз ныз низ") { // «жойыңыз», «өшіріңіздерші»
		d |= isImperativeKK
	}
	for i, list := range []string{needless, future, intending, wanting} {
		if among(list, word) {
			d |= isNeedless << i
		}
	}
	return d
}

func (k *knownWord) does(d denial) bool { return k.denial&d != 0 }

// deniedBehind reports whether the word at i is an infinitive that is denied behind
// it. The roles are those of deny. A deed is a word that alone demands: «удалить больше
// не нужно» may do so, «слать больше не нужно» does not.
func (r *sentenceReading) deniedBehind(roles []byte, i int, deed bool) bool {
	if !r.tokens[i].does(isInfinitive) {
		return false
	}
	for j := i + 1; j+1 < len(r.tokens) && j <= i+1+manyBetween && !r.tokens[j].comma; j++ {
		switch {
		case roles[j] == denies:
			return !r.tokens[j+1].comma && r.governs(j+1, j-i-1, deed) && !r.wantedBefore(i)
		case r.tokens[j].does(isInfinitive) || joins(r.tokens[j].word):
			return false
		}
	}
	return false
}

// governs reports whether the word at k, behind a «не», denies an infinitive so many
// words before.
func (r *sentenceReading) governs(k, between int, deed bool) bool {
	switch word := &r.tokens[k]; {
	case word.does(isIntending):
		return true
	case between > fewBetween || (deed || between > 1) && (r.tokens[k-2].word == "больше" || r.tokens[k-2].word == "уже"):
		return false
	case word.does(isFuture): // «не буду вашим клиентом»
		return k+1 == len(r.tokens) || r.tokens[k+1].comma || joins(r.tokens[k+1].word)
	}
	return r.tokens[k].does(isNeedless)
}

// wantedBefore reports whether a word that wants the infinitive at i stands before it.
func (r *sentenceReading) wantedBefore(i int) bool {
	for j := i - 1; j >= max(0, i-3) && !r.tokens[j+1].comma; j-- {
		if r.tokens[j].does(isWanting) {
			return true
		}
	}
	return false
}

// endsIn reports whether a word has one of the endings of a list.
func endsIn(word, list string) bool {
	for ending := range strings.FieldsSeq(list) {
		if strings.HasSuffix(word, ending) {
			return true
		}
	}
	return false
}
