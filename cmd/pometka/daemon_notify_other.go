//go:build !linux

package main

import "time"

// monotonic is of use to systemd only.
func monotonic() time.Duration { return 0 }
