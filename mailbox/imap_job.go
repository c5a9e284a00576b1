package mailbox

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// fetchJob is one UID FETCH and what came of it. Only such items are ever
// asked for that no server is known to get wrong: UID, RFC822.SIZE,
// INTERNALDATE and BODY.PEEK; ENVELOPE and BODYSTRUCTURE break the connection
// on real servers.
type fetchJob struct {
	set    imap.UIDSet
	size   bool
	date   bool
	parts  []*imap.FetchItemBodySection
	keep   int64     // bytes kept of each part; the rest is read and dropped
	budget int64     // bytes kept in all; what does not fit any more is marked over
	w      io.Writer // the one part goes here instead of being kept
	max    int64     // with w: a part announced larger ends the connection unread

	list bool           // only which messages there are: uids is filled, and got is not
	each func(*fetched) // gets each message once, as soon as it is complete, and its parts are not kept

	mu     sync.Mutex
	got    map[uint32]*fetched
	uids   []uint32
	listed []numbered // with list
	span   span       // of their numbers in the folder
	beside []*fetched // what was said of them beside their answers
	kept   int64
	fed    bool // w has been given a part
	werr   error
}

// numbered is a message and its number in the folder.
type numbered struct{ seq, uid uint32 }

var (
	errShort   = errors.New("fewer bytes than the server announced")
	errTooBig  = errors.New("larger than the server said before")
	errNoBody  = errors.New("the server sends no body for it")
	errMissing = errors.New("the server left something out")
)

// fetch runs the job to its end. Answers that the library could not assign to
// it, because their UID comes after the body or came twice, are taken in too.
func (s *session) fetch(ctx context.Context, j *fetchJob) error { return s.begin(ctx, j)() }

// begin sends the command, so that it stands in front of all that is asked later; run, which
// may be called in a goroutine of its own, takes in what comes.
func (s *session) begin(ctx context.Context, j *fetchJob) (run func() error) {
	j.got = map[uint32]*fetched{}
	s.mu.Lock()
	s.jobs = append(s.jobs, j)
	s.mu.Unlock()
	g := guard(ctx, s.w, s.timeout)
	cmd := s.c.Fetch(j.set, &imap.FetchOptions{UID: true, RFC822Size: j.size, InternalDate: j.date, BodySection: j.parts})
	return func() error { return s.take(g, j, cmd) }
}

func (s *session) take(g *watch, j *fetchJob, cmd *imapclient.FetchCommand) error {
	err := g.done(Survive(func() error {
		defer s.drain(cmd)
		for m := cmd.Next(); m != nil; m = cmd.Next() {
			f, _ := s.read(m, j)
			short := f.short
			j.add(f) // from here on others may change it
			if short {
				s.hangUp()
				return io.ErrUnexpectedEOF
			}
		}
		return cmd.Close()
	}))
	s.mu.Lock()
	for s.strays > 0 {
		s.quiet.Wait()
	}
	s.jobs = slices.DeleteFunc(s.jobs, func(other *fetchJob) bool { return other == j })
	s.mu.Unlock()
	j.complete()
	return errors.Join(j.werr, err)
}

// drain lets the library end a command in the midst of which the program stumbled:
// what is not read stops it for good.
func (s *session) drain(cmd *imapclient.FetchCommand) {
	if v := recover(); v != nil {
		s.hangUp()
		_ = Survive(func() error { return cmd.Close() })
		panic(v)
	}
}

// stray takes a FETCH answer that belongs to no command, as far as the library
// can tell. It runs in a goroutine of its own, and is sure to have begun before
// the command that caused a body has ended, since it must read that body.
func (s *session) stray(m *imapclient.FetchMessageData) {
	s.mu.Lock()
	s.strays++
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.strays--
		s.quiet.Broadcast()
	}()
	err := Survive(func() error {
		if f, j := s.read(m, nil); j != nil && f.uid != 0 && j.set.Contains(imap.UID(f.uid)) {
			j.add(f)
		}
		return nil
	})
	if err != nil { // what came is not whole, and the library may wait for its end
		s.hangUp()
		_ = Survive(func() error {
			for m.Next() != nil {
			}
			return nil
		})
	}
}

