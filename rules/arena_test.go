package rules

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
)

// What one letter is found to be depends on no other that is read in the same
// memory, before or beside it, and stays as it is afterwards.
func TestArena(t *testing.T) {
	p, r := BuiltIn(), rand.New(rand.NewPCG(2026, 28))
	p.recognise()
	var letters []Facts
	for _, pr := range p.proofs {
		letters = append(letters, letterFrom(pr.subject, pr.text), letterFrom(pr.subject, pr.text+"\n\n"+heap(r, 80)))
	}
	alone := make([]Finding, len(letters))
	for i, f := range letters {
		arenas = sync.Pool{New: arenas.New}
		alone[i] = p.Classify(f, Own{})
	}
	together := make([][4]Finding, len(letters))
	var wg sync.WaitGroup
	for k := range together[0] {
		order := r.Perm(len(letters))
		wg.Go(func() {
			for _, i := range order {
				p.Triage(letters[i], Own{})
				together[i][k] = p.Classify(letters[i], Own{})
			}
		})
	}
	wg.Wait()
	for i, f := range letters {
		for k := range together[i] {
			if got := together[i][k]; !reflect.DeepEqual(got, alone[i]) {
				t.Fatalf("%q %q: %+v beside others, %+v alone", f.Subject, f.Text, got, alone[i])
			}
		}
	}
	t.Log(len(letters), "letters")
}

// A slice of the arena that had to move goes on where it moved to, and what was
// taken before keeps its place.
func TestArenaGrows(t *testing.T) {
	room := make([]int, 0, 3)
	var taken, want [][]int
	for n := range 40 {
		part := rest(room)
		for range n % 5 {
			part = append(part, n)
		}
		room = with(room, part)
		taken, want = append(taken, part), append(want, slices.Repeat([]int{n}, n%5))
	}
	for i := range taken {
		if !slices.Equal(taken[i], want[i]) {
			t.Errorf("part %d is %v, want %v", i, taken[i], want[i])
		}
	}
}

// The letter after one for which the arena had to grow needs no more memory.
func TestArenaHasGrown(t *testing.T) {
	var room []int
	read := func() {
		room = room[:0]
		for n := range 40 {
			part := rest(room)
			for range n % 5 {
				part = append(part, n)
			}
			room = with(room, part)
		}
	}
	for range 8 {
		read()
	}
	if n := testing.AllocsPerRun(10, read); n > 0 {
		t.Errorf("reading the same once more takes new memory %v times", n)
	}
}
