package main

import (
	"slices"
	"strconv"
	"strings"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// page is the summary that is read and printed.
func (f *casefile) page() string {
	p := &sheet{}
	title := f.t("casefile.title", f.Request.Number)
	p.raw("<!DOCTYPE html>\n<html lang=\"" + inHTML(string(f.lang)) + "\">\n<head>\n" + pageHead)
	p.raw("<title>" + inHTML(title) + "</title>\n</head>\n<body>\n<h1>" + inHTML(title) + "</h1>")
	p.para(f.what())
	p.para(f.zone())
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
	for at, e := range f.History {
		if toldBefore(f.History, at) {
			continue
		}
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

// zone says by which clock the times are told.
func (f *casefile) zone() string {
	return f.t("casefile.zone", "UTC"+f.Head.At.In(f.d.Zone).Format("-07:00")+" ("+f.d.Zone.String()+")")
}

// receivedMoment is the receipt to the second; of what came on paper only the
// day is known.
func (f *casefile) receivedMoment(l store.Letter) string {
	if l.DayOnly(f.d.Zone) {
		return f.receivedText(f.d, l)
	}
	return f.moment(l.ReceivedAt, f.d.Zone)
}

// closedText says when the request was closed, and whether in time by the policy
// and by the law; a missed target is nobody's business but the operator's.
func (f *casefile) closedText() string {
	if !f.Request.Status.Closed() {
		return ""
	}
	for _, e := range slices.Backward(f.History) {
		if !slices.Contains([]string{"closed", "dismissed", "linked_to"}, e.Code) { // an answer may follow
			continue
		}
		at := f.moment(e.At, f.d.Zone)
		bound, late := false, false
		for i := range f.Request.Terms {
			if t := &f.Request.Terms[i]; t.Source != rules.SourceTarget && !t.Due.IsZero() {
				bound, late = true, late || rules.DateIn(e.At, f.d.Zone).After(t.Due)
			}
		}
		switch {
		case !bound || f.Request.Status == store.StatusDismissed:
			return at
		case late:
			return f.t("casefile.closed.late", at)
		}
		return f.t("casefile.closed.in_time", at)
	}
	return ""
}

// removedKey is the sentence about content that was removed: when its time of keeping had
// passed, only where the program did it by itself.
func removedKey(e store.Event) string {
	if e.Code == store.EventPurged && e.Actor != store.Machine {
		return "casefile.removed.decided"
	}
	return "casefile.removed." + e.Code
}

// removedText tells when content was removed, and by whom.
func (f *casefile) removedText(e store.Event) string {
	return f.t(removedKey(e), f.moment(e.At, f.d.Zone), e.Actor)
}

// receivedAt is the instant of the receipt in brackets, where it is known.
func (f *casefile) receivedAt() string {
	if f.explainedOf(f.d, f.Request, nil).dayOnly {
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
		if provisional(r) {
			actBy += " (" + f.t("calendar.provisional.short") + ")"
		}
	}
	rows := [][2]string{
		{f.t("casefile.number"), r.Number},
		{f.t("casefile.kind"), f.requestKind(f.d, r)},
		{f.t("show.received"), f.longDay(r.ReceivedOn) + f.receivedAt()},
		{f.t("casefile.registered"), f.moment(r.RegisteredAt, f.d.Zone)},
		{f.t("casefile.status"), f.t("status." + string(r.Status))},
		{f.t("show.act_by"), actBy},
		{f.t("casefile.closed"), f.closedText()},
		{f.t("show.outcome"), f.outcomeText()},
		{f.t("show.assignee"), f.d.NameOf(r.Assignee)},
		{f.t("show.acknowledgement"), f.ackText(f.d, r)},
		{f.t("show.possibly"), strings.Join(r.Possibly, ", ")},
	}
	for _, n := range r.Notes {
		note := f.moment(n.At, f.d.Zone) + ", " + f.actorName(n.Actor, f.d)
		if n.Text != "" { // else it was removed
			note += ": " + n.Text
		}
		rows = append(rows, [2]string{f.t("show.note"), note})
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
		rows = append(rows, [2]string{f.stepText(s.ID), done})
	}
	p.table(rows)
}

func (f *casefile) stepText(id string) string {
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
		for n, a := range l.Attachments {
			name := a.Name
			if l.ends && n == len(l.Attachments)-1 {
				name += " (" + f.t("attachments.cut") + ")"
			}
			attached = append(attached, name)
		}
		p.raw("<h3>" + strconv.Itoa(i+1) + "</h3>")
		date, reason, trust := "", "", ""
		if dateFarOff(l.Letter) {
			date = f.moment(l.DateHeader, f.d.Zone)
		}
		if l.FromAddr != "" || l.Text != "" { // else what it quotes was removed
			reason = f.words.Reason(string(f.lang), l.ReasonCode, l.ReasonArgs)
		}
		if l.Trust != "" {
			trust = f.t("trust." + string(l.Trust))
		}
		p.table([][2]string{
			{f.t("show.from"), nameAndAddress(l.FromName, l.FromAddr)},
			{f.t("show.subject"), f.d.SubjectOf(l.Letter, f.Request.Kind, f.lang)},
			{f.t("show.received"), f.receivedMoment(l.Letter)},
			{f.t("show.date_header"), date},
			{f.t("casefile.recognised"), reason},
			{f.t("show.trust"), trust},
			{f.t("show.attachment"), strings.Join(attached, ", ")},
			{f.t("casefile.sha256"), l.RawSHA256},
		})
		if l.file == "" {
			p.para(f.t("casefile.letter.none"))
		} else if text := f.cutLetter(i); text != "" {
			p.notice(text)
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
		p.raw("<h3>" + strconv.Itoa(i+1) + ". " + inHTML(f.mailName(m.Mail.ID, m.Purpose)) + "</h3>")
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
		rows = append(rows, [2]string{
			f.lastDay(store.TermDetail{Due: t.Due, Provisional: t.Provisional}),
			f.t("source."+string(t.Source)) + ": " + t.Name.In(f.lang) + "; " + f.days(t.Days, t.Unit) + "; " + t.Basis.In(f.lang),
		})
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
