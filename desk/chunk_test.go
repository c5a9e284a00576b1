package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// distant is a mailbox far away that gives its messages in chunks of the least size that
// is left open. The chunk of that number, from 1, does not come.
type distant struct {
	Inbox
	near  bool
	fails int
	with  error
	asked *[]string // what was asked for, in this order; nil: not noted
}

func (b distant) Far() bool { return !b.near }

func (b distant) Heads(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	var all []mailbox.Head
	if err := b.Inbox.Heads(ctx, from, to, func(heads []mailbox.Head) error { all = append(all, heads...); return nil }); err != nil {
		return err
	}
	for n := 1; len(all) > 0; n++ {
		if n == b.fails {
			return b.with
		}
		size := min(overlapping, len(all))
		if err := yield(all[:size]); err != nil {
			return err
		}
		all = all[size:]
	}
	return nil
}

func (b distant) EachText(ctx context.Context, stretches []mailbox.Stretch, yield func(uint32, []byte)) func(bool) error {
	chunk := (stretches[0].UIDs[0]-1)/overlapping + 1
	b.note(fmt.Sprintf("texts of %d", chunk))
	wait := b.Inbox.EachText(ctx, stretches, yield)
	return func(mend bool) error {
		b.note(fmt.Sprintf("waits for %d", chunk))
		return wait(mend)
	}
}

func (b distant) note(what string) {
	if b.asked != nil {
		*b.asked = append(*b.asked, what)
	}
}

// manyLetters are three chunks and a few, in which demands stand in subjects, at the
// beginning of texts, behind the first and the second step of the reading, and nowhere.
func manyLetters(t *testing.T, r *rig) (demands int) {
	t.Helper()
	const demand = "Прошу удалить мои персональные данные.\r\n"
	filler := "Добрый день.\r\n" + strings.Repeat(strings.Repeat(" ", 70)+"\r\n", 70) // 5 KB
	for n := range 3*overlapping + 5 {
		m := mail{from: fmt.Sprintf("p%d@d%d.example", n, n), subject: "Здравствуйте", body: "Высылаем счёт.", id: fmt.Sprintf("%d@d.example", n)}
		switch n % 13 {
		case 0:
			m.subject = withdrawalMark
		case 3:
			m.body = demand
		case 5:
			m.body = filler + demand
		case 7:
			m.body = filler + filler + demand
		case 9:
			m.body = filler + filler + filler
		}
		if n%13 == 0 || n%13 == 3 || n%13 == 5 || n%13 == 7 {
			demands++
		}
		r.put(t, "INBOX", m, now.Add(-time.Hour))
	}
	return demands
}

// entered tells what the register has of each letter, by its number and place.
func entered(t *testing.T, r *rig) (out []string) {
	t.Helper()
	for uid := range uint32(3*overlapping + 5) {
		q, found := places(t, r)[uid+1]
		if found {
			out = append(out, fmt.Sprint(uid+1, " ", q.Number, " ", q.Kind, " ", q.Status))
		}
	}
	return out
}

// Chunks that overlap are taken in as if they came one by one: the same requests, with the
// same numbers, and a row for each letter. Of each chunk the next step is on its way before
// the other's is waited for.
func TestChunksOverlap(t *testing.T) {
	near, far := newRig(t), newRig(t)
	demands := manyLetters(t, near)
	manyLetters(t, far)
	near.Inbox = distant{Inbox: near.Inbox, near: true}
	var asked []string
	far.Inbox = distant{Inbox: far.Inbox, asked: &asked}
	one, _ := near.pass(t)
	other, _ := far.pass(t)
	if one.Registered != demands || !reflect.DeepEqual(one, other) {
		t.Errorf("%+v\nand far away %+v, want %d requests", one, other, demands)
	}
	if a, b := entered(t, near), entered(t, far); len(a) != demands || !reflect.DeepEqual(a, b) {
		t.Errorf("%v\nfar away %v", a, b)
	}
	for _, r := range []*rig{near, far} {
		rows, err := r.Store.Places(t.Context(), "INBOX", 1, 1, 1000)
		cur, _, cerr := r.Store.Cursor(t.Context(), "INBOX")
		if err != nil || cerr != nil || len(rows) != 3*overlapping+5 || cur.LastUID != 3*overlapping+5 {
			t.Errorf("%d rows, cursor at %d, %v %v", len(rows), cur.LastUID, err, cerr)
		}
	}
	if got := strings.Join(asked[:6], ", "); got != "texts of 1, texts of 2, waits for 1, texts of 1, waits for 2, texts of 2" {
		t.Errorf("order: %s", got)
	}
}

