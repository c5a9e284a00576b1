package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
)

// How much the heap may grow depends on what runs: swift is for commands that end
// at once, roomy for those that walk over the register, thrifty for the daemon.

// swiftPercent lets the heap grow to 24 MB before the first collection.
const swiftPercent = 600

// swift spares a command that ends within a tenth of a second the collecting of
// garbage, which is a fifth of its work. From the first collection on the heap
// grows as usual: what lists the whole register must not take six times its
// size. GOGC has the last word, and so has thrifty.
func swift() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(swiftPercent)
	onNextCollection(usual)
}

// usual lets the heap grow as in every Go program, unless swift no longer holds.
func usual() { replaceGrowth(swiftPercent, 100) }

// replaceGrowth lets the heap grow by other percents than before, unless somebody
// else has decided meanwhile.
func replaceGrowth(before, growth int) bool {
	replacing.Lock()
	defer replacing.Unlock()
	now := debug.SetGCPercent(growth)
	if now != before {
		debug.SetGCPercent(now)
	}
	return now == before
}

var replacing sync.Mutex // what runs behind a collection runs on several goroutines

// roomyPercent lets a heap of a few megabytes grow to five times that.
const roomyPercent = 400

// roomy is for what walks over the register and keeps next to nothing of it: a
// collection in five is enough, which saves a seventh of the work. GOGC has the
// last word.
func roomy() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(roomyPercent)
	}
}

// The heap of a thrifty process grows by two fifths rather than doubling, but never
// waits for less than thriftyHeap, in bytes. A busy pass holds a third of that; to
// collect at two fifths over what it holds would take a seventh of its processor time.
const (
	thriftyPercent = 40
	thriftyHeap    = 19_500_000
)

// thrifty keeps a process small. Before the first collection the heap may reach
// 16 MB, which is less than a busy pass takes: a pass that finds nothing new ends
// without one. A first collection at 14 MB falls into the reading of the words of the
// policy, and leaves three megabytes more behind. GOGC has the last word.
func thrifty() {
	if os.Getenv("GOGC") != "" {
		return
	}
	const untilFirst = 400
	heapFloor.Store(thriftyHeap)
	debug.SetGCPercent(untilFirst)
	onNextCollection(func() {
		mapSparsely()
		unmapProgram() // what the start alone needed
		keepPace(untilFirst)
	})
}

// manyRequests come in at a time where a mailbox is read for the first time. To remind of so
// many takes megabytes, and so did the pass behind which that comes.
const manyRequests = 500

// freeMemory collects the garbage, and gives what is free back to the system.
func freeMemory() {
	debug.FreeOSMemory()
	unmapProgram()
}

// heapFloor is up to where, in bytes, the heap of a thrifty process always may grow.
var heapFloor atomic.Uint64

// lean frees memory, and lets the heap grow by no more than two fifths from now on,
// however little it holds: what comes is little work, and is not to take more than what
// was before.
func lean() {
	heapFloor.Store(0)
	freeMemory()
}

// keepPace lets the heap grow as far as is thrifty after each collection from now
// on, until somebody else decides: before is what was decided last.
func keepPace(before int) {
	if growth := thriftyGrowth(live(), heapFloor.Load()); replaceGrowth(before, growth) {
		onNextCollection(func() { keepPace(growth) })
	}
}

// thriftyGrowth is by how many percent the heap of a thrifty process may grow over
// what the last collection left of it: to the floor at least. Both are in bytes.
func thriftyGrowth(live, floor uint64) int {
	if live == 0 || live >= floor {
		return thriftyPercent
	}
	return max(thriftyPercent, int((floor-live)*100/live))
}

// live is what the last collection left of the heap, in bytes.
func live() uint64 { return metric("/gc/heap/live:bytes") }

// metric is what the Go runtime says of itself under a name of package
// runtime/metrics.
func metric(name string) uint64 {
	n := []metrics.Sample{{Name: name}}
	metrics.Read(n)
	return n[0].Value.Uint64()
}

// onNextCollection calls f, once, when garbage is next collected.
func onNextCollection(f func()) {
	type collected struct{ _ *int } // not among the tiny objects, which are kept together
	runtime.AddCleanup(&collected{}, func(f func()) { f() }, f)
}
