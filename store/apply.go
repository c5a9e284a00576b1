package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"license.kz/pometka/rules"
)

// Change does what c says and returns the request as it stands afterwards.
// ErrNotFound: there is no such request. ErrStale: somebody changed it after the
// actor saw it.
func (db *DB) Change(ctx context.Context, c Change, at time.Time) (Request, error) {
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		r, err := t.changeable(ctx, c)
		if err != nil {
			return err
		}
		for _, bearer := range c.Unlink {
			if err := t.unlink(ctx, r.ID, bearer); err != nil {
				return err
			}
		}
		if err := t.apply(ctx, r, c); err != nil {
			return err
		}
		all, err := t.registerMore(ctx, r, c)
		if err != nil {
			return err
		}
		if c.Ack != nil {
			if _, err := t.enqueue(ctx, *c.Ack, all, c.Event.Actor); err != nil {
				return err
			}
		}
		if c.Answer != nil {
			_, err = t.enqueue(ctx, *c.Answer, all[:1], c.Event.Actor)
		}
		return err
	})
	if err != nil {
		return Request{}, fmt.Errorf("change request: %w", err)
	}
	return db.Request(ctx, c.Number)
}

// registerMore makes the further requests of a change. They take over the letters of r and
// the address that staff found out. It returns r and all of them.
func (t *tx) registerMore(ctx context.Context, r requestRow, c Change) ([]requestRow, error) {
	all := []requestRow{r}
	for _, n := range c.More {
		more, err := t.insertRequest(ctx, newRequest{
			NewRequest: n, letter: r.letter, prefix: c.Prefix, policy: r.Policy, possibly: r.Possibly, receivedAt: r.ReceivedAt,
		})
		if err != nil {
			return nil, err
		}
		if err := t.saveSender(ctx, more.ID, cmp.Or(c.Is, &r.Request).Sender); err != nil {
			return nil, err
		}
		if _, err := t.shareLetters(ctx, r.ID, more.ID); err != nil {
			return nil, err
		}
		if err := t.append(ctx, Event{Actor: c.Event.Actor, Code: EventRegistered, Number: more.Number, Detail: registeredDetail(n, r.letter, nil)}); err != nil {
			return nil, err
		}
		all = append(all, more)
	}
	return all, nil
}

// apply writes what c changes of the request itself, and the event.
func (t *tx) apply(ctx context.Context, r requestRow, c Change) error {
	if c.Event.Code == "" || c.Event.Actor == "" {
		return errors.New("the act has no name or no actor")
	}
	d := diff{fields{"revision": r.Revision + 1}, map[string]any{}, map[string]any{}}
	if c.Is != nil {
		if err := t.becomes(ctx, d, r, *c.Is); err != nil {
			return err
		}
	}
	if err := t.set(ctx, "requests", r.ID, d.row); err != nil {
		return err
	}
	if c.Note != "" {
		d.after["note"] = c.Note
		if err := t.insertNote(ctx, r.ID, c); err != nil {
			return err
		}
	}
	for _, address := range c.Suppress {
		if err := t.suppress(ctx, address, r.ID); err != nil {
			return err
		}
	}
	if err := t.append(ctx, Event{Actor: c.Event.Actor, Code: c.Event.Code, Number: r.Number, Detail: d.text(c.Event.Detail)}); err != nil {
		return err
	}
	return t.dropWaiting(ctx, c.Drop, c.Event.Actor)
}

