package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox/dovecot"
	"license.kz/pometka/mailbox/sandbox"
)

// BenchmarkArrival measures the way of single letters through a daemon in a
// process of its own: from the moment at which a letter lies in the mailbox to
// the moment at which the SMTP server has its acknowledgement whole. One
// iteration is one letter:
//
//	go test -run '^$' -bench Arrival -benchtime 200x ./cmd/pometka
//
// ms-median, ms-95% (nineteen letters of twenty took less) and ms-worst count from
// the arrival; those of seen from the moment at which the daemon knew of the letter,
// by its own log.
func BenchmarkArrival(b *testing.B) {
	modes := []struct{ name, imap string }{
		{"idle", "  poll: 1h\n"},
		{"eager", "  poll: 1h\n  eager: 200ms\n"},
		{"poll", "  poll: 1s\n  idle: false\n"},
	}
	for _, m := range modes {
		b.Run("sandbox/"+m.name, func(b *testing.B) {
			box := startSandbox(b)
			i := install(b, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"imap": m.imap, "": measured})
			measureArrival(b, i, box, func(raw []byte) {
				if err := box.Put("INBOX", raw, time.Now()); err != nil {
					b.Fatal(err)
				}
			})
		})
		b.Run("dovecot/"+m.name, func(b *testing.B) {
			r := startDovecot(b)
			i := r.install(b, r.Port, m.imap)
			appendTo(b, i.config, measured)
			put := r.Courier("INBOX")
			measureArrival(b, i, r.box, func(raw []byte) { put(dovecot.Letter{Raw: raw, At: time.Now()}) })
		})
	}
}

// measured is the configuration of a measurement: no cap stops a letter, and
// the log says when one was seen.
const measured = "acknowledge:\n  caps: {domain_hour: 100000, total_hour: 100000}\nlog: {level: debug, format: json}\n"

// appendTo adds lines to a file.
func appendTo(t testing.TB, path, lines string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, string(data)+lines, 0o600)
}

// measureArrival brings b.N letters, each a while after the last was answered.
func measureArrival(b *testing.B, i installation, box *sandbox.Sandbox, put func([]byte)) {
	type taken struct {
		to string
		at time.Time
	}
	done := make(chan taken, 10)
	box.SMTP.OnDot = func(e sandbox.Envelope) error {
		if strings.HasPrefix(e.To, "person") {
			done <- taken{e.To, time.Now()}
		}
		return nil
	}
	d := i.start(b)
	d.waitFor("pometka started", 1)
	var took, seen []time.Duration
	var arrived, accepted []time.Time
	pace := time.NewTicker(97 * time.Millisecond) // prime to the intervals in use
	defer pace.Stop()
	for n := range b.N {
		<-pace.C
		put(withdrawal(n))
		at := time.Now()
		select {
		case t := <-done:
			arrived, accepted = append(arrived, at), append(accepted, t.at)
		case <-time.After(patience):
			b.Fatalf("letter %d is not acknowledged:\n%s", n, d.log())
		}
	}
	d.stop()
	sights := momentsOf(b, d.log(), "letters seen")
	for n := range arrived {
		took = append(took, accepted[n].Sub(arrived[n]))
		if k, _ := slices.BinarySearchFunc(sights, accepted[n], time.Time.Compare); k > 0 {
			seen = append(seen, accepted[n].Sub(sights[k-1]))
		}
	}
	report(b, "ms", took)
	report(b, "seen", seen)
	b.ReportMetric(0, "ns/op")
}

func report(b *testing.B, name string, d []time.Duration) {
	if len(d) == 0 {
		return
	}
	slices.Sort(d)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(d[len(d)/2]), name+"-median")
	b.ReportMetric(ms(d[len(d)*95/100]), name+"-95%")
	b.ReportMetric(ms(d[len(d)-1]), name+"-worst")
}

// momentsOf lists when a JSON log says a thing.
func momentsOf(t testing.TB, log, msg string) (out []time.Time) {
	t.Helper()
	for line := range strings.Lines(log) {
		var entry struct {
			Time time.Time
			Msg  string
		}
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == msg {
			out = append(out, entry.Time)
		}
	}
	return out
}
