//go:build linux

package main

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
)

// On a full disk no half of a file stays behind under the name of the whole.
func TestSaveFileOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skip("no disk of its own: ", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	a := &app{words: mustWords(t)}
	if path, err := a.saveFile(dir, "scan.pdf", make([]byte, 1<<20)); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("%q, %v", path, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	if path, err := a.saveFile(dir, "note.txt", []byte("x")); err != nil || !strings.HasSuffix(path, "/note.txt") {
		t.Errorf("%q, %v", path, err)
	}
}
