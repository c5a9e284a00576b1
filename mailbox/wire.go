package mailbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/emersion/go-imap/v2"
)

// wire is a connection below TLS that knows how much moved over it and whether
// what went out arrived at least in this machine's own network stack.
type wire struct {
	net.Conn
	moved    atomic.Int64          // bytes, in either direction
	mark     atomic.Int64          // when their number last passed a multiple of progress, as a time since epoch; 0: never
	stride   atomic.Int64          // so for haste
	last     atomic.Int64          // when any moved
	slow     atomic.Pointer[error] // errSlow or errTrickle, where that is why a watch closed it
	failed   atomic.Bool           // a write failed: its bytes did not all leave
	waits    Waits
	ended    atomic.Pointer[error] // how the far side ended the connection
	timedOut atomic.Int64          // after how long a silence a watch closed it, as a Duration; 0: none did
}

func (w *wire) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	w.count(n)
	if err != nil && isCut(err) && !errors.Is(err, net.ErrClosed) {
		w.ended.Store(&err)
	}
	return n, err
}

// Write writes a piece at a time, for it blocks where the network is slow, and
// what has left counts.
func (w *wire) Write(b []byte) (n int, err error) {
	for {
		k, err := w.Conn.Write(b[n:min(len(b), n+mostWritten)])
		n += k
		w.count(k)
		if err != nil {
			w.failed.Store(true)
		}
		if err != nil || n == len(b) {
			return n, err
		}
	}
}

const mostWritten = 64 << 10

// epoch is what instants are counted from that no change of the clock moves.
var epoch = time.Now()

func (w *wire) count(n int) {
	if n <= 0 {
		return
	}
	at, now := int64(time.Since(epoch)), w.moved.Add(int64(n))
	before := now - int64(n)
	w.last.Store(at)
	if now/progress > before/progress {
		w.mark.Store(at)
	}
	if now/haste > before/haste {
		w.stride.Store(at)
	}
}

// errSilent is the cause when the watch closed the connection.
var errSilent = errors.New("the server did not answer in time")

// unheard is errSilent after a patience that is not that of every call.
type unheard time.Duration

func (u unheard) Error() string { return fmt.Sprintf("%v (%s)", errSilent, time.Duration(u)) }
func (u unheard) Unwrap() error { return errSilent }

// Waits is told how long a server may be silent now, each time that it is waited for; what
// it returns is called when that wait is over. Waits overlap, and are of several goroutines.
// nil: nobody is told.
type Waits func(most time.Duration) (over func())

func (w Waits) begin(most time.Duration) (over func()) {
	if w == nil {
		return func() {}
	}
	return w(most)
}

// progress is how much must move during one time-out for a call to be given another: a
// long letter lives on its way in or out, a trickle does not. What goes on for longer than
// leisure time-outs must move haste in each: no line takes the whole day.
const (
	progress = 64 << 10
	haste    = 1 << 20
	leisure  = 10
)

// errSlow and errTrickle are beside errSilent where bytes still moved: fewer than haste and
// than progress.
var (
	errSlow    = errors.New("the line is too slow")
	errTrickle = errors.New("hardly anything came")
)

// farewell is how long a polite end of a connection may take: nothing depends
// on it.
const farewell = 400 * time.Millisecond

// watch is the only time-out there is: neither library has one of its own that
// could be relied on. It closes the connection when ctx ends, or when a whole
// time-out passed with less than progress or haste bytes moved: counted from when so many
// had, so that a server that falls silent in a long letter is not waited for twice.
type watch struct {
	ctx     context.Context
	w       *wire
	timeout time.Duration
	begun   time.Duration // since epoch
	stop    func() bool

	mu    sync.Mutex
	timer *time.Timer
	over  func()
}

func guard(ctx context.Context, w *wire, timeout time.Duration) *watch {
	g := &watch{ctx: ctx, w: w, timeout: timeout, begun: time.Since(epoch)}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.over = w.waits.begin(timeout)
	g.timer = time.AfterFunc(timeout, g.expire)
	g.stop = context.AfterFunc(ctx, func() { w.Close() })
	return g
}

func (g *watch) expire() {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, at, slow := time.Since(epoch), g.w.mark.Load(), &errTrickle
	if stride := g.w.stride.Load(); now-g.begun >= leisure*g.timeout && (stride == 0 || stride < at) {
		at, slow = stride, &errSlow
	}
	if left := g.timeout - now + time.Duration(at); at != 0 && left > 0 {
		g.over()
		g.over = g.w.waits.begin(left)
		g.timer.Reset(left)
		return
	}
	if last := time.Duration(g.w.last.Load()); last != 0 && last > g.begun && now-last < g.timeout*3/4 {
		g.w.slow.CompareAndSwap(nil, slow)
	}
	g.waited()
	g.w.timedOut.CompareAndSwap(0, int64(g.timeout))
	g.w.Close()
}

// waited says once that the wait is over; some call done twice.
func (g *watch) waited() {
	g.over()
	g.over = func() {}
}

// hurry lets the watch wait no longer than that from now on.
func (g *watch) hurry(timeout time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if timeout < g.timeout && g.timer.Stop() {
		g.timeout = timeout
		g.timer.Reset(timeout)
	}
}

// done ends the watch and says why the call failed, if it did: what the
// library reports after a close is only the consequence.
func (g *watch) done(err error) error {
	g.stop()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.timer.Stop()
	g.waited()
	silent := g.w.timedOut.Load()
	switch {
	case err == nil:
		return nil
	case g.ctx.Err() != nil:
		return context.Cause(g.ctx)
	case silent != 0 && g.w.slow.Load() != nil:
		return fmt.Errorf("%w: %w", *g.w.slow.Load(), unheard(silent))
	case silent != 0: // found by this watch, or by that of another call that waited
		return unheard(silent)
	case g.w.ended.Load() != nil && !isCut(err) && !answered(err):
		return fmt.Errorf("%w: %w", *g.w.ended.Load(), err) // the libraries lose the cause
	}
	return err
}

// answered: the server said something, whatever became of the connection then.
func answered(err error) bool {
	var no *imap.Error
	var reply *textproto.Error
	return errors.As(err, &no) || errors.As(err, &reply)
}

// silent reports whether nothing came in that nobody has read, not even the end
// of the connection. It reads nothing and waits for nothing.
func (w *wire) silent() bool {
	conn, ok := w.Conn.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	silent := false
	err = raw.Read(func(fd uintptr) bool {
		_, _, err := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		silent = errors.Is(err, syscall.EAGAIN)
		return true
	})
	return err == nil && silent
}
