package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
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
func usual() {
	if now := debug.SetGCPercent(100); now != swiftPercent {
		debug.SetGCPercent(now)
	}
}

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

// thriftyPercent is by how much the heap of a thrifty process grows.
const thriftyPercent = 40

// thrifty keeps a process small: from the first collection on the heap grows by
// two fifths rather than doubling, for a tenth more processor time. Before, it may
// reach 14 MB, which is less than a busy pass takes: a pass that finds nothing new
// ends without one. GOGC has the last word.
func thrifty() {
	if os.Getenv("GOGC") != "" {
		return
	}
	const untilFirst = 350
	debug.SetGCPercent(untilFirst)
	onNextCollection(func() {
		debug.SetGCPercent(thriftyPercent)
		unmapProgram() // what the start alone needed
		staySmall(collections(), time.Now(), unmapProgram)
	})
}

// busyCollections is how many collections apart, and busyApart how long apart, a
// process at work gives back the pages of the program. It touches nearly all of them
// in turn, but hardly nine of ten in that time; to map them again takes a hundredth
// of its time.
const (
	busyCollections = 4
	busyApart       = 40 * time.Millisecond
)

// staySmall gives them back from now on, by unmap. Garbage that unmap makes itself must not
// be a reason for the next time: last is collections() behind the last one, which
// was at the moment at.
func staySmall(last uint64, at time.Time, unmap func()) {
	if collections()-last >= busyCollections && time.Since(at) >= busyApart {
		unmap()
		last, at = collections(), time.Now()
	}
	onNextCollection(func() { staySmall(last, at, unmap) })
}

// collections is how many there were for want of room; those of daemon.spare are
// no sign of work.
func collections() uint64 {
	n := []metrics.Sample{{Name: "/gc/cycles/automatic:gc-cycles"}}
	metrics.Read(n)
	return n[0].Value.Uint64()
}

// onNextCollection calls f, once, when garbage is next collected.
func onNextCollection(f func()) {
	type collected struct{ _ *int } // not among the tiny objects, which are kept together
	runtime.AddCleanup(&collected{}, func(f func()) { f() }, f)
}
