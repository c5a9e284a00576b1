package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// acted is a desk on which requests are acted.
type acted struct {
	*rig
	t       *testing.T
	letters int
	other   bool // the other calendar is in use
}

func newActed(t *testing.T) *acted {
	r := &acted{rig: newRig(t), t: t}
	r.Acknowledge.Caps.TotalHour = 0
	if _, err := r.Recompute(t.Context(), false); err != nil { // from now on the calendar is known
		t.Fatal(err)
	}
	return r
}

func (r *acted) ctx() context.Context { return r.t.Context() }

func justErr(_ store.Request, err error) error { return err }

// taken says of every closing step of a request that it was taken.
func (r *acted) taken(n string) (steps []store.StepDone) {
	for _, id := range r.missingSteps(r.request(r.t, n).Kind, nil) {
		steps = append(steps, store.StepDone{ID: id, Done: true})
	}
	return steps
}

func (r *acted) closeAs(n string, as store.Status) error {
	return justErr(r.Close(r.ctx(), n, as, "так решено", r.taken(n), clerk))
}

func (r *acted) answer(n string, reply Reply) error {
	draft, err := r.DraftAnswer(r.ctx(), n, reply, clerk)
	if err != nil {
		return err
	}
	return justErr(r.SendAnswer(r.ctx(), draft))
}

// write lets the person of a request write again.
func (r *acted) write(n, body string, file bool) error {
	r.letters++
	q := r.request(r.t, n)
	from, id := q.Letters[0].FromAddr, fmt.Sprintf("more%d@host.example", r.letters)
	raw := mail{from: from, subject: "Re: " + n, body: body, id: id, fields: []string{"In-Reply-To: " + q.Letters[0].MessageID}}.raw()
	if file {
		raw = withFile(from, "Re: "+n, body, id, "In-Reply-To: "+q.Letters[0].MessageID)
	}
	return r.takeFile(raw)
}

func (r *acted) takeFile(raw []byte) error {
	_, err := r.RegisterFile(r.ctx(), bytes.NewReader(raw), 1<<20, ByHand{Received: Receipt{Day: r.Today(), At: r.Now()}}, clerk)
	return err
}

// in makes a request in a status.
func (r *acted) in(s store.Status) string {
	r.t.Helper()
	r.letters++
	from := fmt.Sprintf("person@host%d.example", r.letters)
	if err := r.takeFile(mail{from: from, subject: withdrawalMark, body: receiptBody, id: from}.raw()); err != nil {
		r.t.Fatal(err)
	}
	last, err := r.Store.Requests(r.ctx(), store.Filter{From: from})
	if err != nil || len(last) != 1 {
		r.t.Fatal(last, err)
	}
	n := last[0].Number
	for _, step := range map[store.Status][]string{
		store.StatusOpen: {"confirm"}, store.StatusInProgress: {"confirm", "take"}, store.StatusWaiting: {"confirm", "wait"},
		store.StatusDone: {"confirm", "close done"}, store.StatusRefused: {"confirm", "close refused"}, store.StatusDismissed: {"dismiss"},
	}[s] {
		if err := acts[step](r, n); err != nil {
			r.t.Fatalf("%s: %v", step, err)
		}
	}
	if q := r.request(r.t, n); q.Status != s {
		r.t.Fatalf("%s is %s, want %s", n, q.Status, s)
	}
	return n
}

// tryAct does an act and checks all that follows from it. It returns whether it was
// refused.
func (r *acted) tryAct(name, n string) (refused bool) {
	r.t.Helper()
	was, events := r.request(r.t, n), facts(r.t, r.rig).Events
	err := acts[name](r, n)
	is := r.request(r.t, n)
	switch {
	case err == nil:
	case errors.Is(err, ErrSame), errors.Is(err, ErrMoot), errors.Is(err, ErrRepeated):
		if is.Revision != was.Revision || facts(r.t, r.rig).Events != events {
			r.t.Errorf("%s, %s: nothing to change, and something was written", name, was.Status)
		}
		return false
	case errors.Is(err, store.ErrStatus), errors.Is(err, ErrUnconfirmed), errors.Is(err, ErrLinkOrder):
		other := strings.HasSuffix(name, "letters") // a further request was made for it
		if is.Revision != was.Revision || !other && facts(r.t, r.rig).Events != events {
			r.t.Errorf("%s, %s: refused, and something was written", name, was.Status)
		}
		return true
	default:
		r.t.Fatalf("%s, %s: %v", name, was.Status, err)
	}
	r.checkActed(name+", "+string(was.Status), was, is)
	return false
}

