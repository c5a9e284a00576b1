package main

import (
	"bufio"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

func (a *app) exportCommand() *cobra.Command {
	var x exporting
	c := &cobra.Command{
		Use: "export [--from DATE] [--to DATE] [--as-of DATE]", Short: a.t("help.export"), Long: a.t("help.export.long"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c, func(d *desk.Desk) error { return a.export(c, d, x) })
		},
	}
	flags := c.Flags()
	flags.StringVar(&x.format, "format", "csv", a.t("help.export.format"))
	flags.StringVar(&x.from, "from", "", a.t("help.export.from"))
	flags.StringVar(&x.to, "to", "", a.t("help.export.to"))
	flags.StringVar(&x.asOf, "as-of", "", a.t("help.export.as_of"))
	flags.StringVarP(&x.file, "output", "o", "", a.t("help.export.output"))
	return c
}

// exporting is what the command line says of an export.
type exporting struct{ format, from, to, asOf, file string }

// exportQuery reads the days of the command line.
func (a *app) exportQuery(d *desk.Desk, x exporting) (q desk.ExportQuery, err error) {
	for _, day := range []struct {
		flag, value string
		to          *rules.Date
	}{{"--from", x.from, &q.From}, {"--to", x.to, &q.To}, {"--as-of", x.asOf, &q.AsOf}} {
		if day.value == "" {
			continue
		}
		if *day.to, err = dayOf(day.value); err != nil {
			return q, a.misuse("list.error.day", day.flag, templates.Safe(day.value))
		}
	}
	switch {
	case !q.From.IsZero() && !q.To.IsZero() && q.To.Before(q.From):
		return q, a.misuse("export.span", q.From.String(), q.To.String())
	case q.AsOf.After(d.Today()):
		return q, a.misuse("export.ahead", q.AsOf.String())
	case q.AsOf == d.Today():
		a.errorf("%s\n", a.t("export.today"))
	}
	return q, nil
}

func (a *app) export(c *cobra.Command, d *desk.Desk, x exporting) error {
	if x.format != "csv" && x.format != "json" {
		return a.misuse("export.format", templates.Safe(x.format))
	}
	q, err := a.exportQuery(d, x)
	if err != nil {
		return err
	}
	write := func(w io.Writer) error {
		b := bufio.NewWriter(w)
		if x.format == "json" {
			err = a.exportJSON(c, d, q, b)
		} else {
			err = a.exportCSV(c, d, q, b)
		}
		if ferr := b.Flush(); err == nil { // once it fails, it tells the same again
			err = ferr
		}
		return err
	}
	if x.file == "" || x.file == "-" {
		return write(a.out)
	}
	if err := a.writeNew(x.file, write); err != nil {
		return err
	}
	a.errorf("%s\n", a.t("export.written", templates.Safe(x.file)))
	return nil
}

// exportTerms are the terms that have a column of their own.
var exportTerms = []string{"policy", "law", "consumer", "target"}

// exportCSV writes the register as a table for a spreadsheet.
func (a *app) exportCSV(c *cobra.Command, d *desk.Desk, q desk.ExportQuery, w io.Writer) error {
	keys := []string{"number", "kind", "kind_id", "status", "received", "registered", "act_by", "policy", "law", "consumer", "target",
		"provisional", "overdue", "closed", "late", "who"}
	if q.AsOf.IsZero() {
		keys = append(keys, "name", "from", "subject", "ack")
	}
	var head []string
	for _, key := range keys {
		head = append(head, a.t("export.head."+key))
	}
	t, err := newTable(w, head)
	if err != nil {
		return err
	}
	return d.Export(c.Context(), q, func(x desk.Exported) error { return t.write([][]string{a.exportRow(d, q, x)}) })
}

func (a *app) exportRow(d *desk.Desk, q desk.ExportQuery, x desk.Exported) []string {
	kind := d.KindName(x.Kind, a.lang)
	if x.Kind == "" {
		kind = a.requestKind(d, store.Request{Candidates: x.Candidates})
	}
	row := []string{
		x.Number, csvCell(kind), string(x.Kind), a.exportStatus(x), x.ReceivedOn.String(),
		rules.DateIn(x.RegisteredAt, d.Zone).String(), x.ActBy.String(),
	}
	for _, id := range exportTerms {
		row = append(row, dueOf(x.State, id).String())
	}
	row = append(row, a.provisionalTerms(x.State))
	closed := ""
	if !x.ClosedAt.IsZero() {
		closed = rules.DateIn(x.ClosedAt, d.Zone).String()
	}
	row = append(row, a.yesNo(x.Overdue), closed, a.yesNo(x.Late), csvCell(x.Assignee))
	if !q.AsOf.IsZero() {
		return row
	}
	j := a.requestJSON(d, x.Request)
	return append(row, csvCell(j.Name), csvCell(j.From), csvCell(j.Subject), a.t("outbox.state."+string(j.Acknowledgement)))
}

