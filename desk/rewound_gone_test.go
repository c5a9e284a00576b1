package desk

import (
	"bytes"
	"context"
	"log/slog"
	"regexp"
	"testing"

	"license.kz/pometka/mailbox"
)

// take takes the letters from..to out of the box.
func (b *memoryBox) take(from, to int) {
	for i := from; i <= to; i++ {
		b.raw[i-1] = nil
	}
}

// restore leaves the first letters of the box, as they were when they were numbered first.
func (b *memoryBox) restore(n int) {
	b.raw, b.at = nil, nil
	b.fill(1, n)
}

// asking counts what is asked about letters that the ledger knows.
type asking struct {
	*memoryBox
	asked int
}

func (b *asking) Identities(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	b.asked++
	return b.memoryBox.Identities(ctx, from, to, yield)
}

func (b *asking) Below(ctx context.Context, upto uint32) (uint32, error) {
	b.asked++
	return b.memoryBox.Below(ctx, upto)
}

var sender = regexp.MustCompile("(?m)^From: ([^ \r]+)")

// A restored mailbox, or another one with the same UIDVALIDITY, is found also where nothing
// lies under the last UIDs of the ledger: on one side letters were taken away before they
// were read, or on the other. Every letter that is there is registered once.
func TestUIDsAgainWithGaps(t *testing.T) {
	for name, c := range map[string]struct{ before, after func(*memoryBox) }{
		"the last of the ledger are taken away from the copy": {
			func(b *memoryBox) { b.fill(1, 12) },
			func(b *memoryBox) { b.restore(6); b.fill(101, 108); b.take(10, 12) }},
		"letters were taken away before they were read": {
			func(b *memoryBox) { b.fill(1, 12); b.take(10, 12) },
			func(b *memoryBox) { b.restore(6); b.fill(101, 108) }},
		"all that was in no copy was taken away before it was read": {
			func(b *memoryBox) { b.fill(1, 12); b.take(7, 12) },
			func(b *memoryBox) { b.restore(6); b.fill(101, 108) }},
		"and there is nothing new": {
			func(b *memoryBox) { b.fill(1, 12); b.take(8, 12) },
			func(b *memoryBox) { b.restore(6); b.fill(101, 106) }},
		"another provider": {
			func(b *memoryBox) { b.fill(1, 10) },
			func(b *memoryBox) { b.raw, b.at = nil, nil; b.fill(101, 114); b.take(8, 10) }},
		"emptied, and numbered from one": {
			func(b *memoryBox) { b.fill(1, 8) },
			func(b *memoryBox) { b.raw, b.at = nil, nil; b.fill(101, 111); b.take(4, 11) }},
		"a letter shows late": {
			func(b *memoryBox) { b.fill(1, 12); b.take(10, 11) },
			func(b *memoryBox) {
				gone := b.raw[11]
				b.raw, b.at = b.raw[:9], b.at[:9]
				b.fill(101, 102)
				b.raw, b.at = append(b.raw, gone), append(b.at, now)
			}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			box := new(memoryBox)
			r.Inbox = box
			c.before(box)
			r.pass(t)
			c.after(box)
			there := map[string]bool{}
			for _, raw := range box.raw {
				if bytes.Contains(raw, []byte("исполнить")) {
					there[string(sender.FindSubmatch(raw)[1])] = true
				}
			}
			r.pass(t)
			r.pass(t)
			if found, err := r.Reconcile(t.Context(), false); err != nil || found.Total() != 0 {
				t.Errorf("%d gaps, %v", found.Total(), err)
			}
			got := map[string]int{}
			for _, q := range r.all(t) {
				got[q.Letters[0].FromAddr]++
			}
			for from := range there {
				if got[from] != 1 {
					t.Errorf("%s is %d requests", from, got[from])
				}
			}
			for from, n := range got {
				if n > 1 {
					t.Errorf("%s is %d requests", from, n)
				}
			}
		})
	}
}

// Where people delete or move letters, nothing is read again and nobody is warned, and as
// long as nothing comes one question over each connection is enough.
func TestLettersTakenAway(t *testing.T) {
	for name, take := range map[string]func(*memoryBox){
		"none":              func(*memoryBox) {},
		"the last":          func(b *memoryBox) { b.take(9, 10) },
		"all but the first": func(b *memoryBox) { b.take(2, 10) },
		"all":               func(b *memoryBox) { b.take(1, 10) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			box := &asking{memoryBox: new(memoryBox)}
			r.Inbox = box
			box.fill(1, 10)
			r.pass(t)
			var log bytes.Buffer
			r.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
			take(box.memoryBox)
			for range 3 {
				box.asked = 0
				if p, _ := r.pass(t); p.Seen != 0 || box.asked > 1 {
					t.Errorf("nothing new: %d read, %d questions", p.Seen, box.asked)
				}
			}
			for n := 11; n < 14; n++ {
				box.fill(n, n)
				if p, _ := r.pass(t); p.Seen != 1 {
					t.Errorf("one letter new: %d read", p.Seen)
				}
				box.take(n, n)
			}
			if log.Len() > 0 {
				t.Error(log.String())
			}
		})
	}
}
