package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/store"
)

// The test binary is the program itself when POMETKA_TEST_MAIN is set: so a
// test can start it as a process, send it signals and kill it.
func TestMain(m *testing.M) {
	if os.Getenv("POMETKA_TEST_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}

// process prepares the program as a process of its own on the installation.
func (i installation) process(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], append([]string{"--config", i.config}, args...)...)
	c.Env = append(os.Environ(), "POMETKA_TEST_MAIN=1")
	return c
}

// begun makes the register, as the first run does.
func (i installation) begun(t testing.TB) {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(i.dir, "pometka.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// withdrawal is a letter that is registered and acknowledged, unlike any other
// with another number.
func withdrawal(n int) []byte {
	return fmt.Appendf(nil, "Return-Path: <person%[1]d@mail.example>\r\nFrom: person%[1]d@mail.example\r\nTo: info@license.kz\r\n"+
		"Subject: =?utf-8?B?0J7RgtC30YvQsiDRgdC+0LPQu9Cw0YHQuNGPINC90LAg0L7QsdGA0LDQsdC+0YLQutGDIA==?=\r\n =?utf-8?B?0L/QtdGA0YHQvtC90LDQu9GM0L3Ri9GFINC00LDQvdC90YvRhQ==?=\r\n"+
		"Message-ID: <%[1]d@mail.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nПрошу исполнить. Дело %[1]d.\r\n", n)
}

// TestKill9 kills the daemon's process at random moments of its work, starts it
// again each time with more letters to read, and finds every letter registered
// once and acknowledged at most once.
func TestKill9(t *testing.T) {
	kills := 6
	if os.Getenv("POMETKA_LONG") != "" {
		kills = 150
	}
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": "acknowledge:\n  caps:\n    total_hour: 100000\n    domain_hour: 100000\n"})
	letters := 0
	random := rand.New(rand.NewPCG(20261123, 17))
	span := 400 * time.Millisecond // about what the work takes, so that few processes come to its end
	for n := 0; n < kills; {
		for range 4 {
			if err := box.Put("INBOX", withdrawal(letters), time.Now().Add(-time.Hour)); err != nil {
				t.Fatal(err)
			}
			letters++
		}
		if killedWithin(t, i.process(t, "run", "--once"), &span, random) {
			n++
		}
	}
	t.Logf("%d letters, %d kills", letters, kills)
	i.call(t, "run", "--once").well(t)
	checkOnce(t, i, letters, func() map[string]int {
		sent := map[string]int{}
		for _, e := range box.Sent() {
			sent[e.To]++
		}
		return sent
	}())
}

// killedWithin kills a process at a random moment of the span; false: it was done
// before. The span follows how long such processes take.
func killedWithin(t *testing.T, c *exec.Cmd, span *time.Duration, random *rand.Rand) bool {
	t.Helper()
	start := time.Now()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(time.Duration(random.Int64N(int64(*span))), func() { c.Process.Kill() })
	defer timer.Stop()
	err := c.Wait()
	if c.ProcessState.Exited() {
		if err != nil {
			t.Errorf("not killed, but %v", err)
		}
		*span = time.Since(start)
		return false
	}
	*span += *span / 10
	return true
}

// checkOnce checks that each of the letters is registered once and, unless
// its acknowledgement is uncertain, acknowledged once.
func checkOnce(t *testing.T, i installation, letters int, sent map[string]int) {
	t.Helper()
	var list []requestJSON
	if err := json.Unmarshal([]byte(i.call(t, "list", "--json", "--all").well(t).out), &list); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, r := range list {
		seen[r.From]++
		switch n := sent[r.From]; {
		case n > 1:
			t.Errorf("%s was acknowledged %d times", r.Number, n)
		case r.Acknowledgement == store.MailSent && n != 1, r.Acknowledgement != store.MailSent && r.Acknowledgement != store.MailUncertain:
			t.Errorf("%s: acknowledgement is %s, delivered %d times", r.Number, r.Acknowledgement, n)
		}
	}
	for from, n := range seen {
		if n != 1 {
			t.Errorf("the letter of %s is registered %d times", from, n)
		}
	}
	if len(list) != letters {
		t.Errorf("%d requests, want %d", len(list), letters)
	}
	i.call(t, "audit", "verify").well(t)
}

// TestStopBesideSilentServer stops the program while it reads from a server that
// says nothing: it waits for neither the server nor the grace of what is sent.
func TestStopBesideSilentServer(t *testing.T) {
	for _, args := range [][]string{{"run"}, {"run", "--once"}, {"reconcile"}} {
		silent, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer silent.Close()
		box := startSandbox(t)
		i := install(t, silent.Addr().String(), box.SMTPAddr, box.CA, map[string]string{"": outOfHours()})
		i.begun(t)
		c := i.process(t, args...)
		var log bytes.Buffer
		c.Stderr = &log
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		conn, err := silent.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		start := time.Now()
		if err := c.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(); (err == nil) != (len(args) == 1 && args[0] == "run") {
			t.Errorf("%v: %v\n%s", args, err, log.String())
		}
		if took := time.Since(start); took > grace/2 {
			t.Errorf("%v stopped after %v", args, took)
		}
		if n := strings.Count(log.String(), "pometka: "); n > 1 {
			t.Errorf("%v says more than why it ended:\n%s", args, log.String())
		}
	}
}

// TestSIGTERM stops the daemon: it takes in what it has begun, says goodbye
// and exits with 0. What else is due, here an alarm, waits for the next start.
func TestSIGTERM(t *testing.T) {
	sending, told := make(chan struct{}), make(chan struct{})
	inHand := sync.OnceFunc(func() { close(sending) })
	box, err := sandbox.Start(sandbox.Options{Username: "info@license.kz", Password: "sandbox", SMTP: sandbox.Hooks{
		OnRcpt: func(string) error { inHand(); <-told; return nil },
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": outOfHours()})
	i.call(t, "run", "--once").well(t)
	db := i.register(t)
	if err := db.SetMeta(t.Context(), store.MetaClock, time.Now().Add(time.Hour).UTC().Format(time.RFC3339)); err != nil { // the clock was set back since
		t.Fatal(err)
	}
	if err := box.Put("INBOX", withdrawal(1), time.Now()); err != nil {
		t.Fatal(err)
	}
	c := i.process(t, "run")
	var log bytes.Buffer
	c.Stderr = &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	<-sending
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	close(told)
	if err := c.Wait(); err != nil {
		t.Fatalf("daemon: %v\n%s", err, log.String())
	}
	if n := len(box.Sent()); n == 0 {
		t.Error("the letter in hand was not sent")
	}
	if strings.Contains(log.String(), "person1") {
		t.Errorf("the log names a person:\n%s", log.String())
	}
	if got := purposes(t, db); !slices.Equal(got, []store.Purpose{store.PurposeAcknowledgement}) {
		t.Errorf("after the signal the outbox holds %v:\n%s", got, log.String())
	}
	sent := map[string]int{}
	for _, e := range box.Sent() {
		sent[e.To]++
	}
	checkOnce(t, i, 1, sent)
	d := i.start(t)
	d.waitFor("pometka started", 1)
	for end := time.Now().Add(patience); !slices.Contains(purposes(t, db), store.PurposeAlarm); {
		if time.Now().After(end) {
			t.Fatalf("no alarm after the next start:\n%s", d.log())
		}
	}
}

// register opens the register until the test ends.
func (i installation) register(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(i.dir, "pometka.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// purposes are those of the letters in the outbox, in their order.
func purposes(t *testing.T, db *store.DB) (list []store.Purpose) {
	t.Helper()
	mails, err := db.Outbox(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails {
		list = append(list, m.Purpose)
	}
	return list
}
