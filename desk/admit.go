package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// candidate reads a whole letter into the spool, judges it finally and gives it
// to the registrar. dismissed gets its ledger row where it is no request after
// all.
func (p *folderPass) candidate(ctx context.Context, l *letter, dismissed *[]store.Seen) error {
	w, err := p.read(ctx, l)
	if err != nil {
		return err
	}
	take := p.book.take
	if w.spool.Size() >= largeLetter {
		take = p.book.takeNow
	}
	return take(entry{
		do: func() error {
			defer w.spool.Discard()
			row, err := p.enter(ctx, l, w)
			if row != nil {
				*dismissed = append(*dismissed, *row)
			}
			return err
		},
		drop: func() { w.spool.Discard() },
	})
}

// enter takes a letter in. It returns the ledger row to write where the letter
// is no request after all, and nil where the registering transaction wrote the
// row.
func (p *folderPass) enter(ctx context.Context, l *letter, w whole) (*store.Seen, error) {
	facts := Facts(l.msg)
	known, err := p.registered(ctx, l, w)
	if err != nil {
		return nil, err
	}
	if known {
		row := l.row(l.finding.Verdict, codeCopy)
		return &row, nil
	}
	thread, err := p.threadOf(ctx, l, facts)
	if err != nil {
		return nil, err
	}
	if l.finding.Verdict == rules.None && thread.look.Code != "" {
		l.finding.Verdict, l.finding.Confidence = rules.Review, rules.Possible
		l.finding.Reason = thread.look
	}
	if l.finding.Verdict == rules.None && thread.join == "" {
		row := l.row(rules.None, l.finding.Reason.Code)
		if w.gone {
			row.ReasonCode = codeGone
		}
		return &row, nil
	}
	return nil, p.admit(ctx, l, facts, thread, w.spool, w.cut)
}

// read reads a whole letter and judges it. A letter that is another than its
// header said is judged by that header, which came first.
func (p *folderPass) read(ctx context.Context, l *letter) (w whole, err error) {
	for again := true; again; {
		if w, err = p.fetch(ctx, l); err != nil {
			return w, err
		}
		p.testOnlyStep("letter spooled")
		if err := parseSpool(l, w.spool); err != nil {
			w.spool.Discard()
			return w, err
		}
		l.msg.Cut = l.msg.Cut || w.cut
		if w.gone {
			l.msg.Troubles = append(l.msg.Troubles, codeGone)
		}
		if undated(l.head.InternalDate) {
			at, known := p.receipt(l.msg)
			l.head.InternalDate, l.undated = at, !known
		}
		l.finding = p.Policy.Classify(Facts(l.msg), p.Operator.Own)
		if again = l.finding.Verdict == rules.None && p.mistaken(l, w); again {
			w.spool.Discard()
		}
	}
	return w, nil
}

// fetch brings the letter's bytes into a spool. What the server cannot give is
// replaced by the header that it gave before: a letter that vanished or cannot
// be delivered is judged by that, and never silently dropped.
func (p *folderPass) fetch(ctx context.Context, l *letter) (w whole, err error) {
	if l.head.Err == nil {
		if w.spool, err = p.Store.Spool(); err != nil {
			return whole{}, err
		}
		_, w.cut, err = p.Inbox.Fetch(ctx, l.head.UID, w.spool)
		if err == nil {
			return w, nil
		}
		w.spool.Discard()
		if w.gone = errors.Is(err, mailbox.ErrGone); !w.gone && !errors.Is(err, mailbox.ErrBadMessage) {
			return whole{}, err
		}
		if !w.gone {
			l.head.Err = err
		}
	}
	w.cut = true
	if w.spool, err = p.Store.Spool(); err != nil {
		return whole{}, err
	}
	if _, err = w.spool.Write(l.head.Header); err != nil {
		w.spool.Discard()
		return whole{}, err
	}
	return w, nil
}

