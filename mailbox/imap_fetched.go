package mailbox

import (
	"bytes"
	"time"

	"github.com/emersion/go-imap/v2"
)

// fetched is what arrived of one message.
type fetched struct {
	uid   uint32
	seq   uint32 // its number in the folder
	size  int64
	sized bool
	date  time.Time // INTERNALDATE; zero: none came. See received
	parts []arrived // a few
	// announced is the size of the last part; what exceeds keep is not here.
	announced int64
	short     bool // fewer bytes came than were announced
	over      bool // did not fit in the budget
	torn      bool // two messages came under its UID
	given     bool // each got it already
}

// arrived is a part that came.
type arrived struct {
	spec imap.PartSpecifier
	b    []byte
}

// received is the moment of receipt, zero where the server says none: see noDate.
func (f *fetched) received() time.Time {
	if f.date.Unix() == 0 {
		return time.Time{}
	}
	return f.date
}

// put notes a part. What came first counts, unless it is nothing.
func (f *fetched) put(spec imap.PartSpecifier, b []byte) {
	for i := range f.parts {
		if f.parts[i].spec == spec {
			if len(f.parts[i].b) == 0 {
				f.parts[i].b = b
			}
			return
		}
	}
	f.parts = append(f.parts, arrived{spec, b})
}

// part returns the part, and whether one came.
func (f *fetched) part(spec imap.PartSpecifier) ([]byte, bool) {
	for _, p := range f.parts {
		if p.spec == spec {
			return p.b, true
		}
	}
	return nil, false
}

// header is what came of the header, be it with the beginning of the letter.
func (f *fetched) header() []byte {
	header, ok := f.part(imap.PartSpecifierHeader)
	if !ok {
		header, _ = f.part(imap.PartSpecifierNone)
		header = header[:headerEnd(header)]
	}
	return header
}

// headerEnd is where the header of a letter ends, behind the empty line.
func headerEnd(b []byte) int {
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if at := bytes.Index(b, []byte(end)); at >= 0 {
			return at + len(end)
		}
	}
	return len(b)
}

// add merges what came for a message: flags may arrive in an answer of their
// own before the one that was asked for.
func (j *fetchJob) add(f *fetched) {
	if f.uid == 0 {
		return
	}
	if done := j.merge(f); done != nil {
		j.each(done)
	}
}

// merge returns the message if it is complete now and each shall have it.
func (j *fetchJob) merge(f *fetched) *fetched {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.list {
		j.enlist(numbered{f.seq, f.uid})
		return nil
	}
	j.span.add(f.seq)
	old := j.got[f.uid]
	if old == nil {
		j.got[f.uid] = f
		return j.give(f)
	}
	if len(old.parts) == 0 { // what was said with a part of the letter counts before the rest
		f.supply(old)
		old.size, old.sized, old.date = f.size, f.sized, f.date
	}
	old.supply(f)
	for _, p := range f.parts {
		old.put(p.spec, p.b)
	}
	old.torn = old.torn || f.seq != old.seq
	old.announced = max(old.announced, f.announced)
	old.short = old.short || f.short
	old.over = old.over || f.over
	return j.give(old)
}

// enlist is not inlined into merge, which is called for every message.
//
//go:noinline
func (j *fetchJob) enlist(m numbered) {
	j.span.add(m.seq)
	j.uids, j.listed = append(j.uids, m.uid), append(j.listed, m)
}

// give takes the parts out of a complete message, for each.
func (j *fetchJob) give(f *fetched) *fetched {
	if j.each == nil || f.given || j.lacks(f) != nil {
		return nil
	}
	out := *f
	f.given, f.parts = true, make([]arrived, len(out.parts))
	for i, p := range out.parts {
		f.parts[i].spec = p.spec
	}
	return &out
}

// lacks says what is missing of a message that was reported, or nil.
func (j *fetchJob) lacks(f *fetched) error {
	switch {
	case f.short:
		return errShort
	case f.torn:
		return errMissing
	case j.size && !f.sized, j.date && f.date.IsZero():
		return errMissing
	}
	for _, p := range j.parts {
		if _, ok := f.part(sectionKey(p)); !ok {
			return errNoBody
		}
	}
	return nil
}
