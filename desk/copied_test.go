package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

const yearAgo = 350 * 24 * time.Hour

// copied is a letter in a mailbox that was copied.
type copied struct {
	name         string
	stamp, wrote time.Duration // how long ago its topmost Received says that it came (0: it has none), and how long ago its Date
	hold         string        // the code of why its acknowledgement waits; "": it does not
	receipt      time.Duration // how long ago it was received
}

const copying = 10 * time.Minute // ago

var copiedLetters = []copied{
	{"old", yearAgo, yearAgo, codeOldInCopy, yearAgo},
	{"old, and no server wrote when", 0, yearAgo, codeOldInCopy, copying},
	{"new, with a wrong Date", copying, yearAgo, "", copying},
	{"old, with a wrong Date", yearAgo, copying, codeOldInCopy, yearAgo},
	{"new, with a Date of no year", 0, 60 * yearAgo, "", copying},
	{"came while nobody looked", 5 * 24 * time.Hour, 5 * 24 * time.Hour, "", 5 * 24 * time.Hour},
	{"came hours ago", 3 * time.Hour, 3 * time.Hour, "", copying},
	{"new", copying, copying, "", copying},
}

func (c copied) raw() []byte {
	m := mail{from: fmt.Sprintf("p@%x.example", c.name), subject: withdrawalMark, body: "Прошу исполнить. " + c.name + ".", id: fmt.Sprintf("%x@mail.example", c.name)}
	raw := m.raw()
	if c.stamp != 0 {
		raw = letterOn(m, now.Add(-c.stamp))
	}
	return bytes.Replace(raw, []byte("Date: "+now.Format(time.RFC1123Z)), []byte("Date: "+now.Add(-c.wrote).Format(time.RFC1123Z)), 1)
}

func (r *rig) lay(t *testing.T, folder string, raw []byte, at time.Time) {
	t.Helper()
	if err := r.box.Put(folder, raw, at); err != nil {
		t.Fatal(err)
	}
}

// moved is the rig after its mailbox was copied to another server, letter by letter.
func (r *rig) moved(t *testing.T, validity uint32, letters []copied) {
	t.Helper()
	r.box = newRig(t).box
	for _, c := range letters {
		r.lay(t, "INBOX", c.raw(), now.Add(-copying))
	}
	r.Inbox = misstating{r.reader(t), func(st *mailbox.FolderState) { st.UIDValidity = validity }}
}

func (r *rig) reader(t *testing.T, folders ...string) *mailbox.Reader {
	t.Helper()
	reader := mailbox.NewReader(mailbox.ReaderOptions{Server: server(t, r.box.IMAPAddr, r.box.CA), Folders: folders})
	t.Cleanup(func() { reader.Close() })
	return reader
}

// wantCopied checks that each letter is registered once, and answered or held.
func (r *rig) wantCopied(t *testing.T, letters []copied) {
	t.Helper()
	all := r.all(t)
	for _, c := range letters {
		from := fmt.Sprintf("p@%x.example", c.name)
		n := 0
		for _, q := range all {
			if q.Letters[0].FromAddr != from {
				continue
			}
			n++
			state := store.MailSent
			if c.hold != "" {
				state = store.MailHeld
			}
			if q.Ack.State != state || q.Ack.Reason.Code != c.hold {
				t.Errorf("%s: the acknowledgement is %s for %q, want %q", c.name, q.Ack.State, q.Ack.Reason.Code, c.hold)
			}
			if want := now.Add(-c.receipt); !q.ReceivedAt.Equal(want) {
				t.Errorf("%s: received %v, want %v", c.name, q.ReceivedAt, want)
			}
		}
		if n != 1 {
			t.Errorf("%s: %d requests, want 1", c.name, n)
		}
	}
}

// firstPass is the pass of an inbox with two requests, which are known from then on.
func (r *rig) firstPass(t *testing.T) {
	t.Helper()
	r.Acknowledge.Caps = Caps{}
	for _, name := range []string{"known", "known, and gone"} {
		r.lay(t, "INBOX", copied{name: name, stamp: time.Hour, wrote: time.Hour}.raw(), now.Add(-time.Hour))
	}
	r.pass(t)
}

