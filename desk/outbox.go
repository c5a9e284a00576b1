package desk

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// How a letter is tried again: after a minute, then after twice as long each time, up to
// six hours, give or take a fifth, for five days. Where the connection failed, it waits a
// quarter of an hour at most, and less if the server turns out to be well before that
// (batch.expired).
const (
	firstRetry  = time.Minute
	lastRetry   = 6 * time.Hour
	outageRetry = 15 * time.Minute
	retrySpan   = 5 * 24 * time.Hour
	retryJit    = 0.2
)

// Codes that say what became of a try to send.
const (
	codeSMTP4xx       = "smtp_4xx"
	codeSMTPOutage    = "smtp_outage"  // the server was not reached, or refused the log-in, before it heard of the letter
	codeSMTPNetwork   = "smtp_network" // the connection was lost over the letter, or the server ended it (421)
	codeSMTPCut       = "smtp_cut"     // the same, and not for the first time: the letter may be the reason
	codeSMTPUncertain = "smtp_uncertain"
	codeGaveUp        = "gave_up"
	codeStumbled      = "stumbled" // a bug of this program
)

// mostCuts is after how many tries, the last of which lost the connection, the letter
// itself may be the reason.
const mostCuts = 3

// unsent are the reasons why a letter was not even offered to the server, each by the
// enhanced code (RFC 3463) that mailbox.Sender gives for it.
var unsent = map[string]string{"5.1.3": store.ReasonRecipient, "5.1.7": "smtp_sender", "5.6.7": "smtp_utf8", mailbox.EnhancedStumbled: codeStumbled}

// FlushReport counts what a pass over the outbox did.
type FlushReport struct {
	Sent, Deferred, Failed, Uncertain int

	Silent error // of the mailbox, which fell silent while copies were saved; nil: it did not
}

// Recover settles the letters that a killed process left in the state sending: nobody
// knows whether the server took them, so a person decides. Only the one process that sends
// may call it, before its first Flush.
func (d *Desk) Recover(ctx context.Context) (int, error) {
	return d.Store.Recover(ctx, d.Now())
}

// Flush sends what is due in the outbox, one letter after the other over one
// connection. A letter is claimed before it is sent and settled after, so that
// no crash can send it twice. A connection that is lost over a letter is made
// anew for the next: some servers hang up on what they do not like, or after so
// many letters. An error is the server's or the database's: what is left stays
// queued. Letters that failed for good raise one alarm, which goes out with them
// where the server still takes letters.
//
// With Options.Patience it returns while the server still has a letter to answer, which
// Awaited tells; the next call goes on from there. Until the answer has come, or ctx has
// ended, nothing else is sent: ctx must last longer than the call.
func (d *Desk) Flush(ctx context.Context) (FlushReport, error) {
	b := batch{d, d.underWay}
	if b.progress == nil {
		b.progress = &progress{lost: map[int64]bool{}, copies: d.Sent != nil, expired: []string{codeSMTPOutage}}
	}
	d.underWay = nil
	defer func() {
		if b.sending != nil {
			d.underWay = b.progress
		}
	}()
	b.report = FlushReport{}
	release := b.Sender.Release
	err := b.send(ctx)
	if b.sending == nil && len(b.lost) > 0 {
		err = b.raiseLost(ctx, err)
	}
	if b.sending == nil || b.sending.late {
		release()
	}
	return b.report, err
}

// raiseLost raises the alarm about letters that failed, and sends it unless err ended the
// batch.
func (b *batch) raiseLost(ctx context.Context, err error) error {
	raised := b.alarm(context.WithoutCancel(ctx), alarmFailed, failedAgain, len(b.lost), "pometka outbox")
	clear(b.lost)
	if err == nil && raised == nil {
		b.expired = nil // what waits was tried already
		err = b.send(ctx)
	}
	return errors.Join(err, raised)
}

// batch is one pass over the outbox, which may take several calls of Flush.
type batch struct {
	*Desk
	*progress
}

// progress is what is known of a batch so far.
type progress struct {
	report   FlushReport    // of this call
	until    time.Time      // how long this call waits for answers
	sending  *sending       // the letter that the server has to answer; nil: there is none
	losses   int            // letters in a row that cost the connection
	cut      error          // by the last of them
	lost     map[int64]bool // letters that failed, without alarms: an alarm that fails raises no other
	copies   bool           // copies are to be kept in the Sent folder, and it could be reached so far
	copiesTo string         // the name of that folder, asked for once
	unkept   []mailbox.Copy // copies of letters that were sent, not yet in it
	expired  []string       // reason codes for which a letter was put off that hold no longer: see send
	waiting  []int64        // letters to staff that wait until somebody is at work
}

// send sends what is due. A letter that waits because the server let nobody in is tried at
// every pass: the caller of Flush decides when to come back to a server. As soon as one letter
// was dealt with, the server is well again, and letters over which a connection was lost need
// not wait either. The first lost connection in a pass ends both, so that no letter is tried
// twice in a pass. A letter that the server itself put off waits its time, whatever happens: a
// server that greylists means it.
func (b *batch) send(ctx context.Context) error {
	defer b.saveSent(ctx)
	if b.sending != nil { // until is over: it is not waited for once more
		if over, err := b.conclude(ctx); over {
			return err
		}
	}
	untimely, err := b.untimely(ctx, b.Now())
	if err != nil {
		return err
	}
	b.waiting, b.until = untimely, time.Now().Add(b.Patience)
	for ctx.Err() == nil {
		if b.Stopping() {
			return ErrStopping
		}
		m, err := b.claim(ctx)
		if err != nil {
			return fmt.Errorf("claim mail: %w", err)
		}
		if m == nil {
			return b.cut
		}
		b.hand(ctx, m)
		if over, err := b.conclude(ctx); over {
			return err
		}
	}
	return ctx.Err()
}

