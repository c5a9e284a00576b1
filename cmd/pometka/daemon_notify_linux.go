package main

import (
	"syscall"
	"time"
	"unsafe"
)

// monotonic is the clock by which systemd counts (CLOCK_MONOTONIC); 0 when it
// cannot be read. Package time has it, but gives differences only.
func monotonic() time.Duration {
	const clockMonotonic = 1
	var at syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&at)), 0); errno != 0 {
		return 0
	}
	return time.Duration(at.Nano())
}
