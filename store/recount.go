package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"license.kz/pometka/rules"
)

// recounter counts requests anew and makes all that is to be written for them.
// It uses no database: what a row will be is known from what it was.
type recounter struct {
	Recomputation
	events series
	detail recountDetail
	terms  map[*Term]*stencil
	text   []byte // used again for each row
}

func newRecounter(t *tx, c Recomputation) *recounter {
	return &recounter{
		Recomputation: c, events: series{at: t.at, seq: t.seq, head: t.head}, terms: map[*Term]*stencil{},
		detail: recountDetail{cause: jsonText(c.Cause), after: map[*Recount]string{}, terms: map[Term]string{}},
	}
}

// recounted is what is to be written for some requests.
type recounted struct {
	events   series
	requests [][]any // id, event, revision, act_by
	moved    [][]any // terms that run as before, to other dates: movedColumns
	terms    [][]any // the other terms that became others: termColumns
	gone     []int64 // terms that run no longer
	err      error
}

// count counts some requests. It must get all requests in the order of their ids, since their
// events are chained in that order.
func (c *recounter) count(list []work) recounted {
	var out recounted
	for _, r := range list {
		n, err := c.Count(r.Request)
		if err != nil {
			return recounted{err: fmt.Errorf("count the terms of %s: %w", r.Number, err)}
		}
		if n != nil && (r.ActBy != n.ActBy || !slices.Equal(r.Terms, n.Terms)) {
			c.take(&out, r, n)
		}
	}
	out.events = c.events.cut()
	return out
}

// take makes the rows and the event of a request whose terms became others.
func (c *recounter) take(out *recounted, r work, n *Recount) {
	event, actBy := c.events.seq, dateOrNull(n.ActBy)
	r.row.set("event", event)
	r.row.set("revision", r.Revision+1)
	r.row.set("act_by", actBy)
	out.requests = append(out.requests, []any{r.ID, event, r.Revision + 1, actBy})
	r.row.text = c.text
	rows := []covered{{rowKey{"requests", r.ID}, r.row.digest(), r.row.marks()}}
	c.text = r.row.text
	for pos := range max(len(r.Terms), len(n.Terms)) {
		key := rowKey{"terms", termID(r.ID, pos)}
		if pos >= len(n.Terms) {
			out.gone = append(out.gone, key.id)
			rows = append(rows, covered{rowKey: key})
			continue
		}
		if pos < len(r.Terms) && r.Terms[pos] == n.Terms[pos] {
			continue
		}
		form := c.form(&n.Terms[pos], r.ID, pos, event)
		rows = append(rows, form.covers(key))
		if pos < len(r.Terms) && sameButDates(r.Terms[pos], n.Terms[pos]) {
			out.moved = append(out.moved, form.pick(movedColumns))
		} else {
			out.terms = append(out.terms, form.pick(termColumns))
		}
	}
	c.events.add(Event{Actor: Machine, Code: EventRecomputed, Number: r.Number, Detail: c.detail.of(r, n)}, r.stateWith(n), rows)
}

// stateWith is the state of a request that got other terms, as JSON; compare
// tx.statesAfter.
func (r requestRow) stateWith(n *Recount) string {
	s := State{
		Kind: r.Kind, Candidates: r.Candidates, Status: r.Status, ReceivedOn: r.ReceivedOn, ActBy: n.ActBy,
		Assignee: r.Assignee, Outcome: r.Outcome.Code, Terms: make([]StateTerm, len(n.Terms)),
	}
	for i, t := range n.Terms {
		s.Terms[i] = StateTerm{t.ID, t.Kind, t.Source, t.Due, t.Provisional}
	}
	return jsonText(s)
}

// sameButDates reports whether two terms differ in nothing but movedColumns.
func sameButDates(a, b Term) bool {
	a.From, a.DayOne, a.Due, a.Provisional = b.From, b.DayOne, b.Due, b.Provisional
	return a == b
}

// movedColumns are those of a term whose dates alone became others; the first
// names the row.
var movedColumns = []string{"id", "event", "from_date", "day_one", "due", "provisional"}

// termColumns are all of a term.
var termColumns = func() []string {
	names, _ := termFields(0, 0, Term{}).sorted()
	return append(names, "event")
}()

// form returns the row of a term, which many requests have in common, for one
// of them.
func (c *recounter) form(t *Term, request int64, pos int, event int64) *stencil {
	f := c.terms[t]
	if f == nil {
		r := newRecord(termColumns)
		for name, value := range termFields(0, pos, *t) {
			r.set(name, value)
		}
		f = newStencil(r, "id", "request", "event")
		c.terms[t] = f
	}
	f.set("id", termID(request, pos))
	f.set("request", request)
	f.set("event", event)
	return f
}

// writeRecounted writes what was made for some requests.
func (t *tx) writeRecounted(ctx context.Context, r recounted) error {
	if r.err != nil || len(r.requests) == 0 {
		return r.err
	}
	if err := t.updateMany(ctx, "requests", []string{"id", "event", "revision", "act_by"}, r.requests); err != nil {
		return err
	}
	if err := t.updateMany(ctx, "terms", movedColumns, r.moved); err != nil {
		return err
	}
	var set []string
	for _, name := range termColumns {
		if name != "id" && name != "request" && name != "pos" {
			set = append(set, name+" = excluded."+name)
		}
	}
	err := t.execMany(ctx, `INSERT INTO terms (`+strings.Join(termColumns, ", ")+`) VALUES `,
		` ON CONFLICT (id) DO UPDATE SET `+strings.Join(set, ", "), r.terms)
	if err == nil && len(r.gone) > 0 {
		_, err = t.ExecContext(ctx, `DELETE FROM terms WHERE id IN (SELECT value FROM json_each(?))`, jsonText(r.gone))
	}
	if err != nil {
		return fmt.Errorf("change terms: %w", err)
	}
	return t.appendAll(ctx, r.events)
}

// updateMany changes columns of many rows, which are named by the first.
func (t *tx) updateMany(ctx context.Context, table string, columns []string, rows [][]any) error {
	var set []string
	for _, name := range columns[1:] {
		set = append(set, name+" = v."+name)
	}
	err := t.execMany(ctx, `WITH v (`+strings.Join(columns, ", ")+`) AS (VALUES `, `) UPDATE `+table+
		` SET `+strings.Join(set, ", ")+` FROM v WHERE `+table+`.id = v.id`, rows)
	if err != nil {
		return fmt.Errorf("change %s: %w", table, err)
	}
	return nil
}

// recountDetail writes the details of events in the form of Detail.Text; what
// many requests have in common is written once.
type recountDetail struct {
	cause string // as JSON
	after map[*Recount]string
	terms map[Term]string
}

func (d recountDetail) of(r work, n *Recount) string {
	after, known := d.after[n]
	if !known {
		after = d.dates(n.ActBy, n.Terms)
		d.after[n] = after
	}
	more := `{"cause":` + d.cause
	if n.Trace != nil {
		more += `,"trace":` + string(n.Trace)
	}
	return `{"after":` + after + `,"before":` + d.dates(r.ActBy, r.Terms) + `,"more":` + more + `}}`
}

func (d recountDetail) dates(actBy rules.Date, terms []Term) string {
	list := make([]string, len(terms))
	for i, t := range terms {
		text, known := d.terms[t]
		if !known {
			text = jsonText(TermDetails(terms[i : i+1])[0])
			d.terms[t] = text
		}
		list[i] = text
	}
	return `{"act_by":` + jsonText(actBy) + `,"terms":[` + strings.Join(list, ",") + `]}`
}
