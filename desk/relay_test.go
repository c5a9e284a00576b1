package desk

import (
	"fmt"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/network"
	"license.kz/pometka/mailbox/sandbox"
)

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
	r := new(network.Network).Start(t, box.SMTPAddr)
	d := openDesk(t, t.TempDir()+"/pometka.db", box.IMAPAddr, r.Addr, box.CA)
	const letters = 20
	queueLetters(t, d, box, letters)
	if f, err := d.Flush(t.Context()); err != nil || f.Sent != letters {
		t.Fatalf("flush: %+v %v", f, err)
	}
	if n := r.Trips.Load(); n < letters || n > 4*letters {
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
			smtp := (&network.Network{Delay: 10 * time.Millisecond}).Start(b, box.SMTPAddr)
			imap := (&network.Network{Delay: 10 * time.Millisecond}).Start(b, box.IMAPAddr)
			d := openDesk(b, b.TempDir()+"/pometka.db", box.IMAPAddr, smtp.Addr, box.CA)
			queueLetters(b, d, box, b.N)
			if copies {
				sent := mailbox.NewReader(mailbox.ReaderOptions{Server: server(b, imap.Addr, box.CA)})
				defer sent.Close()
				d.Sent = sent
			}
			b.ResetTimer()
			if f, err := d.Flush(b.Context()); err != nil || f.Sent != b.N {
				b.Fatalf("flush: %+v %v", f, err)
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/letter")
			b.ReportMetric(float64(smtp.Trips.Load())/float64(b.N), "roundtrips/letter")
			b.ReportMetric(float64(imap.Trips.Load())/float64(b.N), "roundtrips/copy")
		})
	}
}
