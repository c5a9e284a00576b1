package mailbox

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A long letter on its way over a slow line is no silence, though nothing comes in meanwhile;
// a server that takes a few bytes at a time is not waited for, nor any for the whole day.
func TestWatchOfUpload(t *testing.T) {
	for name, c := range map[string]struct {
		piece int // that the server takes each minute
		size  int
		want  error
	}{
		"fast":              {2 * haste, 60 * haste, nil},
		"slow":              {100 << 10, 1200 << 10, nil},
		"slow for too long": {100 << 10, 6 << 20, errSlow},
		"trickle":           {progress / 8, 9 * progress, errSilent},
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
				const timeout = 90 * time.Second
				begun := time.Now()
				g := guard(t.Context(), w, timeout)
				_, err := w.Write(make([]byte, c.size))
				if err = g.done(err); !errors.Is(err, c.want) || errors.Is(err, errSilent) != (c.want != nil) {
					t.Errorf("%v, want %v", err, c.want)
				}
				if took := time.Since(begun); c.want != nil && took > (leisure+1)*timeout {
					t.Errorf("took %v", took)
				}
				if c.want == errSlow {
					if text := (Server{}).explain(t.Context(), protoIMAP, err).Error(); !strings.Contains(text, "too slow") {
						t.Errorf("told as %q", text)
					}
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
		if err = g.done(err); !errors.Is(err, errSilent) || errors.Is(err, errSlow) || errors.Is(err, errTrickle) {
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

// A server that sends a byte now and then costs one time-out, and is told from a silent one.
func TestWatchOfTrickle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		var giving sync.WaitGroup
		giving.Go(func() {
			for {
				if _, err := far.Write([]byte("x")); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		})
		w := &wire{Conn: near}
		begun := time.Now()
		g := guard(t.Context(), w, time.Minute)
		_, err := io.Copy(io.Discard, w)
		if err = g.done(err); !errors.Is(err, errTrickle) || !errors.Is(err, errSilent) || time.Since(begun) > time.Minute {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		near.Close()
		giving.Wait()
	})
}

// What came of a letter is enough where a slow line would take as long again; where hardly
// anything came, only after three passes.
func TestLetterOverASlowLine(t *testing.T) {
	r := NewReader(ReaderOptions{})
	silent := unheard(time.Minute)
	for pass := range tries {
		if r.tooSlow(1, silent) || !r.tooSlow(2, errors.Join(errSlow, silent)) || r.tooSlow(3, errors.Join(errTrickle, silent)) != (pass == tries-1) {
			t.Errorf("pass %d: %v", pass, r.strikes)
		}
		r.strike(3)
	}
}
