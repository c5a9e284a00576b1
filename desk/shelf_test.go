package desk

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"license.kz/pometka/store"
)

// restored is the rig with the register as it was when file was copied.
func (r *rig) restored(t *testing.T, file string, at time.Time) *rig {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pometka.db")
	if _, err := store.Restore(t.Context(), file, path, "root", at); err != nil {
		t.Fatal(err)
	}
	return &rig{Desk: openDesk(t, path, r.box.IMAPAddr, r.box.SMTPAddr, r.box.CA), box: r.box, path: path}
}

// Letters that came after a copy and were moved out of the watched folders are found when
// the register is restored from the copy, once, and nobody hears of it unasked. So are they
// after the next restoration; what the copy knows stays as it was.
func TestFiledAfterTheCopy(t *testing.T) {
	r := newRig(t)
	r.filing(FileMove)
	r.Filing.Folder = "Pometka"
	file := filepath.Join(t.TempDir(), "copy.db")
	for n, id := range []string{"1@one.example", "2@two.example", "3@three.example"} {
		if n == 1 {
			if _, err := store.Backup(t.Context(), r.path, file); err != nil {
				t.Fatal(err)
			}
		}
		r.put(t, "INBOX", mail{from: "a" + id, subject: withdrawalMark, body: "Прошу.", id: id}, now.Add(-time.Hour))
		r.pass(t)
	}
	if r.inFolder(t, "INBOX") != 0 || r.inFolder(t, "Pometka") != 3 {
		t.Fatal("nothing was moved: the test tests nothing")
	}
	for n, want := range []int{3, 4} {
		r = r.restored(t, file, now.Add(time.Duration(n)*time.Second))
		r.filing(FileMove)
		r.Filing.Folder = "Pometka"
		r.pass(t)
		r.pass(t)
		all := r.all(t)
		if len(all) != want {
			t.Fatalf("%d requests, want %d", len(all), want)
		}
		for _, q := range all {
			if q.Letters[0].FromAddr != "a1@one.example" && q.Ack.State != store.MailHeld {
				t.Errorf("%s: %s", q.Letters[0].FromAddr, q.Ack.State)
			}
		}
		if got := r.reconcile(t, false); got.Total() != 0 {
			t.Errorf("reconciliation: %+v", got)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Backup(t.Context(), r.path, file); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			r.put(t, "INBOX", mail{from: "a4@four.example", subject: withdrawalMark, body: "Прошу.", id: "4@four.example"}, now.Add(-time.Minute))
			r.pass(t)
		}
	}
}

// Where no letter was ever moved there is no filing folder, and that is no trouble.
func TestNoFilingFolderAfterRestore(t *testing.T) {
	r := newRig(t)
	file := filepath.Join(t.TempDir(), "copy.db")
	if _, err := store.Backup(t.Context(), r.path, file); err != nil {
		t.Fatal(err)
	}
	r = r.restored(t, file, now)
	f := r.filing(FileMove)
	r.Filing.Folder = "Pometka"
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, now.Add(-time.Hour))
	r.pass(t)
	if len(f.calls) != 1 || r.inFolder(t, "Pometka") != 1 {
		t.Errorf("filed: %v", f.calls)
	}
	read, err := r.Store.Meta(t.Context(), store.MetaShelf)
	if restored, rerr := r.Store.Meta(t.Context(), store.MetaRestored); err != nil || rerr != nil || read != restored || read == "" {
		t.Errorf("read as of %q, want %q", read, restored)
	}
}
