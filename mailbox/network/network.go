// Package network is a network between a program and a server, for the tests of all rooms:
// it delays, cuts, falls silent and sends rubbish, and counts what passes.
package network

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Network stands between a client and a server. Faults speak of what the server sends; they
// strike each connection anew, counted from 1, as Fault decides; nil: never.
type Network struct {
	Delay time.Duration // one way, in both directions
	Fault func(conn int) Fault

	Addr  string       // of this end, once it has started
	Port  int          // of it
	Conns atomic.Int64 // so far
	Bytes atomic.Int64 // from the server
	Trips atomic.Int64 // times that the client spoke after the server had
}

// Fault happens after so many bytes from the server. Kinds: "" never; "cut"; "stall", which
// is silence; "garbage" and then a cut.
type Fault struct {
	After int64
	Kind  string
}

// Start opens the way to the server at target until the test ends.
func (p *Network) Start(t testing.TB, target string) *Network {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.Addr, p.Port = l.Addr().String(), l.Addr().(*net.TCPAddr).Port
	var serving sync.WaitGroup
	var mu sync.Mutex
	var conns []net.Conn
	serving.Go(func() {
		for {
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
			var f Fault
			if n := p.Conns.Add(1); p.Fault != nil {
				f = p.Fault(int(n))
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
func (p *Network) up(dst, src net.Conn, spoke *atomic.Bool) {
	way := p.begin(dst)
	defer close(way)
	for {
		b := make([]byte, 32<<10)
		n, err := src.Read(b)
		if n > 0 && spoke.Swap(false) {
			p.Trips.Add(1)
		}
		way <- parcel{time.Now().Add(p.Delay), b[:n]}
		if err != nil {
			return
		}
	}
}

// down carries what the server says, until the fault.
func (p *Network) down(dst, src net.Conn, f Fault, spoke *atomic.Bool) {
	way := p.begin(dst)
	defer close(way)
	for sum := int64(0); ; {
		b := make([]byte, 32<<10)
		n, err := src.Read(b)
		due := time.Now().Add(p.Delay)
		if f.Kind != "" && sum+int64(n) >= f.After {
			way <- parcel{due, b[:f.After-sum]}
			switch f.Kind {
			case "stall":
				_, _ = io.Copy(io.Discard, src)
			case "garbage":
				way <- parcel{due, []byte("* \x00\xff{99999999}\r\n")}
			}
			return
		}
		sum += int64(n)
		p.Bytes.Add(int64(n))
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
func (p *Network) begin(dst net.Conn) chan<- parcel {
	way := make(chan parcel, 1024)
	go func() {
		broken := false
		for x := range way {
			if wait := time.Until(x.due); wait > 0 { // the delay itself: nothing is waited for
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
