package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

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

// onNextCollection calls f, once, when garbage is next collected.
func onNextCollection(f func()) {
	type collected struct{ _ *int } // not among the tiny objects, which are kept together
	runtime.AddCleanup(&collected{}, func(f func()) { f() }, f)
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

// usual lets the heap grow as in every Go program, unless swift no longer holds.
func usual() {
	if now := debug.SetGCPercent(100); now != swiftPercent {
		debug.SetGCPercent(now)
	}
}
