package desk

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// stubborn is a mailbox that does not let one letter be filed.
type stubborn struct {
	Filer
	uid   uint32 // 0: every letter can be
	calls [][]uint32
}

func (s *stubborn) File(ctx context.Context, folder string, validity uint32, uids []uint32, to mailbox.Shelf) (mailbox.Filed, error) {
	s.calls = append(s.calls, uids)
	if !slices.Contains(uids, s.uid) {
		return s.Filer.File(ctx, folder, validity, uids, to)
	}
	others := slices.DeleteFunc(slices.Clone(uids), func(uid uint32) bool { return uid == s.uid })
	filed := mailbox.Filed{Of: map[uint32]mailbox.Fate{}}
	var err error
	if len(others) > 0 {
		filed, err = s.Filer.File(ctx, folder, validity, others, to)
	}
	filed.Of[s.uid], filed.Refusals = mailbox.Fate{Refused: mailbox.ErrNoFiling}, 1
	return filed, err
}

// A letter that the server does not let be filed keeps no other from it, is a line in the
// log, and is tried again later and later, also by processes that make one pass each.
func TestFilingRests(t *testing.T) {
	r := newRig(t)
	f := &stubborn{Filer: r.Inbox.(*mailbox.Reader), uid: 2}
	r.Filer, r.Filing = f, Filing{How: FileMove, Folder: "Pometka"}
	var log bytes.Buffer
	r.Log = slog.New(slog.NewTextHandler(&log, nil))
	at := now
	r.Now = func() time.Time { return at }
	for i := range 3 {
		id := fmt.Sprintf("%d@one.example", i)
		r.put(t, "INBOX", mail{from: "a" + id, subject: withdrawalMark, body: "Прошу.", id: id}, now.Add(-time.Hour))
	}
	tries := func(want int, left uint32) {
		t.Helper()
		before := len(f.calls)
		r.pass(t)
		if got := len(f.calls) - before; got != want || r.inFolder(t, "INBOX") != left {
			t.Fatalf("%s: asked %d times, want %d; %d letters left in INBOX, want %d", at.Sub(now), got, want, r.inFolder(t, "INBOX"), left)
		}
	}
	tries(1, 1)
	if !strings.Contains(log.String(), "a letter is not filed") || !strings.Contains(log.String(), "uid=2") {
		t.Errorf("log: %s", log.String())
	}
	tries(0, 1)
	r.filed = filingState{} // another process
	tries(0, 1)
	r.put(t, "INBOX", mail{from: "b@two.example", subject: withdrawalMark, body: "Прошу.", id: "b@two.example"}, now.Add(-time.Hour))
	tries(1, 1) // the new one
	for _, hours := range []int{1, 2, 4, 8, 16, 24, 24} {
		at = at.Add(time.Duration(hours)*time.Hour - time.Second)
		tries(0, 1)
		at = at.Add(time.Second)
		tries(1, 1)
	}
	f.uid = 0
	at = at.Add(24 * time.Hour)
	tries(1, 0)
	if text, err := r.Store.Meta(t.Context(), store.MetaUnfiled); err != nil || text != "{}" {
		t.Errorf("still resting: %s, %v", text, err)
	}
}

// What was filed before the server said no to all is noted, with its place.
func TestFilingBeforeRefusal(t *testing.T) {
	r := newRig(t)
	f := r.filing(FileMove)
	f.some = true
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, now.Add(-time.Hour))
	r.put(t, "INBOX", mail{from: "b@one.example", subject: withdrawalMark, body: "Прошу.", id: "2@one.example"}, now.Add(-time.Hour))
	r.pass(t)
	for _, q := range r.all(t) {
		want := store.Place{}
		if q.Letters[0].Place.UID == 1 {
			want = store.Place{Folder: "Junk", UIDValidity: q.Letters[0].Filed.UIDValidity, UID: 1}
		}
		if got := q.Letters[0].Filed; got != want || want.UID != 0 && got.UIDValidity == 0 {
			t.Errorf("letter %d lies in %+v", q.Letters[0].Place.UID, got)
		}
	}
}
