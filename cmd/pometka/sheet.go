package main

import (
	"html"
	"strings"

	"license.kz/pometka/templates"
)

// sheet is a web page under construction: text goes in escaped, and nothing
// else from outside.
type sheet struct{ b strings.Builder }

// inHTML makes a text harmless in a page: no markup, nothing invisible.
func inHTML(s string) string { return html.EscapeString(templates.Safe(s)) }

func (p *sheet) raw(markup string)   { p.b.WriteString(markup + "\n") }
func (p *sheet) heading(text string) { p.raw("<h2>" + inHTML(text) + "</h2>") }
func (p *sheet) para(text string)    { p.raw("<p>" + inHTML(text) + "</p>") }
func (p *sheet) notice(text string)  { p.raw(`<p class="notice">` + inHTML(text) + "</p>") }

// pre writes a text of several lines as it is.
func (p *sheet) pre(text string) {
	p.raw("<pre>" + html.EscapeString(strings.TrimRight(safeLines(text), "\n ·")) + "</pre>")
}

// table writes pairs of a label and a value; empty values are left out.
func (p *sheet) table(rows [][2]string) {
	p.raw("<table>")
	for _, row := range rows {
		if row[1] != "" {
			p.raw("<tr><th>" + inHTML(row[0]) + "</th><td>" + inHTML(row[1]) + "</td></tr>")
		}
	}
	p.raw("</table>")
}

// file links a file of the casefile, whose name is ours.
func (p *sheet) file(name string) {
	if name != "" {
		p.raw(`<p><a href="` + inHTML(name) + `">` + inHTML(name) + "</a></p>")
	}
}

// pageHead forbids a browser to load or run anything: the style is in the page.
const pageHead = `<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 16px/1.5 serif; max-width: 46em; margin: 2em auto; padding: 0 1em; color: #000; background: #fff }
h1 { font-size: 1.5em } h2 { font-size: 1.2em; margin-top: 2em; border-bottom: 1px solid #999 }
table { border-collapse: collapse; width: 100% } th { text-align: left; font-weight: normal; color: #444; width: 13em }
th, td { vertical-align: top; padding: .2em 1em .2em 0; overflow-wrap: anywhere }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid #ccc; padding-left: 1em; font-size: .85em }
.notice { border: 2px solid #000; padding: .5em 1em }
@media print { body { margin: 0; max-width: none; font-size: 11pt } h2 { break-after: avoid } a { color: #000 } }
</style>`
