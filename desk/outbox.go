package desk

import (
	"context"
	"fmt"
	"math"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// How a letter is tried again: after a minute, then after twice as long each
// time up to six hours, spread by a fifth, for five days.
const (
	firstRetry = time.Minute
	lastRetry  = 6 * time.Hour
	retrySpan  = 5 * 24 * time.Hour
	retryJit   = 0.2
)

// Codes that say what became of a try to send.
const (
	codeSMTP4xx       = "smtp_4xx"
	codeSMTP5xx       = "smtp_5xx"
	codeSMTPNetwork   = "smtp_network"
	codeSMTPUncertain = "smtp_uncertain"
	codeGaveUp        = "gave_up"
)

// FlushReport counts what a pass over the outbox did.
type FlushReport struct{ Sent, Deferred, Failed, Uncertain int }

// Recover settles what a killed process left in the state sending: nobody
// knows whether the server took it, so a person decides. Only the one process
// that sends may call it, before its first Flush.
func (d *Desk) Recover(ctx context.Context) (int, error) {
	return d.Store.Recover(ctx, d.Now())
}

// Flush sends what is due in the outbox, one letter after the other over one
// connection. A letter is claimed before it is sent and settled after, so that
// no crash can send it twice. An error is the server's or the database's: what
// is left stays queued.
func (d *Desk) Flush(ctx context.Context) (FlushReport, error) {
	var r FlushReport
	defer d.Sender.Release()
	for ctx.Err() == nil {
		if d.Stopping() {
			return r, ErrStopping
		}
		m, err := d.Store.Claim(ctx, d.Now(), d.render)
		if err != nil {
			return r, fmt.Errorf("claim mail: %w", err)
		}
		if m == nil {
			return r, nil
		}
		d.testOnlyStep("mail claimed")
		out := d.Sender.Send(ctx, mailbox.Envelope{From: d.Bounce, To: m.To, Raw: m.Raw})
		d.testOnlyStep("mail sent")
		// The outcome is known now; a cancelled context must not lose it.
		s := d.settlement(m, out)
		if err := d.Store.Settle(context.WithoutCancel(ctx), m.ID, s, d.Now()); err != nil {
			return r, fmt.Errorf("settle mail %d: %w", m.ID, err)
		}
		d.testOnlyStep("mail settled")
		r.count(s.State)
		d.Log.InfoContext(ctx, "mail settled", "mail", m.ID, "purpose", m.Purpose, "state", s.State, "code", out.Code, "reason", s.Reason.Code)
		if s.State == store.MailSent {
			d.saveSent(ctx, m)
		}
		if out.Err != nil { // the server, not the letter: no use to go on
			return r, fmt.Errorf("send mail: %w", out.Err)
		}
	}
	return r, ctx.Err()
}

func (r *FlushReport) count(s store.MailState) {
	switch s {
	case store.MailSent:
		r.Sent++
	case store.MailQueued:
		r.Deferred++
	case store.MailFailed:
		r.Failed++
	case store.MailUncertain:
		r.Uncertain++
	}
}

// settlement turns the outcome of a try into what the register keeps. What
// failed before the final dot is tried again (RFC 5321 4.5.4.1); what was
// lost after it may have been delivered and waits for a person.
func (d *Desk) settlement(m *store.Mail, o mailbox.Outcome) store.Settlement {
	s := store.Settlement{Code: o.Code, Enhanced: o.Enhanced, Reply: o.Reply}
	switch o.Status {
	case mailbox.StatusAccepted:
		s.State = store.MailSent
		return s
	case mailbox.StatusRejected:
		s.State, s.Reason = store.MailFailed, d.smtpReason(codeSMTP5xx, o)
		return s
	case mailbox.StatusUncertain:
		s.State, s.Reason = store.MailUncertain, d.smtpReason(codeSMTPUncertain, o)
		return s
	}
	code := codeSMTP4xx
	if o.Code == 0 {
		code = codeSMTPNetwork
	}
	s.State, s.Reason = store.MailQueued, d.smtpReason(code, o)
	s.NextAttempt = d.Now().Add(d.backoff(m.Attempts))
	if s.NextAttempt.Sub(m.CreatedAt) > retrySpan {
		s.State, s.Reason = store.MailFailed, d.smtpReason(codeGaveUp, o)
	}
	return s
}

// smtpReason names the phase and the reply code; the server's words may hold
// the address and stay in the personal part.
func (d *Desk) smtpReason(code string, o mailbox.Outcome) rules.Reason {
	return rules.Reason{Code: code, Args: []string{o.Phase, fmt.Sprint(o.Code)}}
}

// backoff returns how long to wait after the n-th failed try (n from 1).
func (d *Desk) backoff(n int) time.Duration {
	wait := float64(firstRetry) * math.Pow(2, float64(min(max(n, 1), 20)-1))
	wait = min(wait, float64(lastRetry))
	return time.Duration(wait * (1 + retryJit*d.jitter()))
}

// saveSent puts a copy of a letter to the public into the Sent folder, as far
// as that can be done: the outbox is the record, the copy a comfort. A copy
// that the provider made itself is found by its Message-ID.
func (d *Desk) saveSent(ctx context.Context, m *store.Mail) {
	if d.Sent == nil || m.Purpose != store.PurposeAcknowledgement && m.Purpose != store.PurposeAnswer {
		return
	}
	err := func() error {
		folder, err := d.Sent.SentFolder(ctx)
		if err != nil || folder == "" {
			return err
		}
		there, err := d.Sent.HasMessageID(ctx, folder, m.MessageID)
		if err != nil || there {
			return err
		}
		return d.Sent.Append(ctx, folder, m.Raw, d.Now())
	}()
	if err != nil {
		d.Log.WarnContext(ctx, "copy in the Sent folder not saved", "mail", m.ID)
	}
}
