package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// suppressionJSON is one element of suppressions --format json.
type suppressionJSON struct {
	Line    int        `json:"line,omitempty"` // of the list, with --match
	Address string     `json:"address"`        // "" once it has been forgotten
	SHA256  string     `json:"sha256"`
	Since   string     `json:"since"`
	Number  string     `json:"number"`
	Kind    rules.Kind `json:"kind"`
	Why     string     `json:"why"`
}

// suppressionsCommand lists the addresses that marketing must leave out, or
// those of a list that it must.
func (a *app) suppressionsCommand() *cobra.Command {
	var format, list string
	c := &cobra.Command{
		Use: "suppressions [--format csv|json] [--match FILE]", Short: a.t("help.suppressions"), Long: a.t("help.suppressions.long"),
		Example: a.example("suppressions"), Args: exactly(0), DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, _ []string) error {
			if a.json {
				format = "json"
			}
			if format != "" && format != "csv" && format != "json" {
				return a.misuse("error.suppressions.format", templates.Safe(format))
			}
			return a.withDesk(c, func(d *desk.Desk) error { return a.suppressions(c.Context(), d, format, list) })
		},
	}
	c.Flags().StringVar(&format, "format", "", a.t("help.flag.suppressions_format"))
	c.Flags().StringVar(&list, "match", "", a.t("help.flag.suppressions_match"))
	return a.withJSON(c)
}

func (a *app) suppressions(ctx context.Context, d *desk.Desk, format, list string) error {
	var rows []desk.Match
	read := 0
	var err error
	if list != "" {
		rows, read, err = a.matching(ctx, d, list)
	} else {
		var all []desk.Suppressed
		all, err = d.Suppressions(ctx)
		for _, s := range all {
			rows = append(rows, desk.Match{Suppressed: s})
		}
	}
	if err != nil {
		return err
	}
	if list != "" { // for whoever watches; the table is for programs too
		defer a.errorf("%s\n", a.t("suppressions.matched", read, fmt.Sprint(len(rows))))
	}
	switch format {
	case "json":
		return a.printJSON(a.suppressionsJSON(d, rows))
	case "csv":
		return a.suppressionsCSV(d, rows, list != "")
	}
	a.printSuppressions(d, rows, list != "")
	return nil
}

// matching holds a list against the register; «-» is stdin.
func (a *app) matching(ctx context.Context, d *desk.Desk, list string) ([]desk.Match, int, error) {
	in := a.stdin(ctx)
	if list != "-" {
		f, err := openData(list)
		if err != nil {
			return nil, 0, a.fileError(list, err)
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return nil, 0, a.wrongFile("error.file.regular", list)
		}
		in = f
	}
	var rows []desk.Match
	read, err := d.Matching(ctx, in, func(m desk.Match) error {
		rows = append(rows, m)
		return nil
	})
	if errors.Is(err, desk.ErrListText) {
		return nil, 0, a.wrongFile("error.file.utf8", list)
	}
	return rows, read, err
}

func (a *app) suppressionsJSON(d *desk.Desk, rows []desk.Match) []suppressionJSON {
	out := make([]suppressionJSON, 0, len(rows))
	for _, m := range rows {
		out = append(out, suppressionJSON{m.Line, m.Address, m.SHA256, stamp(m.Since, d.Zone), m.Number, m.Kind, d.KindName(m.Kind, a.lang)})
	}
	return out
}

// suppressionsCSV writes the table for a spreadsheet or a mailing program.
func (a *app) suppressionsCSV(d *desk.Desk, rows []desk.Match, matched bool) error {
	table := [][]string{{"address", "sha256", "since", "number", "kind", "why"}}
	if matched {
		table[0] = append(table[0], "line")
	}
	for _, m := range rows {
		row := []string{csvCell(m.Address), m.SHA256, m.Since.In(d.Zone).Format("2006-01-02"), m.Number, string(m.Kind), d.KindName(m.Kind, a.lang)}
		if matched {
			row = append(row, fmt.Sprint(m.Line))
		}
		table = append(table, row)
	}
	return writeCSV(a.out, table)
}

// printSuppressions prints an address and beneath it since when and why.
func (a *app) printSuppressions(d *desk.Desk, rows []desk.Match, matched bool) {
	for _, m := range rows {
		address := templates.Safe(m.Address)
		if address == "" {
			address = a.t("suppressions.forgotten", m.SHA256[:min(16, len(m.SHA256))])
		}
		if matched {
			address = a.t("suppressions.line", fmt.Sprint(m.Line), address)
		}
		a.printf("%s\n", clip(address, a.width()))
		a.printf("%s\n", clip("    "+a.t("suppressions.why", a.shortDay(rules.DateIn(m.Since, d.Zone)), d.KindName(m.Kind, a.lang), m.Number), a.width()))
	}
	if !matched {
		a.say(a.t("suppressions.count", len(rows)))
	}
}
