package main

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// requestJSON is one element of list --json and of show --json.
type requestJSON struct {
	Number     string       `json:"number"`
	Kind       rules.Kind   `json:"kind"`
	Candidates []rules.Kind `json:"candidates"`
	Status     store.Status `json:"status"`
	ReceivedAt string       `json:"received_at"`
	ReceivedOn rules.Date   `json:"received_on"`
	ActBy      rules.Date   `json:"act_by"`
	DaysLeft   int          `json:"days_left"`
	Overdue    bool         `json:"overdue"`
	Terms      []termJSON   `json:"terms"`
	From       string       `json:"from"`
	Name       string       `json:"name"`
	Subject    string       `json:"subject"`
	MessageID  string       `json:"message_id"`
	Folder     string       `json:"folder"`
	UID        uint32       `json:"uid"`
	Letters    []letterJSON `json:"letters"`
	Possibly   []string     `json:"possibly"`
	Trust      rules.Trust  `json:"trust"`

	Confidence      rules.Confidence `json:"confidence"`
	Marker          string           `json:"marker"`
	Language        rules.Lang       `json:"language"`
	Assignee        string           `json:"assignee"`
	AcknowledgedAt  string           `json:"acknowledged_at"`
	Acknowledgement store.MailState  `json:"acknowledgement"`
}

type termJSON struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	Source      rules.Source `json:"source"`
	Basis       string       `json:"basis"`
	Condition   string       `json:"condition"`
	Days        int          `json:"days"`
	Unit        rules.Unit   `json:"unit"`
	Due         rules.Date   `json:"due"`
	Provisional bool         `json:"provisional"`
	Overdue     bool         `json:"overdue"`
}

type letterJSON struct {
	MessageID string `json:"message_id"`
	Folder    string `json:"folder"`
	UID       uint32 `json:"uid"`
}

func (a *app) listCommand() *cobra.Command {
	var f store.Filter
	c := a.withJSON(&cobra.Command{
		Use: "list", Short: a.t("help.list"), Long: a.t("help.list.long"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			d, done, err := a.openDesk(c.Context())
			if err != nil {
				return err
			}
			defer done()
			list, err := d.Store.Requests(c.Context(), f)
			if err != nil {
				return err
			}
			if a.json {
				return a.printRequests(d, list)
			}
			a.printList(d, list)
			return nil
		},
	})
	c.Flags().BoolVar(&f.All, "all", false, a.t("help.flag.all"))
	return c
}

func (a *app) printRequests(d *desk.Desk, list []store.Request) error {
	out := make([]requestJSON, 0, len(list))
	for _, r := range list {
		out = append(out, a.requestJSON(d, r))
	}
	return a.printJSON(out)
}

// requestJSON turns a request into its stable form for programs.
func (a *app) requestJSON(d *desk.Desk, r store.Request) requestJSON {
	today := d.Today()
	j := requestJSON{
		Number: r.Number, Kind: r.Kind, Candidates: r.Candidates, Status: r.Status,
		ReceivedAt: stamp(r.ReceivedAt, d.Zone), ReceivedOn: r.ReceivedOn, ActBy: r.ActBy,
		DaysLeft: daysLeftOf(d, r, today), Overdue: overdue(r, today),
		Terms: []termJSON{}, Letters: []letterJSON{}, Possibly: r.Possibly,
		Assignee: r.Assignee, AcknowledgedAt: stamp(r.Ack.At, d.Zone), Acknowledgement: cmp.Or(r.Ack.State, store.MailNone),
	}
	if j.Candidates == nil {
		j.Candidates = []rules.Kind{}
	}
	if j.Possibly == nil {
		j.Possibly = []string{}
	}
	for _, t := range r.Terms {
		j.Terms = append(j.Terms, termJSON{
			ID: t.ID, Name: t.Name.In(a.lang), Source: t.Source, Basis: t.Basis.In(a.lang), Condition: t.Condition,
			Days: t.Days, Unit: t.Unit, Due: t.Due, Provisional: t.Provisional, Overdue: termOverdue(r, t, today),
		})
	}
	for i, l := range r.Letters {
		j.Letters = append(j.Letters, letterJSON{l.MessageID, l.Place.Folder, l.Place.UID})
		if i == 0 {
			j.From, j.Name, j.Subject, j.MessageID = l.FromAddr, l.FromName, l.Subject, l.MessageID
			j.Folder, j.UID = l.Place.Folder, l.Place.UID
			j.Trust, j.Confidence, j.Marker, j.Language = l.Trust, l.Confidence, l.Marker, l.Language
		}
	}
	return j
}

// daysLeftOf is 0 for a request whose terms stand still.
func daysLeftOf(d *desk.Desk, r store.Request, today rules.Date) int {
	if r.ActBy.IsZero() {
		return 0
	}
	return d.Calendar.Remaining(today, r.ActBy)
}

// stamp writes an instant with the operator's offset, and "" for none.
func stamp(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.RFC3339)
}

