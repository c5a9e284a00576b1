//go:build !linux

package main

// unmapProgram does nothing here: the system takes back what it needs.
func unmapProgram() {}

// mapSparsely does nothing here.
func mapSparsely() {}
