//go:build unix

package mailbox_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/dovecot"
	"license.kz/pometka/mailbox/network"
)

// BenchmarkCatchUp reads the heads of a thousand letters, the texts of a tenth
// and the whole of some, from a real server, without and with a network of 20
// ms round trip in between. What counts is the ratio of the two, and the number
// of round trips, which must not grow with the number of letters.
func BenchmarkCatchUp(b *testing.B) {
	s := dovecot.Start(b, dovecot.Options{})
	s.PutAll("INBOX", thousand())
	for _, delay := range []time.Duration{0, 10 * time.Millisecond} {
		b.Run(fmt.Sprintf("round trip %v", 2*delay), func(b *testing.B) {
			p := (&network.Network{Delay: delay}).Start(b, s.Addr())
			conf := real(s)
			conf.Port = p.Port
			for b.Loop() {
				r := mailbox.NewReader(mailbox.ReaderOptions{Server: conf})
				catchUp(b, r)
				r.Close()
			}
			b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "letters/s")
			b.ReportMetric(float64(p.Trips.Load())/float64(b.N), "roundtrips/pass")
			b.ReportMetric(float64(p.Bytes.Load())/float64(b.N)/1000, "B/letter")
		})
	}
}

func catchUp(b *testing.B, r *mailbox.Reader) {
	b.Helper()
	if _, err := r.Examine(b.Context(), "INBOX"); err != nil {
		b.Fatal(err)
	}
	n := 0
	err := r.Heads(b.Context(), 1, 0, func(chunk []mailbox.Head) error {
		n += len(chunk)
		var some, few []uint32
		for _, h := range chunk {
			if h.UID%10 == 0 {
				some = append(some, h.UID)
			}
			if h.UID%40 == 0 {
				few = append(few, h.UID)
			}
		}
		if _, err := r.Texts(b.Context(), some, 8<<10); err != nil {
			return err
		}
		r.Expect(b.Context(), few)
		for _, uid := range few {
			if _, _, err := r.Fetch(b.Context(), uid, new(bytes.Buffer)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || n != 1000 {
		b.Fatalf("%d heads, %v", n, err)
	}
}

// BenchmarkHeads is the reader alone, against the server in this process.
func BenchmarkHeads(b *testing.B) {
	s := startSandbox(b)
	for n := range 1000 {
		put(b, s, "INBOX", letter(n), day)
	}
	r := openReader(b, s)
	for b.Loop() {
		if _, err := r.Examine(b.Context(), "INBOX"); err != nil {
			b.Fatal(err)
		}
		if err := r.Heads(b.Context(), 1, 0, func([]mailbox.Head) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "heads/s")
}

// BenchmarkSend is one letter over a kept connection, without and with a
// network of 20 ms round trip.
func BenchmarkSend(b *testing.B) {
	raw, err := mailbox.Compose(acknowledgement())
	if err != nil {
		b.Fatal(err)
	}
	for _, delay := range []time.Duration{0, 10 * time.Millisecond} {
		b.Run(fmt.Sprintf("round trip %v", 2*delay), func(b *testing.B) {
			s := startSandbox(b)
			p := (&network.Network{Delay: delay}).Start(b, s.SMTPAddr)
			conf := server(b, p.Addr, s.CA)
			sender := mailbox.NewSender(mailbox.SenderOptions{Server: conf})
			defer sender.Release()
			send := func() {
				if out := sender.Send(b.Context(), mailbox.Envelope{From: "info@license.kz", To: "a@example.kz", Raw: raw}); out.Status != mailbox.StatusAccepted {
					b.Fatalf("%+v", out)
				}
			}
			send() // the log-in is not what is measured
			before := p.Trips.Load()
			for b.Loop() {
				send()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
			b.ReportMetric(float64(p.Trips.Load()-before)/float64(b.N), "roundtrips/letter")
		})
	}
}

func BenchmarkCompose(b *testing.B) {
	for b.Loop() {
		if _, err := mailbox.Compose(acknowledgement()); err != nil {
			b.Fatal(err)
		}
	}
}
