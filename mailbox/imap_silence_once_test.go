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
		r.Expect(t.Context(), []uint32{1, 2, 3})
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
			r.Expect(t.Context(), uids)
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

// Where a server fell silent with several commands on their way, nobody knows over which:
// from then on they come one at a time, and the letter that has no part in it is not given
// up. The silence is waited for once a pass.
func TestSilenceBesideAnotherCommand(t *testing.T) {
	asked := make(chan bool, 10)
	f := startFake(t, 6, script{command: func(c *talk, _, cmd string) bool {
		silent := strings.Contains(cmd, "[TEXT]")
		if silent {
			asked <- true
			_, _ = io.Copy(io.Discard, c)
		}
		return silent
	}})
	memory := ""
	for n := 1; n <= 4; n++ {
		r := f.reader(t, 300*time.Millisecond) // a process for each pass
		r.Remember(memory)
		if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
			t.Fatal(err)
		}
		var fetched error
		err := r.Heads(t.Context(), 1, 0, func([]mailbox.Head) error {
			wait := r.EachText(t.Context(), []mailbox.Stretch{{UIDs: []uint32{4, 5}, To: 10}}, func(uint32, []byte) {})
			if !strings.Contains(r.Memory(), "width") {
				<-asked
			}
			_, _, fetched = r.Fetch(t.Context(), 1, io.Discard)
			return wait(true)
		})
		memory = r.Memory()
		r.Close()
		if mailbox.FaultOf(err) != mailbox.FaultSilent || n > 1 && (fetched != nil || strings.Contains(memory, `"1":`)) {
			t.Fatalf("pass %d: %v, the first letter %v, learned %s", n, err, fetched, memory)
		}
		if f.mu.Lock(); f.dials != n {
			t.Errorf("pass %d: waited for over %d connections", n, f.dials)
		}
		f.mu.Unlock()
	}
}