// A mailbox that was copied, with new UIDs and today as the moment of receipt of each letter:
// who wrote before the register began is not answered today, and nobody else waits for it.
func TestMailboxMovedByCopying(t *testing.T) {
	known := []copied{{"known", time.Hour, time.Hour, "", time.Hour}}
	last, first := slices.Concat(copiedLetters, known), slices.Concat(known, copiedLetters)
	for name, c := range map[string]struct {
		validity uint32
		letters  []copied
		since    time.Duration
	}{
		"new UIDVALIDITY":                {77, last, 60 * 24 * time.Hour},
		"the same":                       {1, last, 60 * 24 * time.Hour},
		"the same, and the first letter": {1, first, 60 * 24 * time.Hour},
		"without a cutoff":               {77, last, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.Since = c.since
			r.firstPass(t)
			r.moved(t, c.validity, c.letters)
			r.pass(t)
			r.wantCopied(t, c.letters)
		})
	}
}

// That holds wherever the process is killed: another one goes on.
func TestMovedMailboxInTwoProcesses(t *testing.T) {
	errKilled := errors.New("killed")
	for letters := range copiedLetters {
		r := newRig(t)
		r.firstPass(t)
		r.moved(t, 77, copiedLetters)
		whole := r.Inbox
		r.Inbox = oneByOne{whole, letters, errKilled}
		if _, err := r.Poll(t.Context()); !errors.Is(err, errKilled) {
			t.Fatalf("%d letters: %v", letters, err)
		}
		r.Inbox = whole
		r.Desk = New(r.Options)
		r.pass(t)
		r.wantCopied(t, copiedLetters)
	}
}

// oneByOne is a mailbox that yields one letter at a time, and only so many.
type oneByOne struct {
	Inbox
	letters int
	fail    error
}

func (b oneByOne) Heads(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	return b.Inbox.Heads(ctx, from, to, func(heads []mailbox.Head) error {
		for i := range heads {
			if i == b.letters {
				return b.fail
			}
			if err := yield(heads[i : i+1]); err != nil {
				return err
			}
		}
		return nil
	})
}

// What comes when the folder has been read anew is ordinary, whatever its sender wrote as Date.
// Only what a server wrote shows that the copying still goes on.
func TestAfterMailboxWasMoved(t *testing.T) {
	r := newRig(t)
	r.firstPass(t)
	r.moved(t, 77, copiedLetters[:1])
	r.pass(t)
	letters := []copied{
		{"later, without a server's word", 0, yearAgo, "", copying},
		{"later, with a wrong Date", copying, yearAgo, "", copying},
		{"copied later", yearAgo, yearAgo, codeOldInCopy, yearAgo},
	}
	for _, c := range letters {
		r.lay(t, "INBOX", c.raw(), now.Add(-copying))
		r.Desk = New(r.Options)
		r.pass(t)
	}
	r.wantCopied(t, letters)
}

// A folder that is new to a register in use may have come with a move; of the folders of the
// first pass of all, the server's word holds.
func TestNewFolderOfMovedMailbox(t *testing.T) {
	r := newRig(t)
	r.firstPass(t)
	letters := slices.Clone(copiedLetters)
	for i, c := range letters {
		r.lay(t, "Sent", c.raw(), now.Add(-copying))
		if c.hold != "" || c.receipt > r.Acknowledge.Fresh {
			letters[i].hold = codeOldAtStart
		}
	}
	r.Inbox = r.reader(t, "INBOX", "Sent")
	r.pass(t)
	r.wantCopied(t, letters)

	first := newRig(t)
	first.Acknowledge.Caps = Caps{}
	c := copied{"old", yearAgo, yearAgo, "", copying}
	first.lay(t, "INBOX", c.raw(), now.Add(-copying))
	first.pass(t)
	first.wantCopied(t, []copied{c})
}
