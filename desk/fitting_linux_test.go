package desk

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
)

// noise is text of about so many bytes that hardly gets smaller when it is packed.
func noise(size int) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"
	rnd, b := rand.New(rand.NewSource(int64(size))), new(strings.Builder)
	for b.Len() < size {
		for range 76 {
			b.WriteByte(letters[rnd.Intn(len(letters))])
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

// On a small disk the letters that do not fit on it, neither while they come nor in the
// register, are kept in part, and stop none behind them.
func TestLettersOverTheDisk(t *testing.T) {
	r := newRig(t)
	r.onSmallDisk(t, "8m")
	sizes := []int{10, 12 << 20, 10, 5 << 20, 10, 10, 10}
	for i, size := range sizes {
		id := fmt.Sprintf("%d@one.example", i+1)
		r.put(t, "INBOX", mail{from: id, subject: withdrawalMark, id: id, body: "Отзываю согласие.\r\n" + noise(size)}, now)
	}
	p, err := r.Poll(t.Context())
	if err != nil || p.Registered != len(sizes) {
		t.Fatalf("%d of %d registered: %v", p.Registered, len(sizes), err)
	}
	var cut []uint32
	for _, q := range r.all(t) {
		if q.Letters[0].Cut {
			cut = append(cut, q.Letters[0].Place.UID)
		}
	}
	if slices.Sort(cut); !slices.Equal(cut, []uint32{2, 4}) {
		t.Errorf("kept in part: %v", cut)
	}
	if p, err := r.Poll(t.Context()); err != nil || p.Seen != 0 {
		t.Errorf("the next pass: %+v %v", p, err)
	}
}
