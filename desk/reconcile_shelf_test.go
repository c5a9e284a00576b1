package desk

import (
	"fmt"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// What a person puts into the filing folder before a pass sees it is a gap, which the repair
// takes in; what was moved there is none, nor what a person moved there, or copied, that
// the ledger has, nor what is older than the intake. Nothing is registered twice.
func TestReconcileShelf(t *testing.T) {
	r := newRig(t)
	r.filing(FileMove)
	r.Filing.Folder = "Pometka"
	r.three(t)
	r.pass(t)
	if r.inFolder(t, "Pometka") != 1 {
		t.Fatal("nothing was moved: the test tests nothing")
	}
	if got := r.reconcile(t, false); got.Total() != 0 || len(got.Folders) != 3 || got.Folders[2] != (FolderCheck{Name: "Pometka", Messages: 1, Shelf: true}) {
		t.Fatalf("only what was moved: %+v", got)
	}
	known := mail{from: "c@three.example", subject: "Счёт", body: "Во вложении счёт.", id: "3@three.example"}
	r.put(t, "Pometka", known, now.Add(-time.Hour))
	r.put(t, "Pometka", mail{from: "d@four.example", subject: withdrawalMark, body: "Прошу.", id: "4@four.example"}, now.Add(-time.Minute))
	r.put(t, "Pometka", mail{from: "e@five.example", subject: withdrawalMark, body: "Прошу.", id: "5@five.example"}, now.Add(-50*time.Hour))
	r.put(t, "Pometka", mail{from: "f@six.example", subject: withdrawalMark, body: "Прошу.", id: "6@six.example"}, now.Add(-100*24*time.Hour))
	r.put(t, "Pometka", mail{from: "g@seven.example", subject: "Счёт", body: "Во вложении счёт.", id: "7@seven.example"}, now.Add(-time.Minute))
	before := facts(t, r).Events
	got := r.reconcile(t, false)
	if got.Missing != 3 || got.Waiting != 0 || got.Folders[2].Messages != 5 || facts(t, r).Events != before {
		t.Fatalf("found %+v", got)
	}
	for i, uid := range []uint32{3, 4, 6} {
		if g := got.Gaps[i]; g.Folder != "Pometka" || g.UID != uid || g.New {
			t.Errorf("gap %+v, want UID %d", g, uid)
		}
	}
	requests := len(r.all(t))
	if got = r.reconcile(t, true); got.Repaired != 3 || len(got.Admitted) != 2 || len(r.all(t)) != requests+2 {
		t.Fatalf("repair: %+v, %d requests", got, len(r.all(t)))
	}
	for _, q := range r.all(t) {
		if q.Letters[0].FromAddr == "e@five.example" && q.Ack.State != store.MailHeld {
			t.Errorf("an old letter that nobody waited for: %s", q.Ack.State)
		}
	}
	for _, repair := range []bool{false, true} {
		if got = r.reconcile(t, repair); got.Total() != 0 || len(got.Admitted) != 0 {
			t.Errorf("after the repair: %+v", got)
		}
	}
	r.put(t, "INBOX", mail{from: "d@four.example", subject: withdrawalMark, body: "Прошу.", id: "4@four.example"}, now.Add(-time.Minute)) // it is put back
	r.pass(t)
	r.pass(t)
	if len(r.all(t)) != requests+2 {
		t.Errorf("%d requests, want %d", len(r.all(t)), requests+2)
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Errorf("history: %v %v", breaks, err)
	}
}

// Where the server does not say where it moved letters, their digests tell that they are
// known, however many they are. The mailbox of the test has the same in each folder.
func TestReconcileShelfByDigests(t *testing.T) {
	r := newRig(t)
	r.Filing = Filing{How: FileMove, Folder: "Pometka"}
	box := new(memoryBox)
	box.fill(1, 2*compareBatch+10)
	r.Inbox = box
	rows := []store.Seen{}
	st, err := box.Examine(t.Context(), "Pometka")
	if err != nil {
		t.Fatal(err)
	}
	err = box.Heads(t.Context(), 1, 0, func(heads []mailbox.Head) error {
		for _, h := range heads {
			if h.UID != 7 && h.UID != 2*compareBatch+5 {
				rows = append(rows, rowOf(h, digestOf(h), "none", "plain"))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Store.RecordMissed(t.Context(), "Elsewhere", st.UIDValidity, rows, now); err != nil {
		t.Fatal(err)
	}
	got := r.reconcile(t, false)
	if f := got.Folders[1]; !f.Shelf || f.Messages != 2*compareBatch+10 || f.Missing != 2 || fmt.Sprint(got.Gaps[len(got.Gaps)-2].UID, got.Gaps[len(got.Gaps)-1].UID) != fmt.Sprint(7, 2*compareBatch+5) {
		t.Errorf("found %+v", f)
	}
}
