package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// What each act makes of a request in each status; - is refused, and changes nothing.
const becomesTable = `
                  review     open         in_progress  waiting  done     refused  dismissed
take              review     in_progress  in_progress  waiting  -        -        -
assign            review     in_progress  in_progress  waiting  -        -        -
wait              -          waiting      waiting      -        -        -        -
resume            -          -            -            open     -        -        -
set               review     open         in_progress  waiting  -        -        -
set documents     review     open         in_progress  open     -        -        -
set received      review     open         in_progress  waiting  -        -        -
set kind          -          open         in_progress  waiting  -        -        -
confirm           open       -            -            -        -        -        -
confirm two       open       -            -            -        -        -        -
dismiss           dismissed  -            -            -        -        -        -
close done        -          done         done         done     -        -        -
close refused     -          refused      refused      refused  -        -        -
reopen            -          -            -            -        open     open     review
note              review     open         in_progress  waiting  done     refused  dismissed
answer            review     open         in_progress  waiting  done     refused  -
answer documents  -          waiting      waiting      waiting  done     refused  -
answer done       -          done         done         done     -        -        -
letter            review     open         in_progress  open     open     open     review
letter with file  review     open         in_progress  open     open     open     review
thanks            review     open         in_progress  waiting  done     refused  dismissed
gets letters      review     open         in_progress  open     -        -        -
gives letters     dismissed  done         done         done     -        -        -
recompute         review     open         in_progress  waiting  done     refused  dismissed
release           review     open         in_progress  waiting  done     refused  dismissed
`

// acts does each of them to a request.
var acts map[string]func(r *acted, n string) error

func init() {
	acts = map[string]func(r *acted, n string) error{
		"take":   func(r *acted, n string) error { return justErr(r.Take(r.ctx(), n, clerk)) },
		"assign": func(r *acted, n string) error { return justErr(r.Assign(r.ctx(), n, "aigul", staffer)) },
		"wait":   func(r *acted, n string) error { return justErr(r.Wait(r.ctx(), n, forDocuments, clerk)) },
		"resume": func(r *acted, n string) error { return justErr(r.Resume(r.ctx(), n, clerk)) },
		"set": func(r *acted, n string) error {
			no := false
			return justErr(r.Set(r.ctx(), n, Setting{Consumer: &no}, "", clerk))
		},
		"set documents": func(r *acted, n string) error {
			day := r.Today()
			return justErr(r.Set(r.ctx(), n, Setting{Documents: &day}, "", clerk))
		},
		"set received": func(r *acted, n string) error {
			day := r.Today().AddDays(-5)
			return justErr(r.Set(r.ctx(), n, Setting{Received: &day}, "лежало", clerk))
		},
		"set kind": func(r *acted, n string) error {
			kind := rules.Kind("claim")
			return justErr(r.Set(r.ctx(), n, Setting{Kind: &kind}, "претензия", clerk))
		},
		"confirm": func(r *acted, n string) error {
			_, _, err := r.Confirm(r.ctx(), n, []rules.Kind{correction}, clerk)
			return err
		},
		"confirm two": func(r *acted, n string) error {
			_, _, err := r.Confirm(r.ctx(), n, []rules.Kind{"opt_out", "claim"}, clerk)
			return err
		},
		"dismiss":       func(r *acted, n string) error { return justErr(r.Dismiss(r.ctx(), n, "реклама", clerk)) },
		"close done":    func(r *acted, n string) error { return r.closeAs(n, store.StatusDone) },
		"close refused": func(r *acted, n string) error { return r.closeAs(n, store.StatusRefused) },
		"reopen":        func(r *acted, n string) error { return justErr(r.Reopen(r.ctx(), n, "не всё", clerk)) },
		"note":          func(r *acted, n string) error { return justErr(r.Note(r.ctx(), n, "позвонить", clerk)) },
		"answer":        func(r *acted, n string) error { return r.answer(n, Reply{Text: "Мы разбираемся."}) },
		"answer documents": func(r *acted, n string) error {
			return r.answer(n, Reply{Template: AnswerDocuments})
		},
		"answer done": func(r *acted, n string) error {
			return r.answer(n, Reply{Text: "Сделано.", Why: "сделано", Close: store.StatusDone, Steps: r.taken(n)})
		},
		"letter":           func(r *acted, n string) error { return r.write(n, "Когда ответите?", false) },
		"letter with file": func(r *acted, n string) error { return r.write(n, "Вот паспорт.", true) },
		"thanks":           func(r *acted, n string) error { return r.write(n, "Спасибо, получил!", false) },
		"gets letters":     func(r *acted, n string) error { return justErr(r.Link(r.ctx(), n, r.in(store.StatusReview), clerk)) },
		"gives letters": func(r *acted, n string) error {
			into := r.in(store.StatusOpen)
			if kind := r.request(r.t, n).Kind; kind != "" && kind != correction {
				if _, err := r.Set(r.ctx(), into, Setting{Kind: &kind}, "то же", clerk); err != nil {
					r.t.Fatal(err)
				}
			}
			day := r.request(r.t, n).ReceivedOn
			if _, err := r.Set(r.ctx(), into, Setting{Received: &day}, "в тот же день", clerk); err != nil {
				r.t.Fatal(err)
			}
			return justErr(r.Link(r.ctx(), into, n, clerk))
		},
		"recompute": func(r *acted, _ string) error {
			r.other = !r.other
			r.Calendar = calendarOf(r.t)
			if r.other {
				r.Calendar = calendarOf(r.t, offNinth, rules.DayChange{Date: rules.NewDate(2026, 11, 24), Kind: "dayoff", Name: "Выходной", Act: "приказ"})
			}
			_, err := r.Recompute(r.ctx(), false)
			return err
		},
		"release": func(r *acted, _ string) error {
			_, _, err := r.Release(r.ctx(), nil, clerk)
			return err
		},
	}
}

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
		if found, err := r.Store.Suppressed(r.ctx(), r.leaveOut(is)); err != nil || len(found) == 0 {
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

func TestBecomes(t *testing.T) {
	t.Parallel()
	r := newActed(t)
	rows := strings.Split(strings.TrimSpace(becomesTable), "\n")
	statuses := strings.Fields(rows[0])
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		cells := strings.Fields(row)
		at := len(cells) - len(statuses)
		name := strings.Join(cells[:at], " ")
		seen[name] = true
		for i, s := range statuses {
			n, want := r.in(store.Status(s)), store.Status(cells[at+i])
			refused := r.tryAct(name, n)
			if got := r.request(t, n).Status; refused != (want == "-") || !refused && got != want {
				t.Errorf("%s, %s: became %s, refused %v; want %s", name, s, got, refused, want)
			}
		}
	}
	for name := range acts {
		if !seen[name] {
			t.Errorf("the table has no row of %s", name)
		}
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Errorf("history: %v %v", breaks, err)
	}
}

