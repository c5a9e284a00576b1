package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// requestPage is everything that show tells of one request.
type requestPage struct {
	store.Request
	relatives []store.Relative
	mail      []store.Mail
	history   []store.Event
	files     []fileJSON
}

// mostRelatives bounds the other requests of a sender on the page.
const mostRelatives = 20

func (a *app) showCommand() *cobra.Command {
	return a.withJSON(&cobra.Command{
		Use: "show N", Short: a.t("help.show"), Args: exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withRequest(c, args[0], func(d *desk.Desk, r store.Request) error {
				p, err := readPage(c.Context(), d, r)
				if err != nil {
					return err
				}
				if a.json {
					return a.printJSON(a.showJSON(d, p))
				}
				a.printPage(d, p)
				return nil
			})
		},
	})
}

func readPage(ctx context.Context, d *desk.Desk, r store.Request) (p requestPage, err error) {
	p.Request = r
	if p.relatives, err = d.Relatives(ctx, r, mostRelatives); err != nil {
		return p, err
	}
	if p.mail, err = d.Store.MailsTo(ctx, r.Number); err != nil {
		return p, err
	}
	if p.files, err = attached(ctx, d, r); err != nil {
		return p, err
	}
	p.history, err = d.Store.History(ctx, r.Number)
	return p, err
}

// printPage prints the page: the letter's own words first, then how it was
// recognised and whether the sender is proved, what is due, what the sender was
// told, the files, the other letters, who did what, and what can be done now.
func (a *app) printPage(d *desk.Desk, p requestPage) {
	title := p.Number + "  " + a.requestKind(d, p.Request) + "  [" + a.t("status."+string(p.Status)) + "]"
	a.printf("%s\n", a.paint(bold, clip(title, a.width())))
	for _, e := range p.history {
		if e.RemovedContent() {
			a.say(a.t(removedKey(e), templates.DateTime(string(a.lang), e.At.In(d.Zone)), templates.Safe(a.actorName(e.Actor, d))))
		}
	}
	if len(p.Letters) > 0 {
		a.printLetter(p.Letters[0], p.Request.Kind, d)
		a.printRecognition(p.Letters)
		a.row("show.possibly", strings.Join(p.Possibly, ", "))
	}
	a.printTerms(d, p)
	a.printHandling(d, p)
	a.printFileNames(p)
	a.printOtherLetters(d, p)
	a.section("show.history")
	a.historyEntries(p.history, d)
	a.printf("\n%s\n", a.next(d, p.Request))
}

// section begins a part of the page.
func (a *app) section(key string) { a.printf("\n%s\n", a.paint(bold, a.t(key))) }

// row prints a label with what belongs to it; nothing for an empty value.
func (a *app) row(key, value string) {
	label := ""
	if key != "" {
		label = a.t(key)
	}
	if value != "" {
		a.printf("%s", labelled(label, templates.Safe(value), a.width()))
	}
}

// quoteBar stands before every line of a letter, so that no letter can pass for
// a word of the program.
const quoteBar = "  | "

// printLetter prints a letter's envelope and its new text.
func (a *app) printLetter(l store.Letter, kind rules.Kind, d *desk.Desk) {
	a.row("show.from", nameAndAddress(l.FromName, l.FromAddr))
	if l.ReplyTo != "" && !strings.EqualFold(l.ReplyTo, l.FromAddr) {
		a.row("show.reply_to", l.ReplyTo)
	}
	a.row("show.subject", d.SubjectOf(l, kind, a.lang))
	a.row("show.received", a.receivedText(d, l))
	if dateFarOff(l) {
		a.row("show.date_header", templates.DateTime(string(a.lang), l.DateHeader.In(d.Zone)))
	}
	a.printf("\n")
	a.printQuoted(l.Text, mostLines)
}

// mostLines bounds the text of a letter on the page: longer ones are for
// raw, and the cut is told.
const mostLines = 400

// printQuoted prints the text of a letter behind bars.
func (a *app) printQuoted(text string, most int) {
	text = strings.TrimSpace(text)
	if text == "" {
		a.printf("%s%s\n", quoteBar, a.t("show.no_text"))
		return
	}
	printed := 0
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		for _, part := range wrap(templates.Safe(line), a.width()-len(quoteBar)) {
			if printed++; printed > most {
				a.printf("%s%s\n", quoteBar, a.t("show.text_cut"))
				return
			}
			a.printf("%s\n", strings.TrimRight(quoteBar+part, " "))
		}
	}
}

// dateFarOff reports whether the sender's Date differs from the receipt by
// more than a day, which a person should see.
func dateFarOff(l store.Letter) bool {
	return !l.DateHeader.IsZero() && l.DateHeader.Sub(l.ReceivedAt).Abs() > 24*time.Hour
}

