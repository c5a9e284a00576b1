package mailbox_test

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// Letters of a chunk for which there was no room beside those of the next are asked for
// alone, and not a second time later, when nobody takes them and they would leave no room
// for others.
func TestExpectedLettersAreAskedForOnce(t *testing.T) {
	f := startFake(t, 30, script{})
	for uid := range uint32(30) {
		f.letters[uid+1] = append(letter(int(uid+1)), strings.Repeat("x", 150_000)...)
	}
	r := f.reader(t, 20*time.Second)
	if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	before := 0
	err := r.Heads(t.Context(), 1, 0, func([]mailbox.Head) error {
		before = len(f.commands())
		r.Expect(t.Context(), []uint32{11, 12, 13, 14, 15, 16, 17, 18, 19, 20}) // of the next chunk
		r.Expect(t.Context(), []uint32{1, 2, 3, 4, 5, 6, 7, 8})
		for uid := uint32(1); uid <= 30; uid++ {
			if uid == 9 || uid == 10 {
				continue
			}
			if uid == 21 {
				r.Expect(t.Context(), []uint32{21, 22, 23, 24, 25, 26, 27, 28, 29, 30})
			}
			if _, _, err := r.Fetch(t.Context(), uid, io.Discard); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	asked := f.commands()[before:]
	times := map[uint32]int{}
	for _, cmd := range asked {
		set, _, _ := strings.Cut(strings.TrimPrefix(cmd, "UID FETCH "), " ")
		for uid := uint32(1); uid <= 30; uid++ {
			if inSet(set, uid) {
				times[uid]++
			}
		}
	}
	for uid, n := range times {
		if n != 1 {
			t.Errorf("letter %d is asked for %d times", uid, n)
		}
	}
	if len(times) != 28 || !slices.ContainsFunc(asked, func(cmd string) bool { return strings.HasPrefix(cmd, "UID FETCH 21:2") }) {
		t.Errorf("asked for %q", asked)
	}
}

// What is asked for without waiting goes out in the order in which it was asked for: what
// is wanted first stands in front of letters that can wait.
func TestCommandsGoOutInOrder(t *testing.T) {
	want := []string{"UID FETCH 1:500 ", "UID FETCH 501:600 ", "LIST", "UID FETCH 1:3 (UID BODY.PEEK[TEXT]", "UID FETCH 8:9 (UID BODY.PEEK[TEXT]",
		"UID FETCH 4:5 (UID BODY.PEEK[1.MIME]", "UID FETCH 6:7 (UID BODY.PEEK[])"}
	f := startFake(t, 600, script{})
	for range 5 {
		r := farReader(t, f, 20*time.Second)
		if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
			t.Fatal(err)
		}
		before := len(f.commands())
		err := r.Heads(t.Context(), 1, 0, func(heads []mailbox.Head) (err error) {
			if heads[0].UID != 1 {
				return nil
			}
			texts := r.EachText(t.Context(), []mailbox.Stretch{{UIDs: []uint32{1, 2, 3}, To: 10}, {UIDs: []uint32{8, 9}, To: 20}}, func(uint32, []byte) {})
			parts := r.EachPartHeads(t.Context(), []uint32{4, 5}, func(uint32, *mailbox.PartHeads) {})
			r.Expect(t.Context(), []uint32{6, 7})
			if err = texts(true); err == nil {
				err = parts(true)
			}
			if err == nil {
				_, _, err = r.Fetch(t.Context(), 6, io.Discard)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, cmd := range f.commands()[before:] {
			if i < len(want) && !strings.HasPrefix(cmd, want[i]) {
				t.Errorf("command %d is %.60s, want %s", i+1, cmd, want[i])
			}
		}
		r.Close()
	}
}