// Where the next chunk does not come, the one before is finished, unless the server is
// silent, of which nothing more can be had; what was read is then read again. Nothing is
// lost or registered twice.
func TestChunkLeftOpen(t *testing.T) {
	for name, c := range map[string]struct {
		with error
		rows int
	}{
		"cut":     {errors.New("connection cut"), 2 * overlapping},
		"silence": {os.ErrDeadlineExceeded, overlapping},
		"bug":     {nil, 2 * overlapping},
	} {
		r := newRig(t)
		demands := manyLetters(t, r)
		whole := r.Inbox
		r.Inbox = distant{Inbox: whole, fails: 3, with: c.with}
		if c.with == nil {
			r.Inbox = faulty{distant{Inbox: whole}, 3}
		}
		silently(t)
		if _, err := r.Poll(t.Context()); err == nil || c.with != nil && !errors.Is(err, c.with) {
			t.Errorf("%s: %v", name, err)
		}
		rows, err := r.Store.Places(t.Context(), "INBOX", 1, 1, 1000)
		if err != nil || len(rows) != c.rows {
			t.Errorf("%s: %d rows, %v, want %d", name, len(rows), err, c.rows)
		}
		r.Inbox = distant{Inbox: whole}
		r.pass(t)
		if rows, err = r.Store.Places(t.Context(), "INBOX", 1, 1, 1000); err != nil || len(rows) != 3*overlapping+5 || len(places(t, r)) != demands {
			t.Errorf("%s: %d rows, %v, %d requests", name, len(rows), err, len(places(t, r)))
		}
	}
}

// faulty is a mailbox over which the program stumbles at the heads of a chunk.
type faulty struct {
	distant
	at int
}

func (b faulty) Heads(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	n := 0
	return b.distant.Heads(ctx, from, to, func(heads []mailbox.Head) error {
		if n++; n == b.at {
			panic("staged")
		}
		return yield(heads)
	})
}

// A letter over which the program stumbles is a case for a person, whichever chunk it
// stands in and whichever was being finished; all others are taken in.
func TestStumbleBesideOpenChunk(t *testing.T) {
	for _, uid := range []uint32{1, overlapping - 9, overlapping + 1, overlapping + 6, 2*overlapping + 8, 3*overlapping + 1} { // demands, all
		silently(t)
		r := newRig(t)
		demands := manyLetters(t, r)
		r.Inbox = tripping{distant{Inbox: r.Inbox}, uid}
		p, _ := r.pass(t)
		got := places(t, r)
		if q := got[uid]; p.Seen != 3*overlapping+5 || len(got) != demands || q.Status != store.StatusReview {
			t.Errorf("letter %d: %+v, %d requests, %s", uid, p, len(got), q.Status)
		}
	}
}

// An order to stop ends the pass behind the letter in hand, and leaves the rest to the next.
func TestStopBesideOpenChunk(t *testing.T) {
	r := newRig(t)
	demands := manyLetters(t, r)
	r.Inbox = distant{Inbox: r.Inbox}
	spooled := 0
	r.testOnlyStep = func(step string) {
		if step == "letter spooled" {
			spooled++
		}
	}
	r.Stopping = func() bool { return spooled == 30 }
	if _, err := r.Poll(t.Context()); !errors.Is(err, ErrStopping) {
		t.Errorf("%v", err)
	}
	if n := len(places(t, r)); n != 30 {
		t.Errorf("%d requests", n)
	}
	r.Stopping = func() bool { return false }
	r.pass(t)
	if n := len(places(t, r)); n != demands {
		t.Errorf("%d requests, want %d", n, demands)
	}
}

