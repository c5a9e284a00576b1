package desk

import (
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// besideSent is a mailbox whose Sent folder lies in memory.
type besideSent struct {
	Inbox
	box *memoryBox
	at  Inbox
}

func (b *besideSent) Examine(ctx context.Context, folder string) (mailbox.FolderState, error) {
	b.at = b.Inbox
	if folder == "Sent" {
		b.at = b.box
	}
	return b.at.Examine(ctx, folder)
}

func (b *besideSent) Stamps(ctx context.Context, from, to uint32, yield func(mailbox.Stamp) error) error {
	return b.at.Stamps(ctx, from, to, yield)
}

func (b *besideSent) Heads(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	return b.at.Heads(ctx, from, to, yield)
}

func (b *besideSent) Fetch(ctx context.Context, uid uint32, w io.Writer) (int64, bool, error) {
	return b.at.Fetch(ctx, uid, w)
}

// A mailbox that was restored from a copy gives the UIDs of its Sent folder a second
// time, too: what staff answered since is found, and nothing is recorded twice,
// also where as much was sent before the next look as was lost, or more.
func TestSentRestored(t *testing.T) {
	for _, since := range []int{1, 3, 4, 6} { // four were lost
		t.Run(fmt.Sprint(since), func(t *testing.T) {
			r, q, _ := asked(t)
			box := new(memoryBox)
			r.Inbox = &besideSent{Inbox: r.Inbox, box: box, at: r.Inbox}
			r.SentFolder = func(context.Context) (string, error) { return "Sent", nil }
			answers := 0
			send := func(n int) {
				for range n {
					answers++
					raw := staffMail("a@one.example", "Re: отзыв", fmt.Sprintf("Исполнено, %d.", answers), fmt.Sprintf("s%d@license.kz", answers), "In-Reply-To: "+q.Letters[0].MessageID)
					box.raw, box.at = append(box.raw, raw), append(box.at, now.Add(-time.Hour))
				}
			}
			look := func() {
				t.Helper()
				r.sent.next = time.Time{}
				r.pass(t)
			}
			send(6)
			look()
			look()
			box.raw, box.at = box.raw[:2], box.at[:2]
			send(since)
			look()
			send(1) // where exactly as many came the next one shows it
			look()
			look()
			if got := r.answers(t); len(got) != answers {
				t.Errorf("%d answers on record, want %d", len(got), answers)
			}
		})
	}
}
