package mailbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// What a Reader says about single messages.
var (
	// ErrGone: the message is no longer in the folder.
	ErrGone = errors.New("message is gone from the folder")
	// ErrBadMessage: one message that cannot be had even alone. The error
	// itself is a *BadMessage, which names it.
	ErrBadMessage = errors.New("message cannot be read from the server")
	// ErrRecreated: the folder's UIDVALIDITY changed since Examine, so that
	// its UIDs mean other messages now. Examine it anew.
	ErrRecreated = errors.New("folder was recreated on the server")
	// ErrHushed: the server fell silent before. What is not needed to read
	// letters is not asked of it until it has answered somebody who reads, so that
	// one silence costs one time-out.
	ErrHushed = errors.New("the server has been silent")
)

// BadMessage is a message that the server or the protocol library cannot
// deliver even when it is asked for alone. errors.Is(err, ErrBadMessage) holds.
type BadMessage struct {
	UID uint32
	Err error // what happened, without personal data
}

func (b *BadMessage) Error() string {
	return fmt.Sprintf("%v: UID %d: %v", ErrBadMessage, b.UID, b.Err)
}

// Unwrap lets errors.Is find the sentinel and the cause.
func (b *BadMessage) Unwrap() []error { return []error{ErrBadMessage, b.Err} }

// ReaderOptions is what a Reader needs to know.
type ReaderOptions struct {
	Server
	Folders []string     // empty: INBOX and the junk folder, if there is one
	MaxSize int64        // bytes; larger messages come cut. 0: 50 MB
	Log     *slog.Logger // nil: silent
}

const defaultMaxSize = 50 << 20

// Reader reads one mailbox over IMAP without changing it (EXAMINE, BODY.PEEK).
// It connects at Begin or at first use, keeps the connection, and dials anew when it broke.
// Every call ends within Server.Timeout of silence, or at once when its context
// ends. A Reader is not for concurrent use.
type Reader struct {
	o ReaderOptions
	s *session // nil: not connected

	begun *beginning // a log-in that nobody waited for yet; nil: none

	hush    error      // how the last connection fell silent, or none came about; nil: it did not
	parting turnedAway // what the server said before the last connection ended, "" for nothing

	sessions uint32 // so far
	untold   bool   // one ended over the newest message: see errNewest

	folder   string      // the one that Examine named last
	state    FolderState // of that folder, as Examine told
	*memory              // of that folder
	memories map[string]*memory

	junk []string // the folders of junk that are watched though no configuration names them

	sizes sizes
	ahead ahead
}

// NewReader does no I/O.
func NewReader(o ReaderOptions) *Reader {
	o.Server = o.Server.withDefaults(protoIMAP)
	if o.MaxSize <= 0 {
		o.MaxSize = defaultMaxSize
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r := &Reader{o: o, memories: map[string]*memory{}}
	r.recall(inbox, FolderState{})
	return r
}

// FolderState is what EXAMINE tells. UIDNext is above every UID in the folder. Newest is
// the UID of the newest message, or of one that is gone and was above it; 0: not known.
// Session counts the connections: what was seen over another may be gone.
type FolderState struct{ UIDValidity, UIDNext, Messages, Newest, Session uint32 }

// Stamp is the moment of receipt of one message.
type Stamp struct {
	UID          uint32
	InternalDate time.Time // zero when the server cannot say it
}

// Head is what decides about most messages.
type Head struct {
	UID          uint32
	Size         int64     // RFC822.SIZE in bytes; 0 when the server cannot say it
	InternalDate time.Time // the moment of receipt; zero when the server cannot say it
	Header       []byte    // the fields of HeaderFields, raw, at most HeadLimit bytes
	Err          error     // a *BadMessage, and Header is nil: a person must look at it
}

// with runs f over a connection. A kept connection that turns out to be dead
// is replaced once; any connection that failed is given up.
func (r *Reader) with(ctx context.Context, f func(*session) error) error {
	for {
		kept := r.s != nil
		if err := r.connect(ctx); err != nil {
			return err
		}
		err := Survive(func() error { return f(r.s) })
		if err == nil || !broken(err) {
			if shut := (*ShutError)(nil); refused(err) && !errors.As(err, &shut) {
				return r.worded(ctx, err)
			}
			return err
		}
		r.drop(err)
		again := kept
		if errors.Is(err, errNewest) && !r.untold {
			r.untold, again = true, true
		}
		if again && !hopeless(err) && ctx.Err() == nil {
			continue
		}
		return r.worded(ctx, err)
	}
}

// worded gives a lost connection its line for the administrator.
//
//go:noinline
func (r *Reader) worded(ctx context.Context, err error) error {
	return r.o.worded(ctx, r.parting.with(err))
}

func (o *ReaderOptions) worded(ctx context.Context, err error) error {
	var said *connectError
	var sink *sinkError
	if errors.As(err, &said) || errors.As(err, &sink) || ctx.Err() != nil {
		return err
	}
	return o.lost(ctx, protoIMAP, err)
}

func (r *Reader) connect(ctx context.Context) error {
	if r.s != nil {
		return nil
	}
	s, err := r.logIn(ctx)
	r.hush = nil
	if err != nil {
		r.hushed(err)
		return err
	}
	s.untold = r.untold
	r.s, r.parting = s, ""
	r.sessions++
	r.o.Log.Debug("connected", "server", r.o.addr())
	return nil
}

func (r *Reader) drop(err error) {
	if r.s == nil {
		return
	}
	r.o.Log.Debug("connection given up", "server", r.o.addr(), "error", cause(err))
	r.parting = r.s.parting()
	r.s.hangUp()
	if l := r.s.listing; l != nil && l.failed() {
		r.listless = true
	}
	r.s = nil
	r.hushed(err)
}

// outlive, deferred, makes ErrStumbled of a mistake of this program. The exchange in
// the midst of which it happened is not ended, so the connection is.
func (r *Reader) outlive(err *error) {
	if v := recover(); v != nil {
		stumbled(v)
		r.drop(ErrStumbled)
		*err = ErrStumbled
	}
}

// hushed notes a silence.
func (r *Reader) hushed(err error) {
	if FaultOf(err) == FaultSilent {
		r.hush = fmt.Errorf("%w: %w", ErrHushed, r.worded(context.Background(), err))
	}
}

// silence is the error of calls that can be done without while the server is silent.
func (r *Reader) silence() error {
	if r.s != nil {
		return nil
	}
	return r.hush
}

// Close logs out. The Reader may be used again.
func (r *Reader) Close() {
	s := r.s
	if b := r.begun; b != nil {
		b.cancel()
		s, _ = b.wait(context.Background())
	}
	if r.s, r.begun = nil, nil; s != nil {
		s.logOut()
		s.hangUp()
	}
}
