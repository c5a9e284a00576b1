package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"license.kz/pometka/rules"
)

// Change does what c says and returns the request as it stands afterwards.
// ErrNotFound: there is no such request. ErrStatus: it is in another status
// than c.From allows. ErrStale: somebody changed it after the actor saw it.
func (db *DB) Change(ctx context.Context, c Change, at time.Time) (Request, error) {
	err := db.change(ctx, at, func(ctx context.Context, t *tx) error {
		r, err := t.changeable(ctx, c)
		if err != nil {
			return err
		}
		for _, number := range c.Unlink {
			if err := t.unlink(ctx, number, r.ID, c); err != nil {
				return err
			}
		}
		if err := t.apply(ctx, r, c); err != nil {
			return err
		}
		all := []requestRow{r}
		for _, n := range c.More {
			more, err := t.insertRequest(ctx, newRequest{
				NewRequest: n, letter: r.letter, prefix: c.Prefix, policy: r.Policy, possibly: r.Possibly, receivedAt: r.ReceivedAt,
			})
			if sender := r.Sender; err == nil && (sender != "" || c.Sender != nil) {
				if c.Sender != nil {
					sender = *c.Sender
				}
				err = t.saveSender(ctx, more.ID, sender)
			}
			if err == nil {
				_, err = t.give(ctx, r.ID, more.ID)
			}
			if err != nil {
				return err
			}
			if err := t.append(ctx, Event{Actor: c.Event.Actor, Code: EventRegistered, Number: more.Number, Detail: registeredDetail(n, r.letter, nil)}); err != nil {
				return err
			}
			all = append(all, more)
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

// apply writes what c changes of the request itself, and the event.
func (t *tx) apply(ctx context.Context, r requestRow, c Change) error {
	if c.Event.Code == "" || c.Event.Actor == "" {
		return errors.New("the act has no name or no actor")
	}
	d := newDiff()
	d.of(r, c)
	d.row["revision"] = r.Revision + 1
	if err := t.set(ctx, "requests", r.ID, d.row); err != nil {
		return err
	}
	if c.Terms != nil {
		d.note("terms", termsDetail(r.Terms), termsDetail(c.Terms))
		if err := t.replaceTerms(ctx, r.ID, r.Terms, c.Terms); err != nil {
			return err
		}
	}
	if c.Outcome != nil {
		d.note("outcome", r.Outcome, *c.Outcome)
		if err := t.savePrivate(ctx, r.ID, fields{"outcome_args": jsonOrNull(c.Outcome.Args)}, len(c.Outcome.Args) > 0); err != nil {
			return err
		}
	}
	if c.Sender != nil {
		d.note("sender", r.Sender, *c.Sender)
		if err := t.saveSender(ctx, r.ID, *c.Sender); err != nil {
			return err
		}
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

// dropWaiting drops a letter of ours if it has not gone out.
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
	t.unsearched[request] = true
	return t.savePrivate(ctx, request, fields{"sender": textOrNull(addr), "sender_key": textOrNull(fold(addr))}, addr != "")
}

// savePrivate writes personal columns of a request. Most requests have none,
// and get no row for saying so.
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

func newDiff() *diff { return &diff{fields{}, map[string]any{}, map[string]any{}} }

func (d *diff) note(name string, before, after any) { d.before[name], d.after[name] = before, after }

func (d *diff) set(name string, before, after, column any) {
	d.note(name, before, after)
	d.row[name] = column
}

// of takes the columns of the request from c.
func (d *diff) of(r requestRow, c Change) {
	if c.Status != "" && c.Status != r.Status {
		d.set("status", r.Status, c.Status, string(c.Status))
	}
	if c.Kind != nil {
		d.set("kind", r.Kind, *c.Kind, string(*c.Kind))
		d.set("candidates", r.Candidates, c.Candidates, jsonOrNull(c.Candidates))
	}
	if c.Assignee != nil {
		d.set("assignee", r.Assignee, *c.Assignee, *c.Assignee)
	}
	if c.Consumer != nil {
		d.set("consumer", r.Consumer, *c.Consumer, *c.Consumer)
	}
	if c.Documents != nil {
		d.set("documents", r.Documents, *c.Documents, dateOrNull(*c.Documents))
	}
	if c.Waits != nil {
		d.set("waits", r.Waits, c.Waits, jsonOrNull(c.Waits))
	}
	if c.ReceivedOn != nil {
		d.set("received_on", r.ReceivedOn, *c.ReceivedOn, c.ReceivedOn.String())
	}
	if c.Terms != nil {
		d.set("act_by", r.ActBy, c.ActBy, dateOrNull(c.ActBy))
	}
	if c.Outcome != nil {
		d.row["outcome_code"] = textOrNull(c.Outcome.Code)
	}
	if c.Steps != nil {
		d.set("steps", r.Steps, c.Steps, jsonOrNull(c.Steps))
	}
}

// text is the detail of the event: before, after, and what the caller adds.
func (d *diff) text(more string) string {
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
