package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/emersion/go-imap/v2"
)

const (
	// cutHeader and CutText are the bytes that Fetch takes of the header and of the
	// body of a message over MaxSize.
	cutHeader = 256 << 10
	CutText   = 64 << 10
)

// Fetch streams a whole message, byte for byte, and says how many bytes it
// wrote. A message over MaxSize comes cut: the header and the first CutText
// bytes of the body. So does one that the line is too slow for, as far as it came. Errors: ErrGone; ErrBadMessage, when the message could not
// be had three times in a row, over as many calls as that takes; or one that
// concerns the connection, and then the call is worth repeating with an empty w.
func (r *Reader) Fetch(ctx context.Context, uid uint32, w io.Writer) (n int64, cut bool, err error) {
	if r.strikes[uid] >= tries || r.breaks[uid].hopeless() {
		return 0, false, &BadMessage{uid, errShort}
	}
	switch raw, err := r.foreseen(ctx, uid); {
	case err != nil:
		return 0, false, err
	case raw != nil:
		m, err := w.Write(raw)
		return int64(m), false, sunk(err)
	}
	size, known := r.size(uid)
	if !known {
		if size, err = r.sizeOf(ctx, uid); err != nil {
			return 0, false, err
		}
	}
	for {
		h := &holder{w: w, back: make([]byte, 0, min(size, holdBack))}
		if size <= r.o.MaxSize {
			if err = r.fetchWhole(ctx, uid, h); errors.Is(err, errTooBig) {
				size = r.o.MaxSize + 1
			}
		}
		if cut = size > r.o.MaxSize; cut {
			err = r.fetchCut(ctx, uid, h)
		}
		if err == nil {
			r.acquit(uid)
			delete(r.breaks, uid)
			err = h.release()
			return h.n, cut, sunk(err)
		}
		if h.n > 0 && r.tooSlow(uid, err) {
			return h.n, true, nil
		}
		if again, err := r.failed(ctx, uid, h.n+int64(len(h.back)), err); !again || h.n > 0 {
			return h.n, cut, err
		}
	}
}

// tooSlow reports whether what came of a message while bytes still moved is to be enough: to
// ask for it again would take as long again.
func (r *Reader) tooSlow(uid uint32, err error) bool {
	if !errors.Is(err, errSlow) && (!errors.Is(err, errTrickle) || r.strikes[uid]+1 < tries) {
		return false
	}
	r.o.Log.Warn("message is taken without its end", "folder", r.folder, "uid", uid, "error", cause(err))
	r.acquit(uid)
	delete(r.breaks, uid)
	return true
}

// failed decides after a try that failed whether to try again at once, or else
// what to say. A failure over a working connection, after so many bytes, is held
// against the message.
func (r *Reader) failed(ctx context.Context, uid uint32, after int64, err error) (again bool, _ error) {
	var sink *sinkError
	var said *connectError
	switch {
	case ctx.Err() != nil, errors.As(err, &sink), errors.As(err, &said), errors.Is(err, ErrGone), errors.Is(err, ErrRecreated):
		return false, err
	}
	given := false
	switch silent := errors.Is(err, errSilent); {
	case silent:
		given = r.strike(uid) >= tries
	case busy(err):
		given = r.blame(ctx, uid, err)
	case !r.broke(uid, after):
		again = true
	default:
		if given = !refused(err) || r.blame(ctx, uid, err); !given {
			delete(r.breaks, uid)
		}
	}
	if given {
		r.o.Log.Warn("message cannot be read", "folder", r.folder, "uid", uid, "error", cause(err))
		return false, &BadMessage{uid, err}
	}
	return again, r.worded(ctx, err)
}

// holder keeps the beginning of a message back, so that a small one that
// breaks off can be fetched again before anything of it was written.
type holder struct {
	w    io.Writer
	back []byte // kept back
	n    int64  // written
}

const holdBack = 256 << 10

func (h *holder) Write(b []byte) (int, error) {
	if h.n == 0 && len(h.back)+len(b) <= holdBack {
		h.back = append(h.back, b...)
		return len(b), nil
	}
	if err := h.release(); err != nil {
		return 0, err
	}
	n, err := h.w.Write(b)
	h.n += int64(n)
	return n, err
}

