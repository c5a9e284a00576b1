package mailbox

import (
	"context"
	"errors"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/emersion/go-imap/v2"
)

// window is a range of UIDs that one command covers.
type window struct{ from, to uint32 }

func (w window) set() imap.UIDSet {
	var s imap.UIDSet
	s.AddRange(imap.UID(w.from), imap.UID(w.to))
	return s
}

// sweep asks something of every message in a range: in windows of about
// width messages, in order, with the next window on its way while emit works.
// ask makes the command for a set of UIDs; its try counts up when a message is
// asked for alone, so that it can ask for less. Each piece that emit gets is
// complete and sorted; emit may use the connection for messages up to and
// including its piece.
type sweep struct {
	r     *Reader
	ask   func(set imap.UIDSet, try int) *fetchJob
	emit  func([]*fetched, []lost) error
	width uint32
	seam  seam

	strict bool // what the server leaves out of its answers may not be passed over
	loose  bool // or may be, and is not looked for
	headed bool // headers are asked for, and ask knows wholly
}

// lost is a message that could not be had.
type lost struct {
	uid uint32
	at  time.Time // INTERNALDATE, if that much could be had
	err error
}

// flight is a window whose answers come in while something else goes on.
type flight struct {
	win  window
	s    *session // nil: it was not sent
	job  *fetchJob
	err  error
	done chan struct{}
}

func (sw *sweep) run(ctx context.Context, from, to uint32) (err error) {
	defer sw.r.outlive(&err)
	windows, err := sw.r.windows(ctx, from, to, sw.width)
	if err != nil {
		return err
	}
	win, more := windows.next(sw.r.narrowed(sw.width))
	if !more {
		return nil
	}
	cur, next := sw.launch(ctx, win), (*flight)(nil)
	if sw.r.Far() && sw.r.width == 0 { // elsewhere the server would only be kept from what is wanted first
		if win, more = windows.next(sw.r.narrowed(sw.width)); more {
			next = sw.launch(ctx, win)
		}
	}
	for {
		<-cur.done
		err := cur.err
		if next == nil {
			win, more = windows.next(sw.r.narrowed(sw.width))
		}
		toEnd := !more && windows.toEnd
		if err == nil {
			sw.r.date(ctx, cur.job)
		}
		was := sw.seam
		switch joined := cur.whole() && sw.seam.closes(cur, toEnd, sw.r.state.Messages); {
		case err == nil && !joined:
			err = errMissing
		case refused(err) && joined && toEnd && sw.seam.next == sw.r.state.Messages+1:
			err = nil // NO, and yet everything came: messages that went meanwhile may be the reason
		}
		if err == nil {
			sw.r.widen(sw.width)
			if sw.strict {
				sw.r.omitted = 0
			}
			if more && next == nil && sw.r.width == 0 { // after silence one command at a time: see silenced
				next = sw.launch(ctx, win)
			}
			all := sorted(cur.job)
			cur = nil // what emit is done with can go
			err = sw.emit(all, nil)
		} else {
			sw.seam = was
			err = sw.rescue(ctx, cur, err, toEnd)
		}
		if err != nil || !more {
			if next != nil {
				<-next.done // an undrained command would stop the connection
				sw.r.silenced(next.s, next.err)
			}
			return err
		}
		if next == nil || sw.outlived(next) {
			next = sw.launch(ctx, win)
		}
		cur, next = next, nil
	}
}

// launch sends the command; its answers are drained by a goroutine of their
// own, for an undrained command would stop every other on the connection.
func (sw *sweep) launch(ctx context.Context, win window) *flight {
	f := &flight{win: win, job: sw.ask(win.set(), 0), done: make(chan struct{})}
	if f.err = sw.r.ready(ctx); f.err != nil {
		f.job.got = map[uint32]*fetched{}
		close(f.done)
		return f
	}
	f.s = sw.r.s
	run := f.s.begin(ctx, f.job)
	go func() {
		defer close(f.done)
		f.err = run()
	}()
	return f
}

// outlived reports whether a window was lost only because its connection broke over
// something else, and was replaced since.
func (sw *sweep) outlived(f *flight) bool {
	if f.s == nil || f.s == sw.r.s {
		return false
	}
	<-f.done
	return f.err != nil && broken(f.err) && !hopeless(f.err)
}

// refused: the server said NO or BAD, and the connection is good.
//
//go:noinline
func refused(err error) bool {
	var no *imap.Error
	return errors.As(err, &no)
}

// whole: everything reported is complete.
func (f *flight) whole() bool {
	for _, m := range f.job.got {
		if m.over || f.job.lacks(m) != nil {
			return false
		}
	}
	return true
}