func parseSpool(l *letter, spool *store.Spool) error {
	r, err := spool.Open()
	if err != nil {
		return fmt.Errorf("read spooled letter: %w", err)
	}
	defer r.Close()
	l.msg = mailbox.Parse(r)
	if l.head.Err != nil { // only a person can read it, in the mailbox itself
		l.msg.Troubles = append(l.msg.Troubles, mailbox.TroubleUnreadable)
	}
	return nil
}

// admit registers a letter: one transaction takes in the ledger row, the
// letter, its requests with their terms, the event and the acknowledgement.
func (p *folderPass) admit(ctx context.Context, l *letter, f rules.Facts, t thread, spool *store.Spool, cut bool) error {
	a := store.Admission{
		Place:      store.Place{Folder: p.folder.Name, UIDValidity: p.cur.UIDValidity, UID: l.head.UID},
		Seen:       l.row(l.finding.Verdict, l.finding.Reason.Code),
		Raw:        spool,
		Actor:      actor,
		Prefix:     p.Operator.Prefix,
		Policy:     store.PolicyRef{Name: p.Policy.Name, Edition: p.Policy.Edition, Digest: p.Policy.Digest},
		PolicyText: p.Policy.Source,
	}
	a.Letter = p.letterOf(l, spool, cut)
	a.Letter.Place, a.Letter.Junk = a.Place, p.folder.Junk
	switch {
	case t.join != "":
		a.Join, a.JoinStatus, a.JoinWaits = t.join, t.status, t.waits
		if err := p.joinDates(ctx, &a); err != nil {
			return err
		}
		a.Seen.ReasonCode = codeReply
		a.Letter.AnswerCode = codeReply
	default:
		a.Possibly = t.possibly
		received := rules.DateIn(l.head.InternalDate, p.Zone)
		var documents rules.Date
		if documentsCame(a.Letter.Attachments) {
			documents = received
		}
		requests, err := p.newRequests(p.Policy, l.finding, received, rules.Circumstances{Documents: documents})
		if err != nil {
			return err
		}
		a.Requests = requests
		late, err := p.late(ctx, a.Letter.ReceivedAt)
		if err != nil {
			return err
		}
		if p.cur.FirstPass && l.undated {
			late = codeOldAtStart // it may be years old
		}
		if late == "" && (l.head.Err != nil || slices.Contains(l.msg.Troubles, codeGone)) {
			late = codeReviewing // what forbids an answer stands in the part that is not to be had
		}
		if a.Ack, a.Letter.AnswerCode, err = p.acknowledgement(ctx, l, f, a.Letter, late); err != nil {
			return err
		}
	}
	done, err := p.Store.Admit(ctx, a, p.Now())
	if err != nil {
		return fmt.Errorf("register letter with UID %d: %w", l.head.UID, err)
	}
	p.testOnlyStep("letter admitted")
	if a.Join != "" && !done.Known {
		p.report.Joined++
	}
	p.report.Admitted = append(p.report.Admitted, done.Numbers...)
	for _, n := range done.Numbers {
		p.Log.InfoContext(ctx, "request registered", "number", n, "folder", p.folder.Name, "uid", l.head.UID)
	}
	if a.Ack != nil && done.MailID != 0 && excess(a.Ack.Reason.Code) {
		return p.alarm(ctx, alarmCaps, capsAgain, 1, "pometka outbox")
	}
	return nil
}

// late is the code of why a letter that was received at this moment must not be
// answered without a person's word: at a folder's first pass it is too old, or
// the register was restored since, and the one that was lost may have answered.
func (p *folderPass) late(ctx context.Context, received time.Time) (string, error) {
	if p.cur.FirstPass && p.Now().Sub(received) > p.Acknowledge.Fresh {
		return codeOldAtStart, nil
	}
	restored, err := p.Store.RestoredAt(ctx)
	if err != nil || !received.Before(restored) {
		return "", err
	}
	return store.ReasonRestored, nil
}

