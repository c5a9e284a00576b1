package mailbox_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// on answers a verb oddly over the first connection only.
func on(verb string, odd func(c *talk, tag string)) func(*talk, string, string) bool {
	return func(c *talk, tag, cmd string) bool {
		if c.n > 1 || !strings.HasPrefix(cmd, verb) {
			return false
		}
		odd(c, tag)
		return true
	}
}

func silent(*talk, string) {}

// A server that falls silent, hangs up, half-closes or talks garbage at any
// point costs one time-out and one line; the next pass is a new chance.
func TestServerInTrouble(t *testing.T) {
	halfClose := func(c *talk, _ string) { c.Conn.(*net.TCPConn).CloseWrite() }
	garbage := func(c *talk, _ string) { c.say("220 smtp.example.kz ESMTP\r\n\x00\xff\x1b[2J\r\n") }
	inLiteral := func(c *talk, _ string) { c.say("* 1 FETCH (UID 1 BODY[HEADER] {500}\r\nSubject: x") }
	endless := func(c *talk, tag string) {
		line := bytes.Repeat([]byte("x"), 1<<20)
		c.say("* OK ")
		for c.Conn != nil {
			if _, err := c.Write(line); err != nil {
				return
			}
		}
	}
	for name, odd := range map[string]func(*talk, string, string) bool{
		"silent at the greeting's capability": on("CAPABILITY", silent),
		"silent at the log-in":                on("AUTHENTICATE", silent),
		"silent at EXAMINE":                   on("EXAMINE", silent),
		"silent at FETCH":                     on("UID FETCH", silent),
		"silent in a literal":                 on("UID FETCH", inLiteral),
		"half-closed at the log-in":           on("AUTHENTICATE", halfClose),
		"half-closed at EXAMINE":              on("EXAMINE", halfClose),
		"garbage at the log-in":               on("AUTHENTICATE", garbage),
		"garbage at EXAMINE":                  on("EXAMINE", garbage),
		"a line without end at EXAMINE":       on("EXAMINE", endless),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, 3, script{command: odd})
			r := f.reader(t, time.Second)
			start := time.Now()
			heads, err := pass(t, r, 1)
			if err == nil {
				t.Errorf("no error, %d heads", len(heads))
			} else if s := err.Error(); !strings.Contains(s, f.addr) || !strings.Contains(s, "imap.") || strings.ContainsAny(s, "\n\x1b\x00") {
				t.Errorf("error %q", s)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			if heads, err = pass(t, r, 1); err != nil || len(heads) != 3 {
				t.Errorf("next pass: %d heads, %v", len(heads), err)
			}
		})
	}
}

// Over a kept connection that died unnoticed, the next call dials anew.
func TestKeptConnectionIsReplaced(t *testing.T) {
	f := startFake(t, 3, script{})
	r := f.reader(t, 5*time.Second)
	if _, err := pass(t, r, 1); err != nil {
		t.Fatal(err)
	}
	f.mu.Lock()
	for conn := range f.conns {
		conn.Close()
	}
	f.mu.Unlock()
	heads, err := pass(t, r, 1)
	if err != nil || len(heads) != 3 || f.dials != 2 {
		t.Errorf("%d heads over %d connections, %v", len(heads), f.dials, err)
	}
}

// A message that silences the server stops only so many passes: then it is bad,
// and what comes after it is read.
func TestMessageThatSilencesTheServer(t *testing.T) {
	for _, once := range []bool{false, true} {
		t.Run(map[bool]string{false: "one process", true: "a process for each pass"}[once], func(t *testing.T) {
			t.Parallel()
			silencedByMessage(t, once)
		})
	}
}

func silencedByMessage(t *testing.T, once bool) {
	f := startFake(t, 0, script{})
	for n := range uint32(40) {
		f.letters[n+1] = letter(int(n) + 1)
	}
	hold := make(chan struct{})
	defer close(hold)
	f.message = func(c *talk, uid uint32, items string) bool {
		if uid == 23 && hasBody(items) {
			<-hold
		}
		return false
	}
	r := f.reader(t, 500*time.Millisecond)
	seen := map[uint32]bool{}
	next := uint32(1)
	for passes := 1; next <= 40; passes++ {
		if once {
			learned := r.Memory()
			r = f.reader(t, 500*time.Millisecond)
			r.Remember(learned)
		}
		heads, err := pass(t, r, next)
		for _, h := range heads {
			if h.UID != next || (h.Err != nil) != (h.UID == 23) || seen[h.UID] {
				t.Fatalf("pass %d: got %d, want %d: %v", passes, h.UID, next, h.Err)
			}
			seen[h.UID] = true
			next++
		}
		if err == nil && next <= 40 || passes > 12 {
			t.Fatalf("pass %d ended at %d: %v", passes, next, err)
		}
	}
	var raw bytes.Buffer
	for try := range 4 {
		_, _, err := r.Fetch(t.Context(), 23, &raw)
		if bad := errors.Is(err, mailbox.ErrBadMessage); err == nil || try == 3 && !bad {
			t.Errorf("fetch, try %d: %v", try, err)
		}
	}
}

func TestCancelEndsAtOnce(t *testing.T) {
	shutdown := errors.New("shutting down")
	for _, verb := range []string{"CAPABILITY", "AUTHENTICATE", "EXAMINE", "UID FETCH", "NOOP"} {
		ctx, cancel := context.WithCancelCause(t.Context())
		f := startFake(t, 3, script{command: on(verb, func(*talk, string) { cancel(shutdown) })})
		r := f.reader(t, time.Hour)
		start := time.Now()
		_, err := r.Examine(ctx, "INBOX")
		if err == nil {
			err = r.Heads(ctx, 1, 0, func([]mailbox.Head) error { return nil })
		}
		if err == nil {
			_, err = r.Examine(ctx, "INBOX")
		}
		if !errors.Is(err, shutdown) || time.Since(start) > 10*time.Second {
			t.Errorf("%s: %v after %v", verb, err, time.Since(start))
		}
	}
}

