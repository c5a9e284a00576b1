package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// What a person registers by hand is treated as every letter: it gets a number, terms from
// the day of receipt, a history and an acknowledgement. It is either a letter (a file,
// register_file.go, or a message in the mailbox that was filed as no request,
// register_uid.go), or it came by post, by courier, over the counter or by telephone
// (register_paper.go).

// codeByHand is the reason of a letter whose kind a person named.
const codeByHand = "by_hand"

// oldReceipt is how many days ago something may have been received that is registered
// without a reason.
const oldReceipt = 365

// Refused says why nothing was registered: a code that the catalogue words as
// register.refused.CODE, and its arguments.
type Refused struct {
	Code string
	Args []string
}

func (r *Refused) Error() string {
	return strings.TrimSpace("not registered: " + r.Code + " " + strings.Join(r.Args, " "))
}

//go:noinline
func refused(code string, args ...string) error { return &Refused{code, args} }

// Receipt is when something was received: the day in the operator's zone, and
// the instant where it is known.
type Receipt struct {
	Day rules.Date
	At  time.Time // zero: only the day is known
}

// ByHand is what a person says beside the letter itself.
type ByHand struct {
	Kinds    []rules.Kind // one or two; nil: what the letter is recognised as
	Received Receipt      // zero: as the letter, or the mailbox, says
	Why      string       // needed if Received contradicts the letter or lies over a year back
}

// Registered is what a registration by hand made.
type Registered struct {
	Numbers []string
	Joined  bool // the letter belongs to a request that there was: Numbers names it
	Whole   bool // and is the whole of a letter of which it had only the beginning
}

// taking is one letter that a person takes in.
type taking struct {
	letter *letter
	spool  *store.Spool
	cut    bool
	place  store.Place // zero: it does not lie in the mailbox, as far as is known
	seen   store.Seen
	junk   bool
	via    store.Via
	apart  bool // it has only joined requests until now
	hand   ByHand
	who    Actor
}

// takeIn registers a letter that lies in the spool. Nothing is changed when it
// returns an error.
func (d *Desk) takeIn(ctx context.Context, t *taking) (Registered, error) {
	l := t.letter
	facts := Facts(l.msg)
	l.finding = d.Policy.Classify(facts, d.Operator.Own)
	if err := d.byHand(&l.finding, t.hand.Kinds); err != nil {
		return Registered{}, err
	}
	var done Registered
	err := whileStale(func() (err error) {
		done, err = d.takeWhere(ctx, t, facts)
		return err
	})
	if err != nil {
		return Registered{}, err
	}
	for _, n := range done.Numbers {
		d.Log.InfoContext(ctx, "request registered by hand", "number", n)
	}
	return done, nil
}

// takeWhere registers the letter where it belongs. store.ErrStale: the request that
// it joins became another meanwhile.
func (d *Desk) takeWhere(ctx context.Context, t *taking, facts rules.Facts) (Registered, error) {
	th, err := d.beginningOf(ctx, t)
	whole := len(th.joins) > 0
	if err == nil && !whole {
		th, err = d.threadOf(ctx, t.letter, facts)
	}
	if err != nil {
		return Registered{}, err
	}
	a := d.admissionOf(t)
	a.Whole, a.ByHand.Whole = whole, whole
	joins := th.joinsOnly() && (whole || len(t.hand.Kinds) == 0)
	if joins {
		a.Letter.AnswerCode = th.as
	} else {
		err = d.takeAnew(ctx, &a, t, facts, th)
	}
	if err == nil && (whole || len(t.hand.Kinds) == 0) {
		a.Joins, err = d.joined(ctx, th, a.Letter, t.who)
	}
	if err != nil {
		return Registered{}, err
	}
	done, err := d.Store.Admit(ctx, a, d.Now())
	switch {
	case err != nil:
		return Registered{}, fmt.Errorf("register letter: %w", err)
	case done.Known: // since it was looked for
		t.hand.Kinds = nil
		if err := d.notKnown(ctx, t); err != nil {
			return Registered{}, err
		}
		return Registered{}, d.taken(ctx, t.place)
	}
	if !joins {
		done.Numbers = done.Numbers[:len(a.Requests)]
	}
	return Registered{Numbers: done.Numbers, Joined: joins, Whole: whole}, nil
}

// taken refuses a letter from whose place another was registered.
func (d *Desk) taken(ctx context.Context, p store.Place) error {
	numbers, err := d.Store.NumbersAt(ctx, p)
	switch {
	case err != nil:
		return err
	case len(numbers) == 0:
		return refused("place")
	}
	return refused("known", strings.Join(numbers, ", "))
}

