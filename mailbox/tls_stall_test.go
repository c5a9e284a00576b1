package mailbox_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// stalling is a server that says first, answers each line that begins with a key of
// lines, and, once the handshake of TLS has begun, sends no more than part of it. Each
// connection that came so far is told on reached.
func stalling(t *testing.T, greeting string, lines map[string]string, part []byte) (addr string, reached chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	reached = make(chan struct{}, 10)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				in := bufio.NewReader(conn)
				io.WriteString(conn, greeting)
				for first, err := in.Peek(1); err == nil && first[0] != 0x16; first, err = in.Peek(1) { // the record of a ClientHello
					line, _ := in.ReadString('\n')
					for verb, answer := range lines {
						if strings.Contains(line, verb) {
							io.WriteString(conn, answer)
						}
					}
				}
				conn.Write(part)
				reached <- struct{}{}
				io.Copy(io.Discard, in)
			}()
		}
	}()
	return l.Addr().String(), reached
}

// A server that stops within the handshake of TLS costs one time-out, and one line that
// says what to look at; a context that ends ends it at once.
func TestStallWithinTLS(t *testing.T) {
	letter := mailbox.Envelope{From: "info@license.kz", To: "a@b.example", Raw: []byte("Subject: x\r\n\r\nx\r\n")}
	imap := func(ctx context.Context, s mailbox.Server) error {
		r := mailbox.NewReader(mailbox.ReaderOptions{Server: s})
		defer r.Close()
		_, err := r.Examine(ctx, "INBOX")
		return err
	}
	smtp := func(ctx context.Context, s mailbox.Server) error {
		m := mailbox.NewSender(mailbox.SenderOptions{Server: s})
		defer m.Close()
		return m.Send(ctx, letter).Err
	}
	for name, c := range map[string]struct {
		mode     mailbox.TLSMode
		try      func(context.Context, mailbox.Server) error
		greeting string
		lines    map[string]string
		section  string
	}{
		"IMAP":           {mailbox.TLSImplicit, imap, "", nil, "imap"},
		"IMAP, STARTTLS": {mailbox.TLSStart, imap, "* OK ready\r\n", map[string]string{"STARTTLS": "S1 OK begin\r\n"}, "imap"},
		"SMTP":           {mailbox.TLSImplicit, smtp, "", nil, "smtp"},
		"SMTP, STARTTLS": {mailbox.TLSStart, smtp, "220 ready\r\n", map[string]string{"EHLO": "250-here\r\n250 STARTTLS\r\n", "STARTTLS": "220 begin\r\n"}, "smtp"},
	} {
		for part, bytes := range map[string][]byte{"nothing": nil, "a part of a record": {0x16, 0x03, 0x03, 0x00, 0x7a, 0x02}} {
			t.Run(name+" "+part, func(t *testing.T) {
				t.Parallel()
				addr, reached := stalling(t, c.greeting, c.lines, bytes)
				s := server(t, addr, nil)
				s.TLS, s.Timeout = c.mode, 400*time.Millisecond
				begun := time.Now()
				err := c.try(t.Context(), s)
				if took := time.Since(begun); took < s.Timeout || took > s.Timeout+2*time.Second {
					t.Errorf("given up after %v, the time-out is %v", took, s.Timeout)
				}
				if err == nil || !strings.Contains(err.Error(), "no answer within 400ms: check "+c.section+".host") || strings.ContainsAny(err.Error(), "\r\n") {
					t.Errorf("said: %v", err)
				}
				if mailbox.FaultOf(err) != mailbox.FaultSilent {
					t.Errorf("sorted as %v", mailbox.FaultOf(err))
				}
				<-reached
				s.Timeout = time.Hour
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- c.try(ctx, s) }()
				<-reached
				begun = time.Now()
				stop()
				if err := <-ended; !errors.Is(err, context.Canceled) {
					t.Errorf("when the context ended: %v", err)
				}
				if took := time.Since(begun); took > time.Second {
					t.Errorf("ended %v after its context", took)
				}
			})
		}
	}
}
