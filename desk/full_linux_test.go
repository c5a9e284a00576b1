package desk

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// onSmallDisk gives the rig a register on a disk of a size of its own, as mount spells it,
// and returns the folder.
func (r *rig) onSmallDisk(t *testing.T, size string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	if err := syscall.Mount("pometka", folder, "tmpfs", 0, "size="+size); err != nil {
		t.Skip("cannot mount a small disk: ", err)
	}
	t.Cleanup(func() { syscall.Unmount(folder, syscall.MNT_DETACH) })
	db, err := store.Open(t.Context(), filepath.Join(folder, "p.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	r.Store = db
	return folder
}

// A register that cannot be written hides no trouble: each is told of beside
// mail, once, and so is its end; what is still there when there is room again
// is written down, and told of by mail as well.
func TestTroubleOnFullDisk(t *testing.T) {
	r := staffed(t)
	folder := r.onSmallDisk(t, "2m")
	heard, minute := r.heard(), 0
	r.Now = func() time.Time { return now.Add(time.Duration(minute) * time.Minute) }
	if err := r.BackedUp(t.Context(), false); err != nil { // its mail will not go out
		t.Fatal(err)
	}
	full := Vitals{Started: now, Late: 15 * time.Minute, Free: 1}
	rest := filepath.Join(folder, "rest")
	if err := fillDisk(rest); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("fill the disk: %v", err)
	}
	for ; minute < 20; minute++ {
		if minute == 3 {
			full.SMTP.Refused = r.Now()
		}
		if err := r.CheckHealth(t.Context(), full); !errors.Is(err, store.ErrFull) {
			t.Fatalf("minute %d: %v", minute, err)
		}
	}
	if err := os.Remove(rest); err != nil {
		t.Fatal(err)
	}
	free := full
	free.Free = 1 << 40
	well := Vitals{Started: now, Free: 1 << 40, SMTP: Login{Worked: true}}
	for _, v := range []Vitals{free, free, well, well} {
		if err := r.CheckHealth(t.Context(), v); err != nil {
			t.Fatal(err)
		}
		r.subjects(t)
		minute++
	}
	var got []Alert
	for _, a := range *heard {
		a.Letter = templates.Letter{}
		got = append(got, a)
	}
	want := []Alert{
		{Code: TroubleBackup}, {Code: TroubleDisk, MailBroken: true}, {Code: TroubleSendLogin, MailBroken: true},
		{Code: TroubleBackup, MailBroken: true, Again: true}, {Code: TroubleNoPass, MailBroken: true},
		{Code: TroubleDisk, Recovered: true, MailBroken: true}, {Code: TroubleSendLogin, Recovered: true, MailBroken: true},
	}
	if !slices.Equal(got, want) {
		t.Errorf("heard %+v, want %+v", got, want)
	}
	if mails := r.subjects(t); len(mails) != 4 { // the backup; the log-in and its end; no pass
		t.Errorf("letters: %q", mails)
	}
}

// fillDisk writes a file until there is no room left.
func fillDisk(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for page := make([]byte, 4096); ; {
		if _, err := f.Write(page); err != nil {
			return err
		}
	}
}