func (h *holder) release() error {
	if len(h.back) == 0 {
		return nil
	}
	n, err := h.w.Write(h.back)
	h.n += int64(n)
	h.back = nil
	return err
}

// sunk marks trouble with the caller's writer.
func sunk(err error) error {
	if err == nil {
		return nil
	}
	return &sinkError{err}
}

// sizeOf asks for RFC822.SIZE; 0 when the server cannot say it.
func (r *Reader) sizeOf(ctx context.Context, uid uint32) (int64, error) {
	v := &salvage{have: map[uint32]*fetched{}, bad: map[uint32]lost{}}
	v.sweep = &sweep{r: r, ask: func(set imap.UIDSet, try int) *fetchJob { return &fetchJob{set: set, size: try == 0} }}
	if err := v.alone(ctx, uid); err != nil {
		return 0, r.worded(ctx, err)
	}
	if f := v.have[uid]; f != nil {
		return f.size, nil
	}
	if l := v.bad[uid]; l.err != nil {
		return 0, &BadMessage{uid, l.err}
	}
	return 0, ErrGone
}

func (r *Reader) fetchWhole(ctx context.Context, uid uint32, w io.Writer) error {
	job := &fetchJob{set: imap.UIDSetNum(imap.UID(uid)), w: w, max: r.o.MaxSize,
		parts: []*imap.FetchItemBodySection{{Peek: true}}}
	f, err := r.one(ctx, uid, job)
	if f != nil && f.over {
		return errTooBig
	}
	return err
}

// fetchCut takes the beginning of a message that is too large.
func (r *Reader) fetchCut(ctx context.Context, uid uint32, w io.Writer) error {
	job := &fetchJob{set: imap.UIDSetNum(imap.UID(uid)), keep: cutHeader, parts: []*imap.FetchItemBodySection{
		{Specifier: imap.PartSpecifierHeader, Peek: true, Partial: &imap.SectionPartial{Size: cutHeader}},
		{Specifier: imap.PartSpecifierText, Peek: true, Partial: &imap.SectionPartial{Size: CutText}},
	}}
	f, err := r.one(ctx, uid, job)
	if errors.Is(err, errNoBody) {
		return r.fetchBeginning(ctx, uid, w)
	}
	if err != nil {
		return err
	}
	header, _ := f.part(imap.PartSpecifierHeader)
	text, _ := f.part(imap.PartSpecifierText)
	_, err = w.Write(slices.Concat(header, text[:min(len(text), CutText)]))
	return sunk(err)
}

// fetchBeginning does so where the header or the text does not come by itself.
func (r *Reader) fetchBeginning(ctx context.Context, uid uint32, w io.Writer) error {
	job := &fetchJob{set: imap.UIDSetNum(imap.UID(uid)), keep: ShortLimit, parts: []*imap.FetchItemBodySection{firstBytes(ShortLimit)}}
	f, err := r.one(ctx, uid, job)
	if err != nil {
		return err
	}
	whole, _ := f.part(imap.PartSpecifierNone)
	_, err = w.Write(whole[:min(len(whole), headerEnd(whole)+CutText)])
	return sunk(err)
}

// ShortLimit is the most that Shorten gives, in bytes.
const ShortLimit = cutHeader + CutText

// Shorten gives what Fetch takes of a message over MaxSize, by the beginning of its bytes.
func Shorten(raw io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(raw, ShortLimit))
	return b[:min(len(b), headerEnd(b)+CutText)], err
}

// one runs a job for one message. Nothing and no error is no proof that the
// message is gone: it may have been left out, so that is asked.
func (r *Reader) one(ctx context.Context, uid uint32, job *fetchJob) (*fetched, error) {
	if err := r.ready(ctx); err != nil {
		return nil, err
	}
	err := r.s.fetch(ctx, job)
	if err != nil && broken(err) {
		r.drop(err)
	}
	f := job.got[uid]
	switch {
	case f != nil && (err == nil || refused(err) && job.lacks(f) == nil):
		return f, job.lacks(f)
	case f != nil:
		return f, err
	case err != nil:
		return nil, err
	}
	if there, err := r.exists(ctx, uid); err != nil {
		return nil, err
	} else if !there {
		return nil, ErrGone
	}
	return nil, fmt.Errorf("%w: the message is there, but not its body", errMissing)
}
