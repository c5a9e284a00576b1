package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// candidates reads those letters of a chunk that must be read whole. If one of them shows that
// the server mixed up the texts of the chunk, all letters that were judged by their texts are
// read whole, too.
func (p *folderPass) candidates(ctx context.Context, letters []*letter, dismissed *[]store.Seen) error {
	for _, l := range letters {
		if l.readWhole || l.settled() {
			continue
		}
		if p.Stopping() {
			return ErrStopping
		}
		denied, err := p.candidate(ctx, l, dismissed)
		if err != nil {
			return err
		}
		if denied && p.doubt(letters, l.head.UID) {
			return p.candidates(ctx, letters, dismissed)
		}
	}
	return nil
}

// candidate reads a whole letter into the spool, judges it finally and hands it to the
// registrar. If it is no request after all, dismissed gets its ledger row. denied: see
// letter.denies.
func (p *folderPass) candidate(ctx context.Context, l *letter, dismissed *[]store.Seen) (denied bool, err error) {
	said := l.finding.Verdict
	l.readWhole = true
	if l.head.Size >= largeLetter || l.head.Size == 0 { // or of a size that nobody knows
		p.registrar.awaitLarge()
	}
	w, err := p.read(ctx, l)
	if err != nil {
		return false, err
	}
	if stumbles(func() { denied = l.denies(said, w) }) {
		denied = false
	}
	take := p.registrar.take
	if w.spool.Size() >= largeLetter {
		take = p.registrar.takeLarge
	}
	return denied, take(entry{
		do: func() (err error) {
			defer func() { w.spool.Discard() }()
			var rows []store.Seen
			if stumbles(func() { rows, err = p.enterFitting(ctx, l, &w) }) {
				rows, err = p.enterUnjudged(ctx, l, w)
			}
			*dismissed = append(*dismissed, rows...)
			return err
		},
		drop: func() { w.spool.Discard() },
	})
}

// enter takes a letter into the register. It returns the ledger row that is still to be
// written if the letter is no request after all; the transaction that registers a letter
// writes its row itself.
func (p *folderPass) enter(ctx context.Context, l *letter, w wholeLetter) (rows []store.Seen, err error) {
	facts := Facts(l.msg)
	err = whileStale(func() error {
		known, err := p.isRegistered(ctx, l, w)
		switch {
		case err != nil:
		case known:
			rows = []store.Seen{l.row(l.finding.Verdict, codeCopy)}
		default:
			rows, err = p.place(ctx, l, facts, w)
		}
		return err
	})
	return rows, err
}

// whileStale calls do again as long as somebody else changed meanwhile what it read before.
func whileStale(do func() error) (err error) {
	for range 10 {
		if err = do(); !errors.Is(err, store.ErrStale) {
			return err
		}
	}
	return err
}

// place finds out where the letter belongs, and registers it. If it is no request, it returns
// its ledger row. store.ErrStale: meanwhile the request that it joins was changed, or somebody
// registered a file of the letter.
func (p *folderPass) place(ctx context.Context, l *letter, facts rules.Facts, w wholeLetter) ([]store.Seen, error) {
	thread, err := p.vanished(ctx, l, w)
	if err == nil && len(thread.joins) == 0 {
		closed := thread.possibly
		thread, err = p.threadOf(ctx, l, facts)
		thread.possibly = append(thread.possibly, closed...)
	}
	if err != nil {
		return nil, err
	}
	if l.finding.Verdict == rules.None && thread.look.Code != "" {
		l.finding.Verdict, l.finding.Confidence = rules.Review, rules.Possible
		l.finding.Reason = thread.look
	}
	if l.finding.Verdict == rules.None && len(thread.joins) == 0 {
		row := l.row(rules.None, l.finding.Reason.Code)
		if w.gone {
			row.ReasonCode = codeGone
		}
		return []store.Seen{row}, nil
	}
	return nil, p.admit(ctx, l, facts, thread, w)
}

