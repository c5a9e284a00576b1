package mailbox

import (
	"context"
	"errors"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// busyWords are how a server says that it wants to be left alone for a while, whatever
// letter it was asked for (Exchange, Gmail, Mail.ru, Yandex).
var busyWords = [...]string{"throttle", "unavailable", "backoff", "try again", "try later", "too many", "temporar", "not connected", "system error", "bandwidth", "rate limit"}

// busy reports a refusal that the server gives for a while only, by its code (RFC 5530) or
// its words. To ask again at once would prolong it.
//
//go:noinline
func busy(err error) bool {
	var no *imap.Error
	if !errors.As(err, &no) {
		return false
	}
	switch no.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeLimit, imap.ResponseCodeInUse, imap.ResponseCodeOverQuota, codeThrottled:
		return true
	}
	return holds(strings.ToLower(no.Text), busyWords[:])
}

// withheld is a message that was refused while no other could be had either.
type withheld struct {
	UID   uint32 `json:"uid"`
	Times int    `json:"times"` // in as many passes
}

// blame decides after a refusal of a message that was asked for alone whether it is given
// up. It is not where the server gives nothing of any other either: then the pass ends and
// the next one asks again, for an hour of them or so. Nor is it, at once, where the server
// says that it is out of order only for now.
func (r *Reader) blame(ctx context.Context, uid uint32, err error) bool {
	forNow := busy(err)
	if r.serves(ctx, uid, forNow) {
		r.withheld = withheld{}
		return !forNow || r.strike(uid) >= tries
	}
	if r.withheld.UID != uid {
		r.withheld = withheld{UID: uid}
	}
	r.withheld.Times++
	return r.withheld.Times >= triesForNothing
}

// acquit forgets what was held against a message that came.
func (r *Reader) acquit(uid uint32) {
	delete(r.strikes, uid)
	if r.withheld.UID == uid {
		r.withheld = withheld{}
	}
}

// serves reports whether the server gives a few bytes of another letter: of the newest, the
// first or one between them, and of no more than one where it asked to be left alone.
func (r *Reader) serves(ctx context.Context, uid uint32, once bool) bool {
	n := r.state.Messages
	for _, seq := range [...]uint32{n, 1, n/2 + 1} {
		other, err := r.number(ctx, min(seq, n))
		if other == 0 || other == uid || err != nil {
			continue
		}
		job := &fetchJob{set: imap.UIDSetNum(imap.UID(other)), keep: 64,
			parts: []*imap.FetchItemBodySection{{Peek: true, Partial: &imap.SectionPartial{Size: 64}}}}
		_ = r.inFolder(ctx, func(s *session) error { return s.fetch(ctx, job) })
		if f := job.got[other]; f != nil && job.lacks(f) == nil {
			return true
		}
		if once {
			break
		}
	}
	return false
}
