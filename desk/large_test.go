package desk

import (
	"context"
	"io"
	"strings"
	"sync/atomic"
	"testing"
)

// watchedFetch tells when a message is fetched whole.
type watchedFetch struct {
	Inbox
	fetched func(uid uint32)
}

func (b watchedFetch) Fetch(ctx context.Context, uid uint32, w io.Writer) (int64, bool, error) {
	b.fetched(uid)
	return b.Inbox.Fetch(ctx, uid, w)
}

// A large letter is fetched when the large one before is registered: the disk need
// not have room for two spools.
func TestLargeLettersOneByOne(t *testing.T) {
	r := newRig(t)
	var admitted atomic.Int64
	r.testOnlyStep = func(step string) {
		if step == "letter admitted" {
			admitted.Add(1)
		}
	}
	r.Inbox = watchedFetch{r.Inbox, func(uid uint32) {
		if before := int64(uid) - 1; admitted.Load() != before {
			t.Errorf("letter %d is fetched when %d are registered, not %d", uid, admitted.Load(), before)
		}
	}}
	for _, id := range []string{"1", "2", "3"} {
		r.put(t, "INBOX", mail{
			from: id + "@one.example", subject: withdrawalMark, id: id + "@one.example",
			body: "Отзываю согласие.\r\n" + strings.Repeat(strings.Repeat(id, 70)+"\r\n", largeLetter/70),
		}, now)
	}
	if p, _ := r.pass(t); len(p.Admitted) != 3 {
		t.Errorf("%d letters registered, not 3", len(p.Admitted))
	}
}
