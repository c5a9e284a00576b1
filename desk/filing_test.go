package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// filer counts what is filed, and fails when it is told to.
type filer struct {
	Filer
	fail  error
	some  bool // it fails behind the first letter
	calls [][]uint32
}

func (f *filer) File(ctx context.Context, folder string, validity uint32, uids []uint32, to mailbox.Shelf) (mailbox.Filed, error) {
	f.calls = append(f.calls, uids)
	if f.fail != nil {
		return mailbox.Filed{}, f.fail
	}
	if f.some {
		filed, err := f.Filer.File(ctx, folder, validity, uids[:1], to)
		if err == nil {
			err = mailbox.ErrNoFiling
		}
		return filed, err
	}
	return f.Filer.File(ctx, folder, validity, uids, to)
}

// filing turns filing on.
func (r *rig) filing(how string) *filer {
	f := &filer{Filer: r.Inbox.(*mailbox.Reader)}
	r.Filer, r.Filing = f, Filing{How: how, Folder: "Junk"} // a folder that is watched
	return f
}

// three letters: a request, one that a person must look at, and none.
func (r *rig) three(t *testing.T) {
	t.Helper()
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, now.Add(-time.Hour))
	r.put(t, "INBOX", mail{from: "b@two.example", subject: "Вопрос", body: "Откуда у вас мой ИИН? Кто вам его дал?", id: "2@two.example"}, now.Add(-time.Hour))
	r.put(t, "INBOX", mail{from: "c@three.example", subject: "Счёт", body: "Во вложении счёт.", id: "3@three.example"}, now.Add(-time.Hour))
}

// inFolder counts the messages of a folder.
func (r *rig) inFolder(t *testing.T, folder string) uint32 {
	t.Helper()
	st, err := r.Inbox.Examine(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	return st.Messages
}

// review returns the case that waits for a person, and fails without one.
func (r *rig) review(t *testing.T) store.Request {
	t.Helper()
	for _, q := range r.all(t) {
		if q.Status == store.StatusReview {
			return q
		}
	}
	t.Fatal("no letter waits for a decision: the test tests nothing")
	return store.Request{}
}

// Moved is the request, and found again in the folder where it was put; the
// letter that waits for a decision stays until it is confirmed.
func TestFilingMoves(t *testing.T) {
	r := newRig(t)
	f := r.filing(FileMove)
	r.three(t)
	r.pass(t)
	if n := r.inFolder(t, "INBOX"); n != 2 || r.inFolder(t, "Junk") != 1 {
		t.Fatalf("%d letters left in INBOX", n)
	}
	before := len(r.all(t))
	p, _ := r.pass(t) // sees the moved letter in the watched folder
	if p.Seen != 1 || len(p.Admitted) != 0 || len(r.all(t)) != before || len(f.calls) != 1 {
		t.Errorf("the moved letter: %+v, %d requests, filed %v", p, len(r.all(t)), f.calls)
	}
	q := r.review(t)
	if _, _, err := r.Confirm(t.Context(), q.Number, []rules.Kind{"erasure"}, Actor{Login: "aigul"}); err != nil {
		t.Fatal(err)
	}
	r.pass(t)
	if n := r.inFolder(t, "INBOX"); n != 1 || len(r.all(t)) != before {
		t.Errorf("after the decision %d letters are left in INBOX, %d requests", n, len(r.all(t)))
	}
	r.pass(t)
	if got := r.reconcile(t, false); got.Total() != 0 {
		t.Errorf("reconciliation: %+v", got)
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Errorf("history: %v %v", breaks, err)
	}
}

// A keyword is set on both kinds of letters that are in the register.
func TestFilingMarks(t *testing.T) {
	r := newRig(t)
	f := r.filing(FileKeyword)
	r.three(t)
	r.pass(t)
	r.review(t)
	r.pass(t)
	if len(f.calls) != 1 || !slices.Equal(f.calls[0], []uint32{1, 2}) {
		t.Errorf("marked: %v, want both letters once", f.calls)
	}
}

// What cannot be filed is no reason to lose or delay anything, nor to ask the
// server at every pass.
func TestFilingFails(t *testing.T) {
	r := newRig(t)
	f := r.filing(FileMove)
	f.fail = fmt.Errorf("%w: the server has neither MOVE nor UIDPLUS", mailbox.ErrNoFiling)
	r.three(t)
	at := now
	r.Now = func() time.Time { return at }
	for range 3 {
		if p, s := r.pass(t); len(p.Admitted) > 0 && s.Sent != 1 {
			t.Errorf("pass: %+v %+v", p, s)
		}
	}
	if len(f.calls) != 1 || len(r.all(t)) != 2 || r.inFolder(t, "INBOX") != 3 {
		t.Errorf("asked %d times, %d requests", len(f.calls), len(r.all(t)))
	}
	f.fail = nil
	at = at.Add(filingAgain)
	r.pass(t)
	if n := r.inFolder(t, "INBOX"); n != 2 {
		t.Errorf("%d letters left in INBOX once the server can", n)
	}
}

// Whoever kills the program between the commit and the move, or between the
// move and its note, finds the letter once in the register, and filed.
func TestFilingAfterCrash(t *testing.T) {
	for _, step := range []string{"before it", "letters filed", "filing noted"} {
		t.Run(step, func(t *testing.T) {
			r := newRig(t)
			f := r.filing(FileMove)
			r.three(t)
			crash := errors.New("crash")
			if step == "before it" {
				f.fail = crash
			}
			func() {
				defer func() { recover() }()
				r.testOnlyStep = func(s string) {
					if s == step {
						panic(crash)
					}
				}
				_, _ = r.Poll(t.Context())
			}()
			r.testOnlyStep, f.fail, r.filed = func(string) {}, nil, filingState{}
			r.pass(t)
			r.pass(t)
			if n := r.inFolder(t, "INBOX"); n != 2 || len(r.all(t)) != 2 || r.inFolder(t, "Junk") != 1 {
				t.Errorf("%d letters left in INBOX, %d requests", n, len(r.all(t)))
			}
		})
	}
}
