package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// childMemory admits a letter of arg bytes, reads it back, and prints by how
// many KiB that raised the peak of the process's memory.
func childMemory(path, arg string) error {
	size, err := strconv.Atoi(arg)
	if err != nil {
		return err
	}
	ctx := context.Background()
	db, err := Open(ctx, path)
	if err != nil {
		return err
	}
	defer db.Close()
	admit := func(uid uint32, size int) error {
		s := db.Spool()
		defer s.Discard()
		if _, err := io.CopyN(s, rand.Reader, int64(size)); err != nil {
			return err
		}
		a := letterOf(uid)
		a.Raw = s
		done, err := db.Admit(ctx, a, t0)
		if err != nil {
			return err
		}
		if err := db.Raw(ctx, done.LetterID, io.Discard); err != nil {
			return err
		}
		_, err = db.Verify(ctx)
		return err
	}
	if err := admit(1, 1<<20); err != nil {
		return err
	}
	runtime.GC()
	before, err := peak()
	if err != nil {
		return err
	}
	if err := admit(2, size); err != nil {
		return err
	}
	after, err := peak()
	fmt.Println(after - before)
	return err
}

func peak() (int, error) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(b)
	if m == nil {
		return 0, errors.New("no VmHWM")
	}
	return strconv.Atoi(string(m[1]))
}

// A letter of 50 MB is never in memory as a whole: not while it is stored, nor
// while it is read or verified.
func TestMemoryOfALargeLetter(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	out, err := child("memory", filepath.Join(t.TempDir(), "p.db"), strconv.Itoa(50<<20)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	grown := must[int](t)(strconv.Atoi(strings.TrimSpace(string(out))))
	t.Logf("peak grew by %d KiB", grown)
	if grown > 16<<10 {
		t.Errorf("peak memory grew by %d KiB for a letter of 51200", grown)
	}
}
