package mailbox_test

import (
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// Below finds the last message up to a UID, whatever lies above it, and asks a number of
// messages that does not grow with the folder. The newest is known from EXAMINE.
func TestBelow(t *testing.T) {
	f := startFake(t, 0, script{})
	for uid := range uint32(300) {
		if uid > 0 && uid < 100 || uid > 250 {
			f.letters[uid*10] = letter(int(uid))
		}
	}
	r := f.reader(t, 5*time.Second)
	if st := examine(t, r, "INBOX"); st.Newest != 2990 {
		t.Fatalf("newest: %d", st.Newest)
	}
	for upto, want := range map[uint32]uint32{9: 0, 10: 10, 19: 10, 989: 980, 990: 990, 2509: 990, 2510: 2510, 2989: 2980, 2990: 2990, 5000: 2990} {
		before := len(f.commands())
		if got, err := r.Below(t.Context(), upto); err != nil || got != want {
			t.Errorf("up to %d: %d, %v, want %d", upto, got, err, want)
		}
		asked := f.commands()[before:]
		if len(asked) > 16 || upto >= 2990 && len(asked) > 1 {
			t.Errorf("up to %d: %d questions: %s", upto, len(asked), strings.Join(asked, ", "))
		}
	}
}

func examine(t *testing.T, r *mailbox.Reader, folder string) mailbox.FolderState {
	t.Helper()
	st, err := r.Examine(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	return st
}
