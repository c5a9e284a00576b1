package mailbox

import (
	"context"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
)

// farAway is the round trip from which it is worth while to keep a server busy with more
// than what is wanted next. One that is near has then less to wait for than to do.
const farAway = 5 * time.Millisecond

// Far reports whether the server is so far away that round trips are what costs.
func (r *Reader) Far() bool { return r.s != nil && r.s.trip >= farAway }

// listing is a LIST that goes on beside the reading of letters.
type listing struct {
	done chan struct{} // closed when all and err are there
	all  []*imap.ListData
	err  error
}

// listAhead asks a server that is far away for its folders before anybody wants them. One
// that once refused, or broke the connection over it, or fell silent, is not asked again
// while letters are to be read.
func (r *Reader) listAhead(ctx context.Context) {
	s := r.s
	if !r.Far() || r.width != 0 || s.listed != nil || s.listing != nil || r.listless || r.onlyInbox() {
		return
	}
	l := &listing{done: make(chan struct{})}
	s.listing = l
	names := s.names(ctx, "*")
	go func() {
		defer close(l.done)
		l.all, l.err = names()
	}()
}

// failed reports whether nothing came of it until now.
func (l *listing) failed() bool {
	select {
	case <-l.done:
		return l.err != nil
	default:
		return true
	}
}

// listedAhead returns what listAhead brought, if it did.
func (r *Reader) listedAhead() (all []*imap.ListData, ok bool) {
	s := r.s
	l := s.listing
	if l == nil {
		return nil, false
	}
	switch <-l.done; {
	case l.err == nil:
		s.listing = nil
		return slices.Clone(l.all), true
	case broken(l.err):
		r.drop(l.err)
	default:
		s.listing = nil
		r.listless = true
	}
	return nil, false
}
