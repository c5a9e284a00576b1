package store

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// LockHolder returns the id of the process that holds the lock on the register
// at path, and 0 when none does. It takes no lock itself: a daemon that starts
// at the same moment is not disturbed. -1 is a process that cannot be seen from
// here, as one in another container.
func LockHolder(path string) (int, error) {
	return holder(path, ".lock", "FLOCK", "0")
}

// WriteHolder returns the id of the process that keeps others from writing to
// the register at path, as LockHolder does.
func WriteHolder(path string) (int, error) {
	// WAL_WRITE_LOCK of SQLite's wal-index: https://sqlite.org/walformat.html
	return holder(path, "-shm", "POSIX", "120")
}

// holder looks for who holds a lock for writing on a file beside the register, from its
// byte from on.
func holder(path, suffix, kind, from string) (int, error) {
	fi, err := os.Stat(beside(path, suffix))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look at lock: %w", err)
	}
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, errors.New("look at lock: this system does not tell who holds it")
	}
	f, err := os.Open("/proc/locks")
	if err != nil {
		return 0, fmt.Errorf("look at lock: %w", err)
	}
	defer f.Close()
	// 1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF; blocked ones have "->".
	// The device is not compared: on some file systems stat(2) tells another.
	want := ":" + strconv.FormatUint(st.Ino, 10)
	in := bufio.NewScanner(f)
	for in.Scan() {
		w := strings.Fields(in.Text())
		if len(w) < 7 || w[1] != kind || w[3] != "WRITE" || !strings.HasSuffix(w[5], want) || w[6] != from {
			continue
		}
		pid, err := strconv.Atoi(w[4])
		if err != nil || pid == 0 {
			return -1, nil
		}
		return pid, nil
	}
	if err := in.Err(); err != nil {
		return 0, fmt.Errorf("look at lock: %w", err)
	}
	return 0, nil
}
