package desk

import (
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/sandbox"
)

// freezer stands before the mailbox. It counts what the client sends, and freezes
// behind the n-th of it: from then on nothing of what anybody sends is answered,
// on no connection, while new ones are taken, as of a process that was stopped.
type freezer struct {
	addr string

	mu     sync.Mutex
	spoken int // times that the client has spoken
	at     int // freeze behind that; 0: never
	stuck  map[net.Conn]bool
}

func startFreezer(t *testing.T, target string) *freezer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &freezer{addr: l.Addr().String(), stuck: map[net.Conn]bool{}}
	var serving sync.WaitGroup
	var conns []net.Conn
	serving.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", target)
			if err != nil {
				in.Close()
				return
			}
			conns = append(conns, in, out)
			serving.Go(func() { f.forward(out, in) })
			serving.Go(func() {
				_, _ = io.Copy(in, out)
				f.mu.Lock()
				defer f.mu.Unlock()
				if f.at == 0 || f.spoken < f.at {
					in.Close()
				}
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		for _, c := range conns {
			c.Close()
		}
		serving.Wait()
	})
	return f
}

// forward carries what the client says, until it is frozen.
func (f *freezer) forward(server, client net.Conn) {
	defer server.Close()
	b := make([]byte, 32<<10)
	for {
		n, err := client.Read(b)
		if err != nil {
			return
		}
		f.mu.Lock()
		f.spoken++
		frozen := f.at > 0 && f.spoken >= f.at
		if frozen {
			f.stuck[client] = true
		}
		f.mu.Unlock()
		if frozen {
			_, _ = io.Copy(io.Discard, client)
			return
		}
		if _, err := server.Write(b[:n]); err != nil {
			return
		}
	}
}

// freeze says behind what to freeze, from now on.
func (f *freezer) freeze(after int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = f.spoken + after
}

// waited is on how many connections something was said in vain.
func (f *freezer) waited() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.stuck)
}

// Wherever in a pass the mailbox falls silent, it is waited for once: in a folder,
// in the second, at the copies of what was answered meanwhile, in the Sent folder,
// while letters are filed, and where the next letter would be waited for.
func TestSilenceOfAPass(t *testing.T) {
	step := 4
	if os.Getenv("POMETKA_LONG") != "" {
		step = 1
	}
	for at := 1; at < 40; at += step { // a pass says about thirty things
		t.Run(strconv.Itoa(at), func(t *testing.T) {
			t.Parallel()
			if !silentPass(t, at) && at < 20 {
				t.Error("nothing was frozen")
			}
		})
	}
}

func silentPass(t *testing.T, at int) (frozen bool) {
	box, err := sandbox.Start(sandbox.Options{Username: account, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	f := startFreezer(t, box.IMAPAddr)
	d := openDesk(t, t.TempDir()+"/pometka.db", f.addr, box.SMTPAddr, box.CA)
	s := server(t, f.addr, box.CA)
	s.Timeout = 400 * time.Millisecond
	reader := mailbox.NewReader(mailbox.ReaderOptions{Server: s, Folders: []string{"INBOX", "Junk"}})
	defer reader.Close()
	d.Inbox, d.Sent, d.SentFolder = reader, reader, reader.SentFolder
	d.Filer, d.Filing = reader, Filing{How: FileKeyword}
	d.FlushNow = func() error {
		f, _ := d.Flush(t.Context())
		return f.Silent
	}
	for _, l := range []struct{ folder, id, subject, body string }{
		{"INBOX", "1", withdrawalMark, "Прошу."}, {"INBOX", "2", "Счёт", "Направляем счёт."}, {"INBOX", "3", "Вопрос", "Удалите мои данные."},
		{"Junk", "4", withdrawalMark, "Прошу и я."}, {"Junk", "5", "Скидки", "Все скидки."},
	} {
		m := mail{from: "p" + l.id + "@one.example", subject: l.subject, body: l.body, id: l.id + "@one.example"}
		if err := box.Put(l.folder, m.raw(), now.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	f.freeze(at)
	_, perr := d.Poll(t.Context())
	_, _ = d.Flush(t.Context())
	if perr == nil {
		_, _ = reader.Idle(t.Context(), "INBOX", time.Millisecond)
	}
	if n := f.waited(); n > 1 {
		t.Errorf("frozen behind %d: waited for %d times, %v", at, n, perr)
	}
	return f.waited() > 0
}
