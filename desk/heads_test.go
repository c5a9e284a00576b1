package desk

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// thrifty is a mailbox that notes which letters were read whole, and may not know
// the heads of parts.
type thrifty struct {
	Inbox
	headless bool
	whole    *[]uint32
}

func (b thrifty) EachPartHeads(ctx context.Context, uids []uint32, yield func(uint32, *mailbox.PartHeads)) func(bool) error {
	if b.headless {
		return func(bool) error { return nil }
	}
	return b.Inbox.EachPartHeads(ctx, uids, yield)
}

func (b thrifty) Fetch(ctx context.Context, uid uint32, w io.Writer) (int64, bool, error) {
	*b.whole = append(*b.whole, uid)
	return b.Inbox.Fetch(ctx, uid, w)
}

// A short letter with large files is read whole only where a name among them, or
// something behind them, makes a request of it; and always where it is soon read or the
// server cannot say the heads.
func TestHeadsOfWhatIsAttached(t *testing.T) {
	text := "--q\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nСм. вложение.\r\n"
	file := func(name string, size int) string {
		return "--q\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"" + name + "\"\r\n\r\n" + strings.Repeat("A", size) + "\r\n"
	}
	for headless, whole := range map[bool][]uint32{false: {2, 3, 4}, true: {1, 2, 3, 4}} {
		r := newRig(t)
		large := file("scan.pdf", soonRead)
		for i, files := range []string{
			large + file("счёт.pdf", 10), large + file(withdrawalMark+".pdf", 10),
			large + "--q\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nОтзываю согласие на обработку персональных данных.\r\n",
			file("scan.pdf", 30_000) + file("счёт.pdf", 10),
		} {
			raw := fmt.Appendf(nil, "From: p%d@mail.example\r\nMessage-ID: <%d@mail.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n%s--q--\r\n", i, i, text+files)
			if err := r.box.Put("INBOX", raw, now.Add(-time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		var read []uint32
		r.Inbox = thrifty{r.Inbox, headless, &read}
		r.pass(t)
		if slices.Sort(read); !slices.Equal(read, whole) {
			t.Errorf("heads unknown %v: read whole %v, want %v", headless, read, whole)
		}
		var uids []uint32
		for uid := range places(t, r) {
			uids = append(uids, uid)
		}
		if slices.Sort(uids); !slices.Equal(uids, []uint32{2, 3}) {
			t.Errorf("heads unknown %v: registered %v", headless, uids)
		}
	}
}