// termOverdue reports whether a term of the policy or of the law has passed
// while the request is open; a missed target is only that.
func termOverdue(r store.Request, t store.Term, today rules.Date) bool {
	return !r.Status.Closed() && t.Source != rules.SourceTarget && !t.Due.IsZero() && today.After(t.Due)
}

func overdue(r store.Request, today rules.Date) bool {
	for _, t := range r.Terms {
		if termOverdue(r, t, today) {
			return true
		}
	}
	return false
}

// printList prints the queue, two lines for a request, so that everything
// needed for a decision fits 80 columns.
func (a *app) printList(d *desk.Desk, list []store.Request) {
	if len(list) == 0 {
		a.printf("%s\n", a.t("list.empty"))
		return
	}
	for _, r := range list {
		a.printf("%s\n", a.listEntry(d, r))
	}
	a.printf("%s\n", a.t("list.count", len(list)))
	if slices.ContainsFunc(list, provisional) {
		a.printf("%s\n", a.t("list.provisional", provisionalMark))
	}
}

// provisionalMark stands at a day that a calendar still to be published can
// move; what it means stands below the list.
const provisionalMark = "*"

// provisional reports whether the count of the term that sets act by reaches
// into a year whose calendar is not published.
func provisional(r store.Request) bool {
	return slices.ContainsFunc(r.Terms, func(t store.Term) bool { return t.Due == r.ActBy && !t.Due.IsZero() && t.Provisional })
}

func (a *app) listEntry(d *desk.Desk, r store.Request) string {
	w := a.width()
	due := a.actByShort(d, r)
	kind := max(w-17-utf8.RuneCountInString(due), 10)
	head := pad(r.Number, 15) + " " + pad(a.requestKind(d, r), kind) + " " + due
	from := ""
	if len(r.Letters) > 0 {
		l := r.Letters[0]
		from = templates.Safe(cmp.Or(l.FromName, l.FromAddr))
	}
	who := templates.Safe(r.Assignee)
	if who == "" {
		who = a.t("list.nobody")
	}
	tail := a.t("list.received", templates.ShortDate(string(a.lang), r.ReceivedOn.Time())) + " · " + a.t("status."+string(r.Status)) + " · " + who
	room := max(w-19-utf8.RuneCountInString(tail), 8)
	entry := clip(head, w) + "\n" + clip("                "+clip(from, room)+" · "+tail, w)
	switch r.Ack.State { // the person does not know, or may not know
	case store.MailFailed, store.MailUncertain:
		entry += "\n" + clip("                ! "+a.t("show.acknowledgement")+": "+templates.Safe(a.ackText(d, r)), w)
	}
	return entry
}

// actByShort words the day that drives the queue so that the queue stays
// narrow: the day, whose term it is, and the working days left.
func (a *app) actByShort(d *desk.Desk, r store.Request) string {
	if r.ActBy.IsZero() {
		return a.t("list.standing.short")
	}
	day := templates.ShortDate(string(a.lang), r.ActBy.Time())
	if provisional(r) {
		day += provisionalMark
	}
	source := a.t("source." + string(sourceOf(r)))
	if r.Status.Closed() {
		return day + " " + source
	}
	switch left := d.Calendar.Remaining(d.Today(), r.ActBy); {
	case left == 0:
		return a.t("list.due.today", day, source)
	case left < 0:
		return a.t("list.due.late", day, source, -left)
	default:
		return a.t("list.due.left", day, source, left)
	}
}

// requestKind names the kind of a request, or what a review case might be.
func (a *app) requestKind(d *desk.Desk, r store.Request) string {
	if r.Kind != "" {
		return d.KindName(r.Kind, a.lang)
	}
	if len(r.Candidates) == 0 {
		return a.t("list.undecided")
	}
	return a.t("list.candidates", a.kindNames(d.Policy, r.Candidates))
}

// actBy words the day that drives the queue, its source and what is left.
func (a *app) actBy(d *desk.Desk, r store.Request) string {
	if r.ActBy.IsZero() {
		return a.t("list.standing")
	}
	day := templates.ShortDate(string(a.lang), r.ActBy.Time()) + " " + a.t("source."+string(sourceOf(r)))
	if provisional(r) {
		day += " (" + a.t("calendar.provisional.short") + ")"
	}
	if r.Status.Closed() {
		return day
	}
	return day + ", " + a.daysLeft(d.Calendar.Remaining(d.Today(), r.ActBy))
}

// daysLeft words a number of working days left.
func (a *app) daysLeft(n int) string {
	switch {
	case n == 0:
		return a.t("left.today")
	case n < 0:
		return a.t("left.overdue", -n)
	}
	return a.t("left.days", n)
}

// sourceOf is the source of the term that sets act by.
func sourceOf(r store.Request) rules.Source {
	for _, t := range r.Terms {
		if t.Due == r.ActBy {
			return t.Source
		}
	}
	return rules.SourceTarget
}

// number resolves the short form of a number.
func number(ctx context.Context, d *desk.Desk, short string) (string, error) {
	return d.Store.Resolve(ctx, strings.ToUpper(strings.TrimSpace(short)))
}
