package main

import (
	"bufio"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// unmapProgram gives back the pages of the program's own file that were mapped
// since it was last called. The start and a first pass touch most of them, the
// work that follows half; those come back from the page cache with a fault each,
// in microseconds. What cannot be given back stays.
func unmapProgram() {
	for _, r := range programFile() {
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, r.from, r.to-r.from, syscall.MADV_DONTNEED)
	}
}

// mapSparsely has the kernel map of the program what is asked for, and no more, from
// now on. Where one page is missing it maps the sixteen around it (fault_around_bytes),
// and of those a program at work needs less than half: 7 MB of 15. It does not reach
// beyond a mapping, and neighbours of which one is advised otherwise are two mappings.
// The advice, to leave a page out of core dumps, says nothing new of a file's pages.
func mapSparsely() {
	const dontDump = 16 // MADV_DONTDUMP, which package syscall does not know
	page := uintptr(os.Getpagesize())
	files := programFile()
	if !maySplit(files, page, mostMappings()) {
		return
	}
	for _, r := range files {
		for at := r.from; at < r.to; at += 2 * page {
			if _, _, err := syscall.Syscall(syscall.SYS_MADVISE, at, page, dontDump); err != 0 {
				return // what is split stays so
			}
		}
	}
}

// maySplit reports whether a mapping for each page takes no more than a tenth of what
// a process may have; memory that the program is to get later takes some, too.
func maySplit(files []addressRange, page uintptr, most int) bool {
	var pages uintptr
	for _, r := range files {
		pages += (r.to - r.from) / page
	}
	return 10*pages <= uintptr(most)
}

// mostMappings is how many mappings a process may have; 0: it cannot be known.
func mostMappings() int {
	said, err := os.ReadFile("/proc/sys/vm/max_map_count")
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(said)))
	if err != nil {
		return 0
	}
	return n
}

// programFile is where the file of the program is mapped, as it was when that was first
// asked for: to look costs more than to give back, and once it runs nobody but a
// debugger writes there.
var programFile = sync.OnceValue(func() []addressRange {
	file, err := os.Executable()
	if err != nil {
		return nil
	}
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return nil
	}
	defer maps.Close()
	return untouched(maps, file)
})

type addressRange struct{ from, to uintptr }

// untouched lists where the program's file is mapped without leave to write and
// without a page of ours in it: its code and its constants. A loader that moves a
// program writes into the constants before it takes the leave away; such pages
// would be lost (madvise(2)).
func untouched(smaps io.Reader, program string) (ranges []addressRange) {
	var r addressRange // the mapping that the lines speak of; zero: none that matters
	for lines := bufio.NewScanner(smaps); lines.Scan(); {
		f := strings.Fields(lines.Text())
		switch {
		case len(f) == 0:
		case !strings.HasSuffix(f[0], ":"): // 00400000-00cf8000 r-xp 00000000 fe:00 10199159   /usr/bin/pometka
			r = addressRange{}
			if len(f) > 5 && f[5] == program && (f[1] == "r-xp" || f[1] == "r--p") {
				r = readRange(f[0])
			}
		case r == addressRange{}:
		case (f[0] == "Anonymous:" || f[0] == "Swap:") && f[1] != "0":
			r = addressRange{}
		case f[0] == "VmFlags:": // the last line of a mapping
			ranges, r = append(ranges, r), addressRange{}
		}
	}
	return ranges
}

func readRange(s string) addressRange {
	from, to, _ := strings.Cut(s, "-")
	a, err := strconv.ParseUint(from, 16, 64)
	b, err2 := strconv.ParseUint(to, 16, 64)
	if err != nil || err2 != nil || a >= b {
		return addressRange{}
	}
	return addressRange{uintptr(a), uintptr(b)}
}
