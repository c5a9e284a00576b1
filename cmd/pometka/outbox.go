package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// mailJSON is one element of outbox list --json.
type mailJSON struct {
	ID          int64           `json:"id"`
	Purpose     store.Purpose   `json:"purpose"`
	Requests    []string        `json:"requests"`
	To          string          `json:"to"`
	State       store.MailState `json:"state"`
	Attempts    int             `json:"attempts"`
	NextAttempt string          `json:"next_attempt"`
	Reason      string          `json:"reason"`
	MessageID   string          `json:"message_id"`
}

// mailShownJSON is what outbox show --json prints.
type mailShownJSON struct {
	mailJSON
	Reply   string `json:"reply"` // the server's last words
	Draft   bool   `json:"draft"` // subject and text are what would go out now
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

func (a *app) outboxCommand() *cobra.Command {
	root := &cobra.Command{Use: "outbox", Short: a.t("help.outbox"), Args: exactly(0)}
	list := a.withJSON(&cobra.Command{
		Use: "list", Short: a.t("help.outbox.list"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withDesk(c, func(d *desk.Desk) error {
				mails, err := d.Store.Outbox(c.Context(), nil)
				if err != nil {
					return err
				}
				return a.printOutbox(d, mails)
			})
		},
	})
	root.RunE = list.RunE
	a.withJSON(root)
	all, to := false, ""
	release := &cobra.Command{
		Use: "release ID… [--to ADDRESS] | --all", Short: a.t("help.outbox.release"),
		RunE: func(c *cobra.Command, args []string) error {
			ids, err := a.mailIDs(args)
			if err != nil {
				return err
			}
			if all == (len(ids) > 0) || to != "" && len(ids) != 1 {
				return a.misuse("error.mail.which")
			}
			return a.withDesk(c, func(d *desk.Desk) error {
				who, err := a.actor()
				if err != nil {
					return err
				}
				return a.release(c.Context(), d, ids, to, who)
			})
		},
	}
	release.Flags().BoolVar(&all, "all", false, a.t("help.flag.release_all"))
	release.Flags().StringVar(&to, "to", "", a.t("help.flag.release_to"))
	root.AddCommand(list, release,
		a.withJSON(a.mailCommand("show ID", "help.outbox.show", a.showMail)),
		a.mailCommand("resend ID", "help.outbox.resend", func(c *cobra.Command, d *desk.Desk, id int64) error {
			return a.decideMail(c, d, id, d.Resend, "done.resend")
		}),
		a.mailCommand("drop ID", "help.outbox.drop", func(c *cobra.Command, d *desk.Desk, id int64) error {
			return a.decideMail(c, d, id, d.Drop, "done.drop")
		}))
	return root
}

// release queues held letters, one of them perhaps to an address named now.
func (a *app) release(ctx context.Context, d *desk.Desk, ids []int64, to string, who desk.Actor) error {
	n, kept, err := 1, desk.Kept{}, error(nil)
	if to != "" {
		err = d.ReleaseTo(ctx, ids[0], to, who)
	} else {
		n, kept, err = d.Release(ctx, ids, who)
	}
	if err != nil {
		return a.mailFailure(ctx, d, ids, err)
	}
	a.printf("%s\n", a.t("done.release", n))
	if kept.Nameless > 0 {
		a.printf("%s\n", a.t("done.release.left", kept.Nameless))
	}
	if kept.Closed > 0 {
		a.say(a.t("done.release.closed", kept.Closed))
	}
	return nil
}

// mailCommand is a command on one letter of the outbox.
func (a *app) mailCommand(use, help string, f func(*cobra.Command, *desk.Desk, int64) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: a.t(help), Args: exactly(1), RunE: func(c *cobra.Command, args []string) error {
		ids, err := a.mailIDs(args)
		if err != nil {
			return err
		}
		return a.withDesk(c, func(d *desk.Desk) error { return f(c, d, ids[0]) })
	}}
}

