package mailbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// fullLook: after so many short looks a folder is examined in full, whatever
// the server says: some announce new messages late or not at all.
const fullLook = 10

// Examine makes folder the one that the following calls speak of, and tells
// its state. Over a kept connection it costs one round trip of well under a
// hundred bytes as long as nothing changed: NOOP for the open folder, STATUS
// for another, which is then opened only when something is asked of it.
func (r *Reader) Examine(ctx context.Context, folder string) (FolderState, error) {
	var st FolderState
	err := r.with(ctx, func(s *session) (err error) {
		st, err = s.look(ctx, folder)
		return err
	})
	if err != nil {
		r.forgetList() // it may have another name now
		return FolderState{}, err
	}
	r.recall(folder, st)
	if st.Session = r.sessions; r.s != nil && r.s.selected == folder {
		st.Newest = r.s.last
	}
	return st, nil
}

// Below is the highest UID in the open folder that is at most upto; 0: there is none. It
// asks for the UIDs of single messages, beginning with the newest, where few lie above.
func (r *Reader) Below(ctx context.Context, upto uint32) (uid uint32, err error) {
	low, high := uint32(0), r.state.Messages+1 // numbers of messages at most upto, and above
	for step := uint32(1); high-low > 1; step *= 2 {
		if r.untold {
			return upto, nil
		}
		seq := low + (high-low)/2
		if low == 0 {
			seq = high - min(step, high-1)
		}
		n, err := r.number(ctx, seq)
		switch {
		case err != nil:
			return 0, err
		case n != 0 && n <= upto:
			low, uid = seq, n
		default:
			high = seq
		}
	}
	return uid, nil
}

// look finds out the state of a folder as cheaply as it can.
func (s *session) look(ctx context.Context, folder string) (FolderState, error) {
	before, seen := s.known[folder]
	fresh := s.fresh == folder && s.selected == folder && !s.hasGrown()
	if s.fresh = ""; fresh {
		return before, nil
	}
	if s.looks[folder]++; !seen || s.looks[folder] > fullLook {
		return s.examine(ctx, folder)
	}
	if s.selected != folder {
		now, err := s.status(ctx, folder)
		if err == nil && now == before || err != nil && !refused(err) { // EXAMINE may do where STATUS is refused
			return now, err
		}
		return s.examine(ctx, folder)
	}
	if err := s.run(ctx, func() error { return s.c.Noop().Wait() }); err != nil {
		return FolderState{}, err
	}
	if s.hasGrown() {
		return s.examine(ctx, folder)
	}
	if mbox := s.c.Mailbox(); mbox != nil { // fewer, when some were expunged
		before.Messages = mbox.NumMessages
		s.known[folder] = before
	}
	return before, nil
}

func (s *session) examine(ctx context.Context, folder string) (st FolderState, err error) {
	before, seen := s.known[folder]
	s.forget()
	s.selected, s.last = "", 0
	s.in.counted.Store(false)
	err = s.run(ctx, func() error {
		d, err := s.c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
		if err != nil {
			return err
		}
		st = FolderState{UIDValidity: d.UIDValidity, UIDNext: uint32(d.UIDNext), Messages: d.NumMessages}
		return nil
	})
	if refused(err) {
		return FolderState{}, &ShutError{folder, err}
	}
	if err == nil && !s.in.counted.Load() { // or nobody would ever know that there are any
		err = errUncounted
	}
	if err != nil {
		return FolderState{}, err
	}
	s.selected, s.looks[folder] = folder, 0
	s.settle(st.Messages)
	if (!seen || !st.follows(before)) && !s.untold {
		last, err := s.lastUID(ctx, st.Messages)
		if err != nil {
			return FolderState{}, err
		}
		st.UIDNext, s.last = max(st.UIDNext, last+1), last
	}
	s.known[folder] = st
	return st, nil
}

// ShutError says that the server does not open a folder. The connection is good, and the
// other folders may be read.
type ShutError struct {
	Name string
	err  error
}