// checkActed checks what holds of every request after every act.
func (r *acted) checkActed(name string, was, is store.Request) {
	r.t.Helper()
	bad := func(what string, got any) { r.t.Helper(); r.t.Errorf("%s → %s: %s: %+v", name, is.Status, what, got) }
	closed := is.Status.Closed()
	due, err := r.deadlines(r.Policy, is)
	if err != nil {
		r.t.Fatal(err)
	}
	switch kept := closed && was.Status.Closed(); {
	case kept && (is.ActBy != was.ActBy || !slices.Equal(is.Terms, was.Terms)):
		bad("a closed request has other dates", is.ActBy)
	case !closed && (is.ActBy != due.ActBy || !slices.Equal(is.Terms, terms(due))), closed && is.ActBy.IsZero():
		bad("dates are not those of the request", is.ActBy)
	}
	waits := slices.ContainsFunc(is.Waits, func(w rules.Wait) bool { return w.To.IsZero() })
	if waits != (is.Status == store.StatusWaiting) {
		bad("waits", is.Waits)
	}
	undecided := is.Status == store.StatusReview || is.Status == store.StatusDismissed
	switch {
	case undecided != (is.Kind == ""), !undecided && len(is.Candidates) > 0:
		bad("kind and candidates", []any{is.Kind, is.Candidates})
	case closed != (is.Outcome.Code != ""), !closed && len(is.Steps) > 0:
		bad("outcome and steps", []any{is.Outcome, is.Steps})
	case is.Assignee == "" && is.Status == store.StatusInProgress, is.LetterCount != len(is.Letters), is.LetterCount < was.LetterCount:
		bad("assignee, letters", []any{is.Assignee, is.LetterCount})
	case is.Documents.IsZero() && is.Kind == correction && !r.documentsOn(is).IsZero():
		bad("documents came, and are not on file", is.LetterCount)
	}
	if fulfilled := is.Status == store.StatusDone && linkedTo(is.Outcome) == "" && is.Kind == "opt_out"; fulfilled {
		if found, err := r.Store.Suppressed(r.ctx(), r.suppressedBy(is)); err != nil || len(found) == 0 {
			bad("the person is not left out", err)
		}
	}
	r.checkHistory(bad, was, is)
	r.checkQueue(bad, is)
}

// checkHistory checks that the history tells of the act, with what it was before.
func (r *acted) checkHistory(bad func(string, any), was, is store.Request) {
	r.t.Helper()
	if is.Revision == was.Revision {
		if is.Status != was.Status || is.ActBy != was.ActBy || is.LetterCount != was.LetterCount {
			bad("became another without a new revision", is.Revision)
		}
		return
	}
	history, err := r.Store.History(r.ctx(), is.Number)
	if err != nil {
		r.t.Fatal(err)
	}
	if moved := fmt.Sprintf(`"status":"%s"`, was.Status); was.Status != is.Status && !slices.ContainsFunc(history, func(e store.Event) bool {
		return e.Actor != "" && strings.Contains(e.Detail, moved) && strings.Contains(e.Detail, fmt.Sprintf(`"status":"%s"`, is.Status))
	}) {
		bad("no event tells of it", history[len(history)-1].Detail)
	}
}

// checkQueue checks that nothing is about to be sent that is not true any more.
func (r *acted) checkQueue(bad func(string, any), is store.Request) {
	r.t.Helper()
	if is.Ack.State != store.MailQueued && is.Ack.State != store.MailHeld {
		return
	}
	m, err := r.Store.Mail(r.ctx(), is.Ack.MailID)
	if err != nil {
		r.t.Fatal(err)
	}
	if strings.HasPrefix(m.MessageID, "<receipt.") && is.Status != store.StatusReview {
		bad("a receipt waits to be sent", m.State)
	}
}
