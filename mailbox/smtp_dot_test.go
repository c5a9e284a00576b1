package mailbox

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// silentAtDot takes a letter and says nothing to its final dot.
func silentAtDot(far net.Conn) {
	in := bufio.NewReader(far)
	io.WriteString(far, "220 here\r\n")
	for data := false; ; {
		line, err := in.ReadString('\n')
		switch {
		case err != nil:
			return
		case data: // for ever
		case strings.HasPrefix(line, "DATA"):
			data = true
			io.WriteString(far, "354 go on\r\n")
		default:
			io.WriteString(far, "250 well\r\n")
		}
	}
}

// To the final dot a server has ten times the usual time, and ten minutes at most; the
// error says how long it was waited for, and so does what is told to whoever watches.
func TestSilenceAtTheDot(t *testing.T) {
	for usual, want := range map[time.Duration]time.Duration{
		5 * time.Second: 50 * time.Second, time.Minute: 10 * time.Minute, 2 * time.Minute: 10 * time.Minute, time.Hour: 10 * time.Minute,
	} {
		t.Run(usual.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				near, far := net.Pipe()
				var serving sync.WaitGroup
				serving.Go(func() { silentAtDot(far) })
				var told []time.Duration
				open := 0
				s := NewSender(SenderOptions{Server: Server{Host: "smtp.example.kz", Timeout: usual}})
				s.w = &wire{Conn: near, waits: func(most time.Duration) func() {
					told = append(told, most)
					open++
					return func() { open-- }
				}}
				var err error
				if s.c, err = smtp.NewClient(s.w, "smtp.example.kz"); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				out := s.Send(t.Context(), Envelope{From: "info@license.kz", To: "a@example.kz", Raw: []byte("Subject: x\r\n\r\nx\r\n")})
				if took := time.Since(began); took != want || out.Status != StatusUncertain || out.Phase != PhaseDot {
					t.Errorf("after %v: %+v, want it uncertain after %v", took, out, want)
				}
				if out.Err == nil || !strings.Contains(out.Err.Error(), "no answer within "+want.String()+":") {
					t.Errorf("%v, want %v to be named", out.Err, want)
				}
				if len(told) == 0 || told[len(told)-1] != want || open != 0 {
					t.Errorf("waits of %v were told, %d of them not over; the last is one of %v", told, open, want)
				}
				far.Close()
				serving.Wait()
			})
		})
	}
}