// mailIDs are the ids of letters of ours, each once.
func (a *app) mailIDs(args []string) ([]int64, error) {
	var ids []int64
	for _, s := range args {
		id, err := strconv.ParseInt(s, 10, 64)
		if err != nil || id < 1 {
			return nil, a.misuse("error.mail.number", templates.Safe(s))
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// mailFailure words why nothing could be decided about letters of ours: one is not
// there, or in another state.
func (a *app) mailFailure(ctx context.Context, d *desk.Desk, ids []int64, err error) error {
	id := strconv.FormatInt(append(ids, 0)[0], 10)
	if about, ok := errors.AsType[*store.About](err); ok {
		id = about.What
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return notDone(exitNotFound, a.t("error.mail.none", id))
	case errors.Is(err, store.ErrStatus):
		if n, _ := strconv.ParseInt(id, 10, 64); n > 0 {
			if m, merr := d.Store.Mail(ctx, n); merr == nil {
				return notDone(exitFailed, a.t("error.mail.status", id, a.t("outbox.state."+string(m.State))))
			}
		}
	}
	return err
}

func (a *app) mailJSON(d *desk.Desk, m store.Mail) mailJSON {
	j := mailJSON{ID: m.ID, Purpose: m.Purpose, Requests: m.Requests, To: m.To, State: m.State, Attempts: m.Attempts, MessageID: m.MessageID}
	if m.State == store.MailQueued {
		j.NextAttempt = stamp(m.NextAttempt, d.Zone)
	}
	if m.Reason.Code != "" {
		j.Reason = a.words.Reason(string(a.lang), m.Reason.Code, m.Reason.Args)
	}
	if j.Requests == nil {
		j.Requests = []string{}
	}
	return j
}

func (a *app) printOutbox(d *desk.Desk, mails []store.Mail) error {
	if a.json {
		out := make([]mailJSON, 0, len(mails))
		for _, m := range mails {
			out = append(out, a.mailJSON(d, m))
		}
		return a.printJSON(out)
	}
	if len(mails) == 0 {
		a.printf("%s\n", a.t("outbox.empty"))
	}
	for _, m := range mails {
		a.printf("%s\n", clip(fmt.Sprintf("%4d  %s  %s  %s", m.ID, pad(a.t("outbox.state."+string(m.State)), 20), pad(a.t("purpose."+string(m.Purpose)), 16), strings.Join(m.Requests, ", ")), a.width()))
		if m.To != "" {
			a.printf("%s\n", clip("      "+templates.Safe(m.To), a.width()))
		}
		if m.Reason.Code != "" {
			a.printIndented(a.words.Reason(string(a.lang), m.Reason.Code, m.Reason.Args))
		}
		if m.State == store.MailQueued && m.Attempts > 0 {
			a.printIndented(a.t("outbox.next", m.Attempts, templates.DateTime(string(a.lang), m.NextAttempt.In(d.Zone))))
		}
	}
	return nil
}

// printIndented prints a text below the line it belongs to.
func (a *app) printIndented(s string) {
	for _, line := range wrap(templates.Safe(s), a.width()-6) {
		a.printf("      %s\n", line)
	}
}

func (a *app) showMail(c *cobra.Command, d *desk.Desk, id int64) error {
	m, err := d.Store.Mail(c.Context(), id)
	if err != nil {
		return a.mailFailure(c.Context(), d, []int64{id}, err)
	}
	draft := false
	if len(m.Raw) == 0 && (m.State == store.MailHeld || m.State == store.MailQueued) {
		m.Raw, err = d.Rendered(c.Context(), m)
		draft = err == nil // else it will be told when it cannot be sent
	}
	if a.json {
		letter := mailbox.Parse(bytes.NewReader(m.Raw))
		return a.printJSON(mailShownJSON{a.mailJSON(d, m), m.Reply, draft, letter.Subject, letter.Text})
	}
	if err := a.printOutbox(d, []store.Mail{m}); err != nil {
		return err
	}
	if m.Reply != "" && m.State != store.MailSent {
		a.printIndented(a.t("outbox.reply", m.Reply))
	}
	if draft {
		a.printIndented(a.t("outbox.draft"))
	}
	if len(m.Raw) > 0 {
		a.printf("\n%s\n", a.letterText(m.Raw))
	}
	return nil
}

// lostAnswer reports whether the last answer about a closed request never went out.
func lostAnswer(r *store.Request, mails []store.Mail) bool {
	lost := false
	for i := range mails {
		if m := &mails[i]; m.Purpose == store.PurposeAnswer {
			lost = (m.State == store.MailDropped || m.State == store.MailFailed) && m.CreatedAt.After(r.AnsweredAt)
		}
	}
	return lost && (r.Status == store.StatusDone || r.Status == store.StatusRefused)
}

// answersOf says what is to be known of the answers about a request after an act: that
// one is lost, or, where it is open again, that one is still to go out.
func (a *app) answersOf(ctx context.Context, d *desk.Desk, number string) {
	r, err := d.Store.Request(ctx, number)
	if err != nil {
		return
	}
	mails, err := d.Store.MailsTo(ctx, r.Number)
	if err != nil {
		return
	}
	if lostAnswer(&r, mails) {
		a.say(a.t("outbox.lost_answer", templates.ShortNumber(number)))
	}
	for i := range mails {
		if m := &mails[i]; m.Purpose == store.PurposeAnswer && m.State == store.MailQueued && !r.Status.Closed() {
			a.say(a.t("outbox.queued_answer", strconv.FormatInt(m.ID, 10)))
		}
	}
}

func (a *app) decideMail(c *cobra.Command, d *desk.Desk, id int64, do mailAction, done string) error {
	who, err := a.actor()
	if err != nil {
		return err
	}
	if err := do(c.Context(), id, who); err != nil {
		return a.mailFailure(c.Context(), d, []int64{id}, err)
	}
	a.printf("%s\n", a.t(done, strconv.FormatInt(id, 10)))
	if m, err := d.Store.Mail(c.Context(), id); err == nil && m.Purpose == store.PurposeAnswer && m.State == store.MailDropped {
		for _, n := range m.Requests {
			a.answersOf(c.Context(), d, n)
		}
	}
	return nil
}

// mailAction is what a person does to one letter of the outbox.
type mailAction func(ctx context.Context, id int64, a desk.Actor) error
