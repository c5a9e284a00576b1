package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// The templates of the letters to staff about requests.
const (
	letterReminder   = "reminder"
	letterDigest     = "digest"
	letterEscalation = "escalation"
)

// letterTo is one letter to one person.
type letterTo struct {
	reader
	template  string
	data      bulletin
	stages    []store.Stage   // that it is the first to tell of
	escalated []store.Stage   // those that it tells the officer of
	has       map[string]bool // the numbers of the requests in data
	idle      bool            // it is of no use now: the address takes none
}

// bulletin is what a letter to staff is worded from, as it was when the letter
// was queued: the mail server may take it on another day.
type bulletin struct {
	Today      rules.Date
	Lines      []Due       `json:",omitempty"`
	Letters    []stuckMail `json:",omitempty"`
	Moved      []movedDay  `json:",omitempty"`
	NoCalendar int         `json:",omitempty"`
	Events     int64       `json:",omitempty"`
	Head       string      `json:",omitempty"`
}

// stuckMail is an acknowledgement or an answer that has not gone out, and will not until
// a person acts.
type stuckMail struct {
	ID     int64
	Number string
	State  store.MailState
	Reason rules.Reason
}

// pile collects the letters of one pass, one for each person, in the order in which
// they were begun.
type pile struct {
	template string
	today    rules.Date
	letters  []*letterTo
}

func (p *pile) to(r reader) *letterTo {
	for _, l := range p.letters {
		if fold(l.addr) == fold(r.addr) {
			return l
		}
	}
	l := &letterTo{reader: r, template: p.template, data: bulletin{Today: p.today}, has: map[string]bool{}}
	p.letters = append(p.letters, l)
	return l
}

// add puts a request into a letter, once.
func (l *letterTo) add(x Due) {
	if !l.has[x.Number] {
		l.has[x.Number] = true
		l.data.Lines = append(l.data.Lines, x)
	}
}

func (p *pile) list() []letterTo {
	out := make([]letterTo, 0, len(p.letters))
	for _, l := range p.letters {
		sortDue(l.data.Lines)
		out = append(out, *l)
	}
	return out
}

// interimLetters makes the letters that go out between two digests. The officer, too, is
// told of what must be done by the day until: the next digest would come too late. Where a
// date came nearer, the letter is worded as a digest, which says so.
func (d *Desk) interimLetters(ctx context.Context, b book, due []Due, template string, until rules.Date) ([]letterTo, error) {
	if len(due) == 0 {
		return nil, nil
	}
	p := pile{template: template, today: b.today}
	for _, x := range due {
		l := p.to(d.owner(x.Assignee, b.today))
		l.add(x)
		l.stages = append(l.stages, x.Untold...)
	}
	for _, x := range due {
		if d.Reminders.Officer == "" || x.ActBy.IsZero() || x.ActBy.After(until) || len(x.Officer) == 0 {
			continue
		}
		officer := p.to(d.readerAt(d.Reminders.Officer, b.today))
		if len(officer.stages) == 0 {
			officer.template = letterEscalation
		}
		officer.add(x)
		officer.escalated = append(officer.escalated, x.Officer...)
	}
	b.of = about(b.of, due)
	if err := d.addMoved(ctx, &b, &p, func(l *letterTo) { l.template = letterDigest }); err != nil {
		return nil, err
	}
	if err := d.redirect(ctx, b, &p, func(*letterTo) {}); err != nil {
		return nil, err
	}
	var letters []letterTo
	for _, l := range p.list() {
		if !l.idle {
			letters = append(letters, l)
		}
	}
	return letters, nil
}

// about are those of the requests that are due.
func about(of map[string]holding, due []Due) map[string]holding {
	few := map[string]holding{}
	for i := range due {
		few[due[i].Number] = of[due[i].Number]
	}
	return few
}

// digests makes the letters of a digest: one to everybody for whom there is something
// new, with all that this person must know of.
func (d *Desk) digests(ctx context.Context, b *book) ([]letterTo, error) {
	p := &pile{template: letterDigest, today: b.today}
	var fresh []string // folded addresses of those who get a letter
	wake := func(l *letterTo) { fresh = append(fresh, fold(l.addr)) }
	for _, x := range b.due {
		l := p.to(d.owner(x.Assignee, b.today))
		l.add(x)
		if len(x.Untold) > 0 {
			l.stages = append(l.stages, x.Untold...)
			wake(l)
		}
	}
	if d.Reminders.Officer != "" {
		d.escalate(*b, p.to(d.readerAt(d.Reminders.Officer, b.today)), wake)
	}
	if err := d.addStuck(ctx, *b, p, wake); err != nil {
		return nil, err
	}
	if err := d.addMoved(ctx, b, p, wake); err != nil {
		return nil, err
	}
	if err := d.addCalendar(ctx, *b, p, wake); err != nil {
		return nil, err
	}
	if err := d.addAlways(ctx, *b, p, wake); err != nil {
		return nil, err
	}
	for _, l := range p.letters {
		l.idle = !slices.Contains(fresh, fold(l.addr))
	}
	if err := d.redirect(ctx, *b, p, func(l *letterTo) { l.idle = false }); err != nil {
		return nil, err
	}
	var out []letterTo
	for _, l := range p.list() {
		if !l.idle {
			out = append(out, l)
		}
	}
	return out, d.addHead(ctx, *b, out)
}

