package mailbox_test

import (
	"io"
	"slices"
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

// A letter over which the server fell silent once is asked for alone the next time, so
// that it keeps no other back.
func TestSilentLetterKeepsNoOtherBack(t *testing.T) {
	f := startFake(t, 5, script{command: func(_ *talk, _, cmd string) bool {
		set, _, _ := strings.Cut(strings.TrimPrefix(cmd, "UID FETCH "), " ")
		return strings.HasSuffix(cmd, "BODY.PEEK[])") && (set == "3" || strings.Contains(set, "3:") || strings.Contains(set, "1:"))
	}})
	r := f.reader(t, 300*time.Millisecond)
	fetch := func(uids ...uint32) (err error) {
		if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
			return err
		}
		return r.Heads(t.Context(), 1, 0, func([]mailbox.Head) error {
			r.Expect(uids)
			for _, uid := range uids {
				if _, _, err = r.Fetch(t.Context(), uid, io.Discard); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := fetch(3, 4, 5); mailbox.FaultOf(err) != mailbox.FaultSilent {
		t.Fatal(err)
	}
	if err := fetch(2, 3, 4, 5); mailbox.FaultOf(err) != mailbox.FaultSilent {
		t.Fatal(err)
	}
	if got := f.commands(); !slices.Contains(got, "UID FETCH 2,4:5 (UID BODY.PEEK[])") {
		t.Errorf("asked for %v", got)
	}
}
