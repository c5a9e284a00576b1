package mailbox_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"maps"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// fakeIMAP is a scripted server on loopback, without TLS: it speaks just enough
// IMAP to be read by a Reader, and says odd things where a test wants it to.
type fakeIMAP struct {
	l    net.Listener
	addr string

	mu      sync.Mutex
	letters map[uint32][]byte
	dials   int      // connections so far
	asked   []string // every command after the log-in, without its tag
	conns   map[net.Conn]bool
	script
}

// script is what a test changes; a func that returns true has answered itself.
type script struct {
	tls      *tls.Config // implicit TLS
	greeting string
	caps     string
	files    bool   // the test is about filing, which opens folders for writing
	state    string // extra untagged lines after EXAMINE
	command  func(c *talk, tag, cmd string) bool
	message  func(c *talk, uid uint32, items string) bool // instead of one FETCH answer
}

// talk is one connection of the fake.
type talk struct {
	f *fakeIMAP
	net.Conn
	n int // of the connection, from 1
}

func (c *talk) say(format string, args ...any) { fmt.Fprintf(c, format, args...) }

func startFake(t testing.TB, letters int, s script) *fakeIMAP {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if s.tls != nil {
		l = tls.NewListener(l, s.tls)
	}
	f := &fakeIMAP{l: l, addr: l.Addr().String(), letters: map[uint32][]byte{}, conns: map[net.Conn]bool{}, script: s}
	for n := range letters {
		f.letters[uint32(n+1)] = letter(n + 1)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			f.mu.Lock()
			f.dials++
			f.conns[conn] = true
			c := &talk{f: f, Conn: conn, n: f.dials}
			f.mu.Unlock()
			serving.Go(func() { defer conn.Close(); f.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		f.hangUp()
		serving.Wait()
		for _, cmd := range f.commands() { // in every test: nothing is marked as read
			if strings.Contains(cmd, " BODY[") || strings.Contains(cmd, "(BODY[") || !f.files && strings.HasPrefix(cmd, "SELECT") || cmd == "EXPUNGE" || cmd == "CLOSE" {
				t.Errorf("not only read: %s", cmd)
			}
		}
	})
	return f
}

func (f *fakeIMAP) reader(t testing.TB, timeout time.Duration) *mailbox.Reader {
	t.Helper()
	o := mailbox.ReaderOptions{Server: server(t, f.addr, nil)}
	o.TLS, o.Timeout = mailbox.TLSNone, timeout
	r := mailbox.NewReader(o)
	t.Cleanup(func() { r.Close() })
	return r
}

// hangUp ends every connection there is.
func (f *fakeIMAP) hangUp() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for conn := range f.conns {
		conn.Close()
	}
}

func (f *fakeIMAP) commands() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.asked...)
}

func (f *fakeIMAP) serve(c *talk) {
	greeting, caps := "* OK ready", "IMAP4rev1 AUTH=PLAIN SASL-IR"
	if f.greeting != "" {
		greeting = f.greeting
	}
	if f.caps != "" {
		caps = f.caps
	}
	c.say("%s\r\n", greeting)
	in := bufio.NewReader(c)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		tag, cmd, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		if strings.HasPrefix(cmd, "LOGIN ") && strings.HasSuffix(cmd, "}") { // a password outside ASCII
			c.say("+ go on\r\n")
			if _, err := in.ReadString('\n'); err != nil {
				return
			}
		}
		f.mu.Lock()
		f.asked = append(f.asked, cmd)
		f.mu.Unlock()
		if f.command != nil && f.command(c, tag, cmd) {
			continue
		}
		verb, args, _ := strings.Cut(cmd, " ")
		switch verb {
		case "CAPABILITY":
			c.say("* CAPABILITY %s\r\n%s OK done\r\n", caps, tag)
		case "AUTHENTICATE", "LOGIN":
			c.say("%s OK [CAPABILITY %s] in\r\n", tag, caps)
		case "EXAMINE", "SELECT":
			f.mu.Lock()
			n, next := len(f.letters), f.last()+1
			f.mu.Unlock()
			c.say("* %d EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT %d] ok\r\n%s%s OK [%s] done\r\n", n, next, f.state, tag,
				map[string]string{"EXAMINE": "READ-ONLY", "SELECT": "READ-WRITE"}[verb])
		case "UID":
			if items, fetches := strings.CutPrefix(args, "FETCH "); fetches {
				f.fetch(c, items)
			}
			if set, expunges := strings.CutPrefix(args, "EXPUNGE "); expunges {
				f.mu.Lock()
				maps.DeleteFunc(f.letters, func(uid uint32, _ []byte) bool { return inSet(set, uid) })
				f.mu.Unlock()
			}
			c.say("%s OK done\r\n", tag)
		case "FETCH":
			f.fetchSeq(c, args)
			c.say("%s OK done\r\n", tag)
		case "LOGOUT":
			c.say("* BYE bye\r\n%s OK done\r\n", tag)
			return
		default:
			c.say("%s OK done\r\n", tag)
		}
	}
}

