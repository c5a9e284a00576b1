package desk

import (
	"context"
	"sync"
	"testing"
	"time"

	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/store"
)

// slowToAnswer is outboxRig with a server that says nothing to the final dot of the letter to
// a@one.example until release is called, and then what answer returns. The Flush that gives it
// the letter has returned.
func slowToAnswer(t *testing.T, answer func() error) (*rig, func()) {
	t.Helper()
	r := outboxRig(t)
	r.Patience = 10 * time.Millisecond
	t.Cleanup(func() { // the sending ends before the register is closed
		if on := r.Awaited(); on != nil {
			<-on
		}
	})
	reached, release := r.silentAtDot(t, "a@one.example", answer)
	r.leaves(t)
	<-reached
	return r, release
}

// leaves has Flush begin with a letter and return before that is answered.
func (r *rig) leaves(t *testing.T) {
	t.Helper()
	if f, err := r.Flush(t.Context()); err != nil || f != (FlushReport{}) || r.Awaited() == nil || r.Answered() {
		t.Fatalf("flush with a silent server: %+v, %v, answered %v", f, err, r.Answered())
	}
}

// answered lets the server answer, and writes down what it said.
func (r *rig) answered(t *testing.T, release func()) FlushReport {
	t.Helper()
	release()
	<-r.Awaited()
	if !r.Answered() {
		t.Error("nothing is to be written down")
	}
	r.Patience = time.Minute // what comes next is answered at once
	f, err := r.Flush(t.Context())
	if err != nil || r.Awaited() != nil {
		t.Errorf("flush after the answer: %v, a letter under way: %v", err, r.Awaited() != nil)
	}
	return f
}

// A server that is silent at the final dot holds up no letter that comes in; nothing else is
// sent until it has answered, and then each letter goes out once.
func TestSilentDotHoldsUpNoIntake(t *testing.T) {
	r, release := slowToAnswer(t, func() error { return nil })
	r.put(t, "INBOX", mail{from: "b@two.example", subject: withdrawalMark, body: "Прошу прекратить.", id: "2@two.example"}, now.Add(-time.Hour))
	if p, err := r.Poll(t.Context()); err != nil || p.Registered != 1 {
		t.Fatalf("intake beside the sending: %+v, %v", p, err)
	}
	r.leaves(t)
	for addr, want := range map[string]store.MailState{"a@one.example": store.MailSending, "b@two.example": store.MailQueued} {
		if m := r.to(t, addr); m.State != want {
			t.Errorf("%s is %s before the answer", addr, m.State)
		}
	}
	if c, err := r.Store.Counts(t.Context()); err != nil || !c.Sending.Equal(now) {
		t.Errorf("sending since %v, %v", c.Sending, err)
	}
	if f := r.answered(t, release); f.Sent != 2 {
		t.Errorf("after the answer: %+v", f)
	}
	times := map[string]int{}
	for _, e := range r.box.Sent() {
		times[e.To]++
	}
	if len(times) != 2 || times["a@one.example"] != 1 || times["b@two.example"] != 1 {
		t.Errorf("sent: %v", times)
	}
}

// A letter under way has not gone out: a trouble with the outbox does not end with its try.
func TestLetterUnderWayIsStillStuck(t *testing.T) {
	r, release := slowToAnswer(t, func() error { return sandbox.Reply(450, "4.2.0", "try later") })
	r.Now = func() time.Time { return now.Add(stuckAfter + time.Minute) }
	if err := r.CheckHealth(t.Context(), Vitals{}); err != nil {
		t.Fatal(err)
	}
	if list, err := r.Troubles(t.Context()); err != nil || len(list) != 1 || list[0].Code != TroubleOutbox || list[0].Count != 1 {
		t.Errorf("troubles: %+v, %v", list, err)
	}
	if f := r.answered(t, release); f.Deferred != 1 || f.Sent != 1 { // what staff is told
		t.Errorf("a letter put off at the dot: %+v", f)
	}
}

// A letter may come back before the server says that it takes it. Then it has failed,
// whatever is said, and is not sent again.
func TestBounceBeforeTheAnswer(t *testing.T) {
	r, release := slowToAnswer(t, func() error { return nil })
	m := r.to(t, "a@one.example")
	whole, err := r.Store.Mail(t.Context(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	back := report("delivery-status", "text/plain", "Sorry.", "message/delivery-status", statusFailed, "text/rfc822-headers", headerOf(whole.Raw))
	if err := r.box.Put("INBOX", []byte(back), now); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	bounced := func(when string) {
		t.Helper()
		if m := r.to(t, "a@one.example"); m.State != store.MailFailed || m.Reason.Code != store.ReasonBounced {
			t.Errorf("%s: %s %+v", when, m.State, m.Reason)
		}
	}
	bounced("before the answer")
	if f := r.answered(t, release); f.Sent != 1 || f.Failed+f.Uncertain+f.Deferred != 0 { // what staff is told
		t.Errorf("flush: %+v", f)
	}
	bounced("after the answer")
	r.soundHistory(t)
}

// Told to stop, Flush waits for the answer: what it says is written down, and the letter is
// uncertain only where that is too late.
func TestStopBeforeTheAnswer(t *testing.T) {
	for _, late := range []bool{false, true} {
		r := outboxRig(t)
		r.Patience = 10 * time.Millisecond
		ctx, cancel := context.WithCancel(t.Context())
		reached, release := r.silentAtDot(t, "a@one.example", func() error { return nil })
		if _, err := r.Flush(ctx); err != nil || r.Awaited() == nil {
			t.Fatalf("flush: %v", err)
		}
		<-reached
		r.Stopping = func() bool { return true }
		want := store.MailSent
		if late {
			want = store.MailUncertain
			cancel()
		} else {
			release()
		}
		if _, err := r.Flush(ctx); err == nil {
			t.Errorf("late %v: more is to be sent", late)
		}
		if m := r.to(t, "a@one.example"); m.State != want || r.Awaited() != nil {
			t.Errorf("late %v: %s", late, m.State)
		}
		release()
		cancel()
	}
}

// The desk that takes the place of another writes down what becomes of its letter, and sends
// by its own Sender.
func TestDeskTakesLetterOver(t *testing.T) {
	r, release := slowToAnswer(t, func() error { return nil })
	r.put(t, "INBOX", mail{from: "b@two.example", subject: withdrawalMark, body: "Прошу прекратить.", id: "2@two.example"}, now.Add(-time.Hour))
	if _, err := r.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	old := r.Desk
	other := &memorySender{sent: map[string]int{}, day: r.Today}
	r.Desk = New(old.Options)
	r.Sender = other
	r.TakeOver(old)
	if old.Awaited() != nil || r.Awaited() == nil {
		t.Fatal("the letter is not taken over")
	}
	r.leaves(t)
	if f := r.answered(t, release); f.Sent != 2 || len(other.sent) != 1 || len(r.box.Sent()) != 1 {
		t.Errorf("flush: %+v; the other server has %v", f, other.sent)
	}
}

// silentAtDot gives no answer to the final dot of letters to an address, which is told by
// reached, until release is called, at the latest at the end of the test.
func (r *rig) silentAtDot(t *testing.T, to string, answer func() error) (reached <-chan struct{}, release func()) {
	t.Helper()
	answers, dot := make(chan struct{}), make(chan struct{}, 10)
	release = sync.OnceFunc(func() { close(answers) })
	t.Cleanup(release)
	r.box.SMTP.OnDot = func(e sandbox.Envelope) error {
		if e.To != to {
			return nil
		}
		dot <- struct{}{}
		<-answers
		return answer()
	}
	return dot, release
}
