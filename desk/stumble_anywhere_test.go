package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// tripwire panics at what its test calls it for. Goroutines work beside each other.
type tripwire struct {
	mu sync.Mutex
	n  int // calls so far
	at int // panics at this one; 0: at none
}

func (w *tripwire) step() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.n++; w.n == w.at {
		panic("staged")
	}
}

// silently keeps what is told of staged mistakes out of the test's log.
func silently(t *testing.T) {
	was := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	t.Cleanup(func() { slog.SetDefault(was) })
}

// twoLetters are an invoice that quotes nothing and a withdrawal, too long for a spool
// without a file.
func twoLetters(t *testing.T) *rig {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Счёт", body: "Добрый день, высылаю счёт.", id: "1@one.example"}, now.Add(-time.Hour))
	r.put(t, "INBOX", mail{from: "b@two.example", subject: withdrawalMark, body: "Прошу прекратить." + strings.Repeat("\r\n", 16<<10), id: "2@two.example"}, now.Add(-time.Hour))
	return r
}

// spools is how many letters lie in a spool of the register.
func spools(t *testing.T, r *rig) (n int) {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("needs /proc: ", err)
	}
	for _, e := range list {
		name, _ := os.Readlink("/proc/self/fd/" + e.Name())
		if strings.HasPrefix(name, filepath.Join(filepath.Dir(r.path), ".spool-")) {
			n++
		}
	}
	return n
}

// Wherever the program stumbles once, at any step of its own, at any commit, at any
// look at the clock: the process lives, nothing is left open, and in the end each
// letter is in the ledger once and the person was told of it once.
func TestStumbleAnywhere(t *testing.T) {
	silently(t)
	seams := map[string]func(*rig, *tripwire){
		"step":   func(r *rig, w *tripwire) { r.testOnlyStep = func(string) { w.step() } },
		"commit": func(r *rig, w *tripwire) { r.Store.WatchCommits(func(string) { w.step() }) },
		"clock":  func(r *rig, w *tripwire) { r.Now = func() time.Time { w.step(); return now } },
	}
	every := 7
	if os.Getenv("POMETKA_LONG") != "" {
		every = 1
	}
	for name, set := range seams {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := &tripwire{}
			r := twoLetters(t)
			set(r, all)
			stumblingPasses(t, r, 1)
			for at := 1; at <= all.n; at += every {
				r := twoLetters(t)
				set(r, &tripwire{at: at})
				stumblingPasses(t, r, 3)
				checkBoth(t, r, fmt.Sprintf("%s %d of %d", name, at, all.n))
			}
		})
	}
}

// stumblingPasses goes over mailbox, reminders and outbox until nothing is left to do.
func stumblingPasses(t *testing.T, r *rig, rounds int) {
	t.Helper()
	var last error
	for range rounds {
		last = nil
		for _, job := range []func(context.Context) error{
			func(ctx context.Context) error { _, err := r.Poll(ctx); return err },
			func(ctx context.Context) error { _, err := r.Remind(ctx, false); return err },
			func(ctx context.Context) error { _, err := r.Flush(ctx); return err },
		} {
			if err := mailbox.Survive(func() error { return job(t.Context()) }); err != nil {
				last = err
			}
		}
		if n := spools(t, r); n != 0 {
			t.Errorf("%d spools are open", n)
		}
	}
	if last != nil {
		t.Error("does not recover:", last)
	}
}

func checkBoth(t *testing.T, r *rig, where string) {
	t.Helper()
	rows, err := r.Store.Places(t.Context(), "INBOX", 1, 1, 9)
	if err != nil || len(rows) != 2 {
		t.Errorf("%s: %d rows in the ledger, %v", where, len(rows), err)
	}
	if q, ok := places(t, r)[2]; !ok || q.Status != store.StatusOpen && q.Status != store.StatusReview {
		t.Errorf("%s: the withdrawal is %+v", where, q)
	}
	mails, err := r.Store.Outbox(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	answers := 0
	for _, m := range mails {
		if m.Purpose == store.PurposeAcknowledgement {
			answers++
		}
		if m.State == store.MailSending || m.State == store.MailQueued {
			t.Errorf("%s: a letter of ours is left %s", where, m.State)
		}
	}
	if answers > 1 {
		t.Errorf("%s: %d acknowledgements", where, answers)
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Errorf("%s: the history has %v, %v", where, breaks, err)
	}
}

// within reports whether a function is at work.
func within(names ...string) bool {
	var at [60]uintptr
	frames := runtime.CallersFrames(at[:runtime.Callers(2, at[:])])
	found := map[string]bool{}
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		found[f.Function[strings.LastIndexByte(f.Function, '.')+1:]] = true
	}
	return !slices.ContainsFunc(names, func(n string) bool { return found[strings.TrimPrefix(n, "!")] == strings.HasPrefix(n, "!") })
}

