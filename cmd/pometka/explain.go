package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

func (a *app) explainCommand() *cobra.Command {
	var kind, received string
	c := a.withJSON(&cobra.Command{
		Use: "explain N | --kind KIND --received DATE", Short: a.t("help.explain"), Long: a.t("help.explain.long", kindsPlace),
		Args: asUsage(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) == 1 && kind == "" && received == "":
				return a.explainRequest(c, args[0])
			case len(args) == 0 && kind != "" && received != "":
				return a.explainKind(rules.Kind(kind), received)
			}
			return a.misuse("error.explain")
		},
	})
	c.Flags().StringVar(&kind, "kind", "", a.t("help.flag.kind"))
	c.Flags().StringVar(&received, "received", "", a.t("help.flag.received"))
	return c
}

func (a *app) explainRequest(c *cobra.Command, short string) error {
	return a.withDesk(c, func(d *desk.Desk) error {
		n, err := number(c.Context(), d, short)
		if err != nil {
			return err
		}
		t, err := d.Explain(c.Context(), n)
		if err != nil {
			return err
		}
		history, err := d.Store.History(c.Context(), n)
		if err != nil {
			return err
		}
		return a.explain(t, a.explainedOf(d, t.About, history))
	})
}

// explainedOf is what explain shows of a request beside its trace.
func (a *app) explainedOf(d *desk.Desk, r store.Request, history []store.Event) explained {
	return explained{
		policy: d.Policy, zone: d.Zone, received: r.ReceivedAt, dayOnly: len(r.Letters) > 0 && r.Letters[0].DayOnly(d.Zone), set: receiptSet(history),
		statutory: d.Deadlines.Statutory, abroad: d.Calendar.Abroad(),
		title: r.Number + "  " + a.requestKind(d, r) + "  [" + a.t("status."+string(r.Status)) + "]",
	}
}

// explainKind computes the terms of a kind for a day of receipt, by the
// built-in policy where there is no configuration.
func (a *app) explainKind(kind rules.Kind, received string) error {
	cfg, err := a.configIfAny()
	if err != nil {
		return err
	}
	o, err := a.deskOptions(cfg)
	if err != nil {
		return err
	}
	kind, _ = kindNamed(o.Policy, string(kind))
	rule, ok := o.Policy.Kind(kind)
	if !ok {
		return a.misuse("error.explain.kind", templates.Safe(string(kind)), a.kindList(o.Policy))
	}
	day, instant, err := receipt(received, o.Zone)
	if err != nil {
		return usage(errors.New(a.receiptFault(received, err)))
	}
	due, err := o.Policy.Deadlines(o.Calendar, o.Deadlines, kind, day, rules.Circumstances{})
	if err != nil {
		return err
	}
	t := desk.TraceOf(o.Calendar, o.Policy, day, due)
	t.Idle = desk.IdleTerms(o.Policy, kind, due)
	return a.explain(t, explained{policy: o.Policy, zone: o.Zone, received: instant, statutory: o.Deadlines.Statutory, abroad: o.Calendar.Abroad(), title: rule.Name.In(a.lang)})
}

// explained is what explain shows beside a trace.
type explained struct {
	title     string
	received  time.Time // the instant; zero for a count from a day
	dayOnly   bool      // of received only the day is known: it came on paper
	set       bool      // somebody corrected the day of receipt
	policy    *rules.Policy
	zone      *time.Location
	statutory bool
	abroad    bool // by the calendar of another country
}

// article is one of the Civil Code of Kazakhstan, by which terms are counted; "" by
// the calendar of another country, whose code says so elsewhere.
func (x explained) article(number string) string {
	if x.abroad {
		return ""
	}
	return number
}

// explain prints the receipt, each term with source and basis, and the count
// day by day, so that a reader can follow it without the program.
func (a *app) explain(t desk.Trace, x explained) error {
	if a.json {
		return a.printJSON(a.explainJSON(t))
	}
	w := a.width()
	a.printf("%s\n", clip(x.title, w))
	a.explainReceipt(t, x)
	acts := &footnotes{}
	for _, term := range t.Terms {
		a.explainTerm(t, term, x, acts)
	}
	a.explainIdle(t, x)
	a.printf("\n")
	if t.Calendar == "" {
		a.say(a.t("explain.uncounted"))
		a.printf("\n")
	}
	a.say(a.t("explain.rules", x.article("173"), x.article("175"), x.article("176")))
	a.printFootnotes(acts)
	return nil
}

func (a *app) explainReceipt(t desk.Trace, x explained) {
	w := a.width()
	day := a.longDay(t.ReceivedOn)
	if at := x.received.In(x.zone); !x.received.IsZero() && rules.DateIn(at, x.zone) == t.ReceivedOn && !x.dayOnly {
		day += ", " + at.Format("15:04 (UTC-07:00)")
	}
	a.printf("%s", labelled(a.t("explain.received"), day, w))
	if other := a.otherReceipt(t.ReceivedOn, x); other != "" {
		a.printf("%s", labelled("", other, w))
	}
	actBy := a.t("list.standing")
	if !t.ActBy.IsZero() {
		r := store.Request{ActBy: t.ActBy}
		for _, term := range t.Terms {
			r.Terms = append(r.Terms, store.Term{ID: term.ID, Source: term.Source, Due: term.Due, Provisional: term.Provisional})
		}
		acting := desk.Acting(r)
		actBy = a.longDay(t.ActBy) + " (" + a.sourceText(acting.Source, acting.Provisional) + ")"
	}
	a.printf("%s", labelled(a.t("explain.act_by"), actBy, w))
}

