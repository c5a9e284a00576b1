package main

import (
	"html"
	"strconv"
	"strings"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
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

// page is the summary that is read and printed.
func (f *casefile) page() string {
	p := &sheet{}
	title := f.t("casefile.title", f.Request.Number)
	p.raw("<!DOCTYPE html>\n<html lang=\"" + inHTML(string(f.lang)) + "\">\n<head>\n" + pageHead)
	p.raw("<title>" + inHTML(title) + "</title>\n</head>\n<body>\n<h1>" + inHTML(title) + "</h1>")
	p.para(f.what())
	for _, e := range f.Removed {
		p.notice(f.removedText(e))
	}
	p.heading(f.t("casefile.head.request"))
	p.table(f.facts())
	f.pageSteps(p)
	f.pageLetters(p)
	f.pageMails(p)
	f.pageDates(p)
	p.heading(f.t("casefile.head.history"))
	for _, e := range f.History {
		lines := f.historyText(e, f.d)
		p.table([][2]string{{f.moment(e.At, f.d.Zone), strings.Join(lines, "; ")}})
	}
	p.heading(f.t("casefile.head.policy"))
	p.para(f.t("casefile.policy", f.Request.Policy.Name, f.editionText(), f.Request.Policy.Digest))
	if f.Policy == nil {
		p.para(f.t("casefile.policy.none"))
	} else {
		p.file("policy/policy.yaml")
	}
	p.heading(f.t("casefile.head.check"))
	for _, text := range f.howToCheck() {
		p.para(text)
	}
	p.raw("</body>\n</html>")
	return p.b.String()
}

// what says what the casefile is.
func (f *casefile) what() string {
	return f.t("casefile.what", f.d.Operator.Name.In(f.lang), f.moment(f.Head.At, f.d.Zone))
}

// removedText tells when content was removed, and by whom.
func (f *casefile) removedText(e store.Event) string {
	return f.t("casefile.removed."+e.Code, f.moment(e.At, f.d.Zone), e.Actor)
}

// receivedAt is the instant of the receipt in brackets, where it is known.
func (f *casefile) receivedAt() string {
	if f.explainedOf(f.d, f.Request).dayOnly {
		return ""
	}
	return " (" + f.moment(f.Request.ReceivedAt, f.d.Zone) + ")"
}

// facts are the request in short.
func (f *casefile) facts() [][2]string {
	r := f.Request
	actBy := ""
	if !r.ActBy.IsZero() {
		actBy = f.longDay(r.ActBy)
	}
	rows := [][2]string{
		{f.t("casefile.number"), r.Number},
		{f.t("casefile.kind"), f.requestKind(f.d, r)},
		{f.t("show.received"), f.longDay(r.ReceivedOn) + f.receivedAt()},
		{f.t("casefile.registered"), f.moment(r.RegisteredAt, f.d.Zone)},
		{f.t("casefile.status"), f.t("status." + string(r.Status))},
		{f.t("show.act_by"), actBy},
		{f.t("show.outcome"), f.outcomeText()},
		{f.t("show.assignee"), f.d.NameOf(r.Assignee)},
		{f.t("show.acknowledgement"), f.ackText(f.d, r)},
		{f.t("show.possibly"), strings.Join(r.Possibly, ", ")},
	}
	for _, n := range r.Notes {
		rows = append(rows, [2]string{f.t("show.note"), f.moment(n.At, f.d.Zone) + ", " + n.Actor + ": " + n.Text})
	}
	return rows
}

// outcomeText is the reason of the closing. What a person wrote there may be
// removed.
func (f *casefile) outcomeText() string {
	switch o := f.Request.Outcome; {
	case o.Code == "":
		return ""
	case len(o.Args) == 0 && len(f.Removed) > 0:
		return f.t("casefile.outcome.removed")
	default:
		return f.words.Reason(string(f.lang), o.Code, o.Args)
	}
}

// pageSteps lists what was done when the request was closed.
func (f *casefile) pageSteps(p *sheet) {
	if len(f.Request.Steps) == 0 {
		return
	}
	p.heading(f.t("casefile.head.steps"))
	var rows [][2]string
	for _, s := range f.Request.Steps {
		done := f.t(map[bool]string{true: "casefile.step.done", false: "casefile.step.skipped"}[s.Done])
		rows = append(rows, [2]string{f.stepName(s.ID), done})
	}
	p.table(rows)
}

func (f *casefile) stepName(id string) string {
	for _, policy := range []*rules.Policy{f.Policy, f.d.Policy} {
		if policy == nil {
			continue
		}
		if rule, ok := policy.Kind(f.Request.Kind); ok {
			for _, s := range rule.Steps {
				if s.ID == id {
					return s.Text.In(f.lang)
				}
			}
		}
	}
	return id
}

func (f *casefile) pageLetters(p *sheet) {
	p.heading(f.t("casefile.head.letters"))
	for i, l := range f.letters {
		var attached []string
		for _, a := range l.Attachments {
			attached = append(attached, a.Name)
		}
		p.raw("<h3>" + strconv.Itoa(i+1) + "</h3>")
		p.table([][2]string{
			{f.t("show.from"), nameAndAddress(l.FromName, l.FromAddr)},
			{f.t("show.subject"), l.Subject},
			{f.t("show.received"), f.moment(l.ReceivedAt, f.d.Zone)},
			{f.t("show.attachment"), strings.Join(attached, ", ")},
			{f.t("casefile.sha256"), l.RawSHA256},
		})
		if l.file == "" {
			p.para(f.t("casefile.letter.none"))
		}
		if l.Text != "" {
			p.pre(l.Text)
		}
		p.file(l.file)
	}
}

func (f *casefile) pageMails(p *sheet) {
	p.heading(f.t("casefile.head.sent"))
	if len(f.mails) == 0 {
		p.para(f.t("casefile.sent.none"))
	}
	for i, m := range f.mails {
		sent, reason := "", ""
		if !m.SentAt.IsZero() {
			sent = f.moment(m.SentAt, f.d.Zone)
		}
		if m.Reason.Code != "" {
			reason = f.words.Reason(string(f.lang), m.Reason.Code, m.Reason.Args)
		}
		p.raw("<h3>" + strconv.Itoa(i+1) + ". " + inHTML(f.t("purpose."+string(m.Purpose))) + "</h3>")
		p.table([][2]string{
			{f.t("casefile.to"), m.To},
			{f.t("casefile.status"), f.t("outbox.state." + string(m.State))},
			{f.t("casefile.sent.at"), sent},
			{f.t("classify.reason"), reason},
			{f.t("casefile.reply"), m.Reply},
			{f.t("casefile.sha256"), m.RawSHA256},
		})
		if m.text != "" {
			p.pre(m.text)
		}
		p.file(m.file)
	}
}

// pageDates tells each term and how it was counted.
func (f *casefile) pageDates(p *sheet) {
	p.heading(f.t("casefile.head.dates"))
	var rows [][2]string
	for _, t := range f.Request.Terms {
		rows = append(rows, [2]string{f.dayOrStanding(t.Due), f.t("source."+string(t.Source)) + ": " + t.Name.In(f.lang) + "; " +
			f.days(t.Days, t.Unit) + "; " + t.Basis.In(f.lang)})
	}
	p.table(rows)
	if !f.Traced {
		p.para(f.t("casefile.dates.none"))
		return
	}
	p.pre(f.datesText())
}

// howToCheck explains the proof to somebody who has never heard of one.
func (f *casefile) howToCheck() []string {
	return []string{
		f.t("casefile.check.why"), f.t("casefile.check.how"),
		f.t("casefile.check.head", f.Head.Digest, strconv.FormatInt(f.Head.Seq, 10), f.moment(f.Head.At, f.d.Zone)),
		f.t("casefile.check.others"),
	}
}