// lastActs are how long the random histories are.
const lastActs = 90

// Whatever is done to requests in whatever order, what holds of them holds, and of
// the closed nothing is promised any more.
func TestBecomesAtRandom(t *testing.T) {
	t.Parallel()
	names := slices.Sorted(maps.Keys(acts))
	histories := uint64(2)
	if os.Getenv("POMETKA_LONG") != "" {
		histories = 60
	}
	for seed := range histories {
		r, random := newActed(t), rand.New(rand.NewPCG(seed, 11))
		clock := now
		r.Now = func() time.Time { return clock }
		var numbers []string
		for i := range lastActs {
			if i < 4 || random.IntN(15) == 0 {
				numbers = append(numbers, r.in(store.StatusReview))
			}
			n, name := numbers[random.IntN(len(numbers))], names[random.IntN(len(names))]
			r.tryAct(name, n)
			if t.Failed() {
				t.Fatalf("seed %d, act %d: %s of %s", seed, i, name, n)
			}
			clock = clock.Add(time.Duration(random.IntN(40)) * time.Hour)
			if random.IntN(20) == 0 {
				r.checkReleased()
			}
		}
		if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
			t.Fatalf("seed %d: history: %v %v", seed, breaks, err)
		}
	}
}

// checkReleased releases all and checks that nothing is queued by that which speaks of
// what is closed, and that nothing else is left.
func (r *acted) checkReleased() {
	r.t.Helper()
	held, err := r.Store.Outbox(r.ctx(), []store.MailState{store.MailHeld})
	if err != nil {
		r.t.Fatal(err)
	}
	if _, _, err := r.Release(r.ctx(), nil, clerk); err != nil {
		r.t.Fatal(err)
	}
	for _, m := range held {
		over, err := r.over(r.ctx(), m)
		if err != nil {
			r.t.Fatal(err)
		}
		if m, err = r.Store.Mail(r.ctx(), m.ID); err != nil || over != (m.State == store.MailHeld) {
			r.t.Errorf("a letter about %v, closed %v, is %s, %v", m.Requests, over, m.State, err)
		}
	}
}