// read reads a whole letter and judges it. If the server sends another letter than that of
// the header that came first, the letter is judged by that header.
func (p *folderPass) read(ctx context.Context, l *letter) (w wholeLetter, err error) {
	said := l.finding
	kept := false
	defer func() {
		if !kept && w.spool != nil {
			w.spool.Discard()
		}
	}()
	for again := true; again; {
		if w, err = p.fetch(ctx, l); err != nil {
			return w, err
		}
		p.testOnlyStep("letter spooled")
		if err := parseSpool(l, w.spool); err != nil {
			return w, err
		}
		l.msg.Cut = l.msg.Cut || w.cut
		if w.gone {
			l.trouble(codeGone)
		}
		p.settleReceipt(l)
		p.classify(l)
		if again = l.finding.Verdict == rules.None && p.mistaken(l, w); again {
			w.spool.Discard()
		}
	}
	if w.cut && l.head.Err == nil && l.finding.Verdict == rules.None && said.Verdict != "" {
		l.finding = said // by the heads of what was cut off, or the text of what is gone
	}
	p.testifies(l)
	p.settleCopied(l)
	kept = true
	return w, nil
}

// fetch brings the letter's bytes into a spool. What the server cannot give is
// replaced by the header that it gave before: a letter that vanished or cannot
// be delivered is judged by that, and never silently dropped.
func (p *folderPass) fetch(ctx context.Context, l *letter) (w wholeLetter, err error) {
	if l.head.Err == nil {
		f := &fitting{ctx: ctx, pass: p, uid: l.head.UID, spool: p.Store.Spool()}
		var n int64
		n, w.cut, err = p.Inbox.Fetch(ctx, l.head.UID, f)
		w.spool, w.cut = f.spool, w.cut || f.cut
		if err == nil && n == 0 && len(bytes.TrimSpace(l.head.Header)) > 0 {
			err = &mailbox.BadMessage{UID: l.head.UID, Err: errNothing}
		}
		if err == nil {
			return w, nil
		}
		w.spool.Discard()
		if w.gone = errors.Is(err, mailbox.ErrGone); !w.gone && !errors.Is(err, mailbox.ErrBadMessage) {
			return wholeLetter{}, err
		}
		if !w.gone {
			l.head.Err = err
		}
	}
	w.cut = true
	w.spool = p.Store.Spool()
	if _, err = w.spool.Write(l.head.Header); err != nil {
		w.spool.Discard()
		return wholeLetter{}, err
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
		l.trouble(mailbox.TroubleUnreadable)
	}
	return nil
}

// admit registers a letter: one transaction takes in the ledger row, the
// letter, its requests with their terms, the event and the acknowledgement.
func (p *folderPass) admit(ctx context.Context, l *letter, f rules.Facts, t thread, w wholeLetter) error {
	a, err := p.admission(ctx, l, f, t, w)
	if err != nil {
		return err
	}
	p.testOnlyStep("letter looked for")
	done, err := p.Store.Admit(ctx, a, p.Now())
	if err != nil {
		return fmt.Errorf("register letter with UID %d: %w", l.head.UID, err)
	}
	p.testOnlyStep("letter admitted")
	if !done.Known {
		p.report.Registered += len(a.Requests)
		p.report.Joined += min(len(a.Joins), 1)
	}
	p.report.Admitted = append(p.report.Admitted, done.Numbers...)
	for i, n := range done.Numbers {
		what := "request registered"
		if i >= len(a.Requests) {
			what = "letter joined a request"
		}
		p.Log.InfoContext(ctx, what, "number", n, "folder", p.folder.Name, "uid", l.head.UID)
	}
	if a.Ack != nil && done.MailID != 0 && excess(a.Ack.Reason.Code) {
		return p.alarm(ctx, alarmCaps, capsAgain, 1, "pometka outbox")
	}
	return nil
}
