package mailbox

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A long letter on its way out is no silence, though nothing comes in meanwhile;
// a server that takes a few bytes at a time is not waited for.
func TestWatchOfUpload(t *testing.T) {
	for name, c := range map[string]struct {
		piece int // that the server takes each minute
		want  error
	}{
		"slow":    {2 * progress, nil},
		"trickle": {progress / 8, errSilent},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				near, far := net.Pipe()
				var taking sync.WaitGroup
				taking.Go(func() {
					for b := make([]byte, c.piece); ; time.Sleep(time.Minute) {
						if _, err := io.ReadFull(far, b); err != nil {
							return
						}
					}
				})
				w := &wire{Conn: near}
				g := guard(t.Context(), w, 90*time.Second)
				_, err := w.Write(make([]byte, 9*progress))
				if err = g.done(err); !errors.Is(err, c.want) {
					t.Errorf("%v, want %v", err, c.want)
				}
				near.Close()
				taking.Wait()
			})
		})
	}
}

// A server that falls silent in the middle of a long letter costs one time-out from
// then on, however much came before.
func TestWatchOfSilenceInALetter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		var giving sync.WaitGroup
		var silent time.Time
		giving.Go(func() {
			for range 3 * progress / mostWritten {
				far.Write(make([]byte, mostWritten))
				time.Sleep(time.Second)
			}
			silent = time.Now()
		})
		w := &wire{Conn: near}
		const timeout = time.Minute
		g := guard(t.Context(), w, timeout)
		_, err := io.Copy(io.Discard, w)
		if err = g.done(err); !errors.Is(err, errSilent) {
			t.Errorf("%v, want %v", err, errSilent)
		}
		ended := time.Now()
		near.Close()
		giving.Wait()
		if took := ended.Sub(silent); took > timeout {
			t.Errorf("waited %v after it had fallen silent, and %v was to be enough", took, timeout)
		}
	})
}
