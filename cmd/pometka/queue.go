package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"time"

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
	DaysLeft   *int         `json:"days_left"`
	Overdue    bool         `json:"overdue"`
	Terms      []termJSON   `json:"terms"`
	From       string       `json:"from"`
	Name       string       `json:"name"`
	Subject    string       `json:"subject"`
	MessageID  string       `json:"message_id"`
	Folder     string       `json:"folder"`
	UID        uint32       `json:"uid"`
	Filed      *placeJSON   `json:"filed,omitempty"` // folder and uid are the place where it came
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
	MessageID string     `json:"message_id"`
	Folder    string     `json:"folder"`
	UID       uint32     `json:"uid"`
	Filed     *placeJSON `json:"filed,omitempty"`
}

// placeJSON is where a letter was moved.
type placeJSON struct {
	Folder string `json:"folder"`
	UID    uint32 `json:"uid,omitempty"` // absent: the server did not say it
}

func filedJSON(p store.Place) *placeJSON {
	if p.Folder == "" {
		return nil
	}
	return &placeJSON{p.Folder, p.UID}
}

// printRequests prints an array of them, an element after the other, in the form
// of printJSON.
func (a *app) printRequests(d *desk.Desk, list parts) error {
	out := bufio.NewWriter(a.out)
	var one bytes.Buffer
	e := json.NewEncoder(&one)
	e.SetEscapeHTML(false)
	e.SetIndent(" ", " ")
	before := "[\n "
	err := list(func(part []store.Request) error {
		for _, r := range part {
			one.Reset()
			if err := e.Encode(a.requestJSON(d, r)); err != nil {
				return err
			}
			out.WriteString(before)
			out.Write(escapeHarmful(bytes.TrimRight(one.Bytes(), "\n"))) // an error stays with out
			before = ",\n "
		}
		return out.Flush()
	})
	if err != nil {
		return phrased("error.write", err)
	}
	if before == "[\n " {
		out.WriteString("[]\n")
	} else {
		out.WriteString("\n]\n")
	}
	return out.Flush()
}

// requestJSON turns a request into its stable form for programs.
func (a *app) requestJSON(d *desk.Desk, r store.Request) requestJSON {
	today := d.Today()
	j := requestJSON{
		Number: r.Number, Kind: r.Kind, Candidates: r.Candidates, Status: r.Status,
		ReceivedAt: stamp(r.ReceivedAt, d.Zone), ReceivedOn: r.ReceivedOn, ActBy: r.ActBy,
		DaysLeft: daysLeftOf(d, r, today), Overdue: desk.Overdue(r, today),
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
			Days: t.Days, Unit: t.Unit, Due: t.Due, Provisional: t.Provisional, Overdue: desk.TermOverdue(r.Status, t, today),
		})
	}
	for i, l := range r.Letters {
		j.Letters = append(j.Letters, letterJSON{l.MessageID, l.Place.Folder, l.Place.UID, filedJSON(l.Filed)})
		if i == 0 {
			j.From, j.Name, j.Subject, j.MessageID = l.FromAddr, l.FromName, d.SubjectOf(l, r.Kind, a.lang), l.MessageID
			j.Folder, j.UID, j.Filed = l.Place.Folder, l.Place.UID, filedJSON(l.Filed)
			j.Trust, j.Confidence, j.Marker, j.Language = l.Trust, l.Confidence, l.Marker, l.Language
		}
	}
	return j
}

// daysLeftOf is nil for a request whose terms stand still.
func daysLeftOf(d *desk.Desk, r store.Request, today rules.Date) *int {
	if r.ActBy.IsZero() {
		return nil
	}
	left := d.Calendar.Remaining(today, r.ActBy)
	return &left
}

// stamp writes an instant with the operator's offset, and "" for none.
func stamp(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.RFC3339)
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
	day := templates.ShortDate(string(a.lang), r.ActBy.Time()) + " (" + a.sourceText(sourceOf(r), provisional(r)) + ")"
	if r.Status.Closed() {
		return day
	}
	return day + ", " + a.daysLeft(d, r.ActBy, sourceOf(r))
}

// sourceText words what stands beside a last day: whose term it is, and
// whether the day may move yet.
func (a *app) sourceText(source rules.Source, provisional bool) string {
	text := a.t("source." + string(source))
	if provisional {
		text += ", " + a.t("calendar.provisional.short")
	}
	return text
}

// daysLeft words the working days left until the last day of a term.
func (a *app) daysLeft(d *desk.Desk, last rules.Date, source rules.Source) string {
	return templates.DaysLeft(string(a.lang), d.Calendar.Remaining(d.Today(), last), string(source))
}