// exportStatus words how a request stands; of one that was linked to another that one.
func (a *app) exportStatus(x desk.Exported) string {
	switch {
	case x.LinkedTo != "":
		return a.words.Reason(string(a.lang), x.Outcome, []string{x.LinkedTo})
	case x.Linked:
		return a.t("export.linked")
	}
	return a.t("status." + string(x.Status))
}

// provisionalTerms names the columns whose day a calendar still to be published
// can move.
func (a *app) provisionalTerms(s store.State) string {
	var names []string
	for _, id := range exportTerms {
		due := dueOf(s, id)
		if slices.ContainsFunc(s.Terms, func(t store.StateTerm) bool { return t.ID == id && t.Provisional && !due.IsZero() && t.Due == due }) {
			names = append(names, a.t("export.head."+id))
		}
	}
	return strings.Join(names, ", ")
}

// dueOf is the earliest last day of the terms with an id: a review case has
// those of all that it might be.
func dueOf(s store.State, id string) (due rules.Date) {
	for _, t := range s.Terms {
		if t.ID == id && !t.Due.IsZero() && (due.IsZero() || t.Due.Before(due)) {
			due = t.Due
		}
	}
	return due
}

// exportedJSON is one element of export --format json. Personal fields are
// there for the register of now only.
type exportedJSON struct {
	Number       string             `json:"number"`
	Kind         rules.Kind         `json:"kind"`
	Candidates   []rules.Kind       `json:"candidates"`
	Status       store.Status       `json:"status"`
	ReceivedOn   rules.Date         `json:"received_on"`
	RegisteredAt string             `json:"registered_at"`
	ActBy        rules.Date         `json:"act_by"`
	Terms        []exportedTermJSON `json:"terms"`
	Overdue      bool               `json:"overdue"`
	ClosedAt     string             `json:"closed_at"`
	Late         bool               `json:"late"`
	Outcome      string             `json:"outcome"`
	LinkedTo     string             `json:"linked_to,omitempty"`
	Assignee     string             `json:"assignee"`

	Name            *string         `json:"name,omitempty"`
	From            *string         `json:"from,omitempty"`
	Subject         *string         `json:"subject,omitempty"`
	Acknowledgement store.MailState `json:"acknowledgement,omitempty"`
	AcknowledgedAt  string          `json:"acknowledged_at,omitempty"`
}

// exportedTermJSON is store.StateTerm with all its fields.
type exportedTermJSON struct {
	ID          string       `json:"id"`
	Kind        rules.Kind   `json:"kind"`
	Source      rules.Source `json:"source"`
	Due         rules.Date   `json:"due"`
	Provisional bool         `json:"provisional"`
}

func exportedTerms(list []store.StateTerm) []exportedTermJSON {
	out := make([]exportedTermJSON, len(list))
	for i, t := range list {
		out[i] = exportedTermJSON(t)
	}
	return out
}

// exportJSON writes the register as a JSON array, an element a line.
func (a *app) exportJSON(c *cobra.Command, d *desk.Desk, q desk.ExportQuery, w io.Writer) error {
	between := "["
	e := json.NewEncoder(escaping{w})
	e.SetEscapeHTML(false)
	err := d.Export(c.Context(), q, func(x desk.Exported) error {
		if _, err := io.WriteString(w, between+"\n"); err != nil {
			return err
		}
		between = ","
		j := exportedJSON{
			Number: x.Number, Kind: x.Kind, Candidates: append([]rules.Kind{}, x.Candidates...), Status: x.Status, ReceivedOn: x.ReceivedOn,
			RegisteredAt: stamp(x.RegisteredAt, d.Zone), ActBy: x.ActBy, Terms: exportedTerms(x.Terms), Overdue: x.Overdue,
			ClosedAt: stamp(x.ClosedAt, d.Zone), Late: x.Late, Outcome: x.Outcome, LinkedTo: x.LinkedTo, Assignee: x.Assignee,
		}
		if q.AsOf.IsZero() {
			r := a.requestJSON(d, x.Request)
			j.Name, j.From, j.Subject, j.Acknowledgement, j.AcknowledgedAt = &r.Name, &r.From, &r.Subject, r.Acknowledgement, r.AcknowledgedAt
		}
		return e.Encode(j)
	})
	if err != nil {
		return err
	}
	if between == "[" {
		_, err = io.WriteString(w, "[]\n")
	} else {
		_, err = io.WriteString(w, "]\n")
	}
	return err
}