// explainTerm prints one term and its count.
func (a *app) explainTerm(t desk.Trace, term desk.TracedTerm, x explained, acts *footnotes) {
	w := a.width()
	a.printf("\n")
	a.say(sentenceCase(a.t("source."+string(term.Source))) + ": " + term.Name.In(a.lang) + " – " + a.days(term.Days, term.Unit))
	row := func(label, value string) {
		if value != "" {
			a.printf("%s", labelled(label, value, w))
		}
	}
	if rule, ok := x.policy.Kind(term.Kind); ok && t.About.Number != "" && t.About.Kind == "" {
		row(a.t("explain.kind"), rule.Name.In(a.lang))
	}
	row(a.t("explain.basis"), term.Basis.In(a.lang))
	if term.Condition != "" {
		row(a.t("explain.condition"), a.t("condition."+term.Condition))
	}
	row(a.t("explain.from"), a.countedFrom(t, term))
	for _, wait := range term.Waits {
		row(a.t("explain.wait"), a.waitText(wait))
	}
	if term.Due.IsZero() {
		row(a.t("explain.due"), a.t("list.standing"))
	} else {
		row(a.t("explain.due"), a.longDay(term.Due)+", "+a.t("explain.until"))
	}
	if term.Provisional && !term.Due.IsZero() {
		row("", a.whyProvisional(t.About.Status, term.Due.Year, rules.DateIn(time.Now(), x.zone).Year, "explain.provisional", "explain.provisional.past"))
	}
	for _, day := range term.Count {
		a.explainDay(term, day, x, acts)
	}
}

// countedFrom tells where the count of a term begins, if that is not simply
// the receipt.
func (a *app) countedFrom(t desk.Trace, term desk.TracedTerm) string {
	switch from := templates.Date(string(a.lang), term.From.Time()); {
	case term.From == t.ReceivedOn:
		return ""
	case term.Condition == rules.ConditionDocuments && term.From == t.About.Documents:
		return a.t("explain.from.documents", from)
	default:
		return a.t("explain.from.restart", from)
	}
}

func (a *app) waitText(w rules.Wait) string {
	from := templates.ShortDate(string(a.lang), w.From.Time())
	if w.To.IsZero() {
		return a.t("explain.wait.open", from)
	}
	return a.t("explain.wait.over", from, templates.ShortDate(string(a.lang), w.To.Time()))
}

// explainDay prints one day of a count: its number or a dash, the date, the
// weekday, and what it is.
func (a *app) explainDay(term desk.TracedTerm, day desk.TracedDay, x explained, acts *footnotes) {
	mark := "–"
	if day.Number > 0 {
		mark = strconv.Itoa(day.Number)
	}
	head := fmt.Sprintf("  %4s  %s  %s  ", mark, templates.ShortDate(string(a.lang), day.Date.Time()), a.t(weekdayKey(day.Date.Weekday())+".short"))
	text := a.tracedText(day, acts)
	switch last := day.Number == term.Days; {
	case day.Date == term.Due && day.Number == 0:
		text += "; " + a.t("explain.carried")
	case day.Date == term.Due:
		text += "; " + a.t("explain.last")
	case last && term.Unit == rules.CalendarDays:
		text += "; " + a.t("explain.off", x.article("175"))
	}
	for i, part := range wrap(text, a.width()-utf8.RuneCountInString(head)) {
		if i > 0 {
			head = strings.Repeat(" ", utf8.RuneCountInString(head))
		}
		a.printf("%s%s\n", head, part)
	}
}

func (a *app) tracedText(d desk.TracedDay, acts *footnotes) string {
	if d.Waiting {
		return a.t("explain.waiting")
	}
	return a.dayText(countedDay(d)) + acts.mark(d.Act)
}

// explainIdle lists the terms of the kind that do not run, and why.
func (a *app) explainIdle(t desk.Trace, x explained) {
	w := a.width()
	for i, term := range t.Idle {
		if i == 0 {
			a.printf("\n%s\n", a.t("explain.idle"))
		}
		a.printf("%s", labelled(a.t("source."+string(term.Source)), term.Name.In(a.lang)+" – "+a.days(term.Days, term.Unit), w))
		if b := term.Basis.In(a.lang); b != "" {
			a.printf("%s", labelled("", b, w))
		}
		a.printf("%s", labelled("", a.whyIdle(t, term, x), w))
	}
}

func (a *app) whyIdle(t desk.Trace, term rules.Term, x explained) string {
	switch {
	case term.Source == rules.SourceLaw && !x.statutory:
		return a.t("explain.idle.statutory")
	case !term.ValidFrom.IsZero() && t.ReceivedOn.Before(term.ValidFrom):
		return a.t("explain.idle.before", templates.Date(string(a.lang), term.ValidFrom.Time()))
	case !term.ValidTo.IsZero() && t.ReceivedOn.After(term.ValidTo):
		return a.t("explain.idle.after", templates.Date(string(a.lang), term.ValidTo.Time()))
	case term.Condition != "":
		return a.t("explain.idle." + term.Condition)
	}
	return a.t("explain.idle.until." + term.Until)
}

// longDay words a date with its weekday.
func (a *app) longDay(d rules.Date) string {
	return templates.Date(string(a.lang), d.Time()) + ", " + a.t(weekdayKey(d.Weekday()))
}

// weekdayKey is the catalogue's key of a day of the week, Monday being 1.
func weekdayKey(d time.Weekday) string {
	return "weekday." + strconv.Itoa((int(d)+6)%7+1)
}

// sentenceCase begins s with a capital letter.
func sentenceCase(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(r)) + s[n:]
}
