package main

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// unmapProgram gives back the pages of the program's own file that were mapped
// since it was last called. The start and a first pass touch most of them, the
// work that follows half; those come back from the page cache with a fault each,
// in microseconds. What cannot be given back stays.
func unmapProgram() {
	for _, r := range programRanges() {
		// Read-only pages of a file hold nothing of ours: madvise(2).
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, r.from, r.to-r.from, syscall.MADV_DONTNEED)
	}
}

type addressRange struct{ from, to uintptr }

// programRanges lists where the program's file is mapped without leave to write:
// its code and its constants.
func programRanges() (ranges []addressRange) {
	program, err := os.Executable()
	if err != nil {
		return nil
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return nil
	}
	defer maps.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		// 00400000-00cf8000 r-xp 00000000 fe:00 10199159   /usr/bin/pometka
		f := strings.Fields(lines.Text())
		if len(f) < 6 || f[5] != program || f[1] != "r-xp" && f[1] != "r--p" {
			continue
		}
		from, to, _ := strings.Cut(f[0], "-")
		a, err := strconv.ParseUint(from, 16, 64)
		b, err2 := strconv.ParseUint(to, 16, 64)
		if err == nil && err2 == nil && a < b {
			ranges = append(ranges, addressRange{uintptr(a), uintptr(b)})
		}
	}
	return ranges
}
