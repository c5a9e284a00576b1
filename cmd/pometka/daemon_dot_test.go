package main

import (
	"encoding/json"
	"sync"
	"syscall"
	"testing"
	"time"

	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/store"
)

// silentBox is a sandbox that says nothing to the final dot of the first person's letter,
// which is told by reached, until release is called.
type silentBox struct {
	*sandbox.Sandbox
	reached chan struct{}
	release func()
}

func startSilent(t *testing.T) silentBox {
	t.Helper()
	answers := make(chan struct{})
	b := silentBox{startSandbox(t), make(chan struct{}, 10), sync.OnceFunc(func() { close(answers) })}
	t.Cleanup(b.release)
	b.SMTP.OnDot = func(e sandbox.Envelope) error {
		if e.To == "person1@mail.example" {
			b.reached <- struct{}{}
			<-answers
		}
		return nil
	}
	return b
}

func (b silentBox) put(t *testing.T, n int) {
	t.Helper()
	if err := b.Put("INBOX", withdrawal(n), time.Now()); err != nil {
		t.Fatal(err)
	}
}

// taken counts the letters that the server took, by recipient.
func (b silentBox) taken() map[string]int {
	times := map[string]int{}
	for _, e := range b.Sent() {
		times[e.To]++
	}
	return times
}

// hold has a daemon register one letter, whose acknowledgement gets no answer, and then
// another.
func (b silentBox) hold(t *testing.T, i installation) *running {
	t.Helper()
	b.put(t, 1)
	d := i.start(t)
	<-b.reached
	b.put(t, 2)
	d.waitFor("registered=1", 2)
	if n := len(b.Sent()); n != 0 {
		t.Errorf("%d letters were taken before the answer", n)
	}
	return d
}

func (i installation) status(t *testing.T) (s statusJSON) {
	t.Helper()
	if err := json.Unmarshal([]byte(i.call(t, "status", "--json").out), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// While a server is silent at the final dot, letters are registered and the configuration is
// read anew; once it has answered, what waited goes out, each letter once.
func TestDaemonWorksBesideSilentDot(t *testing.T) {
	box := startSilent(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"imap": "  poll: 1h\n", "": outOfHours()})
	d := box.hold(t, i)
	if s := i.status(t); s.Outbox[store.MailSending] != 1 || s.Outbox[store.MailQueued] != 1 || s.SendingSince == "" || !s.Healthy {
		t.Errorf("status before the answer: %+v", s)
	}
	if err := d.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	d.waitFor("configuration reloaded", 1)
	box.put(t, 3)
	d.waitFor("registered=1", 3)
	box.release()
	d.waitFor("purpose=acknowledgement state=sent", 3)
	d.stop()
	if taken := box.taken(); len(taken) != 3 || taken["person1@mail.example"] != 1 || taken["person2@mail.example"] != 1 || taken["person3@mail.example"] != 1 {
		t.Errorf("the server took %v\n%s", taken, d.log())
	}
	if s := i.status(t); s.Outbox[store.MailSent] != 3 || s.SendingSince != "" || !s.Healthy {
		t.Errorf("status in the end: %+v", s)
	}
}

// Told to stop while a server is silent at the final dot, the daemon waits for its answer and
// begins nothing new.
func TestStopBesideSilentDot(t *testing.T) {
	box := startSilent(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": outOfHours()})
	systemd := listening(t)
	box.put(t, 1)
	d := i.start(t, "NOTIFY_SOCKET="+systemd.socket)
	<-box.reached
	box.put(t, 2)
	d.waitFor("registered=1", 2)
	if err := d.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	systemd.hear(t, "STOPPING=1", grace/2)
	box.release()
	<-d.done
	if err := d.Wait(); err != nil {
		t.Errorf("the daemon ended with %v:\n%s", err, d.log())
	}
	if s := i.status(t); s.Outbox[store.MailSent] != 1 || s.Outbox[store.MailQueued] != 1 || len(box.Sent()) != 1 {
		t.Errorf("%d letters were taken, status %+v\n%s", len(box.Sent()), s, d.log())
	}
}

// A daemon that is killed while a server is silent at the final dot leaves the letter to a
// person; what had come in meanwhile is registered and acknowledged, once.
func TestKillBesideSilentDot(t *testing.T) {
	box := startSilent(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": outOfHours()})
	d := box.hold(t, i)
	d.Process.Kill()
	<-d.done
	d.Wait()
	box.release()
	for range 2 {
		i.call(t, "run", "--once").well(t)
	}
	s := i.status(t)
	if s.Outbox[store.MailUncertain] != 1 || s.Outbox[store.MailSent] != 1 || s.RequestsOpen != 2 {
		t.Errorf("status %+v", s)
	}
	if taken := box.taken(); taken["person2@mail.example"] != 1 || taken["person1@mail.example"] > 1 {
		t.Errorf("the server took %v", taken)
	}
	i.call(t, "audit", "verify").well(t)
}
