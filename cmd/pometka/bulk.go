package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// action is what a person does to one request, named by its full number.
type action func(d *desk.Desk, number string, who desk.Actor) (store.Request, error)

// act runs an action of staff on each of the requests that the arguments name
// and prints what became of each, done being the sentence (number, act by,
// assignee). What fails changes nothing and stops no other; the exit code is
// then the greatest of theirs. Trouble with the register itself ends it all.
func (a *app) act(ctx context.Context, numbers []string, do action, done string) error {
	numbers, err := a.readNumbers(ctx, numbers)
	if err != nil {
		return err
	}
	d, release, err := a.openDesk(ctx)
	if err != nil {
		return err
	}
	defer release()
	who, err := a.actor()
	if err != nil {
		return err
	}
	b := bulk{app: a, d: d, who: who, do: do, done: done, alone: len(numbers) == 1}
	for _, short := range numbers {
		if err := b.one(ctx, short); err != nil {
			return err
		}
	}
	return b.end()
}

// bulk is one action on one or many requests.
type bulk struct {
	*app
	d           *desk.Desk
	who         desk.Actor
	do          action
	done        string
	alone       bool // the only request: its error is that of the command
	seen        []string
	well, wrong int
	code        int
}

func (b *bulk) one(ctx context.Context, short string) error {
	n, err := number(ctx, b.d, short)
	if err == nil && slices.Contains(b.seen, n) { // named twice, perhaps in two forms
		return nil
	}
	b.seen = append(b.seen, n)
	var r store.Request
	if err == nil {
		r, err = b.do(b.d, n, b.who)
	}
	done := b.done
	if errors.Is(err, desk.ErrSame) {
		done, err = "done.same", nil
	}
	if err == nil {
		b.well++
		return b.tell(ctx, n, r, done)
	}
	if n == "" {
		n = short
	}
	err = b.failure(ctx, b.d, n, err)
	code := b.codeOf(err)
	if b.alone || code == exitFailed && !isDecided(err) {
		return err
	}
	b.wrong++
	b.code = max(b.code, code)
	text := strings.TrimPrefix(b.errorText(err), n+": ")
	if code == exitNotFound && !errors.Is(err, store.ErrAmbiguous) {
		text = b.t("error.not_found") // its number stands in front
	}
	b.complain(templates.Safe(n) + ": " + text)
	return nil
}

// tell prints what was done to one request, and what is useful next.
func (b *bulk) tell(ctx context.Context, n string, r store.Request, done string) error {
	if b.json {
		return b.printJSON(b.requestJSON(b.d, r))
	}
	b.say(b.t(done, n, b.dueOrNothing(b.d, r), templates.Safe(b.d.NameOf(r.Assignee))))
	switch {
	case done == "done.reopen":
		b.answersOf(ctx, b.d, n)
	case done == "done.confirm" && (r.Ack.State == store.MailHeld || r.Ack.State == store.MailNone):
		b.say(b.t("done.register.ack", templates.Safe(b.ackText(b.d, r))))
	}
	if b.alone {
		b.printf("%s\n", b.next(b.d, r))
	}
	return nil
}

// dueOrNothing is the day that drives the queue, "" while the terms stand still.
func (a *app) dueOrNothing(d *desk.Desk, r store.Request) string {
	if r.ActBy.IsZero() {
		return ""
	}
	return a.actBy(d, r)
}

func (b *bulk) end() error {
	if b.wrong == 0 {
		return nil
	}
	b.errorf("%s\n", b.t("bulk.sum", b.wrong, fmt.Sprint(b.well)))
	return silently(b.code)
}

// decided marks an error about one request in words for its reader: it says
// nothing about the next one.
type decided struct{ why coded }

func (d decided) Error() string { return d.why.Error() }
func (d decided) Unwrap() error { return d.why }

// notDone says why one request, or one letter, stays as it is.
//
//go:noinline
func notDone(code int, text string) error { return decided{coded{code, errors.New(text)}} }

func isDecided(err error) bool {
	var d decided
	return errors.As(err, &d) || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrAmbiguous)
}

