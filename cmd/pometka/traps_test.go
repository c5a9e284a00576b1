package main

import (
	"os"
	"strings"
	"testing"
)

// Every trap that is known names the tests that walk into it, and each of them
// exists.
func TestTraps(t *testing.T) {
	b, err := os.ReadFile("../../docs/traps.md")
	if err != nil {
		t.Fatal(err)
	}
	traps := 0
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || strings.Contains(line, "---") || strings.Contains(line, "| proved by |") {
			continue
		}
		traps++
		if !namedTest.MatchString(cells[3]) {
			t.Errorf("nothing proves: %s", cells[1])
		}
	}
	if traps < 40 {
		t.Errorf("%d traps", traps)
	}
	checkNamedTests(t, string(b))
}
