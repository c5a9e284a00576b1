package desk

import (
	"context"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Why an answer cannot simply go to the address that its letter came from.
const (
	RecipientNone    = "none"    // it came on paper, or was forgotten
	RecipientOwn     = "own"     // staff passed it on: the person is somebody else
	RecipientUnsound = "unsound" // what stands in From is no address
	RecipientFailed  = "failed"  // the operator's server says that the sender is forged
	RecipientBounced = "bounced" // a letter of ours came back from there
)

// RecipientError tells why a person must say where an answer goes.
type RecipientError struct {
	Code    string // one of the above
	Address string // as the letter names it; personal
}

func (e *RecipientError) Error() string {
	return "nobody but a person can say where the answer goes: " + e.Code
}

// correspondent finds the letter that an answer answers, which is the latest of
// the person who made the request, and the one address that the answer goes to.
func (d *Desk) correspondent(ctx context.Context, r store.Request, named string) (store.Letter, string, error) {
	l, addr := r.Letters[0], d.personOf(r)
	for _, later := range r.Letters[1:] {
		if later.MessageID != "" && fold(d.writerOf(later)) == fold(addr) {
			l = later
		}
	}
	if named != "" {
		if !isMailbox(named) || d.Operator.Own.Is(named) {
			return l, "", &store.About{What: named, Err: ErrAddress}
		}
		return l, named, nil
	}
	code := ""
	switch {
	case addr == "":
		code = RecipientNone
	case d.Operator.Own.Is(addr):
		code = RecipientOwn
	case !isMailbox(addr):
		code = RecipientUnsound
	case r.Sender == "" && r.Letters[0].Trust == rules.TrustFailed:
		code = RecipientFailed
	default:
		bounced, err := d.Store.Bounced(ctx, capKeys(addr).Address, d.Now().Add(-bouncedSpan))
		if err != nil {
			return l, "", err
		}
		if bounced {
			code = RecipientBounced
		}
	}
	if code != "" {
		return l, "", &RecipientError{code, addr}
	}
	return l, addr, nil
}

// personOf is the address of the person who made a request: that which staff found out,
// else that of the first letter; "" for what came on paper, or by phone, or was forgotten.
func (d *Desk) personOf(r store.Request) string {
	if r.Sender != "" || len(r.Letters) == 0 {
		return r.Sender
	}
	return d.writerOf(r.Letters[0])
}

// writerOf is the address of who wrote a letter: From, and behind a form of the
// operator's own the Reply-To.
func (d *Desk) writerOf(l store.Letter) string {
	if d.Operator.Own.IsForm(l.FromAddr) && l.ReplyTo != "" {
		return l.ReplyTo
	}
	return l.FromAddr
}
