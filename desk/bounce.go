package desk

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// A letter of ours that comes back is known by our own Message-ID in what the
// report quotes of it: its token is keyed, so that nobody but its recipient
// can make it look undelivered. Reports come in many shapes: RFC 3464 with the
// letter or its header returned, the same as plain text (qmail, Exim), inside
// a letter of a mail program. None is registered; the ledger row says bounced.

// reporters are the local parts from which reports of non-delivery come.
var reporters = regexp.MustCompile(`(?i)^(mailer-daemon|mail-?daemon|postmaster|maildelivery|mail-?delivery[-.]?(sub)?system|bounces?|microsoftexchange[0-9a-f]+)([+=-].*)?@`)

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
	return slices.ContainsFunc(m.From, func(a mailbox.Address) bool { return reporters.MatchString(a.Addr) })
}

// readReports reads the beginning of the letters that may be reports, in one
// command for all of them, and marks as failed what came back. What is no
// report about us goes the way of every letter.
func (p *folderPass) readReports(ctx context.Context, letters []*letter) error {
	ask := slices.DeleteFunc(slices.Clone(letters), func(l *letter) bool { return l.head.Err != nil || !mayReport(l.msg) })
	for _, limit := range []int64{firstText, secondText} {
		if len(ask) == 0 {
			break
		}
		uids := make([]uint32, len(ask))
		for i, l := range ask {
			uids[i] = l.head.UID
		}
		texts, err := p.Inbox.Texts(ctx, uids, limit)
		if err != nil {
			return err
		}
		var more []*letter
		for _, l := range ask {
			text := texts[l.head.UID]
			ids := p.idsIn(l.head.Header, text)
			if len(ids) == 0 {
				if int64(len(text)) >= limit {
					more = append(more, l)
				}
				continue
			}
			if err := p.readReport(ctx, l, text, ids); err != nil {
				return err
			}
		}
		ask = more
	}
	for _, l := range ask {
		if err := p.readWholeReport(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// readReport acts on a report that quotes letters of ours.
func (p *folderPass) readReport(ctx context.Context, l *letter, text []byte, ids []string) error {
	status, failed := failure(l.msg, text)
	if !failed {
		return nil
	}
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
		if toPublic(m.Purpose) {
			public++
		}
	}
	if public == 0 {
		return nil
	}
	return p.alarm(ctx, alarmBounced, failedAgain, public, "pometka outbox")
}

// idsIn returns the Message-IDs of ours that the body of a letter quotes, in
// plain sight or inside of an encoded part. The header does not count: every
// answer names the letter that it answers.
func (d *Desk) idsIn(header, text []byte) []string {
	var quoted []string
	add := func(s string) { quoted = append(quoted, d.quotedIDs(s)...) }
	add(string(text))
	quoted = append(quoted, d.reportedIDs(mailbox.ParsePrefix(header, text))...)
	slices.Sort(quoted)
	return slices.Compact(quoted)
}

// reportedIDs returns the Message-IDs of ours that the parts of a letter name.
// A report by its type also reports on what its header answers.
func (d *Desk) reportedIDs(m *mailbox.Message) []string {
	ids := d.quotedIDs(m.Text)
	for _, e := range m.Embedded {
		ids = append(append(ids, d.quotedIDs(e.MessageID)...), d.quotedIDs(e.Text)...)
	}
	if m.ContentType != "multipart/report" {
		return ids
	}
	for _, id := range m.ReportedIDs() {
		if d.isOurs(id) {
			ids = append(ids, id)
		}
	}
	for _, e := range m.ReportedEnvelopes() {
		if id := "<" + e + "@" + d.domain() + ">"; d.isOurs(id) {
			ids = append(ids, id)
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
	for at := "@" + d.domain(); ; {
		i := strings.Index(s, at)
		if i < 0 {
			return out
		}
		start := i
		for start > 0 && i-start < 200 && (s[start-1] == '.' || s[start-1] == '-' || isWord(s[start-1])) {
			start--
		}
		if id := "<" + s[start:i] + at + ">"; d.isOurs(id) {
			out = append(out, id)
		}
		s = s[i+len(at):]
	}
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// What a report says of a recipient (RFC 3464, 2.3.3 and 2.3.4).
var (
	reportAction = regexp.MustCompile(`(?im)^Action:[ \t]*([a-z]+)`)
	reportStatus = regexp.MustCompile(`(?im)^Status:[ \t]*([245]\.[0-9]{1,3}\.[0-9]{1,3})`)
	anyStatus    = regexp.MustCompile(`\b5\.[0-9]{1,3}\.[0-9]{1,3}\b`)
	justDelayed  = regexp.MustCompile(`(?i)delayed|will (be retried|retry|keep trying|continue)|still (being )?(retr|try)|not yet been delivered|warning message only|отложен|задерж|кешік`)
)

// failure reports whether a report says that a letter did not arrive for good,
// and the status (RFC 3463) if it names one. A report of delay, of relaying or
// of reading says nothing of the kind.
func failure(m *mailbox.Message, text []byte) (status string, failed bool) {
	if bytes.Contains(text, []byte("message/disposition-notification")) || bytes.Contains(text, []byte("message/feedback-report")) {
		return "", false
	}
	actions := reportAction.FindAllSubmatch(text, -1)
	if i := slices.IndexFunc(actions, func(a [][]byte) bool { return bytes.EqualFold(a[1], []byte("failed")) }); i >= 0 {
		for _, s := range reportStatus.FindAllSubmatch(text, -1) {
			if s[1][0] == '5' {
				return string(s[1]), true
			}
		}
		return "", true
	}
	if len(actions) > 0 {
		return "", false
	}
	if !fromReporter(m) && len(m.Fields["x-failed-recipients"]) == 0 {
		return "", false // an answering machine that quotes our letter
	}
	if s := anyStatus.Find(text); s != nil {
		return string(s), true
	}
	return "", !justDelayed.MatchString(m.Subject) && !justDelayed.Match(text)
}
