package desk

import (
	"context"
	"strings"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// When our own staff pass a letter on, somebody else wrote it. Whom the letter inside
// names as its writer is not proved: anybody could have put any name there. So it is a
// case for review, with that name as a proposal. Nobody is written to at that address
// before a person has said that it is right (ConfirmFor, or Set with a Sender).

// written is a letter by its writer.
type written struct {
	by      mailbox.Address
	subject string // "": not known
	text    string
	comment string // of who passed it on
}

// passedOn returns the person's letter inside one of our own staff's: attached
// as such, or in its text, through as many hands as it went.
func (d *Desk) passedOn(m *mailbox.Message) (written, bool) {
	for _, e := range m.Embedded {
		if e.File {
			continue
		}
		if len(e.From) > 0 && d.Operator.Own.Is(e.From[0].Addr) {
			if w, ok := d.passedOnIn(e.Subject, e.Text); ok {
				w.comment = m.Text
				return w, true
			}
			continue
		}
		w := written{subject: e.Subject, text: e.Text, comment: m.Text}
		if len(e.From) > 0 {
			w.by = e.From[0]
		}
		return w, true
	}
	return d.passedOnIn(m.Subject, m.Text)
}

func (d *Desk) passedOnIn(subject, text string) (written, bool) {
	in, ok := rules.PassedOnIn(subject, text, d.Operator.Own)
	return written{by: addressIn(in.From), subject: in.Subject, text: in.Text, comment: in.Comment}, ok
}

// addressIn reads a From line as a mail program writes it into the text of a
// forward: «Имя <a@b>», "Name [mailto:a@b]", or the name alone.
func addressIn(line string) mailbox.Address {
	line = strings.NewReplacer("[mailto:", "<", "<mailto:", "<", "]", ">", "[", "<", "*", "", "\r", " ", "\n", " ").Replace(line)
	for _, a := range mailbox.ParseHeader([]byte("From: " + line + "\r\n")).From {
		if strings.Contains(a.Addr, "@") {
			return a
		}
	}
	return mailbox.Address{Name: strings.TrimSpace(line)}
}

// byStaff reports whether the letter comes from an own address and no form.
func (d *Desk) byStaff(m *mailbox.Message) bool {
	return len(m.From) > 0 && d.Operator.Own.Is(m.From[0].Addr) && !d.Operator.Own.IsForm(m.From[0].Addr)
}

// writerIn is who wrote a letter: of a form on the operator's site, whom Reply-To names;
// of a letter that staff passed on, who wrote the letter inside; else who stands in From.
func (d *Desk) writerIn(m *mailbox.Message) mailbox.Address {
	switch {
	case len(m.From) == 0:
		return mailbox.Address{}
	case d.Operator.Own.IsForm(m.From[0].Addr):
		if len(m.ReplyTo) > 0 {
			return m.ReplyTo[0]
		}
		return mailbox.Address{}
	case d.byStaff(m):
		w, _ := d.passedOn(m)
		return w.by
	}
	return m.From[0]
}

// noteWriter notes in l who wrote the letter, where that is not who stands in From. If
// staff passed it on, its text becomes that of the letter inside, behind their comment.
func (d *Desk) noteWriter(l *store.Letter, m *mailbox.Message) {
	if len(m.From) == 0 || !d.byStaff(m) && !d.Operator.Own.IsForm(m.From[0].Addr) {
		return
	}
	w := d.writerIn(m)
	l.Writer, l.WriterName = w.Addr, w.Name
	if in, ok := d.passedOn(m); ok && d.byStaff(m) && strings.TrimSpace(in.text) != "" {
		l.Text, l.Enclosed = strings.TrimSpace(in.text), ""
		if c := strings.TrimSpace(in.comment); c != "" {
			l.Text = c + "\n\n" + l.Text
		}
	}
}

// ConfirmFor confirms a review case as Confirm does, for the person at sender,
// who is acknowledged there: a person found out whose letter it is. ErrAddress:
// it is the operator's own address, or none.
func (d *Desk) ConfirmFor(ctx context.Context, number string, kinds []rules.Kind, sender string, a Actor) (store.Request, []string, error) {
	if err := d.checkSender(sender); err != nil {
		return store.Request{}, nil, err
	}
	return d.confirm(ctx, number, kinds, sender, a)
}

func (d *Desk) checkSender(addr string) error {
	if !isMailbox(addr) || d.Operator.Own.Is(addr) {
		return &store.About{What: addr, Err: ErrAddress}
	}
	return nil
}

// senderAck is the acknowledgement to the address that staff named. Nothing holds it but
// bounces, caps, and a register that was restored.
func (d *Desk) senderAck(ctx context.Context, sender string, l store.Letter) (*store.NewMail, error) {
	m, _, err := d.ackMail(ctx, rules.Facts{From: []rules.Address{{Addr: sender}}}, rules.Reason{}, newAck{template: letterAcknowledgement, letter: l})
	return m, err
}
