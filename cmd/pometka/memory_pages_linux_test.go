package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Only what the file itself holds is given back: neither what may be written,
// nor what a loader wrote, nor another file's.
func TestUntouched(t *testing.T) {
	const smaps = `00400000-00cf8000 r-xp 00000000 fe:00 101                           /usr/bin/pometka
Rss:                9120 kB
Anonymous:             0 kB
Swap:                  0 kB
VmFlags: rd ex mr mw me
00cf8000-0159a000 r--p 008f8000 fe:00 101                           /usr/bin/pometka
Rss:                8712 kB
Anonymous:             4 kB
Swap:                  0 kB
VmFlags: rd mr mw me
0159a000-0159b000 r--p 008f9000 fe:00 101                           /usr/bin/pometka (deleted)
Anonymous:             0 kB
Swap:                  8 kB
VmFlags: rd mr mw me
0159b000-0159c000 r--p 008f9000 fe:00 101                           /usr/bin/pometka (deleted)
Anonymous:             0 kB
Swap:                  0 kB
VmFlags: rd mr mw me
0159c000-016d5000 rw-p 0119a000 fe:00 101                           /usr/bin/pometka
Anonymous:             0 kB
VmFlags: rd wr mr mw me ac
7f0000000000-7f0000001000 r-xp 00000000 fe:00 7                     /usr/lib/libc.so.6
Anonymous:             0 kB
VmFlags: rd ex mr mw me
7f0000002000-7f0000003000 r--p 00000000 00:00 0
Anonymous:             0 kB
VmFlags: rd mr mw me
`
	got := untouched(strings.NewReader(smaps), "/usr/bin/pometka")
	if want := []addressRange{{0x400000, 0xcf8000}, {0x159b000, 0x159c000}}; !slices.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

// This program finds its own code, and works on without it.
func TestUnmapProgram(t *testing.T) {
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	defer maps.Close()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if len(untouched(maps, program)) == 0 {
		t.Error("no code of this program is found")
	}
	for range 3 {
		unmapProgram()
	}
}

// Behind mapSparsely each page of the program is a mapping of its own.
func TestMapSparsely(t *testing.T) {
	page := uintptr(os.Getpagesize())
	if len(programFile()) == 0 || !maySplit(programFile(), page, mostMappings()) {
		t.Skip("too many pages, or it cannot be known")
	}
	mapSparsely()
	unmapProgram()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer maps.Close()
	now := untouched(maps, program)
	for _, r := range now {
		if r.to-r.from != page {
			t.Fatalf("%x to %x is one mapping", r.from, r.to)
		}
	}
	var pages uintptr
	for _, r := range programFile() {
		pages += (r.to - r.from) / page
	}
	if len(now) != int(pages) {
		t.Errorf("%d mappings of %d pages", len(now), pages)
	}
}

// A tenth of the mappings that a process may have is the most; one of which that is not
// known has none to spare.
func TestMaySplit(t *testing.T) {
	files := []addressRange{{0x400000, 0x402000}, {0x500000, 0x503000}} // five pages
	for most, want := range map[int]bool{0: false, 49: false, 50: true, 65530: true} {
		if got := maySplit(files, 0x1000, most); got != want {
			t.Errorf("of %d mappings: %v", most, got)
		}
	}
	if mostMappings() == 0 {
		t.Error("how many mappings a process may have is not known")
	}
}
