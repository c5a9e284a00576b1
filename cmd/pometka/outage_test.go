package main

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"license.kz/pometka/mailbox/dovecot"
)

// gate stands before a server. Closed, it cuts every connection and lets none
// through. It counts what is open.
type gate struct {
	target string
	mu     sync.Mutex
	shut   bool
	conns  map[net.Conn]bool // of clients
	most   int
}

func startGate(t testing.TB, target string) (*gate, int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{target: target, conns: map[net.Conn]bool{}}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { g.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		g.set(true)
		serving.Wait()
	})
	return g, l.Addr().(*net.TCPAddr).Port
}

func (g *gate) serve(c net.Conn) {
	defer c.Close()
	g.mu.Lock()
	shut := g.shut
	if !shut {
		g.conns[c] = true
		g.most = max(g.most, len(g.conns))
	}
	g.mu.Unlock()
	if shut {
		return
	}
	defer func() { g.mu.Lock(); delete(g.conns, c); g.mu.Unlock() }()
	s, err := net.Dial("tcp", g.target)
	if err != nil {
		return
	}
	defer s.Close()
	go func() { io.Copy(s, c); s.Close() }()
	io.Copy(c, s)
}

// set shuts the gate, or opens it.
func (g *gate) set(shut bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = shut
	for c := range g.conns {
		if shut {
			c.Close()
		}
	}
}

// record is a log that can be waited for.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
	grew chan struct{}
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case r.grew <- struct{}{}:
	default:
	}
	return r.text.Write(b)
}

func (r *record) count(text string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Count(r.text.String(), text)
}

// impatient shortens what a daemon in this process waits for.
func impatient(t *testing.T) {
	limit, pause, send := quietLimit, firstPause, sendPatience
	quietLimit, firstPause, sendPatience = 3*time.Second, 50*time.Millisecond, 50*time.Millisecond
	t.Cleanup(func() { quietLimit, firstPause, sendPatience = limit, pause, send })
}

// within runs the daemon in this process; stop ends it as a signal does.
func (i installation) within(t *testing.T) (log *record, stop func()) {
	t.Helper()
	log = &record{grew: make(chan struct{}, 1)}
	a := &app{streams: streams{out: io.Discard, err: log}, configFlag: i.config, lang: "ru", words: mustWords(t)}
	ctx, cancel := context.WithCancel(context.Background())
	s, err := a.openServing(ctx, false)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer s.close()
		if err := a.serve(ctx, s, nil); err != nil {
			t.Errorf("the daemon ended with %v", err)
		}
	}()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(stop)
	return log, stop
}

// outage is a trial of the daemon by a mail server that comes and goes.
type outage struct {
	t       *testing.T
	server  *dovecot.Server
	gate    *gate
	log     *record
	sent    <-chan string
	acked   map[string]int
	letters int
}

// put lays letters into the mailbox, which nobody but the test may see.
func (o *outage) put(n int) {
	for range n {
		o.server.Put("INBOX", withdrawal(o.letters), time.Now())
		o.letters++
	}
}

// answered waits until every letter was acknowledged.
func (o *outage) answered() {
	o.t.Helper()
	for deadline := time.After(patience); len(o.acked) < o.letters; {
		select {
		case to := <-o.sent:
			o.acked[to]++
		case <-deadline:
			o.t.Fatalf("%d of %d letters acknowledged:\n%s", len(o.acked), o.letters, o.log.text.String())
		}
	}
}

// says waits until the log holds a text so many times.
func (o *outage) says(text string, times int) {
	o.t.Helper()
	for deadline := time.After(patience); o.log.count(text) < times; {
		select {
		case <-o.log.grew:
		case <-deadline:
			o.t.Fatalf("the daemon does not say %q %d times:\n%s", text, times, o.log.text.String())
		}
	}
}

// TestDovecotOutages kills the mail server, freezes it and cuts the network,
// with letters on their way, and restores it: every letter is registered and
// acknowledged once, each outage is one alarm and one end of it, and no
// connections pile up. POMETKA_LONG=1 does it dozens of times in any order.
func TestDovecotOutages(t *testing.T) {
	rounds := 3
	if os.Getenv("POMETKA_LONG") != "" {
		rounds = 60
	}
	impatient(t)
	r := startDovecot(t)
	g, port := startGate(t, r.Addr())
	i := r.install(t, port, "  poll: 1s\n  timeout: 2s\n")
	appendTo(t, i.config, "acknowledge:\n  caps: {domain_hour: 100000, total_hour: 100000}\n")
	o := &outage{t: t, server: r.Server, gate: g, sent: accepted(r.box), acked: map[string]int{}}
	before := runtime.NumGoroutine()
	log, stop := i.within(t)
	o.log = log
	random := rand.New(rand.NewPCG(20261123, 7))
	for n := range rounds {
		o.put(1)
		o.answered()
		o.put(1 + random.IntN(3)) // and nobody waits for what becomes of them
		kind := n % 3
		if n >= 3 {
			kind = random.IntN(3)
		}
		o.strike(kind)
		o.says("msg=alarm alarm=no_pass", n+1)
		o.restore(kind)
		o.put(1)
		o.answered()
		o.says("msg=recovered alarm=no_pass", n+1)
	}
	o.says("purpose=alarm state=sent", 2*rounds)
	stop()
	if n := log.count("msg=alarm alarm=no_pass"); n != rounds || log.count("msg=recovered") != rounds {
		t.Errorf("%d alarms, %d ends, want %d of each", n, log.count("msg=recovered"), rounds)
	}
	g.mu.Lock()
	if g.most > 2 || len(g.conns) > 1 { // the last may not know yet that it was closed
		t.Errorf("%d connections at once, %d left", g.most, len(g.conns))
	}
	g.mu.Unlock()
	if after := runtime.NumGoroutine(); after > before+5 {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
	for len(o.sent) > 0 {
		o.acked[<-o.sent]++
	}
	checkOnce(t, i, o.letters, o.acked)
}

// strike takes the server away: 0 kills it, 1 freezes it, 2 cuts the network,
// while more letters come.
func (o *outage) strike(kind int) {
	switch kind {
	case 0:
		o.server.Kill()
	case 1:
		o.server.Freeze()
	default:
		o.gate.set(true)
		o.put(2)
	}
}

func (o *outage) restore(kind int) {
	switch kind {
	case 0:
		o.server.Restart()
	case 1:
		o.server.Thaw()
	default:
		o.gate.set(false)
	}
}
