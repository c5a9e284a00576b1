package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// duplex is one request read and the answer to it.
type duplex struct {
	io.Reader
	bytes.Buffer
}

func (d *duplex) Read(p []byte) (int, error) { return d.Reader.Read(p) }

func TestAnswerHTTP(t *testing.T) {
	pages := map[string]page{
		"/well": func(context.Context) (int, string) { return 200, "ok\n" },
		"/ill":  func(context.Context) (int, string) { return 503, "no progress\n" },
	}
	for _, c := range []struct{ request, status, body string }{
		{"GET /well HTTP/1.1\r\nHost: x\r\n\r\n", "200 OK", "ok\n"},
		{"GET /well?x=1 HTTP/1.0\r\n\r\n", "200 OK", "ok\n"},
		{"HEAD /well HTTP/1.1\r\nHost: x\r\n\r\n", "200 OK", ""},
		{"GET /ill HTTP/1.1\r\nHost: x\r\n\r\n", "503 Service Unavailable", "no progress\n"},
		{"GET /../etc HTTP/1.1\r\nHost: x\r\n\r\n", "404 Not Found", "no such page\n"},
		{"POST /well HTTP/1.1\r\nHost: x\r\n\r\n", "405 Method Not Allowed", "only GET and HEAD\n"},
		{"GET HTTP://127.0.0.1:9180/well?x=1 HTTP/1.1\r\nHost: 127.0.0.1:9180\r\n\r\n", "200 OK", "ok\n"},
		{"GET http://127.0.0.1:9180 HTTP/1.1\r\n\r\n", "404 Not Found", "no such page\n"},
		{"GET /" + strings.Repeat("x", 2*httpRequest), "414 URI Too Long", "too long\n"},
		{"rubbish\r\n\r\n", "400 Bad Request", "bad request\n"},
		{"GET /well HTTP/1.1\r\nno colon\r\n\r\n", "400 Bad Request", "bad request\n"},
		{"GET /well HTTP/1.1\r\nLong: " + strings.Repeat("x", 2*httpRequest), "400 Bad Request", "bad request\n"},
	} {
		d := &duplex{Reader: strings.NewReader(c.request)}
		if err := answerHTTP(t.Context(), d, pages); err != nil {
			t.Errorf("%.40q: %v", c.request, err)
			continue
		}
		head, body, _ := strings.Cut(d.Buffer.String(), "\r\n\r\n")
		if !strings.HasPrefix(head, "HTTP/1.1 "+c.status+"\r\n") || body != c.body {
			t.Errorf("%.40q is answered by %q", c.request, d.Buffer.String())
		}
	}
}

// The library that everybody asks with understands the answers.
func TestServeHTTP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		ended <- serveHTTP(ctx, l, map[string]page{"/metrics": func(context.Context) (int, string) { return 200, "pometka_x 1\n" }})
	}()
	for range 40 { // more than may be open at once
		r, err := http.Get("http://" + l.Addr().String() + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != 200 || string(body) != "pometka_x 1\n" {
			t.Fatalf("%d %q %v", r.StatusCode, body, err)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("server: %v", err)
	}
}

// The end waits for what is being answered, since the register is closed next; what would
// go on for longer is cut.
func TestServeHTTPEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		ctx, stop := context.WithCancel(t.Context())
		answering, reading := 0, false
		pages := map[string]page{"/metrics": func(ctx context.Context) (int, string) {
			reading = true
			<-ctx.Done()
			time.Sleep(time.Second) // the query that is given up
			reading = false
			return 503, "given up\n"
		}}
		ended := make(chan error, 1)
		go func() { ended <- serveHTTP(ctx, l, pages) }()
		for range httpAtOnce {
			near, far := net.Pipe()
			l.conns <- far
			if answering++; answering == 1 {
				io.WriteString(near, "GET /metrics HTTP/1.1\r\n\r\n")
			}
		}
		_, far := net.Pipe()
		l.conns <- far // waits for its turn
		synctest.Wait()
		began := time.Now()
		stop()
		if err := <-ended; err != nil || reading {
			t.Errorf("ended with %v, the register being read: %v", err, reading)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("ended after %v", took)
		}
	})
}

// Every number that the daemon tells of stands in the page on monitoring.
func TestMetricsAreDocumented(t *testing.T) {
	d := idleDaemon(t, nil)
	p := &probe{store: d.Store, now: time.Now, zone: time.UTC}
	var told strings.Builder
	if err := p.metrics(t.Context(), &told); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/ru/monitoring.md")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`(?m)^# TYPE (\S+)`).FindAllStringSubmatch(told.String(), -1)
	for _, n := range names {
		if !strings.Contains(string(page), "`"+n[1]) {
			t.Errorf("%s is not documented", n[1])
		}
	}
	if len(names) == 0 {
		t.Errorf("no metric:\n%s", told.String())
	}
}

// The goroutines are those of the daemon, not of the question: a monitor would
// see a leak.
func TestMetricsCountNotThemselves(t *testing.T) {
	d := idleDaemon(t, nil)
	p := &probe{store: d.Store, now: time.Now, zone: time.UTC}
	count := regexp.MustCompile(`(?m)^go_goroutines (\d+)$`)
	for range 20 {
		var told strings.Builder
		before := runtime.NumGoroutine()
		if err := p.metrics(t.Context(), &told); err != nil {
			t.Fatal(err)
		}
		m := count.FindStringSubmatch(told.String())
		if m == nil {
			t.Fatalf("no goroutines:\n%s", told.String())
		}
		if n, err := strconv.Atoi(m[1]); err != nil || n > before+3 {
			t.Fatalf("%s goroutines, %d before the question", m[1], before)
		}
	}
}

// exhausted is a listener of a process that has no file left, once.
type exhausted struct {
	net.Listener
	asked int
}

func (l *exhausted) Close() error { return nil }

func (l *exhausted) Accept() (net.Conn, error) {
	if l.asked++; l.asked == 1 {
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
	return nil, net.ErrClosed
}

// A moment without files does not end the health checks for the years to come.
func TestServeHTTPWithoutFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &exhausted{}
		if err := serveHTTP(t.Context(), l, nil); err != nil || l.asked != 2 {
			t.Errorf("ended after %d calls: %v", l.asked, err)
		}
		ended, stop := context.WithCancel(t.Context())
		stop()
		began := time.Now()
		if err := serveHTTP(ended, &exhausted{}, nil); err != nil || time.Since(began) != 0 {
			t.Errorf("ended after %v: %v", time.Since(began), err)
		}
	})
}

// pipes is a listener whose connections are made by hand.
type pipes struct {
	net.Listener
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipes) Close() error {
	close(l.closed)
	return nil
}

// Who connects and says nothing, or goes on for ever, is let go of: else sixteen
// of them would keep every check away.
func TestServeHTTPSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		ended := make(chan error)
		ctx, stop := context.WithCancel(t.Context())
		go func() { ended <- serveHTTP(ctx, l, nil) }()
		began := time.Now()
		var silent []net.Conn
		for range 2 * httpAtOnce {
			near, far := net.Pipe()
			silent = append(silent, near)
			l.conns <- far
		}
		for _, c := range silent {
			if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
				t.Errorf("read %d, %v", n, err)
			}
		}
		if took := time.Since(began); took != 2*httpReading {
			t.Errorf("let go of after %v", took)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