// notKnown refuses a letter that is registered already, by its bytes. One that has only joined
// requests makes its own where a person says of which kind.
func (d *Desk) notKnown(ctx context.Context, t *taking) error {
	sha := t.spool.SHA256()
	numbers, known, err := d.Store.ByRawDigest(ctx, sha)
	if err != nil || !known {
		return err
	}
	if t.apart, err = d.Store.OnlyJoined(ctx, sha); err != nil || t.apart && len(t.hand.Kinds) > 0 {
		return err
	}
	code := "known"
	switch {
	case t.apart:
		code = "joined"
	case t.cut:
		code = "cut"
	}
	return refused(code, strings.Join(numbers, ", "))
}

// byHand makes the finding what the person says. A letter of which nobody names a kind, and
// in which none is recognised, is a case for review.
func (d *Desk) byHand(f *rules.Finding, kinds []rules.Kind) error {
	reason := rules.Reason{Code: codeByHand}
	switch {
	case len(kinds) > 0:
		if err := d.confirmable(kinds); err != nil {
			return err
		}
		f.Verdict, f.Kinds, f.Confidence, f.Reason = rules.Request, kinds, "", reason
	case f.Verdict == rules.None:
		f.Verdict, f.Confidence, f.Reason = rules.Review, rules.Possible, reason
	}
	return nil
}

// admissionOf is the admission of the letter, without what it makes or joins.
func (d *Desk) admissionOf(t *taking) store.Admission {
	t.seen.Verdict, t.seen.ReasonCode = t.letter.finding.Verdict, t.letter.finding.Reason.Code
	a := d.newAdmission(t.who.String(), t.spool)
	a.Apart, a.Place, a.Seen, a.Anew, a.ByHand = t.apart, t.place, t.seen, true, &store.ByHand{Via: t.via, Why: t.hand.Why}
	a.Letter = d.letterOf(t.letter, t.spool, t.cut)
	a.Letter.Place, a.Letter.Junk, a.Letter.Via = t.place, t.junk, t.via
	if t.via != "" { // whoever had the file could write into its header
		a.Letter.Trust = rules.TrustNone
	}
	return a
}

// takeAnew makes the requests of the letter, and its acknowledgement.
func (d *Desk) takeAnew(ctx context.Context, a *store.Admission, t *taking, f rules.Facts, th thread) (err error) {
	a.Possibly = th.mayBelong()
	if t.place.Folder != "" && !t.apart { // it could not be read before, and there is a case that says so
		unread, err := d.Store.NumbersAt(ctx, t.place)
		if err != nil {
			return err
		}
		for _, n := range unread {
			if !slices.Contains(a.Possibly, n) {
				a.Possibly = append(a.Possibly, n)
			}
		}
	}
	received := t.hand.Received.Day
	ci := rules.Circumstances{}
	if documentsCame(a.Letter.Attachments) {
		ci.Documents = received
	}
	if err := d.demand(ctx, a, t.letter.finding, received, ci); err != nil {
		return err
	}
	a.Ack, a.Letter.AnswerCode, err = d.acknowledgement(ctx, t.letter, f, a.Letter, "")
	return err
}

// received settles when the letter was received: when the person says, else at own, which
// is what the mailbox says or, without it, the topmost Received field; undated where neither
// does.
func (d *Desk) received(t *taking, own time.Time) error {
	if undated(own) {
		own = time.Time{}
	}
	said := t.hand.Received
	ownDay := rules.DateIn(own, d.Zone)
	switch {
	case said.Day.IsZero() && own.IsZero():
		return refused("no_receipt")
	case said.Day.IsZero():
		t.hand.Received = Receipt{Day: ownDay, At: own}
	case said.At.IsZero() && !own.IsZero() && said.Day == ownDay:
		t.hand.Received.At = own
	case !own.IsZero() && said.Day != ownDay && t.hand.Why == "":
		return refused("differs", ownDay.String())
	}
	if err := d.receivable(t.hand.Received, t.hand.Why); err != nil {
		return err
	}
	t.letter.head.InternalDate = d.instantOf(t.hand.Received)
	return nil
}

// receivable refuses a receipt that cannot be right, or that needs a reason and has none.
func (d *Desk) receivable(r Receipt, why string) error {
	today := d.Today()
	switch {
	case r.Day.After(today):
		return refused("future", r.Day.String())
	case !rules.Known(r.Day):
		return refused("year", r.Day.String())
	case r.Day.Before(today.AddDays(-oldReceipt)) && why == "":
		return refused("old", r.Day.String())
	}
	return nil
}

// instantOf is the instant under which a receipt is kept: that of a day begins
// the day, see store.Letter.DayOnly.
func (d *Desk) instantOf(r Receipt) time.Time {
	if !r.At.IsZero() {
		return r.At
	}
	return d.DayBegins(r.Day)
}