// ending is a mailbox that calls end once it has given all its messages.
type ending struct {
	distant
	end func()
}

func (b ending) Heads(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	err := b.distant.Heads(ctx, from, to, yield)
	b.end()
	return err
}

// A pass that is ended between the last heads and the reading of their letters says so, and
// the cursor stays in front of them.
func TestEndBesideOpenChunk(t *testing.T) {
	r := newRig(t)
	for n := range overlapping {
		r.put(t, "INBOX", mail{from: fmt.Sprintf("p%d@d.example", n), subject: withdrawalMark, body: fmt.Sprintf("Прошу исполнить %d.", n), id: fmt.Sprintf("%d@d.example", n)}, now.Add(-time.Hour))
	}
	whole := r.Inbox
	ctx, end := context.WithCancel(t.Context())
	r.Inbox = ending{distant{Inbox: whole}, end}
	p := &folderPass{Desk: r.Desk, folder: mailbox.Folder{Name: "INBOX"}, report: &PollReport{}}
	st, err := r.Inbox.Examine(ctx, "INBOX")
	if err == nil {
		err = p.start(ctx, st)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := p.takeRange(ctx, 1, overlapping); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	r.Inbox = distant{Inbox: whole}
	r.pass(t)
	if n := len(places(t, r)); n != overlapping {
		t.Errorf("%d requests", n)
	}
}

// barred is a mailbox that lets nobody in any more, from the heads of a chunk on.
type barred struct {
	distant
	asked *int
}

func (b barred) EachText(context.Context, []mailbox.Stretch, func(uint32, []byte)) func(bool) error {
	return func(mend bool) error {
		if mend {
			*b.asked++
		}
		return mailbox.ErrLogin
	}
}

// Where the password is refused in the midst of a pass, the chunks that are open do not
// bring about another log-in each, which may lock the account.
func TestRefusalBesideOpenChunk(t *testing.T) {
	for fails, want := range map[int]int{3: 1, 2: 0} { // of two open chunks the one is asked for; the last is not
		r := newRig(t)
		manyLetters(t, r)
		asked := 0
		r.Inbox = barred{distant{Inbox: r.Inbox, fails: fails, with: mailbox.ErrLogin}, &asked}
		if _, err := r.Poll(t.Context()); !errors.Is(err, mailbox.ErrLogin) || asked != want {
			t.Errorf("chunk %d: asked %d times, want %d, %v", fails, asked, want, err)
		}
	}
}

// Where the chunk that goes beside falls silent, nothing more is asked for either: not even
// the letters of the chunk that is read to its end, which another pass takes in.
func TestSilenceOfTheChunkBeside(t *testing.T) {
	r := newRig(t)
	manyLetters(t, r)
	whole, asked := r.Inbox, 0
	r.Inbox = hushed{distant{Inbox: whole}, &asked}
	if _, err := r.Poll(t.Context()); !errors.Is(err, os.ErrDeadlineExceeded) || asked != 0 {
		t.Errorf("asked %d times, %v", asked, err)
	}
	r.Inbox = distant{Inbox: whole}
	if p, _ := r.pass(t); p.Seen != 3*overlapping+5 {
		t.Errorf("then %d letters", p.Seen)
	}
}

// hushed is a mailbox that falls silent over the texts of the second chunk. It counts the
// letters that are fetched.
type hushed struct {
	distant
	asked *int
}

func (b hushed) EachText(ctx context.Context, stretches []mailbox.Stretch, yield func(uint32, []byte)) func(bool) error {
	wait := b.distant.EachText(ctx, stretches, yield)
	if stretches[0].UIDs[0] <= overlapping {
		return wait
	}
	return func(bool) error { return os.ErrDeadlineExceeded }
}

func (b hushed) Fetch(ctx context.Context, uid uint32, w io.Writer) (int64, bool, error) {
	*b.asked++
	return b.distant.Fetch(ctx, uid, w)
}