// letterOf describes a letter for the store.
func (d *Desk) letterOf(l *letter, spool *store.Spool, cut bool) store.Letter {
	m := l.msg
	s := store.Letter{
		Size: l.head.Size, ReceivedAt: l.head.InternalDate, DateHeader: m.Date, RawSHA256: spool.SHA256(), Cut: cut,
		Trust: TrustOf(m, d.Acknowledge.AuthservID), Language: l.finding.Language, Verdict: l.finding.Verdict,
		Confidence: l.finding.Confidence, Prescribed: l.finding.Prescribed,
		ReasonCode: l.finding.Reason.Code, ReasonArgs: l.finding.Reason.Args, Troubles: m.Troubles,
		Subject: m.Subject, MessageID: m.MessageID, InReplyTo: m.InReplyTo, References: m.References,
		Marker: l.finding.Marker, Text: l.finding.NewText,
	}
	if len(m.From) > 0 {
		s.FromAddr, s.FromName = m.From[0].Addr, m.From[0].Name
	}
	if len(m.ReplyTo) > 0 {
		s.ReplyTo = m.ReplyTo[0].Addr
	}
	for _, a := range m.Attachments {
		s.Attachments = append(s.Attachments, store.Attachment{Name: a.Name, Type: a.Type, Size: a.Size})
	}
	d.noteWriter(&s, m)
	return s
}

// newRequests makes the requests of a finding by a policy edition: one, or the
// two of a pair that the policy lets stand together, or one review case. What
// is known of the circumstances holds for each.
func (d *Desk) newRequests(p *rules.Policy, f rules.Finding, received rules.Date, ci rules.Circumstances) ([]store.NewRequest, error) {
	if f.Verdict != rules.Request {
		due := p.ReviewDeadlines(d.Calendar, d.Deadlines, f.Kinds, received)
		return []store.NewRequest{{
			Candidates: f.Kinds, Status: store.StatusReview, ReceivedOn: received,
			ActBy: due.ActBy, Terms: terms(due), Trace: d.trace(p, received, due),
		}}, nil
	}
	var out []store.NewRequest
	for _, k := range f.Kinds {
		due, err := p.Deadlines(d.Calendar, d.Deadlines, k, received, ci)
		if err != nil {
			return nil, fmt.Errorf("compute terms of %s: %w", k, err)
		}
		n := store.NewRequest{
			Kind: k, Status: store.StatusOpen, ReceivedOn: received, Consumer: ci.Consumer,
			ActBy: due.ActBy, Terms: terms(due), Trace: d.trace(p, received, due),
		}
		if d.documentDays(k) > 0 {
			n.Documents = ci.Documents
		}
		out = append(out, n)
	}
	return out, nil
}

// leastPicture is the size from which an attached picture is taken for a scan
// rather than for the logo of a signature, in bytes.
const leastPicture = 30 << 10

// documentsCame reports whether a letter brought what can prove new data: a
// document, or a picture large enough to be a scan. A person looks at them; to
// count from their coming is the safe side, since the date is the earlier one.
func documentsCame(files []store.Attachment) bool {
	return slices.ContainsFunc(files, func(f store.Attachment) bool {
		switch {
		case strings.HasPrefix(f.Type, "image/"):
			return f.Size >= leastPicture
		case f.Type == "application/pdf", f.Type == "application/msword", f.Type == "application/rtf", f.Type == "application/zip":
			return true
		}
		return strings.HasPrefix(f.Type, "application/vnd.")
	})
}

// terms turns computed deadlines into what the store keeps of them.
func terms(d rules.Deadlines) []store.Term {
	out := make([]store.Term, 0, len(d.Terms))
	for _, t := range d.Terms {
		out = append(out, store.Term{
			ID: t.Term.ID, Kind: t.Kind, Name: t.Term.Name, Basis: t.Term.Basis, Source: t.Term.Source,
			Condition: t.Term.Condition, Days: t.Term.Days, Unit: t.Term.Unit,
			From: t.From, DayOne: t.DayOne, Due: t.Due, Provisional: t.Provisional,
			Named: t.Term.Named, Checked: t.Term.Checked,
		})
	}
	return out
}
