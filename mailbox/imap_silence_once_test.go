package mailbox_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// A server that is silent is waited for once a pass: neither INBOX, which is opened
// beside the start, nor letters that are fetched together are asked for a second time.
func TestSilenceIsWaitedForOnce(t *testing.T) {
	silent := func(word string) *fakeIMAP {
		return startFake(t, 3, script{command: func(_ *talk, _, cmd string) bool { return strings.Contains(cmd, word) }})
	}
	f := silent("EXAMINE")
	r := f.reader(t, 100*time.Millisecond)
	r.Begin(t.Context())
	if _, err := r.Examine(t.Context(), "INBOX"); mailbox.FaultOf(err) != mailbox.FaultSilent || f.dials != 1 {
		t.Errorf("INBOX: %d connections, %v", f.dials, err)
	}
	f = silent("BODY.PEEK[]")
	r = f.reader(t, 300*time.Millisecond)
	if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	if err := r.Heads(t.Context(), 1, 0, func([]mailbox.Head) error {
		r.Expect([]uint32{1, 2, 3})
		_, _, err := r.Fetch(t.Context(), 1, io.Discard)
		return err
	}); err == nil || f.dials != 1 {
		t.Errorf("letters: %d connections, %v", f.dials, err)
	}
	if !strings.Contains(r.Memory(), `"strikes":{"1":1}`) {
		t.Errorf("learned: %s", r.Memory())
	}
}
