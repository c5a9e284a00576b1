package mailbox

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"
)

// Sentinels of the reader. Both wires share ErrLogin.
var (
	// ErrLogin: the server refused the name or the secret. Trying again with
	// the same ones may lock the account.
	ErrLogin = errors.New("log-in refused")
	// ErrGone: the message is no longer in the folder.
	ErrGone = errors.New("message is gone from the folder")
	// ErrBadMessage: one message that cannot be had even alone. The error
	// itself is a *BadMessage, which names it.
	ErrBadMessage = errors.New("message cannot be read from the server")
)

// BadMessage is a message that the server or the protocol library cannot
// deliver even when it is asked for alone. errors.Is(err, ErrBadMessage) holds.
type BadMessage struct {
	UID uint32
	Err error // what happened, without personal data
}

func (b *BadMessage) Error() string { return ErrBadMessage.Error() + ": " + b.Err.Error() }

// Unwrap lets errors.Is find the sentinel and the cause.
func (b *BadMessage) Unwrap() []error { return []error{ErrBadMessage, b.Err} }

// ReaderOptions is what a Reader needs to know.
type ReaderOptions struct {
	Server
	Folders []string // empty: INBOX and the junk folder, if there is one
	MaxSize int64    // bytes; larger messages come cut. 0: 50 MB
	Log     *slog.Logger
}

// Reader reads one mailbox over IMAP without changing it.
type Reader struct{ o ReaderOptions }

// NewReader connects at first use, keeps the connection, and redials when it
// broke. A Reader is not for concurrent use.
func NewReader(o ReaderOptions) *Reader { return &Reader{o: o} }

// Folder is a folder to watch.
type Folder struct {
	Name string // decoded, as the server spells it
	Junk bool
}

// FolderState is what EXAMINE tells.
type FolderState struct{ UIDValidity, UIDNext, Messages uint32 }

// Stamp is the moment of receipt of one message.
type Stamp struct {
	UID          uint32
	InternalDate time.Time
}

// Head is what decides about most messages.
type Head struct {
	UID          uint32
	Size         int64 // RFC822.SIZE; 0 when the server could not say it
	InternalDate time.Time
	Header       []byte // the fields of HeaderFields, raw; nil when Err is set
	Err          error  // a *BadMessage: this message must be looked at by a person
}

var errNotYet = errors.New("imap: not implemented")

// Folders resolves the configured names.
func (r *Reader) Folders(ctx context.Context) ([]Folder, error) { return nil, errNotYet }

// Examine opens a folder for reading.
func (r *Reader) Examine(ctx context.Context, folder string) (FolderState, error) {
	return FolderState{}, errNotYet
}

// Stamps yields UID and INTERNALDATE of a range.
func (r *Reader) Stamps(ctx context.Context, from, to uint32, yield func(Stamp) error) error {
	return errNotYet
}

// Heads yields chunks of about 500 heads.
func (r *Reader) Heads(ctx context.Context, from, to uint32, yield func([]Head) error) error {
	return errNotYet
}

// Texts gives the first limit bytes of the bodies.
func (r *Reader) Texts(ctx context.Context, uids []uint32, limit int64) (map[uint32][]byte, error) {
	return nil, errNotYet
}

// Fetch streams one whole message.
func (r *Reader) Fetch(ctx context.Context, uid uint32, w io.Writer) (n int64, cut bool, err error) {
	return 0, false, errNotYet
}

// Append puts a message into a folder.
func (r *Reader) Append(ctx context.Context, folder string, raw []byte, at time.Time) error {
	return errNotYet
}

// SentFolder finds the folder of sent mail.
func (r *Reader) SentFolder(ctx context.Context) (string, error) { return "", errNotYet }

// HasMessageID looks a message up.
func (r *Reader) HasMessageID(ctx context.Context, folder, id string) (bool, error) {
	return false, errNotYet
}

// Close logs out.
func (r *Reader) Close() error { return nil }
