package mailbox_test

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// proxy stands between a client and a server and does what networks do: it
// delays, cuts, stalls, and sends rubbish. Faults speak of what the server
// sends; they strike each connection anew as fault decides.
type proxy struct {
	port  int
	bytes atomic.Int64 // from the server
	trips atomic.Int64 // times that the client spoke after the server had
	fault func(conn int) fault
	delay time.Duration // one way, in both directions
}

// fault happens after a number of bytes from the server.
type fault struct {
	after int64
	kind  string // "", "cut", "stall", "garbage"
}

func startProxy(t testing.TB, p *proxy, target string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.port = l.Addr().(*net.TCPAddr).Port
	var serving sync.WaitGroup
	var mu sync.Mutex
	var conns []net.Conn
	serving.Go(func() {
		for n := 1; ; n++ {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", target)
			if err != nil {
				in.Close()
				continue
			}
			mu.Lock()
			conns = append(conns, in, out)
			mu.Unlock()
			f := fault{}
			if p.fault != nil {
				f = p.fault(n)
			}
			var spoke atomic.Bool
			spoke.Store(true)
			serving.Go(func() { p.up(out, in, &spoke) })
			serving.Go(func() { p.down(in, out, f, &spoke) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range conns {
			c.Close()
		}
		mu.Unlock()
		serving.Wait()
	})
	return p
}

// up carries what the client says.
func (p *proxy) up(dst, src net.Conn, spoke *atomic.Bool) {
	way := p.begin(dst)
	defer close(way)
	for {
		b := make([]byte, 32<<10)
		n, err := src.Read(b)
		if n > 0 && spoke.Swap(false) {
			p.trips.Add(1)
		}
		way <- parcel{time.Now().Add(p.delay), b[:n]}
		if err != nil {
			return
		}
	}
}

// down carries what the server says, until the fault.
func (p *proxy) down(dst, src net.Conn, f fault, spoke *atomic.Bool) {
	way := p.begin(dst)
	defer close(way)
	for sum := int64(0); ; {
		b := make([]byte, 32<<10)
		n, err := src.Read(b)
		due := time.Now().Add(p.delay)
		if f.kind != "" && sum+int64(n) >= f.after {
			way <- parcel{due, b[:f.after-sum]}
			switch f.kind {
			case "stall":
				_, _ = io.Copy(io.Discard, src)
			case "garbage":
				way <- parcel{due, []byte("* \x00\xff{99999999}\r\n")}
			}
			return
		}
		sum += int64(n)
		p.bytes.Add(int64(n))
		spoke.Store(true)
		way <- parcel{due, b[:n]}
		if err != nil {
			return
		}
	}
}

// parcel is on its way through the network.
type parcel struct {
	due  time.Time
	data []byte
}

// begin starts one direction: parcels arrive in order, each at its time, and
// the connection ends after the last.
func (p *proxy) begin(dst net.Conn) chan<- parcel {
	way := make(chan parcel, 1024)
	go func() {
		broken := false
		for x := range way {
			if wait := time.Until(x.due); wait > 0 {
				time.Sleep(wait)
			}
			if !broken {
				_, err := dst.Write(x.data)
				broken = err != nil
			}
		}
		dst.Close()
	}()
	return way
}
