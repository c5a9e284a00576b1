package rules

import (
	"slices"
	"strings"
)

// absent reports whether the subject or the beginning of the text reads like an
// absence note, or like the receipt of an answering machine. Who tells of his
// absence and demands something himself («Я в отпуске, а рассылка идёт. Удалите
// мои данные») is a person; answering machines know only the demands that they
// quote. What a machine says of a letter ("received", "registered") it may say
// before advice on how to demand: there only a demand that stands first counts.
func (p *Policy) absent(f *Facts, line subjectLine) bool {
	absence, notice := p.automaticWords(line.text)
	if absence || notice && !line.reply { // the subject of an answer is what it answers
		return true
	}
	gone, automatic := p.automaticWords(opening(f.Text))
	if !gone && !automatic && !notice && !away(f) {
		return false
	}
	fresh := separate(f.Text, line.forward).fresh
	if !automatic {
		if w, _ := firstSaid(spaced(normalise(fresh)), insistences()); w != "" {
			return false
		}
	}
	return !p.demands(fresh, automatic)
}

// insistences are demands in few words, of what the subject has named: «Буду в
// офисе в понедельник. Прошу прекратить обработку».
var insistences = phrases(`
	требую|требуем|отзываю|отказываюсь|прошу прекратить|прошу удалить|прошу уничтожить|прошу отозвать|прошу исключить|прошу вернуть|прошу возместить|прошу изменить
	прошу исправить|прошу отписать|прошу исполнить|талап етемін|қайтарып аламын|бас тартамын|жоюды сұраймын|тоқтатуды сұраймын
	i withdraw|i demand|please delete|please stop|please erase|please remove`)

// opening returns the first two lines of a text, of which the first is often a
// mere greeting. Lines that the writer quotes are not his.
func opening(text string) string {
	var lines []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l == "" || l[0] == '>' {
			continue
		}
		if lines = append(lines, firstBytes(l, 300)); len(lines) == 2 {
			break
		}
	}
	return strings.Join(lines, "\n")
}

// automaticWords reports whether a line tells of an absence, and whether it
// speaks as a program does.
func (p *Policy) automaticWords(line string) (away, automatic bool) {
	a := newArena()
	defer a.release()
	for _, sent := range sentences(normalise(parted(line)), a, p.lexicon.words) {
		r := p.lexicon.read(a, sent, false)
		away = away || p.first(&r, p.speech.absence) != ""
		automatic = automatic || p.first(&r, p.speech.automatic) != ""
	}
	return away, automatic
}

// demands reports whether a text demands something in the first person; first:
// before it speaks as a program does.
func (p *Policy) demands(text string, first bool) bool {
	a := newArena()
	defer a.release()
	t := p.readPlain(a, text, false)
	for i := range t.sentences {
		if first && p.first(&t.sentences[i], p.speech.automatic) != "" {
			return false
		}
		if slices.ContainsFunc(t.evidence, func(e evidence) bool { return e.sentence == i && e.personal && e.counts() && e.level >= close }) {
			return true
		}
	}
	return false
}
