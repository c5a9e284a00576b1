package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

func (a *app) showCommand() *cobra.Command {
	return a.withJSON(&cobra.Command{
		Use: "show N", Short: a.t("help.show"), Args: exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withRequest(c, args[0], func(d *desk.Desk, r store.Request) error {
				if a.json {
					return a.printJSON(a.requestJSON(d, r))
				}
				history, err := d.Store.History(c.Context(), r.Number)
				if err != nil {
					return err
				}
				a.printRequest(d, r, history)
				return nil
			})
		},
	})
}

// withRequest runs f on the request that a short number names.
func (a *app) withRequest(c *cobra.Command, short string, f func(*desk.Desk, store.Request) error) error {
	return a.withDesk(c, func(d *desk.Desk) error {
		n, err := number(c.Context(), d, short)
		if err != nil {
			return err
		}
		r, err := d.Store.Request(c.Context(), n)
		if err != nil {
			return err
		}
		return f(d, r)
	})
}

// printRequest prints one page that tells everything of a request: the
// letter's text first, then how it was recognised, what is due, what the
// sender was told, and what happened.
func (a *app) printRequest(d *desk.Desk, r store.Request, history []store.Event) {
	w := a.width()
	a.printf("%s\n", clip(r.Number+"  "+a.requestKind(d, r)+"  ["+a.t("status."+string(r.Status))+"]", w))
	row := func(key, value string) {
		if value != "" {
			a.printf("%s", labelled(a.t(key), templates.Safe(value), w))
		}
	}
	if len(r.Letters) > 0 {
		a.printLetter(r.Letters[0], d, w)
		a.printRecognition(d, r)
	}
	a.printf("\n%s\n", a.t("show.terms"))
	row("show.act_by", a.actBy(d, r))
	for _, t := range r.Terms {
		a.printf("%s", labelled(a.dayOrStanding(t.Due), a.termText(r, t, d), w))
	}
	a.printf("\n%s\n", a.t("show.handling"))
	who := r.Assignee
	if who == "" {
		who = a.t("list.nobody")
	}
	row("show.assignee", who)
	row("show.acknowledgement", a.ackText(d, r))
	row("show.possibly", strings.Join(r.Possibly, ", "))
	if len(r.Letters) > 1 {
		row("show.letters", fmt.Sprint(len(r.Letters)))
	}
	if r.Outcome.Code != "" {
		row("show.outcome", a.words.Reason(string(a.lang), r.Outcome.Code, r.Outcome.Args))
	}
	for _, n := range r.Notes {
		row("show.note", a.when(n.At, d)+" "+n.Actor+": "+n.Text)
	}
	a.printf("\n%s\n", a.t("show.history"))
	for _, e := range history {
		a.historyEntry(a.when(e.At, d), e, d.Policy)
	}
	a.printf("\n%s\n", a.next(r))
}

// printLetter prints the letter's envelope and its new text.
func (a *app) printLetter(l store.Letter, d *desk.Desk, w int) {
	row := func(key, value string) {
		if value != "" {
			a.printf("%s", labelled(a.t(key), templates.Safe(value), w))
		}
	}
	row("show.from", nameAndAddress(l.FromName, l.FromAddr))
	row("show.subject", l.Subject)
	row("show.received", a.receivedText(d, l))
	if dateFarOff(l) {
		row("show.date_header", templates.DateTime(string(a.lang), l.DateHeader.In(d.Zone)))
	}
	for _, f := range l.Attachments {
		row("show.attachment", f.Name)
	}
	a.printf("\n")
	for _, line := range strings.Split(strings.TrimSpace(l.Text), "\n") {
		for _, part := range wrap(templates.Safe(line), w-4) {
			a.printf("  | %s\n", part)
		}
	}
}

// dateFarOff reports whether the sender's Date differs from the receipt by
// more than a day, which a person should see.
func dateFarOff(l store.Letter) bool {
	return !l.DateHeader.IsZero() && l.DateHeader.Sub(l.ReceivedAt).Abs() > 24*time.Hour
}