// ready makes sure that there is a connection with the folder open. A kept
// connection that turns out dead is replaced.
func (r *Reader) ready(ctx context.Context) error {
	return r.with(ctx, func(s *session) error { return r.open(ctx, s) })
}

// rescue decides whether a failed window can be saved: not when the context
// ended or the server cannot be reached. A message that silenced the server
// three times when it was alone in its window is given up.
func (sw *sweep) rescue(ctx context.Context, f *flight, err error, toEnd bool) error {
	if broken(err) && !errors.Is(err, errMissing) && f.s == sw.r.s {
		sw.r.drop(err)
	}
	if errors.Is(err, errSilent) {
		sw.r.silenced(f.s, err)
		if f.win.from == f.win.to && sw.r.strike(f.win.from) >= tries {
			sw.seam = seam{begun: true}
			return sw.emit(nil, []lost{{uid: f.win.from, err: err}})
		}
	}
	if hopeless(err) {
		return sw.r.worded(ctx, err)
	}
	return sw.salvage(ctx, f, toEnd)
}

// hopeless errors end the pass: they are not about one message.
//
//go:noinline
func hopeless(err error) bool {
	var said *connectError
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, errSilent) || errors.Is(err, ErrRecreated) || errors.As(err, &said)
}

func sorted(j *fetchJob) []*fetched {
	all := make([]*fetched, 0, len(j.got))
	for _, f := range j.got {
		all = append(all, f)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].uid < all[j].uid })
	return all
}

// windows divides a range. UIDs that lie close together are cut by number,
// without asking; where they are sparse (a folder whose mail was mostly
// deleted) they are listed first, at four bytes of memory each.
type windows struct {
	from, to uint64
	uids     []uint32 // nil: cut by number
	listed   bool
	toEnd    bool // up to the newest message
}

func (r *Reader) windows(ctx context.Context, from, to, width uint32) (*windows, error) {
	last := r.state.UIDNext - 1 // MaxUint32 when the server tells no UIDNEXT
	if to == 0 || to > last {
		to = last
	}
	from = max(from, 1)
	if from > to || r.state.Messages == 0 {
		return &windows{from: 1}, nil
	}
	w := &windows{from: uint64(from), to: uint64(to), toEnd: to == last}
	if span := w.to - w.from; span > 4*uint64(r.state.Messages)+uint64(width) {
		w.listed = true
		job, lost, err := r.among(ctx, window{from, to}, 0)
		if err == nil {
			w.uids = inOrder(append(job.uids, lost...))
		}
		return w, err
	}
	return w, nil
}

// next gives the next window of about width messages.
func (w *windows) next(width uint32) (window, bool) {
	if w.listed {
		n := min(int(width), len(w.uids))
		if n == 0 {
			return window{}, false
		}
		win := window{w.uids[0], w.uids[n-1]}
		w.uids = w.uids[n:]
		return win, true
	}
	if w.from > w.to {
		return window{}, false
	}
	end := min(w.from+uint64(width)-1, w.to, math.MaxUint32)
	win := window{uint32(w.from), uint32(end)}
	w.from = end + 1
	return win, true
}

// exists reports whether a message is still there, as far as the server says.
func (r *Reader) exists(ctx context.Context, uid uint32) (bool, error) {
	job, lost, err := r.among(ctx, window{uid, uid}, 0)
	return err == nil && len(job.uids)+len(lost) > 0, err
}

// inOrder sorts UIDs, and leaves out what comes twice.
func inOrder(uids []uint32) []uint32 {
	sort.Slice(uids, func(i, j int) bool { return uids[i] < uids[j] })
	return slices.Compact(uids)
}

// After silence the next pass asks for less at a time, until a message that
// silences the server is alone; success widens again.
func (r *Reader) narrowed(width uint32) uint32 {
	if r.width == 0 {
		return width
	}
	return min(r.width, width)
}

// silenced has less asked for from then on if a connection fell silent, and one thing at a
// time: of several commands that were on their way nobody knows which it was. The others
// that were find the same silence.
func (r *Reader) silenced(s *session, err error) {
	if errors.Is(err, errSilent) && (s == nil || !s.silenced) {
		r.narrow()
		if s != nil {
			s.silenced = true
		}
	}
}

func (r *Reader) narrow() {
	if r.width == 0 {
		r.width = ChunkSize
	}
	r.width = max(1, r.width/8)
}

func (r *Reader) widen(width uint32) {
	if r.width != 0 {
		r.width *= 2
	}
	if r.width >= width {
		r.width = 0
	}
}
