package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// provisionalMark stands at a day that a calendar still to be published can
// move; what it means stands below the list.
const provisionalMark = "*"

// provisional reports whether the count of the term that sets act by reaches
// into a year whose calendar is not published.
func provisional(r store.Request) bool {
	return slices.ContainsFunc(r.Terms, func(t store.Term) bool { return t.Due == r.ActBy && !t.Due.IsZero() && t.Provisional })
}

// canMove reports whether a calendar still to be published can move the last day of a
// term: those of a closed request stay as they are.
func canMove(r store.Request, t store.Term) bool {
	return t.Provisional && !t.Due.IsZero() && !r.Status.Closed()
}

// marked is the latest year of the days in the queue that bear the mark, or 0.
func marked(d *desk.Desk, part []store.Request) (year int) {
	for _, r := range part {
		if t := d.Foremost(r, d.Today()); canMove(r, t) {
			year = max(year, t.Due.Year)
		}
	}
	return year
}

// indent is where the second line of an entry begins: below the kind.
const indent = 16

// explainMark says below a list what the mark means, where the list has it: marks
// is the latest year that bears it, or 0.
func (a *app) explainMark(d *desk.Desk, marks int) {
	if marks > 0 {
		a.say(a.provisional(marks, d.Today().Year, "list.provisional", "list.provisional.past", provisionalMark))
	}
}

// printNarrow prints a request in two lines, and returns the latest year of a day
// among them that bears the mark.
func (a *app) printNarrow(d *desk.Desk, list parts, w int) (marks int, err error) {
	err = list(func(part []store.Request) error {
		printed := a.buffered()
		for _, r := range part {
			a.printEntry(d, r, w)
		}
		marks = max(marks, marked(d, part))
		return printed()
	})
	return marks, err
}

// printEntry prints a request in two lines: number, kind and the day that
// drives it; sender, receipt, status and who works on it.
func (a *app) printEntry(d *desk.Desk, r store.Request, w int) {
	due := a.actByShort(d, r)
	number := max(indent-1, columns(r.Number)) // a long prefix must not cost the number its end
	kind := max(w-number-2-columns(due), 6)    // a long prefix, a day years ago: the line keeps its width
	a.printf("%s %s %s\n", a.paint(bold, pad(r.Number, number)), pad(a.kindWithin(d, r, kind), kind), a.paint(a.urgency(d, r), due))
	tail := a.t("list.received", templates.ShortDate(string(a.lang), r.ReceivedOn.Time())) + " · " + a.t("status."+string(r.Status)) + " · " + a.assigneeName(d, r)
	room := max(w-indent-3-columns(tail), 8)
	a.printf("%s\n", clip(strings.Repeat(" ", indent)+clip(cmp.Or(sender(r), a.t("list.unknown")), room)+" · "+tail, w))
	a.printTrouble(a.trouble(d, r), w)
}

// kindWithin names the kind in so many columns; what a letter may be is named
// shorter where it does not fit, since the status says the rest.
func (a *app) kindWithin(d *desk.Desk, r store.Request, width int) string {
	text := a.requestKind(d, r)
	if columns(text) > width && r.Kind == "" && len(r.Candidates) > 0 {
		return a.kindNames(d.Policy, r.Candidates) + "?"
	}
	return text
}

// trouble says what the person does not know, or may not know; "": nothing.
func (a *app) trouble(d *desk.Desk, r store.Request) string {
	if r.Ack.State != store.MailFailed && r.Ack.State != store.MailUncertain {
		return ""
	}
	return "! " + a.t("show.acknowledgement") + ": " + templates.Safe(a.ackText(d, r))
}

func (a *app) printTrouble(text string, w int) {
	if text != "" {
		a.printf("%s%s\n", strings.Repeat(" ", indent), a.paint(red, clip(text, w-indent)))
	}
}

// sender names who wrote, in one line.
func sender(r store.Request) string {
	if len(r.Letters) == 0 {
		return ""
	}
	l := r.Letters[0]
	return templates.Safe(strings.TrimSpace(cmp.Or(strings.TrimSpace(l.FromName), l.FromAddr)))
}

// assigneeName names the person who works on a request.
func (a *app) assigneeName(d *desk.Desk, r store.Request) string {
	if r.Assignee == "" {
		return a.t("list.nobody")
	}
	return templates.Safe(d.NameOf(r.Assignee))
}

// urgency is the colour of a day: overdue, a target missed or three working
// days left, or nothing. The words beside it say the same.
func (a *app) urgency(d *desk.Desk, r store.Request) paint {
	today := d.Today()
	switch {
	case r.Status.Closed():
		return dim
	case desk.Overdue(r, today):
		return red
	case !r.ActBy.IsZero() && d.Calendar.Remaining(today, r.ActBy) <= soon:
		return yellow
	}
	return plain
}

// soon is from how many working days left on a day stands out.
const soon = 3

// actByShort words the day that drives the queue so that the queue stays
// narrow: the day, whose term it is, and the working days left. Once a term of
// the policy or of the law has passed it is that one, whatever target came before.
func (a *app) actByShort(d *desk.Desk, r store.Request) string {
	if r.ActBy.IsZero() {
		return a.t("list.standing.short")
	}
	term := d.Foremost(r, d.Today())
	day, source := a.lastDayShort(r, term), a.t("source."+string(term.Source))
	if r.Status.Closed() {
		return day + " " + source
	}
	left := d.Calendar.Remaining(d.Today(), term.Due)
	switch {
	case left == 0:
		return a.t("list.due.today", day, source)
	case left > 0:
		return a.t("list.due.left", day, source, left)
	case term.Source != rules.SourceTarget:
		return a.t("list.due.overdue", day, source, -left)
	}
	return a.t("list.due.missed", day, source, -left)
}

// lastDayShort writes the last day of a term, with the mark of one that can still
// move.
func (a *app) lastDayShort(r store.Request, t store.Term) string {
	day := templates.ShortDate(string(a.lang), t.Due.Time())
	if canMove(r, t) {
		day += provisionalMark
	}
	return day
}

// printTable prints the queue for a spreadsheet.
func (a *app) printTable(d *desk.Desk, list parts) error {
	var head []string
	for _, key := range []string{"number", "kind", "status", "received", "act_by", "source", "provisional", "left", "overdue", "name", "from", "subject", "who", "ack"} {
		head = append(head, a.t("list.head."+key))
	}
	t, err := newTable(a.out, head)
	if err != nil {
		return err
	}
	return list(func(part []store.Request) error {
		var rows [][]string
		for _, r := range part {
			rows = append(rows, a.tableRow(d, r))
		}
		return t.write(rows)
	})
}

// tableRow is a request as cells; days are written as every spreadsheet reads
// them, whatever its language.
func (a *app) tableRow(d *desk.Desk, r store.Request) []string {
	j := a.requestJSON(d, r)
	left, source := "", ""
	if !r.ActBy.IsZero() {
		source = a.t("source." + string(sourceOf(r)))
		if !r.Status.Closed() {
			left = strconv.Itoa(*j.DaysLeft)
		}
	}
	return []string{
		r.Number, a.requestKind(d, r), a.t("status." + string(r.Status)), r.ReceivedOn.String(), r.ActBy.String(), source, a.yesNo(provisional(r)), left, a.yesNo(j.Overdue),
		csvCell(j.Name), csvCell(j.From), csvCell(j.Subject), csvCell(d.NameOf(r.Assignee)), a.t("outbox.state." + string(j.Acknowledgement)),
	}
}

// sourceOf is the source of the term that sets act by.
func sourceOf(r store.Request) rules.Source { return desk.Acting(r).Source }
