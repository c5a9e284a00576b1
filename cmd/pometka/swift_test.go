package main

import (
	"runtime/debug"
	"testing"
)

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
	if now := debug.SetGCPercent(100); now != 40 {
		t.Errorf("the daemon's choice became %d", now)
	}
	t.Setenv("GOGC", "77")
	debug.SetGCPercent(77)
	swift()
	roomy()
	if now := debug.SetGCPercent(100); now != 77 {
		t.Errorf("GOGC=77 became %d", now)
	}
}
