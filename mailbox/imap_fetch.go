package mailbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// Texts gives the first limit bytes of the body of each message, undecoded, in
// one command. A UID that is not in the map is gone from the folder. With an
// error for which errors.Is(err, ErrBadMessage) holds the map is complete but
// for the messages that the error names.
func (r *Reader) Texts(ctx context.Context, uids []uint32, limit int64) (map[uint32][]byte, error) {
	v := &salvage{have: map[uint32]*fetched{}, bad: map[uint32]lost{}}
	v.sweep = &sweep{r: r, ask: func(set imap.UIDSet, _ int) *fetchJob {
		part := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierText, Peek: true, Partial: &imap.SectionPartial{Size: limit}}
		return &fetchJob{set: set, parts: []*imap.FetchItemBodySection{part}, keep: limit}
	}}
	if err := v.groups(ctx, uids); err != nil {
		return nil, r.worded(ctx, err)
	}
	texts := make(map[uint32][]byte, len(uids))
	var bad []error
	for _, uid := range uids {
		if f := v.have[uid]; f != nil {
			texts[uid] = f.parts[imap.PartSpecifierText]
		} else if l := v.bad[uid]; l.err != nil {
			bad = append(bad, &BadMessage{UID: uid, Err: l.err})
		}
	}
	return texts, errors.Join(bad...)
}

// groups fills all uids in one go, or in smaller ones after the server fell
// silent.
func (v *salvage) groups(ctx context.Context, uids []uint32) error {
	for len(uids) > 0 {
		n := min(len(uids), int(v.r.narrowed(uint32(len(uids)))))
		if err := v.fill(ctx, uids[:n]); err != nil {
			if errors.Is(err, errSilent) {
				v.r.narrow()
			}
			return err
		}
		uids = uids[n:]
	}
	return nil
}

const (
	// cutHeader and CutText are what Fetch takes of a message over MaxSize.
	cutHeader = 256 << 10
	CutText   = 64 << 10
)

// rewinder is a writer that can begin anew: *os.File is one.
type rewinder interface {
	io.Seeker
	Truncate(size int64) error
}

// Fetch streams a whole message, byte for byte, and says how many bytes it
// wrote. A message over MaxSize comes cut: the header and the first CutText
// bytes of the body. A w that is a file is rewound when the connection broke,
// and the message fetched again; for any other w a break is an error. Errors:
// ErrGone, ErrBadMessage, or one that concerns the connection.
func (r *Reader) Fetch(ctx context.Context, uid uint32, w io.Writer) (n int64, cut bool, err error) {
	if r.strikes[uid] >= tries {
		return 0, false, &BadMessage{uid, errSilent}
	}
	size, known := r.sizes[uid]
	if !known {
		if size, err = r.sizeOf(ctx, uid); err != nil {
			return 0, false, err
		}
	}
	for try := range tries {
		if size <= r.o.MaxSize {
			n, err = r.fetchWhole(ctx, uid, w)
			if errors.Is(err, errTooBig) {
				size = r.o.MaxSize + 1
			}
		}
		if cut = size > r.o.MaxSize; cut {
			n, err = r.fetchCut(ctx, uid, w)
		}
		if err == nil {
			delete(r.strikes, uid)
			return n, cut, nil
		}
		if errors.Is(err, errSilent) || try == tries-1 {
			r.strike(uid)
		}
		if !r.again(ctx, err, n, w) {
			break
		}
	}
	return n, cut, r.verdict(ctx, uid, err)
}

// again says whether another try makes sense and prepares w for it.
func (r *Reader) again(ctx context.Context, err error, n int64, w io.Writer) bool {
	var sink *sinkError
	if ctx.Err() != nil || errors.As(err, &sink) || hopeless(err) || errors.Is(err, ErrGone) {
		return false
	}
	if n == 0 {
		return true
	}
	f, ok := w.(rewinder)
	if !ok {
		return false
	}
	at, err := f.Seek(-n, io.SeekCurrent)
	return err == nil && f.Truncate(at) == nil
}

// verdict words the failure of Fetch: a message that failed three times over
// working connections is bad, anything else is trouble with the connection.
func (r *Reader) verdict(ctx context.Context, uid uint32, err error) error {
	var sink *sinkError
	switch {
	case ctx.Err() != nil, errors.As(err, &sink), errors.Is(err, ErrGone), errors.Is(err, ErrRecreated):
		return err
	case r.strikes[uid] >= tries, !hopeless(err) && r.strikes[uid] > 0:
		return &BadMessage{uid, err}
	}
	return r.worded(ctx, err)
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

func (r *Reader) fetchWhole(ctx context.Context, uid uint32, w io.Writer) (int64, error) {
	job := &fetchJob{set: imap.UIDSetNum(imap.UID(uid)), w: w, max: r.o.MaxSize,
		parts: []*imap.FetchItemBodySection{{Peek: true}}}
	f, err := r.one(ctx, uid, job)
	if f == nil {
		return 0, err
	}
	if f.over {
		return 0, errTooBig
	}
	return f.written, err
}

// fetchCut takes the beginning of a message that is too large.
func (r *Reader) fetchCut(ctx context.Context, uid uint32, w io.Writer) (int64, error) {
	job := &fetchJob{set: imap.UIDSetNum(imap.UID(uid)), keep: cutHeader, parts: []*imap.FetchItemBodySection{
		{Specifier: imap.PartSpecifierHeader, Peek: true, Partial: &imap.SectionPartial{Size: cutHeader}},
		{Specifier: imap.PartSpecifierText, Peek: true, Partial: &imap.SectionPartial{Size: CutText}},
	}}
	f, err := r.one(ctx, uid, job)
	if err != nil {
		return 0, err
	}
	text := f.parts[imap.PartSpecifierText]
	raw := slices.Concat(f.parts[imap.PartSpecifierHeader], text[:min(len(text), CutText)])
	n, err := io.Copy(w, bytes.NewReader(raw))
	if err != nil {
		err = &sinkError{err}
	}
	return n, err
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
	case f != nil && err == nil:
		return f, job.lacks(f)
	case f != nil:
		return f, err
	case err != nil:
		return nil, err
	}
	still, err := r.uids(ctx, job.set)
	if err != nil {
		return nil, err
	}
	if len(still) == 0 {
		return nil, ErrGone
	}
	return nil, fmt.Errorf("%w: the message is there, but not its body", errMissing)
}
