package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

// growth is by how many percent the heap grows between collections.
func growth() uint64 {
	s := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// What the daemon has chosen stays, whenever the first collection comes.
func TestSwift(t *testing.T) {
	t.Setenv("GOGC", "")
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	swift()
	usual()
	if now := debug.SetGCPercent(100); now != 100 {
		t.Errorf("after a collection the heap grows by %d percent", now)
	}
	swift()
	roomy()
	usual()
	if now := debug.SetGCPercent(100); now != roomyPercent {
		t.Errorf("the choice of a walk over the register became %d", now)
	}
	swift()
	thrifty()
	usual()
	held := make([]byte, 2*thriftyHeap) // as much as makes the heap grow by the least
	collectUntil(t, func() bool { return growth() == thriftyPercent })
	runtime.KeepAlive(held)
	t.Setenv("GOGC", "77")
	debug.SetGCPercent(77)
	swift()
	roomy()
	if now := debug.SetGCPercent(100); now != 77 {
		t.Errorf("GOGC=77 became %d", now)
	}
}

// A small heap may grow to what a large one takes anyway, and by no more.
func TestThriftyGrowth(t *testing.T) {
	for live, want := range map[uint64]int{0: 40, 1: 100 * (thriftyHeap - 1), thriftyHeap / 4: 300, thriftyHeap / 2: 100, thriftyHeap - 1: 40, thriftyHeap: 40, 8 * thriftyHeap: 40} {
		if got := thriftyGrowth(live, thriftyHeap); got != want {
			t.Errorf("a heap of %d bytes may grow by %d percent, want %d", live, got, want)
		}
	}
}

// Behind a pass that brought many requests the heap grows by little, however small it is,
// until the daemon gives memory back.
func TestLean(t *testing.T) {
	t.Setenv("GOGC", "")
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	thrifty()
	collectUntil(t, func() bool { return heapFloor.Load() == thriftyHeap && growth() > thriftyPercent })
	lean()
	collectUntil(t, func() bool { return growth() == thriftyPercent })
	staged(t).giveBack(t.Context())
	collectUntil(t, func() bool { return growth() > thriftyPercent })
}

// collectUntil collects garbage until ok.
func collectUntil(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); runtime.GC() {
		if time.Now().After(end) {
			t.Fatalf("the heap grows by %d percent", growth())
		}
	}
}