// addAlways makes the letters that reminders.always asks for, to everybody who has had no
// digest today.
func (d *Desk) addAlways(ctx context.Context, b book, p *pile, wake func(*letterTo)) error {
	if !d.Reminders.Always {
		return nil
	}
	digests, err := d.Store.DigestsSince(ctx, d.DayBegins(b.today))
	if err != nil {
		return err
	}
	for _, who := range []string{d.Reminders.To, d.Reminders.Officer} {
		if who == "" {
			continue
		}
		r := d.readerAt(who, b.today)
		if !slices.ContainsFunc(digests, func(m store.Mail) bool { return fold(m.To) == fold(r.addr) && !lost(m.State) }) {
			wake(p.to(r))
		}
	}
	return nil
}

// escalate adds to the officer's letter what has reached the stage reminders.escalate,
// and everything that is overdue.
func (d *Desk) escalate(b book, officer *letterTo, wake func(*letterTo)) {
	for _, x := range b.due {
		if x.DaysLeft > d.Reminders.Escalate && !x.Overdue {
			continue
		}
		officer.add(x)
		if len(x.Officer) > 0 {
			officer.escalated = append(officer.escalated, x.Officer...)
			wake(officer)
		}
	}
}

// addStuck adds the letters to the public that wait for a person. Those that failed or
// are uncertain are a reason for a digest every working day, for somebody waits for
// them. Those that are held are a reason once; later digests only name them again.
func (d *Desk) addStuck(ctx context.Context, b book, p *pile, wake func(*letterTo)) error {
	list, err := d.stuck(ctx, b)
	if err != nil {
		return err
	}
	var numbers []string
	for _, x := range list {
		numbers = append(numbers, x.of.number)
	}
	told, err := d.tellings(ctx, numbers, b.anew)
	if err != nil {
		return err
	}
	for _, x := range list {
		name := stageMail + strconv.FormatInt(x.mail.ID, 10)
		if x.mail.State != store.MailHeld {
			name += ":" + b.today.String()
		}
		l := p.to(d.owner(x.of.assignee, b.today))
		l.data.Letters = append(l.data.Letters, stuckMail{x.mail.ID, x.of.number, x.mail.State, tellable(x.mail.Reason)})
		if s := (store.Stage{Number: x.of.number, Stage: name, ClockStart: x.of.since}); !told.told(s) {
			l.stages = append(l.stages, s)
			wake(l)
		}
	}
	return nil
}

// tellable is a reason without arguments that may name the sender: only the codes of a
// mail server stay. A letter to staff names nobody, neither in its words nor in the data
// that they are made from.
func tellable(r rules.Reason) rules.Reason {
	if !slices.Contains([]string{codeSMTP4xx, store.ReasonSMTP5xx, codeSMTPNetwork}, r.Code) {
		r.Args = nil
	}
	return r
}

// stuckOf is a letter to the public that waits for a person, and the request
// that it belongs to.
type stuckOf struct {
	mail store.Mail
	of   holding
}

// stuck lists the letters to the public that wait for a person: those about requests
// that are not closed, and all answers. An answer often closes its request, and yet the
// term runs on for a person who did not get it.
func (d *Desk) stuck(ctx context.Context, b book) ([]stuckOf, error) {
	mails, err := d.Store.Outbox(ctx, []store.MailState{store.MailFailed, store.MailUncertain, store.MailHeld})
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	var out []stuckOf
	for _, m := range mails {
		if !m.Purpose.Public() || len(m.Requests) == 0 {
			continue
		}
		i := slices.IndexFunc(m.Requests, func(n string) bool { _, open := b.of[n]; return open })
		switch {
		case i >= 0:
			out = append(out, stuckOf{m, b.of[m.Requests[i]]})
		case m.Purpose == store.PurposeAnswer:
			q, err := d.Store.Request(ctx, m.Requests[0])
			if err != nil {
				return nil, fmt.Errorf("read request of mail %d: %w", m.ID, err)
			}
			out = append(out, stuckOf{m, holdingOf(&q)})
		}
	}
	return out, nil
}

// addHead adds to the officer's letter the length and the head of the history: whoever
// keeps these letters can prove later that nothing was taken out of it.
func (d *Desk) addHead(ctx context.Context, b book, letters []letterTo) error {
	if d.Reminders.Officer == "" {
		return nil
	}
	officer := d.readerAt(d.Reminders.Officer, b.today)
	i := slices.IndexFunc(letters, func(l letterTo) bool { return fold(l.addr) == fold(officer.addr) })
	if i < 0 {
		return nil
	}
	f, err := d.Store.Counts(ctx)
	if err != nil {
		return err
	}
	letters[i].data.Events, letters[i].data.Head = f.Events, f.Head
	return nil
}