// becomes notes in d what is different in the request is, and writes what of that stands in
// other tables than requests.
func (t *tx) becomes(ctx context.Context, d diff, r requestRow, is Request) error {
	was := r.columns()
	for i, c := range is.columns() {
		if c.kept != was[i].kept {
			d.row[c.name] = c.kept
			if c.name != "outcome_code" {
				d.note(c.name, was[i].value, c.value)
			}
		}
	}
	if !slices.Equal(r.Terms, is.Terms) {
		d.note("act_by", r.ActBy, is.ActBy)
		d.note("terms", termsDetail(r.Terms), termsDetail(is.Terms))
		if err := t.replaceTerms(ctx, r.ID, r.Terms, is.Terms); err != nil {
			return err
		}
	}
	if r.Outcome.Code != is.Outcome.Code || !slices.Equal(r.Outcome.Args, is.Outcome.Args) {
		d.note("outcome", r.Outcome, is.Outcome)
		if err := t.savePrivate(ctx, r.ID, fields{"outcome_args": jsonOrNull(is.Outcome.Args)}, len(is.Outcome.Args) > 0); err != nil {
			return err
		}
	}
	if r.Sender != is.Sender {
		d.note("sender", r.Sender, is.Sender)
		return t.saveSender(ctx, r.ID, is.Sender)
	}
	return nil
}

// dropWaiting drops a letter of ours if it is held or queued; id 0 is none.
func (t *tx) dropWaiting(ctx context.Context, id int64, actor string) error {
	if id == 0 {
		return nil
	}
	err := t.decide(ctx, id, MailDropped, actor, EventDropped, MailHeld, MailQueued)
	if errors.Is(err, ErrStatus) {
		return nil
	}
	return err
}

func (t *tx) saveSender(ctx context.Context, request int64, addr string) error {
	if err := t.searchAnew(ctx, request); err != nil {
		return err
	}
	return t.savePrivate(ctx, request, fields{"sender": textOrNull(addr), "sender_key": textOrNull(fold(addr))}, addr != "")
}

// savePrivate writes personal columns of a request. says tells whether any of them has a
// value: most requests have none, and get no row.
func (t *tx) savePrivate(ctx context.Context, request int64, row fields, says bool) error {
	var there int
	if err := t.QueryRowContext(ctx, `SELECT count(*) FROM requests_private WHERE id = ?`, request).Scan(&there); err != nil {
		return err
	}
	switch {
	case there > 0:
		return t.set(ctx, "requests_private", request, row)
	case !says:
		return nil
	}
	row["id"] = request
	_, err := t.insert(ctx, "requests_private", row)
	return err
}

func (t *tx) insertNote(ctx context.Context, request int64, c Change) error {
	id, err := t.insert(ctx, "notes", fields{"request": request, "at": instant(t.at), "actor": c.Event.Actor})
	if err != nil {
		return err
	}
	_, err = t.insert(ctx, "notes_private", fields{"id": id, "text": c.Note})
	return err
}

// diff gathers the columns that a change writes and what they were before.
type diff struct {
	row           fields
	before, after map[string]any
}

func (d diff) note(name string, before, after any) { d.before[name], d.after[name] = before, after }

// text is the detail of the event: before, after, and what the caller adds.
func (d diff) text(more string) string {
	detail := map[string]any{}
	if len(d.before) > 0 {
		detail["before"] = d.before
	}
	if len(d.after) > 0 {
		detail["after"] = d.after
	}
	switch {
	case more == "":
	case !json.Valid([]byte(more)):
		detail["more"] = more
	case len(detail) == 0:
		return `{"more":` + more + `}`
	default: // put together by hand: more can be a count of many days
		return strings.TrimSuffix(jsonText(detail), "}") + `,"more":` + more + `}`
	}
	if len(detail) == 0 {
		return ""
	}
	return jsonText(detail)
}

// beforeAfter is the detail of an event that is no Change.
func beforeAfter(before, after any) string {
	detail := map[string]any{"after": after}
	if before != nil {
		detail["before"] = before
	}
	return jsonText(detail)
}

// termDetail is what the history keeps of a term.
type termDetail struct {
	ID     string     `json:"id"`
	Kind   rules.Kind `json:"kind"`
	From   rules.Date `json:"from"`
	DayOne rules.Date `json:"day_one"`
	Due    rules.Date `json:"due"`

	Provisional bool `json:"provisional,omitempty"`
}

func termsDetail(terms []Term) []termDetail {
	list := make([]termDetail, len(terms))
	for i, t := range terms {
		list[i] = termDetail{t.ID, t.Kind, t.From, t.DayOne, t.Due, t.Provisional}
	}
	return list
}
