package desk

import (
	"context"
	"fmt"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// misstating is a mailbox that says another state of its folder.
type misstating struct {
	Inbox
	say func(*mailbox.FolderState)
}

func (b misstating) Examine(ctx context.Context, folder string) (mailbox.FolderState, error) {
	st, err := b.Inbox.Examine(ctx, folder)
	b.say(&st)
	return st, err
}

// fill lays letters number from..to into the box; those that are even are requests.
func (b *memoryBox) fill(from, to int) {
	for i := from; i <= to; i++ {
		m := mail{from: fmt.Sprintf("p%d@mail.example", i), subject: "Счёт", body: fmt.Sprintf("Направляем счёт %d.", i), id: fmt.Sprintf("%d@mail.example", i)}
		if i%2 == 0 {
			m.subject, m.body = withdrawalMark, fmt.Sprintf("Прошу исполнить %d.", i)
		}
		b.raw, b.at = append(b.raw, m.raw()), append(b.at, now.Add(-time.Hour))
	}
}

// A mailbox that was restored under its old UIDVALIDITY gives UIDs a second time.
// Letters that came since are taken in, nothing twice, and reconcile has no gap; also
// where as many of them came before the next pass as were lost, or more.
func TestUIDsAgain(t *testing.T) {
	for _, early := range []int{0, 2, 3, 4, 7} {
		r := newRig(t)
		box := new(memoryBox)
		r.Inbox = box
		box.fill(1, 10)
		r.pass(t)
		for round := range 2 { // it is restored twice
			box.raw, box.at = box.raw[:6], box.at[:6]
			first := 101 + 20*round
			box.fill(first, first+early-1)
			r.pass(t)
			box.fill(first+early, first+9)
			r.pass(t)
			r.pass(t)
			if found, err := r.Reconcile(t.Context(), false); err != nil || found.Total() != 0 {
				t.Errorf("%d early: %d gaps, %v", early, found.Total(), err)
			}
		}
		seen := map[string]int{}
		for _, q := range r.all(t) {
			seen[q.Letters[0].FromAddr]++
		}
		for _, from := range []int{1, 101, 121} {
			for i := from; i < from+10; i++ {
				if got, want := seen[fmt.Sprintf("p%d@mail.example", i)], 1-i%2; got != want {
					t.Errorf("%d early: letter %d is %d requests, want %d", early, i, got, want)
				}
			}
		}
	}
}

// A server that says a UIDNEXT too high, or for a moment no messages, loses no
// letter that is there or comes later.
func TestStateThatWasALie(t *testing.T) {
	for name, lie := range map[string]func(*mailbox.FolderState){
		"UIDNEXT too high": func(st *mailbox.FolderState) { st.UIDNext = 4_000_000_000 },
		"no messages":      func(st *mailbox.FolderState) { st.Messages = 0 },
	} {
		r := newRig(t)
		box := new(memoryBox)
		box.fill(1, 6)
		r.Inbox = misstating{box, lie}
		r.pass(t)
		r.Inbox = box
		box.fill(7, 8)
		r.pass(t)
		box.fill(9, 10)
		r.pass(t)
		if n := len(r.all(t)); n != 5 {
			t.Errorf("%s: %d requests, want 5", name, n)
		}
	}
}

// silentText is a mailbox that sends nothing of some texts, or only a little.
type silentText struct {
	Inbox
	size  int64
	texts map[uint32][]byte
}

func (b silentText) Heads(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	return b.Inbox.Heads(ctx, from, to, func(heads []mailbox.Head) error {
		for i := range heads {
			heads[i].Size = max(heads[i].Size, b.size)
		}
		return yield(heads)
	})
}

func (b silentText) EachText(ctx context.Context, stretches []mailbox.Stretch, yield func(uint32, []byte)) func(bool) error {
	return b.Inbox.EachText(ctx, stretches, func(uid uint32, text []byte) {
		if other, ok := b.texts[uid]; ok {
			text = other
		}
		yield(uid, text)
	})
}

// A text that is said to end where it cannot is no verdict: the letter is read
// whole.
func TestTextThatEndsTooSoon(t *testing.T) {
	for name, c := range map[string]silentText{
		"nothing":  {texts: map[uint32][]byte{1: nil}},
		"a little": {size: 100_000, texts: map[uint32][]byte{1: []byte("Здравствуйте.")}},
	} {
		r := newRig(t)
		r.put(t, "INBOX", mail{from: "p@mail.example", subject: "Здравствуйте", body: "Здравствуйте. Отзываю согласие на обработку персональных данных.", id: "1@mail.example"}, now.Add(-time.Hour))
		c.Inbox = r.Inbox
		r.Inbox = c
		r.pass(t)
		if q := r.all(t); len(q) != 1 || q[0].Status != store.StatusOpen || q[0].Kind != rules.Kind("consent_withdrawal") {
			t.Errorf("%s: %+v", name, q)
		}
	}
}
