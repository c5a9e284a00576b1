package desk

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// RegisterFile registers a letter of which somebody has a copy. limit is the size of the
// largest that is read, in bytes. If the ledger has the same letter, filed as no request,
// that message is registered: then the mailbox tells when it was received.
func (d *Desk) RegisterFile(ctx context.Context, r io.Reader, limit int64, h ByHand, a Actor) (Registered, error) {
	t := &taking{hand: h, who: a, via: store.ViaFile}
	var err error
	t.spool = d.Store.Spool()
	defer t.spool.Discard()
	if err := copyLetter(t.spool, r, limit); err != nil {
		return Registered{}, err
	}
	if err := d.notKnown(ctx, t); err != nil {
		return Registered{}, err
	}
	t.letter = &letter{head: mailbox.Head{Size: t.spool.Size()}}
	if err := parseSpool(t.letter, t.spool); err != nil {
		return Registered{}, err
	}
	m := t.letter.msg
	if notLetter(m) {
		return Registered{}, refused("no_letter")
	}
	if t.letter.head.Header, err = spooledHeader(t.spool); err != nil {
		return Registered{}, err
	}
	if err := d.findFiled(ctx, t); err != nil {
		return Registered{}, err
	}
	own := t.seen.InternalDate
	if undated(own) && m.Stamped {
		own = m.ReceivedAt
	}
	if err := d.received(t, own); err != nil {
		return Registered{}, err
	}
	return d.takeIn(ctx, t)
}

// notLetter reports whether a file is anything but a letter.
func notLetter(m *mailbox.Message) bool {
	return len(m.From) == 0 && m.Subject == "" && m.MessageID == "" || slices.Contains(m.Troubles, mailbox.TroubleUnreadable)
}

// findFiled looks for the letter in the ledger: a message of the mailbox with
// the same header digest that no letter is kept for.
func (d *Desk) findFiled(ctx context.Context, t *taking) error {
	filed, err := d.Store.LedgerLetters(ctx, []string{digestOf(t.letter.head)})
	if err != nil {
		return err
	}
	for _, f := range filed {
		if !f.Kept {
			t.place, t.seen = f.Place, f.Seen
			return nil
		}
	}
	return nil
}

// maxHead bounds the header of a file, from which the digest is made. It is more than
// mailbox.HeadLimit, since here all fields come, not those alone that the digest is of.
const maxHead = 256 << 10

// spooledHeader returns the header of a spooled letter.
func spooledHeader(s *store.Spool) ([]byte, error) {
	r, err := s.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	head, err := io.ReadAll(io.LimitReader(r, maxHead))
	if err != nil {
		return nil, fmt.Errorf("read spooled letter: %w", err)
	}
	if i := bytes.Index(head, []byte("\r\n\r\n")); i >= 0 {
		head = head[:i+4]
	}
	return head, nil
}

// copyLetter spools a file in the form in which mail travels: a file whose
// lines end with LF alone was saved so by some program, and its letter, when it
// comes by the mailbox too, must have the same digest. Nothing else is changed.
func copyLetter(w io.Writer, r io.Reader, limit int64) error {
	in := bufio.NewReaderSize(io.LimitReader(r, limit+1), 64<<10)
	first, err := in.Peek(64 << 10)
	if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
		return fmt.Errorf("read letter: %w", err)
	}
	if len(bytes.TrimSpace(first)) == 0 {
		return refused("empty")
	}
	out := &limited{w: w, left: limit}
	if bytes.Contains(first, []byte("\r\n")) {
		_, err = io.Copy(out, in)
	} else {
		err = copyLines(out, in)
	}
	if err != nil {
		return fmt.Errorf("read letter: %w", err)
	}
	return nil
}

// copyLines writes CRLF for each LF.
func copyLines(w io.Writer, in *bufio.Reader) error {
	for {
		line, err := in.ReadSlice('\n')
		if n := len(line); n > 0 && line[n-1] == '\n' {
			if _, err := w.Write(bytes.TrimSuffix(line[:n-1], []byte("\r"))); err != nil {
				return err
			}
			line = []byte("\r\n")
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
		switch err {
		case nil, bufio.ErrBufferFull:
		case io.EOF:
			return nil
		default:
			return err
		}
	}
}

// limited is a Writer that refuses a letter with more than left bytes.
type limited struct {
	w    io.Writer
	left int64
}

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= int64(len(p)); l.left < 0 {
		return 0, refused("large")
	}
	return l.w.Write(p)
}