func (f *fakeIMAP) last() (last uint32) {
	for uid := range f.letters {
		last = max(last, uid)
	}
	return last
}

func (f *fakeIMAP) fetch(c *talk, args string) {
	set, items, _ := strings.Cut(args, " ")
	f.mu.Lock()
	last := f.last()
	f.mu.Unlock()
	for seq, uid := 0, uint32(1); uid <= last; uid++ {
		f.mu.Lock()
		raw, ok := f.letters[uid]
		f.mu.Unlock()
		if !ok {
			continue
		}
		if seq++; !inSet(set, uid) || f.message != nil && f.message(c, uid, items) {
			continue
		}
		c.say("* %d FETCH (%s)\r\n", seq, answer(uid, items, raw))
	}
}

// fetchSeq answers with the UIDs of messages by their numbers.
func (f *fakeIMAP) fetchSeq(c *talk, args string) {
	set, items, _ := strings.Cut(args, " ")
	f.mu.Lock()
	uids, letters := slices.Sorted(maps.Keys(f.letters)), maps.Clone(f.letters)
	f.mu.Unlock()
	for i, uid := range uids {
		if inSet(set, uint32(i+1)) {
			c.say("* %d FETCH (%s)\r\n", i+1, answer(uid, items, letters[uid]))
		}
	}
}

func inSet(set string, uid uint32) bool {
	for _, r := range strings.Split(set, ",") {
		from, to, ranged := strings.Cut(r, ":")
		a, _ := strconv.ParseUint(from, 10, 32)
		b := a
		if ranged {
			if b, _ = strconv.ParseUint(to, 10, 32); to == "*" {
				b = 1<<32 - 1
			}
		}
		if uint64(uid) >= a && uint64(uid) <= b {
			return true
		}
	}
	return false
}

var section = regexp.MustCompile(`BODY\.PEEK(\[[^\]]*\])(?:<(\d+)\.(\d+)>)?`)

// answer gives each item that was asked for, the UID first.
func answer(uid uint32, items string, raw []byte) string {
	out := []string{fmt.Sprintf("UID %d", uid)}
	if strings.Contains(items, "RFC822.SIZE") {
		out = append(out, fmt.Sprintf("RFC822.SIZE %d", len(raw)))
	}
	if strings.Contains(items, "INTERNALDATE") {
		out = append(out, `INTERNALDATE "16-Nov-2026 10:15:00 +0500"`)
	}
	return strings.Join(append(out, bodies(items, raw)...), " ")
}

func bodies(items string, raw []byte) (out []string) {
	head, text, _ := strings.Cut(string(raw), "\r\n\r\n")
	for _, m := range section.FindAllStringSubmatch(items, -1) {
		part := string(raw)
		switch {
		case strings.HasPrefix(m[1], "[HEADER"):
			part = head + "\r\n\r\n"
		case m[1] == "[TEXT]":
			part = text
		}
		origin := ""
		if m[2] != "" {
			n, _ := strconv.Atoi(m[3])
			part, origin = part[:min(n, len(part))], "<0>"
		}
		out = append(out, fmt.Sprintf("BODY%s%s {%d}\r\n%s", m[1], origin, len(part), part))
	}
	return out
}

// pass reads everything that is there: the heads and, for each, its text.
func pass(t testing.TB, r *mailbox.Reader, from uint32) (heads []mailbox.Head, err error) {
	t.Helper()
	if _, err = r.Examine(t.Context(), "INBOX"); err != nil {
		return nil, err
	}
	err = r.Heads(t.Context(), from, 0, func(chunk []mailbox.Head) error {
		heads = append(heads, chunk...)
		return nil
	})
	return heads, err
}

var _ io.Writer = (*talk)(nil)