func (e *ShutError) Error() string {
	return fmt.Sprintf("the server does not open the folder %q: %s", e.Name, plain(e.err.Error(), 200))
}

// Missing reports whether the server says that there is no such folder.
func (e *ShutError) Missing() bool {
	no := (*imap.Error)(nil)
	return errors.As(e.err, &no) && (no.Code == imap.ResponseCodeNonExistent || no.Code == imap.ResponseCodeTryCreate)
}

func (e *ShutError) Unwrap() error { return e.err }
func (e *ShutError) logged() string {
	return "the server does not open a folder: " + cause(e.err) + where
}

var errUncounted = errors.New("the server does not say how many letters there are")

// follows: a UIDNEXT that grew by no less than the folder did is believed. Not
// every server sends one (it is of RFC 3501), and some say one that is too low.
func (st FolderState) follows(before FolderState) bool {
	return st.UIDNext != 0 && st.UIDValidity == before.UIDValidity &&
		int64(st.UIDNext)-int64(before.UIDNext) >= int64(st.Messages)-int64(before.Messages)
}

// status asks about a folder that is not open. A server that leaves something
// out is answered with a full look, since the states then differ.
func (s *session) status(ctx context.Context, folder string) (st FolderState, err error) {
	err = s.run(ctx, func() error {
		d, err := s.c.Status(folder, &imap.StatusOptions{NumMessages: true, UIDNext: true, UIDValidity: true}).Wait()
		if err == nil && d.NumMessages != nil {
			st = FolderState{UIDValidity: d.UIDValidity, UIDNext: uint32(d.UIDNext), Messages: *d.NumMessages}
		}
		return err
	})
	return st, err
}

// lastUID is the UID of the newest of n messages; 0 when there is none. There is hardly
// anything in it to do for the server, so that it also shows how far away that is.
func (s *session) lastUID(ctx context.Context, n uint32) (last uint32, err error) {
	if n == 0 {
		return 0, nil
	}
	asked := time.Now()
	defer func() { s.trip = time.Since(asked) }()
	err = s.run(ctx, func() error {
		all, err := s.c.Fetch(imap.SeqSetNum(n), &imap.FetchOptions{UID: true}).Collect()
		for _, m := range all {
			last = max(last, uint32(m.UID))
		}
		return err
	})
	if err != nil && broken(err) {
		err = fmt.Errorf("%w: %w", errNewest, err)
	}
	return last, err
}

// errNewest says that the connection ended over the UID of the newest message. From then on
// that is not asked, and the UIDNEXT of the server is believed: else one letter would stop
// its folder for ever.
var errNewest = errors.New("ask for the newest message")

// open makes sure that the folder of the last Examine is the one under EXAMINE,
// and still the same one.
func (r *Reader) open(ctx context.Context, s *session) error {
	if s.selected == r.folder && s.known[r.folder].UIDValidity == r.state.UIDValidity {
		return nil
	}
	st, err := s.examine(ctx, r.folder)
	if err == nil && st.UIDValidity != r.state.UIDValidity {
		return ErrRecreated
	}
	return err
}

func (s *session) handler() *imapclient.UnilateralDataHandler {
	return &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil && s.hears(*d.NumMessages) {
				s.wake()
			}
		},
		Expunge: func(uint32) { s.expunged() },
		Fetch:   s.stray,
	}
}

func (s *session) wake() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// forget makes any number of messages that is told now a new one.
func (s *session) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grown, s.exist = false, -1
}

// settle notes how many messages there are, unless more was told meanwhile.
func (s *session) settle(n uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.grown {
		s.exist = int64(n)
	}
}

// hears notes how many messages the server says there are, and reports whether that is
// another number than it was: some servers repeat it with every answer.
func (s *session) hears(n uint32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.exist == int64(n) {
		return false
	}
	s.grown, s.exist = true, int64(n)
	return true
}

// expunged notes that there is one message fewer: the next number counts from there.
func (s *session) expunged() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exist = max(s.exist-1, -1)
}

func (s *session) hasGrown() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grown
}
