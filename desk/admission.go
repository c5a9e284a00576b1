package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// newAdmission is the admission of a letter as who takes it in.
func (d *Desk) newAdmission(who string, raw *store.Spool) store.Admission {
	return store.Admission{Raw: raw, Actor: who, Prefix: d.Operator.Prefix}
}

// demand adds to an admission the requests of a finding, by the edition of the policy that
// was in force when the letter was received.
func (d *Desk) demand(ctx context.Context, a *store.Admission, f rules.Finding, received rules.Date, ci rules.Circumstances) error {
	p, err := d.policyAt(ctx, received, f.Kinds)
	if err != nil {
		return err
	}
	a.Policy = store.PolicyRef{Name: p.Name, Edition: p.Edition, Digest: p.Digest}
	a.PolicyText = p.Source
	a.Requests, err = d.newRequests(p, f, received, ci)
	return err
}

// policyAt returns the edition of the policy in force on a day. That is the present one,
// unless it came into force later and an earlier one is in the register: a letter may be
// read days after it came, and the file be changed ahead of its day. An edition that
// cannot be read, or knows none of such kinds, gives way to the present one.
func (d *Desk) policyAt(ctx context.Context, day rules.Date, kinds []rules.Kind) (*rules.Policy, error) {
	if !day.Before(d.Policy.Edition) {
		return d.Policy, nil
	}
	ref, ok, err := d.Store.EditionAt(ctx, day, d.Policy.Digest)
	if err != nil || !ok {
		return d.Policy, err
	}
	p, err := d.policyOf(ctx, ref)
	if errors.Is(err, ErrPolicy) {
		return d.Policy, nil
	}
	if err != nil {
		return nil, err
	}
	for _, k := range kinds {
		if _, known := p.Kind(k); !known {
			return d.Policy, nil
		}
	}
	return p, nil
}

// admission is all that the register takes of a letter.
func (p *folderPass) admission(ctx context.Context, l *letter, f rules.Facts, t thread, w wholeLetter) (store.Admission, error) {
	a := p.newAdmission(store.Machine, w.spool)
	a.Place = store.Place{Folder: p.folder.Name, UIDValidity: p.cur.UIDValidity, UID: l.head.UID}
	a.Seen = l.row(l.finding.Verdict, l.finding.Reason.Code)
	a.Unsynced = !p.missed // see recordChunk
	a.Once = !l.blank()
	a.Letter = p.letterOf(l, w.spool, w.cut && !w.gone && l.head.Err == nil)
	a.Letter.Place, a.Letter.Junk = a.Place, p.folder.Junk
	if t.joinsOnly() {
		a.Seen.ReasonCode, a.Letter.AnswerCode = t.as, t.as
	}
	var err error
	if a.Joins, err = p.joined(ctx, t, a.Letter, Actor{Login: store.Machine}); err != nil || t.joinsOnly() {
		return a, err
	}
	a.Possibly = t.mayBelong()
	received := rules.DateIn(l.head.InternalDate, p.Zone)
	var documents rules.Date
	if documentsCame(a.Letter.Attachments) {
		documents = received
	}
	if err = p.demand(ctx, &a, l.finding, received, rules.Circumstances{Documents: documents}); err != nil {
		return a, err
	}
	a.Ack, a.Letter.AnswerCode, err = p.acknowledgement(ctx, l, f, a.Letter, p.waits(l))
	return a, err
}

// waits is the code of why this letter must not be answered without a person's word:
// at a folder's first pass, or when the folder is read anew, it is too old, or may be; or a
// part of it cannot be had, in which something may stand that forbids an answer. "": it may
// be answered.
func (p *folderPass) waits(l *letter) string {
	switch {
	case p.cur.FirstPass && (l.undated || p.Now().Sub(p.came(l)) > p.Acknowledge.Fresh):
		return codeOldAtStart
	case p.outdated(l):
		return codeOldInCopy
	case l.head.Err != nil || slices.Contains(l.msg.Troubles, codeGone):
		return codeReviewing
	}
	return ""
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
	s.Attachments, s.Enclosed = filesOf(m), rules.Enclosed(Facts(m))
	d.noteWriter(&s, m)
	return s
}

func filesOf(m *mailbox.Message) (files []store.Attachment) {
	for _, a := range m.Attachments {
		files = append(files, store.Attachment{Name: a.Name, Type: a.Type, Size: a.Size, Sum: a.Sum})
	}
	return files
}

// newRequests makes the requests of a finding, with their terms by a policy edition:
// one for each kind that was found, or one review case. The circumstances hold for each
// of them.
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
		if d.documentTerm(k).Days > 0 {
			n.Documents = ci.Documents
		}
		out = append(out, n)
	}
	return out, nil
}

// leastPicture is the size from which an attached picture is taken for a scan
// rather than for the logo of a signature, in bytes.
const leastPicture = 30 << 10

// documentsCame reports whether a letter brought what may prove new data: a document,
// or a picture large enough to be a scan. Whether it does prove them, a person sees. To
// count the term from its coming is on the safe side: the date is the earlier one.
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

// documentsOn is the day on which a letter of the request first brought documents that
// may prove new data; zero if none did.
func (d *Desk) documentsOn(r store.Request) rules.Date {
	i := slices.IndexFunc(r.Letters, func(l store.Letter) bool { return documentsCame(l.Attachments) })
	switch i {
	case -1:
		return rules.Date{}
	case 0:
		return r.ReceivedOn
	}
	return rules.DateIn(r.Letters[i].ReceivedAt, d.Zone)
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
