package main

import (
	"testing"
	"testing/synctest"
	"time"
)

// What comes in behind a look is answered within imap.poll: the next look begins so much
// earlier, whatever this one took, but leaves a slow server some peace.
func TestPollIsPunctual(t *testing.T) {
	for _, c := range []struct{ poll, took, wait time.Duration }{
		{time.Minute, 0, time.Minute - reserve},
		{time.Minute, 10 * time.Second, 50*time.Second - reserve},
		{time.Minute, 45 * time.Second, 30 * time.Second},
		{time.Minute, time.Hour, 30 * time.Second},
		{time.Second, 30 * time.Millisecond, 920 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			cfg := DefaultConfig()
			cfg.IMAP.Poll = c.poll
			d := &daemon{serving: &serving{cfg: cfg}, sought: time.Now()}
			time.Sleep(c.took)
			if wait := d.untilLook(); wait != c.wait {
				t.Errorf("poll %v: waits %v after a look of %v, want %v", c.poll, wait, c.took, c.wait)
			}
		})
	}
}
