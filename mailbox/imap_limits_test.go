package mailbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// A server that answers NO whenever one message is among those asked for: the
// connection lives, the others come, and of the bad one at least the date.
func TestRefusedFetch(t *testing.T) {
	f := startFake(t, 30, script{})
	f.command = func(c *talk, tag, cmd string) bool {
		rest, ok := strings.CutPrefix(cmd, "UID FETCH ")
		set, items, _ := strings.Cut(rest, " ")
		if !ok || !hasBody(items) || !inSet(set, 17) {
			return false
		}
		c.say("%s NO [SERVERBUG] cannot read some of them\r\n", tag)
		return true
	}
	r := f.reader(t, 5*time.Second)
	heads, err := pass(t, r, 1)
	if err != nil || len(heads) != 30 || f.dials != 1 {
		t.Fatalf("%d heads over %d connections, %v", len(heads), f.dials, err)
	}
	for i, h := range heads {
		if h.UID != uint32(i+1) || (h.Err != nil) != (h.UID == 17) || !h.InternalDate.Equal(day) {
			t.Errorf("head %d: %+v", i, h)
		}
	}
	if _, _, err := r.Fetch(t.Context(), 17, new(bytes.Buffer)); !errors.Is(err, mailbox.ErrBadMessage) || !strings.Contains(err.Error(), "cannot read some") {
		t.Errorf("fetch: %v", err)
	}
}

// A text that silences the server is left out after some passes, and Fetch says
// why; the texts after it come.
func TestTextThatSilencesTheServer(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	f := startFake(t, 40, script{message: func(c *talk, uid uint32, items string) bool {
		if uid == 23 && strings.Contains(items, "[TEXT]") {
			<-hold
		}
		return false
	}})
	t.Cleanup(func() { close(hold) })
	r := f.reader(t, 500*time.Millisecond)
	next := uint32(1)
	for passes := 1; next <= 40; passes++ {
		if passes > 12 {
			t.Fatalf("stuck at %d", next)
		}
		if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
			t.Fatal(err)
		}
		err := r.Heads(t.Context(), next, 0, func(chunk []mailbox.Head) error {
			var uids []uint32
			for _, h := range chunk {
				uids = append(uids, h.UID)
			}
			texts, err := r.Texts(t.Context(), uids, 100)
			for _, uid := range uids {
				if _, ok := texts[uid]; err == nil && ok == (uid == 23) {
					t.Errorf("text of %d: %v", uid, ok)
				}
			}
			if err == nil {
				next = uids[len(uids)-1] + 1
			}
			return err
		})
		if err == nil && next <= 40 {
			t.Fatalf("pass %d ended at %d", passes, next)
		}
	}
	if _, _, err := r.Fetch(t.Context(), 23, new(bytes.Buffer)); !errors.Is(err, mailbox.ErrBadMessage) {
		t.Errorf("fetch: %v", err)
	}
}

// Headers without measure are cut, and a chunk of them is handed out in pieces.
func TestLargeHeaders(t *testing.T) {
	f := startFake(t, 0, script{})
	for n := range uint32(150) {
		f.letters[n+1] = append([]byte("Subject: "+strings.Repeat("x", 80_000)+"\r\n"), letter(int(n)+1)...)
	}
	r := f.reader(t, 20*time.Second)
	if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	next := uint32(1)
	err := r.Heads(t.Context(), 1, 0, func(chunk []mailbox.Head) error {
		held := 0
		for _, h := range chunk {
			if h.UID != next || h.Err != nil || len(h.Header) != mailbox.HeadLimit {
				t.Fatalf("head %d of %d bytes, want %d: %v", h.UID, len(h.Header), next, h.Err)
			}
			held += len(h.Header)
			next++
		}
		if held > 5<<20 {
			t.Errorf("%d bytes at once", held)
		}
		return nil
	})
	if err != nil || next != 151 {
		t.Errorf("ended at %d: %v", next, err)
	}
}