// A letter over which the program stumbles behind the verdict, each time, is a case
// for a person with its bytes, and is not answered; the next one is registered.
func TestStumbleBehindTheVerdict(t *testing.T) {
	silently(t)
	for _, step := range []string{"threadOf", "waits", "acknowledgement"} {
		r := twoLetters(t)
		r.put(t, "INBOX", mail{from: "c@three.example", subject: withdrawalMark, body: "Я тоже прошу прекратить.", id: "3@three.example"}, now.Add(-time.Hour))
		var first sync.Once
		r.Now = func() time.Time {
			if within(step, "!admitUnjudged") {
				first.Do(func() { panic("staged") })
			}
			return now
		}
		p, f := r.pass(t)
		if p.Seen != 3 || f.Sent != 1 || spools(t, r) != 0 {
			t.Fatalf("%s: %+v %+v, %d spools", step, p, f, spools(t, r))
		}
		got := places(t, r)
		if q := got[3]; q.Status != store.StatusOpen {
			t.Errorf("%s: the next letter is %+v", step, q)
		}
		q := got[2]
		if q.Status != store.StatusReview || q.Letters[0].ReasonCode != rules.ReasonUnreadable || q.Letters[0].FromAddr != "b@two.example" || len(q.Candidates) == 0 && q.ActBy.IsZero() {
			t.Errorf("%s: the letter is %+v", step, q)
		}
		var raw strings.Builder
		if err := r.Store.Raw(t.Context(), q.Letters[0].ID, &raw); err != nil || !strings.Contains(raw.String(), "2@two.example") {
			t.Errorf("%s: its bytes are %q, %v", step, raw.String(), err)
		}
	}
}

// One over which it stumbles before it was read, each time, is alone in the end.
func TestStumbleBeforeTheVerdict(t *testing.T) {
	silently(t)
	r := twoLetters(t)
	r.Inbox = tripping{r.Inbox, 2}
	p, _ := r.pass(t)
	got := places(t, r)
	if q := got[2]; p.Seen != 2 || len(got) != 1 || q.Status != store.StatusReview || q.Letters[0].ReasonCode != rules.ReasonUnreadable || q.Letters[0].Subject != withdrawalMark {
		t.Errorf("%+v: %+v", p, got)
	}
}

// tripping is a mailbox of which one letter cannot be fetched without stumbling.
type tripping struct {
	Inbox
	uid uint32
}

func (b tripping) Expect(ctx context.Context, uids []uint32) {
	if slices.Contains(uids, b.uid) {
		panic("staged")
	}
	b.Inbox.Expect(ctx, uids)
}

// trippingSender stumbles over the letter to somebody.
type trippingSender struct {
	Sender
	to string
}

func (s trippingSender) Send(ctx context.Context, e mailbox.Envelope) mailbox.Outcome {
	if e.To == s.to {
		panic("staged")
	}
	return s.Sender.Send(ctx, e)
}

// A letter of ours over which the program stumbles waits for a person, who is told;
// the others go out.
func TestStumbleOverOurLetter(t *testing.T) {
	silently(t)
	for name, c := range map[string]struct {
		set   func(*rig, *sync.Once)
		state store.MailState
		code  string
	}{
		"sending": {func(r *rig, _ *sync.Once) { r.Sender = trippingSender{r.Sender, "a@one.example"} }, store.MailUncertain, codeStumbled},
		"wording": {func(r *rig, once *sync.Once) {
			r.Now = func() time.Time {
				if within("compose") {
					once.Do(func() { panic("staged") })
				}
				return now
			}
		}, store.MailFailed, store.ReasonRender},
		"settling": {func(r *rig, once *sync.Once) {
			r.box.SMTP.OnRcpt = func(to string) error {
				if to == "a@one.example" {
					return errStaged
				}
				return nil
			}
			r.jitter = func() float64 { once.Do(func() { panic("staged") }); return 0 }
		}, store.MailUncertain, codeStumbled},
	} {
		r := outboxRig(t)
		r.Alarm, r.Patience = "boss@license.kz", time.Minute // as a daemon's
		r.put(t, "INBOX", mail{from: "b@two.example", subject: withdrawalMark, body: "Прошу прекратить.", id: "2@two.example"}, now.Add(-time.Hour))
		if _, err := r.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.set(r, &sync.Once{})
		f, err := r.Flush(t.Context())
		// Sent: the other letter, and what staff is told.
		if m := r.to(t, "a@one.example"); err != nil || f.Sent != 2 || m.State != c.state || m.Reason.Code != c.code {
			t.Errorf("%s: %+v, %v: %s %+v", name, f, err, m.State, m.Reason)
		}
		if m := r.to(t, "b@two.example"); m.State != store.MailSent {
			t.Errorf("%s: the other letter is %s", name, m.State)
		}
		if list := r.subjects(t); len(list) != 1 {
			t.Errorf("%s: staff was told %v", name, list)
		}
	}
}

var errStaged = errors.New("451 try later")
