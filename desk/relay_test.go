package desk

import (
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/sandbox"
)

// relay stands before a server like a network: what it carries arrives a delay
// later, each way, and it counts how often the client spoke after the server
// had.
type relay struct {
	delay time.Duration
	trips atomic.Int64
	heard atomic.Bool // the server spoke last
}

func (r *relay) start(tb testing.TB, target string) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", target)
			if err != nil {
				client.Close()
				continue
			}
			go r.carry(server, client, func() {
				if r.heard.Swap(false) {
					r.trips.Add(1)
				}
			})
			go r.carry(client, server, func() { r.heard.Store(true) })
		}
	}()
	return l.Addr().String()
}

// carry brings what src says to dst, in order, until either hangs up.
func (r *relay) carry(dst, src net.Conn, seen func()) {
	type parcel struct {
		due  time.Time
		data []byte
	}
	way := make(chan parcel, 1024)
	go func() {
		defer dst.Close()
		for p := range way {
			time.Sleep(time.Until(p.due)) // this is the network that is measured
			if _, err := dst.Write(p.data); err != nil {
				src.Close()
			}
		}
	}()
	defer close(way)
	for {
		b := make([]byte, 32<<10)
		n, err := src.Read(b)
		if err != nil {
			return
		}
		seen()
		way <- parcel{time.Now().Add(r.delay), b[:n]}
	}
}

// queueLetters registers n letters, whose acknowledgements are then queued.
func queueLetters(tb testing.TB, d *Desk, box *sandbox.Sandbox, n int) {
	tb.Helper()
	d.Acknowledge.Caps = Caps{}
	for i := range n {
		m := mail{from: fmt.Sprintf("a%d@one.example", i), subject: withdrawalMark, body: fmt.Sprintf("Прошу, %d.", i), id: fmt.Sprintf("%d@one.example", i)}
		if err := box.Put("INBOX", m.raw(), now); err != nil {
			tb.Fatal(err)
		}
	}
	if _, err := d.Poll(tb.Context()); err != nil {
		tb.Fatal(err)
	}
}

// An acknowledgement costs at most four round trips on the connection of its
// batch, the log-in and the farewell included.
func TestFlushRoundTrips(t *testing.T) {
	box, err := sandbox.Start(sandbox.Options{Username: account, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	r := &relay{}
	d := openDesk(t, t.TempDir()+"/pometka.db", box.IMAPAddr, r.start(t, box.SMTPAddr), box.CA)
	const letters = 20
	queueLetters(t, d, box, letters)
	if f, err := d.Flush(t.Context()); err != nil || f.Sent != letters {
		t.Fatalf("flush: %+v %v", f, err)
	}
	if n := r.trips.Load(); n < letters || n > 4*letters {
		t.Errorf("%d round trips for %d letters", n, letters)
	}
}

// BenchmarkFlushOverNetwork is an acknowledgement at 20 ms round trip, from
// the claim to the settlement; and with its copy in the Sent folder.
func BenchmarkFlushOverNetwork(b *testing.B) {
	for _, copies := range []bool{false, true} {
		b.Run(fmt.Sprintf("copies %v", copies), func(b *testing.B) {
			box, err := sandbox.Start(sandbox.Options{Username: account, Password: password})
			if err != nil {
				b.Fatal(err)
			}
			defer box.Close()
			smtp, imap := &relay{delay: 10 * time.Millisecond}, &relay{delay: 10 * time.Millisecond}
			d := openDesk(b, b.TempDir()+"/pometka.db", box.IMAPAddr, smtp.start(b, box.SMTPAddr), box.CA)
			queueLetters(b, d, box, b.N)
			if copies {
				sent := mailbox.NewReader(mailbox.ReaderOptions{Server: server(b, imap.start(b, box.IMAPAddr), box.CA)})
				defer sent.Close()
				d.Sent = sent
			}
			b.ResetTimer()
			if f, err := d.Flush(b.Context()); err != nil || f.Sent != b.N {
				b.Fatalf("flush: %+v %v", f, err)
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/letter")
			b.ReportMetric(float64(smtp.trips.Load())/float64(b.N), "roundtrips/letter")
			b.ReportMetric(float64(imap.trips.Load())/float64(b.N), "roundtrips/copy")
		})
	}
}
