package rules

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// spread hides a demand in a long letter: sentences of ordinary words around it,
// cut into lines, with signs, numbers and addresses between them.
func spread(r *rand.Rand, demand string) string {
	var b strings.Builder
	n := 2 + r.IntN(30)
	at := r.IntN(n)
	for i := range n {
		if i == at {
			b.WriteString(demand)
		} else {
			words := heap(r, 1+r.IntN(20))
			if r.IntN(2) == 0 {
				words = strings.ToUpper(words[:2]) + words[2:]
			}
			b.WriteString(words)
		}
		b.WriteString(pick(r, ". ", ".\n", "\n\n", ", ", "? ", "! ", " - ", " (", ") ", "; ", " 12 345 ", "\u00a0№7 ", " info@firm.example ", " https://firm.example/a ", "\n", "», «"))
	}
	return b.String()
}

// writtenOtherwise changes a text as mail programs, keyboards and people do.
func writtenOtherwise(r *rand.Rand, s string) string {
	if len([]rune(s)) < 4 {
		return s
	}
	for range r.IntN(3) {
		from := evenedOut
		if r.IntN(2) == 0 {
			from = retyped
		}
		s = from[r.IntN(len(from))].apply(r, s)
	}
	return s
}

// Whatever is spared in reading changes no finding: letters of every sort are
// found to be the same with the shortcuts and without.
func TestShortcuts(t *testing.T) {
	p, r := BuiltIn(), rand.New(rand.NewPCG(2026, 29))
	p.recognise()
	var letters []Facts
	for _, l := range readLetters(t) {
		letters = append(letters, l.facts)
		f := l.facts
		f.Text = spread(r, writtenOtherwise(r, f.Subject+". "+f.Text))
		letters = append(letters, f)
		f.Subject, f.Text = writtenOtherwise(r, pick(r, "Вопрос", "Рассылка", "Re: Документы", "hello")), f.Text+" "+f.Subject
		letters = append(letters, f)
	}
	for _, pr := range p.proofs {
		letters = append(letters, letterFrom(pr.subject, pr.text), letterFrom(pr.subject, spread(r, pr.text)),
			letterFrom(writtenOtherwise(r, pr.subject), spread(r, writtenOtherwise(r, pr.text))))
	}
	for range 300 {
		letters = append(letters, letterFrom("Документы", heap(r, 40+r.IntN(300))), letterFrom("Счёт", spread(r, "")))
	}
	find := func(slowly bool) (found []Finding, needs []Need) {
		arenas = sync.Pool{New: func() any { return &arena{slowly: slowly} }}
		for _, f := range letters {
			if !slowly { // twice, since it must not change
				f.Read = p.ReadSubject(f.Subject)
				p.Classify(f, p.Own())
			}
			found, needs = append(found, p.Classify(f, p.Own())), append(needs, p.Triage(f, p.Own()))
		}
		return found, needs
	}
	defer func() { arenas = sync.Pool{New: func() any { return new(arena) }} }()
	slow, slowNeeds := find(true)
	quick, needs := find(false)
	met := map[Verdict]int{}
	for i, f := range letters {
		if !reflect.DeepEqual(quick[i], slow[i]) || needs[i] != slowNeeds[i] {
			t.Errorf("%q %q:\n%+v, need %d; without shortcuts\n%+v, need %d", f.Subject, f.Text, quick[i], needs[i], slow[i], slowNeeds[i])
		}
		met[slow[i].Verdict]++
	}
	if t.Log(met); met[Request] < 1000 || met[Review] < 300 || met[None] < 1000 {
		t.Error("too few letters of a verdict:", met)
	}
}
