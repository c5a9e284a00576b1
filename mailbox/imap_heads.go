package mailbox

import (
	"context"
	"sort"

	"github.com/emersion/go-imap/v2"
)

const (
	// ChunkSize is how many messages one command asks for the heads of, and so how many
	// Heads yields at a time.
	ChunkSize = 500
	// HeadLimit is how many bytes of a header are kept by Heads.
	HeadLimit = 64 << 10
	// headBudget bounds what a chunk may hold in memory, whatever was sent.
	headBudget = 4 << 20
)

// Heads yields the heads of the messages from..to (to 0: up to what Examine
// saw), in chunks of at most about 500, sorted by UID, each complete: a message
// that is not in a chunk does not exist. yield may call Texts and Fetch for
// messages of its chunk and of earlier ones; the next chunk is on its way meanwhile, so
// that round trips do not add up. An error of yield ends Heads and is returned.
func (r *Reader) Heads(ctx context.Context, from, to uint32, yield func([]Head) error) error {
	return r.heads(ctx, from, to, askHead, yield)
}

// Traces is Heads with the fields in which servers tell of a letter's way and of
// its sender, in place of those that decide about it.
func (r *Reader) Traces(ctx context.Context, from, to uint32, yield func([]Head) error) error {
	return r.heads(ctx, from, to, func(set imap.UIDSet, try int) *fetchJob {
		return askFields(set, try, []string{"Received", "Authentication-Results"})
	}, yield)
}

// Identities is Heads with the fields of HeaderDigest and nothing else, for messages
// that were there once: what is missing is no trouble. To ask for sizes would cost a
// server many times as much.
func (r *Reader) Identities(ctx context.Context, from, to uint32, yield func([]Head) error) error {
	sw := &sweep{r: r, width: ChunkSize, loose: true, headed: true}
	sw.ask = func(set imap.UIDSet, try int) *fetchJob {
		fields := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true, HeaderFields: digestFields[:]}
		if try == wholly {
			fields = firstBytes(HeadLimit)
		}
		return &fetchJob{set: set, parts: []*imap.FetchItemBodySection{fields}, keep: HeadLimit, budget: headBudget}
	}
	sw.emit = func(all []*fetched, _ []lost) error {
		heads := make([]Head, 0, len(all))
		for _, f := range all {
			heads = append(heads, Head{UID: f.uid, Header: f.header()})
		}
		return yield(heads)
	}
	return sw.run(ctx, from, to)
}

func (r *Reader) heads(ctx context.Context, from, to uint32, ask func(imap.UIDSet, int) *fetchJob, yield func([]Head) error) error {
	r.sizes, r.ahead = sizes{}, ahead{}
	sw := &sweep{r: r, ask: ask, width: ChunkSize, strict: true, headed: true}
	sw.emit = func(all []*fetched, bad []lost) error {
		heads := make([]Head, 0, len(all)+len(bad))
		r.sizes = sizes{make(map[uint32]int64, len(all)), r.sizes[0]}
		for _, f := range all {
			r.sizes[0][f.uid] = f.size
			at := f.received()
			if f.date.IsZero() { // had only by asking for less
				at = r.stampOf(ctx, f.uid)
			}
			heads = append(heads, Head{UID: f.uid, Size: f.size, InternalDate: at, Header: f.header()})
		}
		for _, l := range bad {
			heads = append(heads, Head{UID: l.uid, InternalDate: l.at, Err: &BadMessage{UID: l.uid, Err: l.err}})
		}
		sort.Slice(heads, func(i, j int) bool { return heads[i].UID < heads[j].UID })
		if len(heads) == 0 {
			return nil
		}
		r.listAhead(ctx)
		return yield(heads)
	}
	return sw.run(ctx, from, to)
}

// sizes are the RFC822.SIZE of the messages of the last chunk that Heads yielded, and of
// the one before, with which its caller may still be busy.
type sizes [2]map[uint32]int64

func (r *Reader) size(uid uint32) (size int64, known bool) {
	for _, chunk := range r.sizes {
		if size, known = chunk[uid]; known {
			break
		}
	}
	return size, known
}

// askHead asks for the fields that decide.
func askHead(set imap.UIDSet, try int) *fetchJob { return askFields(set, try, HeaderFields()) }

// askFields asks for fields of the header. Alone and after a failure it leaves
// out what servers are known to answer in a form that breaks the connection.
func askFields(set imap.UIDSet, try int, names []string) *fetchJob {
	fields := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true, HeaderFields: names}
	switch try {
	case 2:
		fields = &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true}
	case wholly: // the rest came
		fields, try = firstBytes(HeadLimit), 0
	}
	return &fetchJob{set: set, size: try == 0, date: try < 2, parts: []*imap.FetchItemBodySection{fields}, keep: HeadLimit, budget: headBudget}
}

// firstBytes are those of a letter, whatever they are.
func firstBytes(n int64) *imap.FetchItemBodySection {
	return &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: n}}
}

// Stamps yields UID and INTERNALDATE of the messages from..to (to 0: up to what
// Examine saw), sorted by UID. yield may use the Reader.
func (r *Reader) Stamps(ctx context.Context, from, to uint32, yield func(Stamp) error) error {
	sw := &sweep{r: r, ask: askStamp, width: 10 * ChunkSize}
	sw.emit = func(all []*fetched, bad []lost) error {
		stamps := make([]Stamp, 0, len(all)+len(bad))
		for _, f := range all {
			stamps = append(stamps, Stamp{f.uid, f.received()})
		}
		for _, l := range bad {
			stamps = append(stamps, Stamp{UID: l.uid})
		}
		sort.Slice(stamps, func(i, j int) bool { return stamps[i].UID < stamps[j].UID })
		for _, s := range stamps {
			if err := yield(s); err != nil {
				return err
			}
		}
		return nil
	}
	return sw.run(ctx, from, to)
}

func askStamp(set imap.UIDSet, _ int) *fetchJob { return &fetchJob{set: set, date: true} }
