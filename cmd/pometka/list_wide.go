package main

import (
	"strings"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// wideList is the width from which on a request takes one line.
const wideList = 130

// column is one column of the wide list.
type column struct {
	key   string // of its heading
	most  int    // columns that it takes at most; 0 shares what is left
	right bool
	cell  func(*app, *desk.Desk, store.Request) string
}

// wideColumns are the columns of the wide list.
var wideColumns = []column{
	{"list.head.number", 30, false, func(_ *app, _ *desk.Desk, r store.Request) string { return r.Number }},
	{"list.head.act_by", 11, false, func(a *app, d *desk.Desk, r store.Request) string {
		if r.ActBy.IsZero() {
			return "–"
		}
		return a.lastDayShort(r, d.Foremost(r, d.Today()))
	}},
	{"list.head.source", 8, false, func(a *app, d *desk.Desk, r store.Request) string {
		if r.ActBy.IsZero() {
			return ""
		}
		return a.t("source." + string(d.Foremost(r, d.Today()).Source))
	}},
	{"list.head.left", 16, true, func(a *app, d *desk.Desk, r store.Request) string { return a.leftShort(d, r) }},
	{"list.head.kind", 0, false, func(a *app, d *desk.Desk, r store.Request) string { return a.requestKind(d, r) }},
	{"list.head.from", 0, false, func(_ *app, _ *desk.Desk, r store.Request) string { return sender(r) }},
	{"list.head.received", 10, false, func(a *app, _ *desk.Desk, r store.Request) string { return a.shortDay(r.ReceivedOn) }},
	{"list.head.status", 16, false, func(a *app, _ *desk.Desk, r store.Request) string { return a.t("status." + string(r.Status)) }},
	{"list.head.who", 20, false, func(a *app, d *desk.Desk, r store.Request) string { return a.assigneeName(d, r) }},
}

// leftShort words the working days left in a cell.
func (a *app) leftShort(d *desk.Desk, r store.Request) string {
	term := d.Foremost(r, d.Today())
	switch left := d.Calendar.Remaining(d.Today(), term.Due); {
	case r.Status.Closed():
		return ""
	case r.ActBy.IsZero():
		return a.t("list.standing.short")
	case left == 0:
		return a.t("list.left.today")
	case left > 0:
		return a.t("list.left.days", left)
	case term.Source != rules.SourceTarget:
		return a.t("list.left.overdue", -left)
	default:
		return a.t("list.left.missed", -left)
	}
}

// printWide prints a request a line, each column as wide as what stands in it,
// and returns the latest year of a day among them that bears the mark.
func (a *app) printWide(d *desk.Desk, list parts, w int) (marks int, err error) {
	head := make([]string, len(wideColumns))
	for i, c := range wideColumns {
		head[i] = a.t(c.key)
	}
	cells, colours, troubles := [][]string{head}, []paint{dim}, []string{""}
	err = list(func(part []store.Request) error {
		for _, r := range part {
			row := make([]string, len(wideColumns))
			for i, c := range wideColumns {
				row[i] = c.cell(a, d, r)
			}
			cells, colours, troubles = append(cells, row), append(colours, a.urgency(d, r)), append(troubles, a.trouble(d, r))
		}
		marks = max(marks, marked(d, part))
		return nil
	})
	if err != nil {
		return 0, err
	}
	widths := wideWidths(cells, w)
	line := func(row []string) string {
		for i, c := range wideColumns {
			if c.right {
				row[i] = padLeft(row[i], widths[i])
			} else {
				row[i] = pad(row[i], widths[i])
			}
		}
		return strings.TrimRight(strings.Join(row, "  "), " ")
	}
	printed := a.buffered()
	for i, row := range cells {
		a.printf("%s\n", a.paint(colours[i], line(row)))
		a.printTrouble(troubles[i], w)
	}
	return marks, printed()
}

// wideWidths are the widths of the columns: of what stands in them, within their
// bounds. The two that have none share what is left, so that the shorter of them
// leaves its part to the other.
func wideWidths(cells [][]string, w int) []int {
	widths, left := make([]int, len(wideColumns)), w-2*(len(wideColumns)-1)
	var free []int
	for i, c := range wideColumns {
		for _, row := range cells {
			widths[i] = max(widths[i], columns(row[i]))
		}
		if c.most == 0 {
			free = append(free, i)
			continue
		}
		widths[i] = min(widths[i], c.most)
		left -= widths[i]
	}
	for n, i := range free {
		others := 0
		for _, j := range free[n+1:] {
			others += min(widths[j], left/(len(free)-n))
		}
		widths[i] = min(widths[i], max(left-others, 1))
		left -= widths[i]
	}
	return widths
}