// judge says what the end of a letter means for those behind it: over, that they must wait.
func (b *batch) judge(out mailbox.Outcome) (over bool, err error) {
	if out.Err == nil {
		b.losses, b.cut = 0, nil
		if len(b.expired) == 1 {
			b.expired = append(b.expired, codeSMTPNetwork)
		}
		return false, nil
	}
	b.expired = nil
	b.cut = fmt.Errorf("send mail: %w", out.Err)
	if b.losses++; b.losses == mostLosses || !overLetter(out) {
		return true, b.cut // it is the server, not the letter: no use to go on
	}
	return false, nil
}

// mostLosses is how many letters in a row may cost the connection in one pass.
const mostLosses = 3

// overLetter reports whether a connection may have been lost because of the letter: it
// was cut between the first command and the final dot. After the dot it does not count,
// since there each further try could make one more letter uncertain.
func overLetter(o mailbox.Outcome) bool {
	within := o.Phase == mailbox.PhaseMail || o.Phase == mailbox.PhaseRcpt || o.Phase == mailbox.PhaseData
	return within && o.Status == mailbox.StatusDeferred && mailbox.FaultOf(o.Err) != mailbox.FaultSilent
}

func (b *batch) fail(m store.Mail) {
	if m.Purpose != store.PurposeAlarm {
		b.lost[m.ID] = true
	}
}

// settle writes down how the try ended, even when ctx has ended meanwhile: the
// outcome is known and must not be lost.
func (b *batch) settle(ctx context.Context, m *store.Mail, out mailbox.Outcome) error {
	s := b.settlement(m, out)
	switch err := b.Store.Settle(context.WithoutCancel(ctx), m.ID, s, b.Now()); {
	case errors.Is(err, store.ErrStatus): // how it ended was written down before, as by a report that it came back
		return nil
	case err != nil:
		return fmt.Errorf("settle mail %d: %w", m.ID, err)
	}
	b.testOnlyStep("mail settled")
	b.report.count(s.State)
	b.Log.InfoContext(ctx, "mail settled", "mail", m.ID, "purpose", m.Purpose, "state", s.State, "code", out.Code, "reason", s.Reason.Code)
	switch {
	case s.State == store.MailFailed, s.Reason.Code == codeStumbled, s.State == store.MailUncertain && !m.Purpose.Public():
		b.fail(*m)
	case s.State == store.MailSent && b.copies && m.Purpose.Public():
		if b.unkept = append(b.unkept, mailbox.Copy{MessageID: m.MessageID, Raw: m.Raw, At: b.Now()}); len(b.unkept) == copiesOnce {
			b.saveSent(ctx)
		}
	}
	return nil
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
		s.State, s.Reason = store.MailFailed, d.smtpReason(store.ReasonSMTP5xx, o)
		if code := unsent[o.Enhanced]; o.Code == 0 && code != "" {
			s.Reply, s.Reason = "", rules.Reason{Code: code}
		}
		return s
	case mailbox.StatusUncertain:
		s.State, s.Reason = store.MailUncertain, d.smtpReason(codeSMTPUncertain, o)
		if o.Code == 0 && o.Enhanced == mailbox.EnhancedStumbled {
			s.Reason = rules.Reason{Code: codeStumbled}
		}
		return s
	}
	return d.retryLater(m, o, s)
}

// retryLater says when a letter is tried once more, or that it has been tried for long enough.
// A server that was not reached does not count as a refusal of the letter: after an outage
// the first "try later" means a minute, not hours.
func (d *Desk) retryLater(m *store.Mail, o mailbox.Outcome, s store.Settlement) store.Settlement {
	s.State, s.Refused = store.MailQueued, true
	code, wait := codeSMTP4xx, d.backoff(m.Refusals+1)
	switch {
	case o.Err == nil:
	case slices.Contains([]string{mailbox.PhaseDial, mailbox.PhaseTLS, mailbox.PhaseLogin}, o.Phase):
		s.Refused = false
		code, wait = codeSMTPOutage, min(d.backoff(m.Attempts), outageRetry)
	case m.Refusals+1 < mostCuts:
		code = codeSMTPNetwork
	default:
		code, wait = codeSMTPCut, min(wait, outageRetry)
	}
	s.Reason = d.smtpReason(code, o)
	s.NextAttempt = d.Now().Add(wait)
	if s.NextAttempt.Sub(m.QueuedAt) > retrySpan { // not from CreatedAt: it may have been held for a week
		s.State, s.Reason = store.MailFailed, d.smtpReason(codeGaveUp, o)
	}
	return s
}

// smtpReason is a reason with the server's code and the phase of the try. The server's
// words may hold the address, and belong to the personal part.
func (d *Desk) smtpReason(code string, o mailbox.Outcome) rules.Reason {
	refused := ""
	if o.Code != 0 {
		refused = strings.TrimSpace(strconv.Itoa(o.Code) + " " + o.Enhanced)
	}
	return rules.Reason{Code: code, Args: []string{refused, o.Phase}}
}

// backoff returns how long to wait after the n-th failed try (n from 1).
func (d *Desk) backoff(n int) time.Duration {
	wait := float64(firstRetry) * math.Pow(2, float64(min(max(n, 1), 20)-1))
	wait *= 1 + retryJit*d.jitter()
	return time.Duration(min(max(wait, float64(firstRetry)), float64(lastRetry)))
}
