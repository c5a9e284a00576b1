package main

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// historyText tells an event in a sentence, and beneath it what it changed:
// the old value, the new one and the cause.
func (a *app) historyText(e store.Event, d *desk.Desk) []string {
	key := "event." + e.Code
	if !a.words.Has(key) {
		key = "event.other"
	}
	lines := []string{a.t(key, a.actorName(e.Actor, d), e.Code)}
	x, err := e.ReadDetail()
	if e.Detail == "" || err != nil {
		return lines // purged, or an act of another form
	}
	if n := cmp.Or(x.More.From, x.More.To); n != "" { // that gave letters or got them
		lines = append(lines, a.t("history.request", n))
	}
	lines = append(lines, a.stood(x, d)...)
	lines = append(lines, a.byHandText(e, x, d)...)
	lines = append(lines, a.foundOut(x, d.Policy)...)
	if e.Code == store.EventRegistered {
		if x.After.ActBy != nil && !x.After.ActBy.IsZero() {
			lines = append(lines, a.t("history.act_by", a.lastDay(actBy(x.After))))
		}
		return lines
	}
	if b, n := x.Before.ActBy, x.After.ActBy; b != nil && n != nil {
		lines = append(lines, a.movedTerms(x)...)
		if *b != *n {
			lines = append(lines, a.t("history.act_by.moved", a.lastDay(actBy(x.Before)), a.lastDay(actBy(x.After))))
		}
	}
	if x.More.Cause != "" {
		lines = append(lines, a.t("history.cause", a.t("cause."+x.More.Cause)))
	}
	if why := x.More.Why; why != nil && *why != "" {
		lines = append(lines, a.t("history.why", *why))
	}
	return lines
}

// actorName names who acted: the program, or a person by name, with the claim
// of --as as a claim.
func (a *app) actorName(actor string, d *desk.Desk) string {
	if actor == store.Machine {
		return a.t("history.machine")
	}
	login, claim, claimed := strings.Cut(actor, " (as ")
	name := d.NameOf(login)
	if claimed {
		name = a.t("history.claim", name, strings.TrimSuffix(claim, ")"))
	}
	return name
}

// stood tells how status and assignee changed, what was noted, which steps were
// taken, and which letter of ours the event is about.
func (a *app) stood(x store.Detail, d *desk.Desk) []string {
	var lines []string
	if b, n := x.Before.Status, x.After.Status; b != "" && n != "" {
		lines = append(lines, a.t("history.status", a.t("status."+string(b)), a.t("status."+string(n))))
	}
	if b, n := x.Before.Assignee, x.After.Assignee; b != nil && n != nil && *b != *n {
		lines = append(lines, a.t("history.assignee", a.nobodyOr(d.NameOf(*b)), a.nobodyOr(d.NameOf(*n))))
	}
	if x.After.Note != "" {
		lines = append(lines, a.t("history.note", x.After.Note))
	}
	if steps := x.More.Steps; steps != nil {
		for _, s := range *steps {
			lines = append(lines, a.t(stepKey(s), a.stepName(d, s.ID)))
		}
	}
	if x.Mail != 0 {
		text := a.mailName(x.Mail, x.Purpose)
		if x.Reason != nil && x.Reason.Code != "" {
			text += ": " + a.words.Reason(string(a.lang), x.Reason.Code, x.Reason.Args)
		}
		lines = append(lines, text)
	}
	return lines
}

// mailName names a letter of ours as the history does; what tells of a reminder
// does not keep the purpose of its letter.
func (a *app) mailName(id int64, p store.Purpose) string {
	if p == "" {
		return a.t("history.letter", strconv.FormatInt(id, 10))
	}
	return a.t("history.mail", a.t("purpose."+string(p)), strconv.FormatInt(id, 10))
}

func (a *app) nobodyOr(name string) string {
	if name == "" {
		return a.t("list.nobody")
	}
	return name
}

func stepKey(s store.StepDone) string {
	if s.Done {
		return "show.step.done"
	}
	return "show.step.skipped"
}

// stepName words a closing step of any kind of the policy.
func (a *app) stepName(d *desk.Desk, id string) string {
	for _, k := range d.Policy.Kinds {
		for _, s := range k.Steps {
			if s.ID == id {
				return s.Text.In(a.lang)
			}
		}
	}
	return id
}

// toldBefore reports whether the event before tells the same as the one at i: a letter that is
// the first to tell of several stages is one reminder, although there is an event of each.
func toldBefore(events []store.Event, i int) bool {
	e := &events[i]
	return i > 0 && e.Code == store.EventReminded && events[i-1].Code == e.Code && events[i-1].At.Equal(e.At)
}

// historyEntries prints each event with its time in front.
func (a *app) historyEntries(events []store.Event, d *desk.Desk) {
	for i, e := range events {
		if toldBefore(events, i) {
			continue
		}
		when := a.when(e.At, d)
		for _, line := range a.historyText(e, d) {
			a.printf("%s", labelled(when, templates.Safe(line), a.width()))
			when = ""
		}
	}
}

// eventText tells an event in one sentence.
func (a *app) eventText(e store.Event, d *desk.Desk) string {
	return a.t("event."+e.Code, a.actorName(e.Actor, d))
}

// eventJSON is one element of history --json. before, after and more are what
// the register keeps of the event, null where it was purged.
type eventJSON struct {
	Seq    int64           `json:"seq"`
	At     string          `json:"at"`
	Actor  string          `json:"actor"`
	Code   string          `json:"code"`
	Text   []string        `json:"text"`
	Detail json.RawMessage `json:"detail"`
	Digest string          `json:"digest"`
}

func (a *app) historyJSON(d *desk.Desk, events []store.Event) []eventJSON {
	out := make([]eventJSON, 0, len(events))
	for _, e := range events {
		j := eventJSON{e.Seq, stamp(e.At, d.Zone), e.Actor, e.Code, a.historyText(e, d), json.RawMessage("null"), e.Digest}
		if json.Valid([]byte(e.Detail)) {
			j.Detail = json.RawMessage(e.Detail)
		}
		out = append(out, j)
	}
	return out
}

func (a *app) historyCommand() *cobra.Command {
	return a.withJSON(&cobra.Command{
		Use: "history N", Short: a.t("help.history"), Long: a.t("help.history.long"), Args: exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withRequest(c, args[0], func(d *desk.Desk, r store.Request) error {
				events, err := d.Store.History(c.Context(), r.Number)
				if err != nil {
					return err
				}
				if a.json {
					return a.printJSON(a.historyJSON(d, events))
				}
				a.printf("%s\n\n", a.paint(bold, clip(r.Number+"  "+a.requestKind(d, r), a.width())))
				a.historyEntries(events, d)
				return nil
			})
		},
	})
}