// printRecognition prints what the letter was taken for, and why.
func (a *app) printRecognition(d *desk.Desk, r store.Request) {
	l, w := r.Letters[0], a.width()
	a.printOrigin(d, r)
	a.printf("\n%s\n", a.t("show.recognition"))
	verdict := a.t("verdict." + string(l.Verdict))
	if l.Confidence != "" {
		verdict += " (" + a.t("confidence."+string(l.Confidence)) + ")"
	}
	a.printf("%s", labelled(a.t("classify.verdict"), verdict, w))
	a.printf("%s", labelled(a.t("classify.reason"), templates.Safe(a.words.Reason(string(a.lang), l.ReasonCode, l.ReasonArgs)), w))
	a.printf("%s", labelled(a.t("show.trust"), a.t("trust."+string(l.Trust)), w))
	if l.Junk {
		a.printf("%s", labelled("", a.t("show.junk"), w))
	}
	for _, t := range l.Troubles {
		a.printf("%s", labelled(a.t("classify.trouble"), templates.Safe(a.words.Reason(string(a.lang), t, nil)), w))
	}
	if l.Place.Folder != "" {
		a.printf("%s", labelled(a.t("show.place"), templates.Safe(fmt.Sprintf("%s, UID %d", l.Place.Folder, l.Place.UID)), w))
	}
}

// termText words one term: what is due, whose it is, on which basis.
func (a *app) termText(r store.Request, t store.Term, d *desk.Desk) string {
	parts := []string{a.t("source." + string(t.Source)), a.days(t.Days, t.Unit)}
	if b := t.Basis.In(a.lang); b != "" {
		parts = append(parts, b)
	}
	if t.Condition != "" {
		parts = append(parts, a.t("condition."+t.Condition))
	}
	if !r.Status.Closed() && !t.Due.IsZero() {
		parts = append(parts, a.daysLeft(d.Calendar.Remaining(d.Today(), t.Due)))
	}
	if t.Provisional {
		parts = append(parts, a.t("calendar.provisional"))
	}
	return strings.Join(parts, "; ")
}

// days words a number of days with their unit.
func (a *app) days(n int, u rules.Unit) string { return a.t("unit."+string(u), n) }

// ackText words the fate of the acknowledgement.
func (a *app) ackText(d *desk.Desk, r store.Request) string {
	state := string(r.Ack.State)
	if r.Ack.State == "" || r.Ack.State == store.MailNone {
		if len(r.Letters) > 0 && r.Letters[0].AnswerCode != "" {
			return a.t("outbox.state.none") + ": " + a.words.Reason(string(a.lang), r.Letters[0].AnswerCode, nil)
		}
		return a.t("outbox.state.none")
	}
	text := a.t("outbox.state." + state)
	if !r.Ack.At.IsZero() {
		text += ", " + a.when(r.Ack.At, d)
	}
	if r.Ack.Reason.Code != "" {
		text += ": " + a.words.Reason(string(a.lang), r.Ack.Reason.Code, r.Ack.Reason.Args)
	}
	return text
}

// when words an instant shortly, in the operator's zone.
func (a *app) when(t time.Time, d *desk.Desk) string {
	t = t.In(d.Zone)
	return templates.ShortDate(string(a.lang), t) + " " + t.Format("15:04")
}

// eventText tells an event in a sentence.
func (a *app) eventText(e store.Event) string {
	return a.t("event."+e.Code, e.Actor)
}

// next names the commands that are useful now.
func (a *app) next(r store.Request) string {
	short := strings.TrimLeft(r.Number[strings.LastIndexByte(r.Number, '-')+1:], "0")
	if special := a.nextByOrigin(r, short); special != "" {
		return special
	}
	return a.t("next."+string(r.Status), short)
}

func (a *app) rawCommand() *cobra.Command {
	return &cobra.Command{
		Use: "raw N", Short: a.t("help.raw"), Args: exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withRequest(c, args[0], func(d *desk.Desk, r store.Request) error {
				if len(r.Letters) == 0 {
					return fmt.Errorf("%s: no letter is stored", r.Number)
				}
				if f, ok := a.out.(*os.File); ok && isTerminal(f) {
					return usage(fmt.Errorf("a raw letter can harm the terminal; write it to a file: pometka raw %s > letter.eml", args[0]))
				}
				return d.Store.Raw(c.Context(), r.Letters[0].ID, io.Writer(a.out))
			})
		},
	}
}
