package mailbox_test

import (
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/network"
)

// farReader reads the fake over a network on which a round trip takes 20 ms.
func farReader(t *testing.T, f *fakeIMAP, timeout time.Duration) *mailbox.Reader {
	t.Helper()
	p := (&network.Network{Delay: 10 * time.Millisecond}).Start(t, f.addr)
	o := mailbox.ReaderOptions{Server: server(t, p.Addr, nil)}
	o.TLS, o.Timeout = mailbox.TLSNone, timeout
	r := mailbox.NewReader(o)
	t.Cleanup(func() { r.Close() })
	return r
}

// A server that is far away gets the second window with the first, and is asked for its
// folders while the letters of the first are read; one that is near is asked for each
// thing when it is wanted.
func TestFarServerIsKeptBusy(t *testing.T) {
	for _, far := range []bool{true, false} {
		f := startFake(t, 1100, script{command: func(c *talk, tag, cmd string) bool {
			lists := strings.HasPrefix(cmd, "LIST")
			if lists {
				c.say("* LIST () \"/\" INBOX\r\n%s OK done\r\n", tag)
			}
			return lists
		}})
		r := f.reader(t, 20*time.Second)
		if far {
			r = farReader(t, f, 20*time.Second)
		}
		for tries := 0; tries == 0 || r.Far() && !far; tries++ { // a busy machine is far from itself
			if _, err := r.Examine(t.Context(), "INBOX"); err != nil || tries == 100 {
				t.Fatalf("looked %d times, %v", tries, err)
			}
		}
		asked := func(what string) bool {
			return slices.ContainsFunc(f.commands(), func(cmd string) bool { return strings.HasPrefix(cmd, what) })
		}
		chunks, heads := 0, 0
		err := r.Heads(t.Context(), 1, 0, func(some []mailbox.Head) error {
			if chunks++; far && chunks == 1 && !asked("UID FETCH 501:1000 ") {
				t.Error("the second window was not asked for with the first")
			}
			heads += len(some)
			_, err := r.Texts(t.Context(), []uint32{some[0].UID, some[1].UID}, 10)
			if asked("LIST") != far {
				t.Errorf("far %v: folders asked for in chunk %d: %v", far, chunks, !far)
			}
			return err
		})
		if err != nil || heads != 1100 || r.Far() != far {
			t.Errorf("far %v: %d heads in %d chunks, %v", far, heads, chunks, err)
		}
		for range 2 {
			if folders, err := r.Folders(t.Context()); err != nil || len(folders) != 1 {
				t.Errorf("far %v: %v, %v", far, folders, err)
			}
		}
		lists := 0
		for _, cmd := range f.commands() {
			if strings.HasPrefix(cmd, "LIST") {
				lists++
			}
		}
		if lists != 1 {
			t.Errorf("far %v: folders asked for %d times", far, lists)
		}
	}
}

// A server that does not list its folders while letters are read is asked ahead once and then
// no more, by a process that comes after, either. Where it is not silent, the letters
// are read in spite of it.
func TestListAheadNotKnown(t *testing.T) {
	for name, said := range map[string]func(c *talk, tag string){
		"refused": func(c *talk, tag string) { c.say("%s NO not now\r\n", tag) },
		"broken":  func(c *talk, tag string) { c.say("* STATUS {what}\r\n%s OK done\r\n", tag) },
		"cut":     func(c *talk, _ string) { c.Close() },
		"silent":  func(c *talk, _ string) { _, _ = io.Copy(io.Discard, c) },
	} {
		var reading atomic.Bool
		var ahead atomic.Int32
		f := startFake(t, 3, script{command: func(c *talk, tag, cmd string) bool {
			if !strings.HasPrefix(cmd, "LIST") || !reading.Load() {
				return false
			}
			ahead.Add(1)
			said(c, tag)
			return true
		}})
		memory := ""
		for n := 1; n <= 3; n++ {
			r := farReader(t, f, 400*time.Millisecond)
			r.Remember(memory)
			reading.Store(true)
			if heads, err := pass(t, r, 1); err != nil || len(heads) != 3 {
				t.Fatalf("%s: %d heads, %v", name, len(heads), err)
			}
			texts, err := r.Texts(t.Context(), []uint32{1, 2, 3}, 10)
			if (name != "silent" || n > 1) && (err != nil || len(texts) != 3) {
				t.Errorf("%s, time %d: %d texts, %v", name, n, len(texts), err)
			}
			reading.Store(false)
			if folders, err := r.Folders(t.Context()); err != nil || len(folders) != 1 {
				t.Errorf("%s: %v, %v", name, folders, err)
			}
			memory = r.Memory()
			r.Close()
		}
		if n := ahead.Load(); n != 1 {
			t.Errorf("%s: asked %d times ahead, want 1", name, n)
		}
	}
}