// read consumes one answer. Without a job it looks for the one that asked for
// the kind of part that comes. After a part that ended early nothing may be
// touched any more: the library would read on, in two goroutines at once. The
// connection has ended then anyway.
func (s *session) read(m *imapclient.FetchMessageData, j *fetchJob) (*fetched, *fetchJob) {
	f := &fetched{seq: m.SeqNum}
	for item := m.Next(); item != nil; item = m.Next() {
		switch d := item.(type) {
		case imapclient.FetchItemDataUID:
			f.uid = uint32(d.UID)
		case imapclient.FetchItemDataRFC822Size:
			f.size, f.sized = d.Size, true
		case imapclient.FetchItemDataInternalDate:
			f.date = d.Time
		case imapclient.FetchItemDataBodySection:
			if len(d.Section.HeaderFieldsNot) > 0 { // nobody asks for those
				continue
			}
			if j == nil {
				j = s.asked(d.Section.Specifier, f.uid)
			}
			switch {
			case j == nil:
			case d.Literal != nil:
				if s.readPart(f, j, d); f.short {
					return f, j
				}
			case d.Section.Specifier == imap.PartSpecifierText, d.Section.Specifier == imap.PartSpecifierMIME: // NIL: there is none
				f.put(sectionKey(d.Section), nil)
			}
		}
	}
	return f, j
}

// mostAnnounced is more than any part has of which the beginning is kept: a server
// that announces more will not send it either, and is not waited for.
const mostAnnounced = 64 << 20

// asked finds the job that asked for such a part of the message; uid 0: of any.
func (s *session) asked(spec imap.PartSpecifier, uid uint32) *fetchJob {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.jobs {
		if uid != 0 && !j.set.Contains(imap.UID(uid)) {
			continue
		}
		for _, p := range j.parts {
			if p.Specifier == spec {
				return j
			}
		}
	}
	return nil
}

// readPart reads a literal. That it ended early is seen by counting only: the
// library reports a cut literal as a short success.
func (s *session) readPart(f *fetched, j *fetchJob, d imapclient.FetchItemDataBodySection) {
	size := d.Literal.Size()
	if j.w != nil {
		if j.max > 0 && size > j.max {
			f.over = true
			s.hangUp()
			return
		}
		if !j.claim() { // the same again: the library drops it
			return
		}
		n, _ := io.Copy(writerFunc(j.write), d.Literal)
		f.short = n != size && j.werr == nil
		f.put(sectionKey(d.Section), nil)
		return
	}
	if size > mostAnnounced {
		f.short = true
		return
	}
	f.announced = size
	keep := min(size, j.keep)
	if !j.grant(keep) {
		f.over = true
		return
	}
	var b []byte
	if j.each != nil {
		b = newText(keep)
	} else {
		b = make([]byte, keep)
	}
	n, err := io.ReadFull(d.Literal, b)
	if err == nil {
		size -= keep
		keep, _ = io.Copy(io.Discard, d.Literal)
	}
	f.short = err != nil || keep != size
	f.put(sectionKey(d.Section), b[:n])
}

// grant books n bytes on the budget.
func (j *fetchJob) grant(n int64) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.budget > 0 && j.kept > 0 && j.kept+n > j.budget {
		return false
	}
	j.kept += n
	return true
}

// claim is true for the first part that comes.
func (j *fetchJob) claim() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	first := !j.fed
	j.fed = true
	return first
}

// write remembers that w failed, which is no fault of the server.
func (j *fetchJob) write(b []byte) (int, error) {
	n, err := j.w.Write(b)
	if err != nil {
		j.werr = sunk(err)
	}
	return n, err
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// sinkError is trouble with the writer that the caller gave.
type sinkError struct{ err error }

func (e *sinkError) Error() string { return "keep the message: " + e.err.Error() }
func (e *sinkError) Unwrap() error { return e.err }
