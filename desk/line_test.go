package desk

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// line is a network between the desk and a server: so far away that round trips are what
// costs, and not sound.
type line struct {
	addr   string
	conns  atomic.Int32 // so far
	passed atomic.Int64 // bytes from the server
	fault  func(conn int) lineFault
}

// lineFault strikes a connection once the server has sent so many bytes over it.
type lineFault struct {
	after int64
	kind  string // "": never; "cut"; "stall"; "garbage"
}

// lineDelay is what each byte takes one way.
const lineDelay = 5 * time.Millisecond

func startLine(t testing.TB, target string, fault func(conn int) lineFault) *line {
	t.Helper()
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{addr: in.Addr().String(), fault: fault}
	var serving sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	serving.Go(func() {
		for {
			near, err := in.Accept()
			if err != nil {
				return
			}
			f := fault(int(l.conns.Add(1)))
			far, err := net.Dial("tcp", target)
			if err != nil {
				near.Close()
				continue
			}
			mu.Lock()
			open = append(open, near, far)
			mu.Unlock()
			serving.Go(func() { carry(far, near, func([]byte) (int, string) { return -1, "" }) })
			left := f.after
			serving.Go(func() {
				carry(near, far, func(b []byte) (int, string) {
					l.passed.Add(int64(len(b)))
					if left -= int64(len(b)); f.kind == "" || left > 0 {
						return -1, ""
					}
					return len(b) + int(left), f.kind
				})
			})
		}
	})
	t.Cleanup(func() {
		in.Close()
		mu.Lock()
		for _, c := range open {
			c.Close()
		}
		mu.Unlock()
		serving.Wait()
	})
	return l
}

// carry brings bytes from one side to the other, each in its time, until strikes names a
// fault and the place of it.
func carry(dst, src net.Conn, strikes func([]byte) (at int, kind string)) {
	type parcel struct {
		due  time.Time
		data []byte
	}
	way, ended := make(chan parcel, 1024), make(chan struct{})
	go func() {
		defer close(ended)
		defer dst.Close()
		for x := range way {
			time.Sleep(time.Until(x.due)) // this is the delay, and no wait for anything
			if _, err := dst.Write(x.data); err != nil {
				src.Close()
			}
		}
	}()
	defer func() { close(way); <-ended }()
	for {
		b := make([]byte, 32<<10)
		n, err := src.Read(b)
		due := time.Now().Add(lineDelay)
		if at, kind := strikes(b[:n]); kind != "" {
			way <- parcel{due, b[:at]}
			switch kind {
			case "stall":
				_, _ = io.Copy(io.Discard, src)
			case "garbage":
				way <- parcel{due, []byte("* \x00\xff{99999999}\r\n")}
			}
			return
		}
		way <- parcel{due, b[:n]}
		if err != nil {
			return
		}
	}
}

// readOver makes the desk read its mailbox over the line.
func (r *rig) readOver(t testing.TB, l *line, timeout time.Duration) {
	t.Helper()
	s := server(t, l.addr, r.box.CA)
	s.Timeout = timeout
	reader := mailbox.NewReader(mailbox.ReaderOptions{Server: s})
	t.Cleanup(reader.Close)
	r.Inbox = reader
}