// failure words why an action on a request was refused: its state, or what a
// colleague did to it meanwhile. Other errors stay as they are.
func (a *app) failure(ctx context.Context, d *desk.Desk, n string, err error) error {
	var worded coded
	switch {
	case errors.As(err, &worded):
		return err
	case errors.Is(err, store.ErrNotFound):
		return notDone(exitNotFound, a.t("error.not_found", templates.Safe(n)))
	case errors.Is(err, store.ErrStatus):
		r, rerr := d.Store.Request(ctx, n)
		if rerr != nil {
			return err
		}
		return notDone(exitFailed, a.t("error.status.of", n, a.t("status."+string(r.Status)))+"\n"+a.next(d, r))
	case errors.Is(err, desk.ErrTaken):
		r, rerr := d.Store.Request(ctx, n)
		if rerr != nil {
			return err
		}
		return notDone(exitFailed, a.t("error.taken", n, templates.Safe(d.NameOf(r.Assignee)), templates.ShortNumber(n), d.Login(r.Assignee)))
	case errors.Is(err, store.ErrStale):
		last := ""
		if history, herr := d.Store.History(ctx, n); herr == nil && len(history) > 0 {
			last = templates.Safe(a.eventText(lastAct(history), d))
		}
		return notDone(exitFailed, a.t("error.stale.of", n, last, templates.ShortNumber(n)))
	}
	return fmt.Errorf("%s: %w", n, err)
}

// lastAct is the last event that made a request another one: what becomes of our
// letters about it does not.
func lastAct(history []store.Event) store.Event {
	ours := []string{store.EventQueued, store.EventHeld, store.EventDropped, store.EventClaimed, store.EventSent, store.EventDeferred,
		store.EventFailed, store.EventUncertain, store.EventReminded, store.EventEscalated}
	for _, e := range slices.Backward(history) {
		if !slices.Contains(ours, e.Code) {
			return e
		}
	}
	return history[len(history)-1]
}

// mostNumbers bounds what is read from stdin: more is a wrong file.
const mostNumbers = 10_000

// readNumbers returns the numbers among the arguments; «-», or none at all
// where stdin is no terminal, reads them from there, one a line.
func (a *app) readNumbers(ctx context.Context, args []string) ([]string, error) {
	var out []string
	read := len(args) == 0 && a.piped()
	for _, arg := range args {
		if arg == "-" {
			read = true
			continue
		}
		out = append(out, arg)
	}
	if read {
		s := bufio.NewScanner(a.stdin(ctx))
		for s.Scan() {
			line := strings.TrimSpace(strings.TrimPrefix(s.Text(), "\ufeff"))
			if line = strings.Trim(line, `",`); line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			if out = append(out, line); len(out) > mostNumbers {
				return nil, a.misuse("error.numbers.many", mostNumbers)
			}
		}
		if err := s.Err(); err != nil {
			return nil, fmt.Errorf("read numbers: %w", err)
		}
	}
	if len(out) == 0 {
		return nil, a.misuse("error.numbers")
	}
	return out, nil
}

// piped reports whether there is a stdin, and nobody types into it.
func (a *app) piped() bool {
	f, ok := a.in.(*os.File)
	return a.in != nil && (!ok || !isTerminal(f))
}

// looksNumber tells the numbers of requests from what follows them.
var looksNumber = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(-|(?:[\p{L}\p{N}-]{1,30}-)?(?:[0-9]{4}-)?[0-9]{1,9})$`)
})

// split parts the arguments into numbers and what follows them. Where no number
// leads, they come from stdin.
func split(args []string) (numbers, rest []string) {
	i := 0
	for i < len(args) && looksNumber().MatchString(args[i]) {
		i++
	}
	return args[:i], args[i:]
}

// numbersAnd checks that something follows the numbers.
func numbersAnd(least, most int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		_, rest := split(args)
		if len(rest) >= least && len(rest) <= most {
			return nil
		}
		return asUsage(cobra.RangeArgs(1+least, 1+most))(c, rest)
	}
}