// A folder whose name is in broken UTF-7 is left out; where the library gives
// up the connection over it, the folders that matter are asked for by name.
func TestBrokenFolderName(t *testing.T) {
	for form, bad := range map[string]string{"quoted": "\"&bad\"", "literal": "{4}\r\n&bad", "needless": "\"&AGE-b\"", "side by side": "\"&BCE-&BCI-\"", "half a pair": "\"&2D3-\""} {
		f := startFake(t, 1, script{command: func(c *talk, tag, cmd string) bool {
			if !strings.HasPrefix(cmd, "LIST") {
				return false
			}
			all := strings.HasSuffix(cmd, `"*"`) || strings.HasSuffix(cmd, " *")
			if all {
				c.say("* LIST () \"/\" %s\r\n", bad)
			}
			for _, name := range []string{"INBOX", "Spam", "Sent"} {
				if all || strings.Contains(strings.ToLower(cmd), fmt.Sprintf("%q", strings.ToLower(name))) || strings.HasSuffix(strings.ToLower(cmd), " "+strings.ToLower(name)) {
					c.say("* LIST () \"/\" %s\r\n", name)
				}
			}
			c.say("%s OK done\r\n", tag)
			return true
		}})
		r := f.reader(t, 5*time.Second)
		got, err := r.Folders(t.Context())
		if err != nil || len(got) != 2 || got[1] != (mailbox.Folder{Name: "Spam", Junk: true}) {
			t.Errorf("%s: folders %+v, %v", form, got, err)
		}
		if f.dials != 1 {
			t.Errorf("%s: %d connections", form, f.dials)
		}
		if name, err := r.SentFolder(t.Context()); err != nil || name != "Sent" {
			t.Errorf("%s: sent folder %q, %v", form, name, err)
		}
	}
}

// Where no list of the folders can be read at all, INBOX is, and it is said.
func TestListThatCannotBeRead(t *testing.T) {
	f := startFake(t, 1, script{command: func(c *talk, tag, cmd string) bool {
		lists := strings.HasPrefix(cmd, "LIST")
		if lists {
			c.say("* STATUS {what}\r\n%s OK done\r\n", tag)
		}
		return lists
	}})
	r := f.reader(t, 5*time.Second)
	for range 2 {
		var unlisted *mailbox.UnlistedError
		if got, err := r.Folders(t.Context()); !errors.As(err, &unlisted) || len(got) != 1 || got[0].Name != "INBOX" {
			t.Errorf("folders %+v, %v", got, err)
		}
		if heads, err := pass(t, r, 1); err != nil || len(heads) != 1 {
			t.Errorf("%d heads, %v", len(heads), err)
		}
	}
}

// A server that does not say UIDNEXT is asked for its newest message.
func TestServerWithoutUIDNEXT(t *testing.T) {
	f := startFake(t, 5, script{command: func(c *talk, tag, cmd string) bool {
		switch {
		case strings.HasPrefix(cmd, "EXAMINE"):
			c.say("* 5 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n%s OK done\r\n", tag)
		case cmd == "FETCH 5 (UID)":
			c.say("* 5 FETCH (UID 5)\r\n%s OK done\r\n", tag)
		default:
			return false
		}
		return true
	}})
	heads, err := pass(t, f.reader(t, 5*time.Second), 1)
	if err != nil || len(heads) != 5 {
		t.Errorf("%d heads, %v", len(heads), err)
	}
}

// A letter larger than RFC822.SIZE said is noticed when it is announced.
func TestSizeThatWasALie(t *testing.T) {
	big := append([]byte("Subject: big\r\n\r\n"), bytes.Repeat([]byte("0123456789\r\n"), 50_000)...)
	f := startFake(t, 1, script{})
	f.letters[2] = big
	f.message = func(c *talk, uid uint32, items string) bool {
		if uid != 2 {
			return false
		}
		c.say("* 2 FETCH (%s)\r\n", strings.Replace(answer(uid, items, big), fmt.Sprintf("RFC822.SIZE %d", len(big)), "RFC822.SIZE 99", 1))
		return true
	}
	o := mailbox.ReaderOptions{Server: server(t, f.addr, nil), MaxSize: 100_000}
	o.TLS = mailbox.TLSNone
	r := mailbox.NewReader(o)
	defer r.Close()
	if _, err := pass(t, r, 1); err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	n, cut, err := r.Fetch(t.Context(), 2, &raw)
	if err != nil || !cut || n != int64(raw.Len()) || !bytes.HasPrefix(big, raw.Bytes()) || n < mailbox.CutText {
		t.Errorf("%d bytes, cut %v, %v", n, cut, err)
	}
}

// The caller's disk is full: that is said, and nothing is held against the
// message or the server.
func TestFetchIntoAFullDisk(t *testing.T) {
	f := startFake(t, 1, script{})
	f.letters[2] = append(letter(2), bytes.Repeat([]byte("0123456789\r\n"), 50_000)...)
	r := f.reader(t, 5*time.Second)
	if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	full := errors.New("no space left")
	for _, uid := range []uint32{1, 2, 2, 2, 2} {
		if _, _, err := r.Fetch(t.Context(), uid, brokenWriter{full}); !errors.Is(err, full) || errors.Is(err, mailbox.ErrBadMessage) || strings.Contains(err.Error(), "imap.") {
			t.Errorf("%d: %v", uid, err)
		}
	}
	if n, _, err := r.Fetch(t.Context(), 2, new(bytes.Buffer)); err != nil || n != int64(len(f.letters[2])) {
		t.Errorf("%d bytes, %v", n, err)
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }
