package desk

import (
	"context"
	"slices"
	"strings"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// A report that a letter of ours came back quotes our Message-ID. Its token is keyed, so
// that nobody except the recipient of the letter can make it look undelivered. Reports
// come in many shapes: by RFC 3464, with the letter or its header returned; as plain
// text (qmail, Exim); inside a letter of a mail program. None is registered; the ledger
// row says bounced.

// reporters are the local parts from which reports of non-delivery come.
var reporters = lazily(`(?i)^(mailer-daemon|mail-?daemon|mdaemon|postmaster|maildelivery|mail-?delivery[-.]?(sub)?system|mail[-.]?router|bounces?|microsoftexchange[0-9a-f]+)([+=-].*)?@`)

// mayReport reports whether a letter, by its header, may say that a letter of
// ours did not arrive.
func mayReport(m *mailbox.Message) bool {
	if m.ContentType == "multipart/report" || len(m.Fields["x-failed-recipients"]) > 0 {
		return true
	}
	if m.ReturnPath != nil && *m.ReturnPath == "" {
		return true
	}
	return fromReporter(m)
}

func fromReporter(m *mailbox.Message) bool {
	return slices.ContainsFunc(m.From, func(a mailbox.Address) bool { return reporters().MatchString(a.Addr) })
}

// hearReports looks at those of the letters that may be reports, of which the beginning
// was read, and marks as failed the letters of ours that came back. A letter that turns
// out to be no report about ours is judged as every other letter.
func (p *folderPass) hearReports(ctx context.Context, letters []*letter) error {
	reports := slices.DeleteFunc(slices.Clone(letters), func(l *letter) bool { return !l.report })
	first := make(map[uint32][]byte, len(reports))
	for _, l := range reports {
		if l.raw != nil {
			first[l.head.UID] = l.raw[0]
		}
	}
	long, err := p.hear(ctx, reports, first, firstText)
	if err != nil {
		return err
	}
	if len(long) > 0 {
		uids := make([]uint32, len(long))
		for i, l := range long {
			uids[i] = l.head.UID
		}
		second, err := p.Inbox.Texts(ctx, uids, secondText)
		if err != nil {
			return err
		}
		if long, err = p.hear(ctx, long, second, secondText); err != nil {
			return err
		}
	}
	for _, l := range long {
		if err := p.readWholeReport(ctx, l); err != nil {
			return err
		}
	}
	inParallel(len(reports), func(i int) { p.judgeHeard(reports[i]) })
	return nil
}

// hear acts on the reports by the first limit bytes of their texts. It returns those
// of which more must be read.
func (p *folderPass) hear(ctx context.Context, reports []*letter, texts map[uint32][]byte, limit int64) (more []*letter, err error) {
	for _, l := range reports {
		text := texts[l.head.UID]
		body := mailbox.ParsePrefix(l.head.Header, text)
		ids, said := p.idsIn(l.msg, body, text), outcomeOf(l.msg, body, text)
		if (len(ids) == 0 || said.undecided()) && int64(len(text)) >= limit {
			more = append(more, l)
			continue
		}
		if err := p.readReport(ctx, l, said, ids); err != nil {
			return nil, err
		}
	}
	return more, nil
}

// judgeHeard judges a letter that is no report about us, as far as it was read.
func (p *folderPass) judgeHeard(l *letter) {
	l.report, l.needsWhole = false, false
	p.judgeHead(l)
	switch {
	case l.need != rules.NeedText || l.bounce:
		l.forget()
	case l.raw == nil: // gone, perhaps
		l.known = 0
	case l.ended && scant(l.head, int64(len(l.raw[0]))):
		l.needsWhole = true
		l.forget()
	default:
		p.judgeText(l)
	}
}

// readReport acts on a report that quotes letters of ours.
func (p *folderPass) readReport(ctx context.Context, l *letter, said outcome, ids []string) error {
	if !said.failed || len(ids) == 0 {
		return nil
	}
	status := said.status
	var back []store.Mail
	for _, id := range ids {
		marked, err := p.Store.Bounce(ctx, id, status, p.Now())
		if err != nil {
			return err
		}
		back = append(back, marked...)
	}
	l.bounce = true
	l.finding = rules.Finding{Verdict: rules.None, Reason: rules.Reason{Code: store.ReasonBounced}}
	p.testOnlyStep("bounce marked")
	public := 0
	for _, m := range back {
		p.Log.InfoContext(ctx, "mail bounced", "mail", m.ID, "purpose", m.Purpose, "status", status)
		if m.Purpose.Public() {
			public++
		}
	}
	if public == 0 {
		return nil
	}
	return p.alarm(ctx, alarmBounced, failedAgain, public, "pometka outbox")
}

// idsIn returns the Message-IDs of ours that a letter quotes, without their domains, in
// plain sight or inside of an encoded part: head is its header, body the letter as far as
// it was read, text the same undecoded.
func (d *Desk) idsIn(head, body *mailbox.Message, text []byte) []string {
	quoted := append(d.quotedIDs(string(text)), d.reportedIDs(head, body)...)
	slices.Sort(quoted)
	return slices.Compact(quoted)
}

// reportedIDs returns the Message-IDs of ours that the parts of a letter name.
// A report, by its type or its sender, also reports on what its header answers;
// the header of others does not count, since every answer names the letter that
// it answers.
func (d *Desk) reportedIDs(head, body *mailbox.Message) []string {
	ids := d.quotedIDs(body.Text)
	for _, e := range body.Embedded {
		ids = append(append(ids, d.quotedIDs(e.MessageID)...), d.quotedIDs(e.Text)...)
	}
	if body.ContentType != "multipart/report" && !fromReporter(head) {
		return ids
	}
	for _, id := range body.ReportedIDs() {
		if d.isOurs(id) {
			ids = append(ids, envelopeID(id))
		}
	}
	for _, e := range body.ReportedEnvelopes() {
		if d.tokened(e) {
			ids = append(ids, e)
		}
	}
	return ids
}

// envelopeID is what a report names our letter by where it returns nothing of
// it: the Message-ID without its domain, which ends in the token.
func envelopeID(messageID string) string {
	local, _, _ := strings.Cut(strings.TrimPrefix(messageID, "<"), "@")
	return local
}

// quotedIDs returns the Message-IDs in a text whose token is ours.
func (d *Desk) quotedIDs(s string) []string {
	var out []string
	for at := 0; ; at++ {
		i := strings.IndexByte(s[at:], '@')
		if i < 0 {
			return out
		}
		at += i
		start := at
		for start > 0 && at-start < 200 && (s[start-1] == '.' || s[start-1] == '-' || isWord(s[start-1])) {
			start--
		}
		if d.tokened(s[start:at]) {
			out = append(out, s[start:at])
		}
	}
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