// While yield works, the next chunk is under way: it has been asked for before
// yield is called, and commands of yield do not wait for it.
func TestNextChunkIsUnderWay(t *testing.T) {
	f := startFake(t, 1200, script{})
	r := f.reader(t, 5*time.Second)
	if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	chunks := 0
	err := r.Heads(t.Context(), 1, 0, func(chunk []mailbox.Head) error {
		chunks++
		_, err := r.Texts(t.Context(), []uint32{chunk[0].UID, chunk[len(chunk)-1].UID}, 10)
		return err
	})
	if err != nil || chunks != 3 {
		t.Fatalf("%d chunks, %v", chunks, err)
	}
	var order []string
	for _, cmd := range f.commands() {
		if rest, ok := strings.CutPrefix(cmd, "UID FETCH "); ok {
			set, _, _ := strings.Cut(rest, " ")
			order = append(order, set)
		}
	}
	got := strings.Join(order, " ")
	a, b := strings.Index(got, "501:1000"), strings.Index(got, "1,500")
	if len(order) != 6 || a < 0 || b < 0 {
		t.Fatalf("commands %s", got)
	}
}

// Letters that are expected come several in one command, none of them twice, as
// many as fit into memory, and a large one among them by itself.
func TestExpectedLettersComeTogether(t *testing.T) {
	large := func(uid uint32, size int) []byte {
		return append(letter(int(uid)), bytes.Repeat([]byte("long line\r\n"), size/11)...)
	}
	for _, c := range []struct {
		sizes map[uint32]int
		want  string
	}{
		{map[uint32]int{5: 660_000}, "10 1:3,7:9 5"},
		{map[uint32]int{1: 660_000}, "1 10 2:3,5,7:9"},
		{map[uint32]int{1: 250_000, 2: 250_000, 3: 250_000, 5: 250_000, 7: 250_000, 9: 660_000}, "10 1:3,5 7:8 9"},
	} {
		f := startFake(t, 10, script{})
		for uid, size := range c.sizes {
			f.letters[uid] = large(uid, size)
		}
		if got := askedFor(t, f); got != c.want {
			t.Errorf("large ones %v: asked for %s, want %s", c.sizes, got, c.want)
		}
	}
}

// askedFor fetches the letters 1, 2, 3, 5, 7, 8 and 9, which are expected, and 10, and
// returns which of them were asked for together, in the order of their characters: the
// large ones are asked for while others are on their way.
func askedFor(t *testing.T, f *fakeIMAP) string {
	t.Helper()
	r := f.reader(t, 20*time.Second)
	if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	before := 0
	err := r.Heads(t.Context(), 1, 0, func(chunk []mailbox.Head) error {
		before = len(f.commands())
		r.Expect(t.Context(), []uint32{1, 2, 3, 5, 7, 8, 9})
		for _, uid := range []uint32{1, 2, 3, 5, 7, 8, 9, 10} {
			var raw bytes.Buffer
			if n, cut, err := r.Fetch(t.Context(), uid, &raw); err != nil || cut || n != int64(raw.Len()) || !bytes.Equal(raw.Bytes(), f.letters[uid]) {
				t.Errorf("%d: %d bytes, %v", uid, n, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var sets []string
	for _, cmd := range f.commands()[before:] {
		set, _, _ := strings.Cut(strings.TrimPrefix(cmd, "UID FETCH "), " ")
		sets = append(sets, set)
	}
	slices.Sort(sets)
	return strings.Join(sets, " ")
}

// Folders with sparse UIDs are listed first instead of being walked by number.
func TestSparseFolder(t *testing.T) {
	f := startFake(t, 0, script{})
	for n := range uint32(1100) {
		f.letters[n*977+5] = letter(int(n))
	}
	r := f.reader(t, 5*time.Second)
	heads, err := pass(t, r, 1)
	if err != nil || len(heads) != 1100 {
		t.Fatalf("%d heads, %v", len(heads), err)
	}
	fetches := 0
	for _, cmd := range f.commands() {
		if strings.HasPrefix(cmd, "UID FETCH") {
			fetches++
		}
	}
	if fetches != 4 { // one list, three chunks
		t.Errorf("%d commands", fetches)
	}
}

func TestRecreatedFolder(t *testing.T) {
	f := startFake(t, 3, script{})
	f.command = func(c *talk, tag, cmd string) bool {
		if !strings.HasPrefix(cmd, "EXAMINE") || c.n == 1 {
			return false
		}
		c.say("* 3 EXISTS\r\n* OK [UIDVALIDITY 8] ok\r\n* OK [UIDNEXT 4] ok\r\n%s OK done\r\n", tag)
		return true
	}
	r := f.reader(t, 5*time.Second)
	if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	f.mu.Lock()
	for conn := range f.conns {
		conn.Close()
	}
	f.mu.Unlock()
	if _, err := r.Texts(t.Context(), []uint32{1}, 10); !errors.Is(err, mailbox.ErrRecreated) {
		t.Errorf("got %v", err)
	}
	if st, err := r.Examine(t.Context(), "INBOX"); err != nil || st.UIDValidity != 8 {
		t.Errorf("%+v, %v", st, err)
	}
}