// printRecognition prints what the letter was taken for and why, and how sure it
// is who wrote it.
func (a *app) printRecognition(letters []store.Letter) {
	l := letters[0]
	a.section("show.recognition")
	verdict := a.t("verdict." + string(l.Verdict))
	if l.Confidence != "" {
		verdict += " (" + a.t("confidence."+string(l.Confidence)) + ")"
	}
	a.row("classify.verdict", verdict)
	a.row("classify.reason", a.words.Reason(string(a.lang), l.ReasonCode, l.ReasonArgs))
	if l.Trust != "" {
		a.row("show.trust", a.t("trust."+string(l.Trust)))
	}
	if l.Junk {
		a.row("", a.t("show.junk"))
	}
	switch {
	case l.Cut && wholeOf(letters, 0) >= 0:
		a.row("", a.cutText(letters, 0))
	case l.Cut && !unread(&l): // else the trouble says why
		a.row("", a.t("show.cut"))
	}
	for _, t := range l.Troubles {
		a.row("classify.trouble", a.words.Reason(string(a.lang), t, nil))
	}
	a.row("show.place", a.placeText(l))
}

// printTerms prints the day to act by and every term with what is left of it.
func (a *app) printTerms(d *desk.Desk, p requestPage) {
	a.section("show.terms")
	if other := a.otherReceipt(p.ReceivedOn, a.explainedOf(d, p.Request, p.history)); other != "" {
		a.row("show.received", a.longDay(p.ReceivedOn)+"; "+other)
	}
	a.row("show.act_by", a.actBy(d, p.Request))
	for _, t := range p.Terms {
		a.printf("%s", labelled(a.dayOrStanding(t.Due), templates.Safe(a.termText(p.Request, t, d)), a.width()))
	}
}

// printHandling prints who works on it, what the sender was told, and what came
// of it.
func (a *app) printHandling(d *desk.Desk, p requestPage) {
	a.section("show.handling")
	a.row("show.assignee", a.assigneeName(d, p.Request))
	a.row("show.acknowledgement", a.ackText(d, p.Request))
	if len(p.Letters) > 0 {
		a.printOrigin(d, p.Request)
	}
	for _, m := range p.mail {
		if m.Purpose != store.PurposeAcknowledgement {
			a.row("show.answer", a.mailText(d, m))
		}
	}
	if lostAnswer(&p.Request, p.mail) {
		a.row("", a.t("outbox.lost_answer", templates.ShortNumber(p.Number)))
	}
	if p.Outcome.Code != "" {
		a.row("show.outcome", a.words.Reason(string(a.lang), p.Outcome.Code, p.Outcome.Args))
	}
	for _, s := range p.Steps {
		a.row("show.step", a.t(stepKey(s), a.stepName(d, s.ID)))
	}
	for _, n := range p.Notes {
		a.row("show.note", a.when(n.At, d)+" "+d.NameOf(n.Actor)+": "+n.Text)
	}
}

// mailText words the fate of a letter of ours.
func (a *app) mailText(d *desk.Desk, m store.Mail) string {
	text := a.t("outbox.state." + string(m.State))
	if m.To != "" { // else it was removed
		text += ", " + m.To
	}
	if !m.SentAt.IsZero() {
		text += ", " + a.when(m.SentAt, d)
	}
	if m.Reason.Code != "" {
		text += ": " + a.words.Reason(string(a.lang), m.Reason.Code, m.Reason.Args)
	}
	return text
}

// printFileNames prints the files of all letters.
func (a *app) printFileNames(p requestPage) {
	if len(p.files) == 0 {
		return
	}
	a.section("show.attachments")
	for _, f := range p.files[:min(len(p.files), mostFiles)] {
		a.printf("  %s\n", clip(fileTitle(f.Name, f.Type)+", "+a.fileSize(int(f.Size)), a.width()-2))
		if f.Cut {
			a.printf("    %s\n", a.t("attachments.cut"))
		}
	}
	if more := len(p.files) - mostFiles; more > 0 {
		a.printf("  %s\n", a.t("show.attachments.more", more))
	}
	a.printf("  %s\n", a.t("attachments.next", templates.ShortNumber(p.Number)))
}

// mostFiles bounds the files on the page.
const mostFiles = 20

// mostLetters bounds the further letters of a request on the page.
const mostLetters = 5

// printOtherLetters prints the further letters of the request, the latest at
// the end, then the sender's other requests.
func (a *app) printOtherLetters(d *desk.Desk, p requestPage) {
	for i, l := range p.Letters {
		if i == 0 || i < len(p.Letters)-mostLetters {
			continue
		}
		a.section("show.further")
		a.printLetter(l, p.Request.Kind, d)
		if text := a.cutText(p.Letters, i); text != "" {
			a.say(text)
		}
	}
	if p.LetterCount > 1 {
		a.printf("\n  %s\n", a.t("show.letters", p.LetterCount))
	}
	if len(p.relatives) == 0 {
		return
	}
	a.section("show.relatives")
	for _, x := range p.relatives {
		kind := a.requestKind(d, store.Request{Kind: x.Kind, Candidates: x.Candidates})
		line := x.Number + "  " + a.shortDay(x.ReceivedOn) + "  " + a.t("status."+string(x.Status)) + "  " + kind
		a.printf("  %s\n", clip(line, a.width()-2))
	}
}
