package desk

import (
	"bytes"
	"context"
	"fmt"
	"mime"

	"license.kz/pometka/mailbox"
)

// Rehearse does with a letter that nobody wrote what is done with the first one:
// it is judged, looked for, registered, and its acknowledgement is worded, in a
// transaction that is undone. Much of that is made when it is first needed, and
// takes longer than the letter itself.
func (d *Desk) Rehearse(ctx context.Context) error {
	if err := d.rehearse(ctx); err != nil {
		return fmt.Errorf("rehearse: %w", err)
	}
	return nil
}

func (d *Desk) rehearse(ctx context.Context) error {
	d.Policy.Prepare()
	raw := d.example()
	header, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	spool, err := d.Store.Spool()
	if err != nil {
		return err
	}
	defer spool.Discard()
	if _, err := spool.Write(raw); err != nil {
		return err
	}
	h := mailbox.Head{UID: 1, Size: int64(len(raw)), InternalDate: d.Now(), Header: append(header, "\r\n\r\n"...)}
	p := &folderPass{Desk: d, folder: mailbox.Folder{Name: "INBOX"}, report: &PollReport{}}
	if _, _, err := p.sortOut(ctx, []mailbox.Head{h}); err != nil {
		return err
	}
	l := &letter{head: h}
	if err := parseSpool(l, spool); err != nil {
		return err
	}
	facts, w := Facts(l.msg), whole{spool: spool}
	l.finding = d.Policy.Classify(facts, d.Operator.Own)
	if _, err := p.registered(ctx, l, w); err != nil {
		return err
	}
	t, err := p.threadOf(ctx, l, facts)
	if err != nil {
		return err
	}
	t.join = "" // there is no such request
	a, err := p.admission(ctx, l, facts, t, w)
	if err != nil {
		return err
	}
	return d.Store.Rehearse(ctx, a, d.Now(), d.render)
}

// example writes rules.Policy.Example as a letter.
func (d *Desk) example() []byte {
	f := d.Policy.Example()
	word := func(s string) string { return mime.BEncoding.Encode("utf-8", s) }
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <%s>\r\nFrom: %s <%s>\r\nTo: %s\r\nSubject: %s\r\n", f.From[0].Addr, word(f.From[0].Name), f.From[0].Addr, d.Operator.Address, word(f.Subject))
	fmt.Fprintf(&b, "Message-ID: <rehearsal@person.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s", f.Text)
	return b.Bytes()
}
