package main

import (
	"encoding/csv"
	"io"
	"strings"

	"license.kz/pometka/templates"
)

// csvMark says to Excel that the file is UTF-8; without it Cyrillic is lost.
const csvMark = "\ufeff"

// csvComma separates the cells. Excel splits by the list separator of the
// system, which is the semicolon in Russian and Kazakh, where the comma stands
// in numbers. (A first line "sep=;" would do for any system, but makes Excel
// forget the mark above.)
const csvComma = ';'

// table is one for a spreadsheet that is being written: what the program itself
// says as it is, what came from outside through csvCell.
type table struct{ *csv.Writer }

// newTable begins a table with its heading.
func newTable(w io.Writer, head []string) (table, error) {
	if _, err := io.WriteString(w, csvMark); err != nil {
		return table{}, phrased("error.write", err)
	}
	t := table{csv.NewWriter(w)}
	t.Comma, t.UseCRLF = csvComma, true
	return t, t.write([][]string{head})
}

// write writes rows, and leaves none behind in a buffer.
func (t table) write(rows [][]string) error {
	if err := t.WriteAll(rows); err != nil {
		return phrased("error.write", err)
	}
	return nil
}

// writeCSV writes a whole table, its first row the heading.
func writeCSV(w io.Writer, rows [][]string) error {
	t, err := newTable(w, rows[0])
	if err != nil {
		return err
	}
	return t.write(rows[1:])
}

// yesNo is a fact as a cell.
func (a *app) yesNo(yes bool) string {
	if yes {
		return a.t("list.yes")
	}
	return a.t("list.no")
}

// csvCell makes a text from outside harmless in a cell: one line, and an
// apostrophe before what a spreadsheet would take for a formula, spaces in
// front or full-width signs or not.
func csvCell(s string) string {
	s = templates.Safe(s)
	if start := strings.TrimLeft(s, " \u00a0\u3000·"); start != "" && strings.ContainsRune("=+-@＝＋－＠|%", []rune(start)[0]) {
		return "'" + s
	}
	return s
}
