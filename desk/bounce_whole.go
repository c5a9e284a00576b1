package desk

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sync"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// Some reports have more than secondText bytes before what they return of our letter:
// an explanation in six languages, the picture of a company. Such a report is read to
// its end, through the spool, but only if its header says that a mail system wrote it.

// maxTelling bounds what is kept of the lines that tell how a delivery ended.
const maxTelling = 64 << 10

// telling matches the lines that outcomeOf looks for. It is compiled when the first long
// report comes.
var telling = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(Action|Status):|message/(disposition-notification|feedback-report)|` +
		anyStatus().String() + `|` + justDelayed().String() + `|` + undelivered().String())
})

// readWholeReport acts on a long report.
func (p *folderPass) readWholeReport(ctx context.Context, l *letter) error {
	if l.msg.ContentType != "multipart/report" && len(l.msg.Fields["x-failed-recipients"]) == 0 && !fromReporter(l.msg) {
		return nil
	}
	spool := p.Store.Spool()
	defer spool.Discard()
	switch _, _, err := p.Inbox.Fetch(ctx, l.head.UID, spool); {
	case errors.Is(err, mailbox.ErrGone), errors.Is(err, mailbox.ErrBadMessage):
		return nil // it goes the way of every letter, which knows what to do
	case err != nil:
		return err
	}
	ids, said, err := p.scanReport(l.msg, spool)
	if err != nil {
		return fmt.Errorf("read spooled report: %w", err)
	}
	return p.readReport(ctx, l, said, ids)
}

// scanReport returns the Message-IDs of ours in a spooled report, and how the
// delivery ended. Memory does not grow with the report.
func (d *Desk) scanReport(head *mailbox.Message, spool *store.Spool) (ids []string, said outcome, err error) {
	whole, err := spool.Open()
	if err != nil {
		return nil, said, err
	}
	body := mailbox.Parse(whole)
	whole.Close()
	ids, lines, err := d.scanLines(spool)
	ids = append(ids, d.reportedIDs(head, body)...)
	slices.Sort(ids)
	return slices.Compact(ids), outcomeOf(head, body, lines), err
}

// scanLines looks for the Message-IDs of ours in the lines of a spooled report,
// and for the lines that tell how the delivery ended.
func (d *Desk) scanLines(spool *store.Spool) (ids []string, lines []byte, err error) {
	r, err := spool.Open()
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	in := bufio.NewReaderSize(r, 64<<10)
	for header := true; ; {
		line, err := in.ReadSlice('\n') // a line that is longer comes in pieces
		if header = header && len(bytes.TrimRight(line, "\r\n")) > 0; !header {
			if len(ids) < maxReported {
				ids = append(ids, d.quotedIDs(string(line))...)
			}
			if len(lines)+len(line) < maxTelling && telling().Match(line) {
				lines = append(lines, line...)
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return ids, lines, nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return nil, nil, err
		}
	}
}

// maxReported is how many letters of ours one report is read for.
const maxReported = 100
