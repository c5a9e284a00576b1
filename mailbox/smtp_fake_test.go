package mailbox_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"license.kz/pometka/mailbox"
)

// fakeSMTP is a scripted submission server on loopback. answer replaces the
// usual reply to a command ("MAIL FROM:…", "." for the end of the letter); it
// returns what to say, or cut.
type fakeSMTP struct {
	addr   string
	ext    []string // of EHLO
	serial bool     // do not offer PIPELINING
	answer func(n int, cmd string) (reply string, ok bool)
	tls    *tls.Config

	mu    sync.Mutex
	dials int
	asked []string
	taken []string // letters answered with 250
}

const (
	cut    = "cut"    // hang up instead of answering
	hush   = "hush"   // say nothing, and go on listening
	accept = "accept" // take the letter, then hang up
)

func startSMTP(t testing.TB, f *fakeSMTP) *fakeSMTP {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.addr = l.Addr().String()
	var serving sync.WaitGroup
	var conns []net.Conn
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			f.mu.Lock()
			f.dials++
			n := f.dials
			conns = append(conns, conn)
			f.mu.Unlock()
			serving.Go(func() { defer conn.Close(); f.serve(conn, n) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		f.mu.Lock()
		for _, c := range conns {
			c.Close()
		}
		f.mu.Unlock()
		serving.Wait()
	})
	return f
}

func (f *fakeSMTP) sender(t testing.TB, change func(*mailbox.Server)) *mailbox.Sender {
	t.Helper()
	s := server(t, f.addr, nil)
	s.TLS, s.Username = mailbox.TLSNone, ""
	if change != nil {
		change(&s)
	}
	sender := mailbox.NewSender(mailbox.SenderOptions{Server: s, LocalName: "desk.license.kz", DotTimeout: s.Timeout})
	t.Cleanup(func() { sender.Release() })
	return sender
}

func (f *fakeSMTP) commands() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.asked...)
}

func (f *fakeSMTP) letters() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.taken...)
}

// exchange is one connection of the fake.
type exchange struct {
	f                 *fakeSMTP
	conn              net.Conn
	n                 int
	recipient, taking bool // somebody is to get the letter; DATA was answered with 354
}

// say answers a command, in the usual way or as the script wants it. It is
// false when the connection is to end.
func (x *exchange) say(cmd, usual string) bool {
	x.f.mu.Lock()
	x.f.asked = append(x.f.asked, cmd)
	x.f.mu.Unlock()
	if reply, ok := x.scripted(cmd); ok {
		usual = reply
	}
	switch usual {
	case cut, accept:
		return false
	case hush:
		return true
	}
	switch verb, _, _ := strings.Cut(cmd, " "); verb {
	case "RSET", "MAIL", ".":
		x.recipient = false
	case "RCPT":
		x.recipient = strings.HasPrefix(usual, "25")
	case "DATA":
		x.taking = strings.HasPrefix(usual, "354")
	}
	_, err := fmt.Fprintf(x.conn, "%s\r\n", usual)
	return err == nil
}

func (x *exchange) scripted(cmd string) (string, bool) {
	if x.f.answer == nil {
		return "", false
	}
	return x.f.answer(x.n, cmd)
}

// usual is what a good server says to a command.
func (x *exchange) usual(cmd string) string {
	switch verb, _, _ := strings.Cut(cmd, " "); verb {
	case "EHLO":
		ext := append([]string{"fake"}, x.f.ext...)
		if !x.f.serial {
			ext = append(ext, "PIPELINING")
		}
		return "250-" + strings.Join(ext, "\r\n250-") + "\r\n250 8BITMIME"
	case "STARTTLS":
		return "220 begin"
	case "AUTH":
		return "235 2.7.0 in"
	case "QUIT":
		return "221 bye"
	case "DATA":
		if !x.recipient {
			return "554 5.5.1 no valid recipients"
		}
		return "354 go on"
	}
	return "250 2.0.0 ok"
}

func (f *fakeSMTP) serve(conn net.Conn, n int) {
	x := &exchange{f: f, conn: conn, n: n}
	in := bufio.NewReader(conn)
	if !x.say("greeting", "220 fake ESMTP") {
		return
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		cmd := strings.TrimRight(line, "\r\n")
		if !x.say(cmd, x.usual(cmd)) {
			return
		}
		if cmd == "STARTTLS" && f.tls != nil {
			x.conn = tls.Server(conn, f.tls)
			in = bufio.NewReader(x.conn)
		}
		if cmd == "DATA" && x.taking && !x.takeLetter(in) {
			return
		}
	}
}

// takeLetter reads up to the dot, unless the script cuts before.
func (x *exchange) takeLetter(in *bufio.Reader) bool {
	if reply, ok := x.scripted("first line"); ok && reply == cut {
		return false
	}
	var b strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
	if reply, ok := x.scripted("."); !ok || strings.HasPrefix(reply, "250") || reply == accept {
		x.f.mu.Lock()
		x.f.taken = append(x.f.taken, b.String())
		x.f.mu.Unlock()
	}
	return x.say(".", "250 2.0.0 queued as 42")
}
