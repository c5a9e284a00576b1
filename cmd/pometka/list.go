package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// listCommand shows the queue. What is selected is narrowed by every flag; the
// values of one flag widen each other.
func (a *app) listCommand() *cobra.Command {
	var w wanted
	table := false
	c := a.withJSON(&cobra.Command{
		Use: "list", Short: a.t("help.list"), Long: a.t("help.list.long"), Example: a.example("list"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if table && a.json {
				return a.misuse("list.error.forms")
			}
			w.within = c.Flags().Changed("due-within")
			w.assigned = c.Flags().Changed("assignee")
			return a.withDesk(c, func(d *desk.Desk) error {
				f, err := a.filter(d, w)
				if err != nil {
					return usage(err)
				}
				ids, err := d.Store.Selected(c.Context(), f)
				switch {
				case err != nil:
					return err
				case a.json:
					return a.printRequests(d, inParts(c.Context(), ids, d.Store.RequestsOf))
				case table:
					return a.printTable(d, inParts(c.Context(), ids, d.Store.RequestsOf))
				case len(ids) == 0:
					a.printf("%s\n", a.t(emptyList(f)))
					return nil
				}
				return a.printList(d, len(ids), inParts(c.Context(), ids, d.Store.Lines))
			})
		},
	})
	flags := c.Flags()
	flags.BoolVar(&w.all, "all", false, a.t("help.flag.all"))
	flags.StringSliceVar(&w.kinds, "kind", nil, a.t("help.list.kind"))
	flags.StringSliceVar(&w.status, "status", nil, a.t("help.list.status"))
	flags.BoolVar(&w.review, "review", false, a.t("help.list.review"))
	flags.BoolVar(&w.mine, "mine", false, a.t("help.list.mine"))
	flags.StringVar(&w.assignee, "assignee", "", a.t("help.list.assignee"))
	flags.IntVar(&w.dueWithin, "due-within", 0, a.t("help.list.due_within"))
	flags.BoolVar(&w.overdue, "overdue", false, a.t("help.list.overdue"))
	flags.StringVar(&w.from, "from", "", a.t("help.list.from"))
	flags.StringVar(&w.receivedFrom, "received-from", "", a.t("help.list.received_from"))
	flags.StringVar(&w.receivedTo, "received-to", "", a.t("help.list.received_to"))
	flags.BoolVar(&table, "csv", false, a.t("help.list.csv"))
	flags.SortFlags = false
	return c
}

// emptyList says what it means that nothing was selected.
func emptyList(f store.Filter) string {
	days := []rules.Date{f.DueUntil, f.OverdueOn, f.ReceivedFrom, f.ReceivedTo}
	narrowed := len(f.Kinds)+len(f.Assignees) > 0 || f.From != "" || slices.ContainsFunc(days, func(d rules.Date) bool { return !d.IsZero() })
	switch {
	case f.All || len(f.Status) > 0:
		return "list.empty.all"
	case narrowed:
		return "list.empty"
	}
	return "list.empty.queue"
}

// parts are requests that come some at a time: a register of years is not held
// in memory. The walk ends with the first error.
type parts func(yield func([]store.Request) error) error

// listPart is how many requests are read, worded and printed at a time.
const listPart = 1000

// inParts are the requests with the ids, as read reads them: the next part while
// one is worded.
func inParts(ctx context.Context, ids []int64, read func(context.Context, []int64) ([]store.Request, error)) parts {
	type part struct {
		list []store.Request
		err  error
	}
	return func(yield func([]store.Request) error) error {
		reading, stop := context.WithCancel(ctx)
		next := make(chan part)
		defer func() {
			stop()
			for range next { // nothing reads on when this has returned
			}
		}()
		go func() {
			defer close(next)
			for start := 0; start < len(ids); start += listPart {
				list, err := read(reading, ids[start:min(start+listPart, len(ids))])
				select {
				case next <- part{list, err}:
				case <-reading.Done():
					return
				}
			}
		}()
		for p := range next {
			if p.err != nil {
				return p.err
			}
			if err := yield(p.list); err != nil {
				return err
			}
		}
		return ctx.Err() // a list that was broken off is not whole
	}
}

// allAtOnce is a list that is at hand.
func allAtOnce(list []store.Request) parts {
	return func(yield func([]store.Request) error) error { return yield(list) }
}

// printList prints the queue of n requests: on a wide screen one line a request,
// else two, so that everything needed for a decision fits 80 columns.
func (a *app) printList(d *desk.Desk, n int, list parts) error {
	screen, w := a.printNarrow, a.width()
	if w >= wideList {
		screen = a.printWide
	}
	marks, err := screen(d, list, w)
	if err != nil {
		return err
	}
	a.printf("%s\n", a.t("list.count", n))
	a.explainMark(d, marks)
	return nil
}
