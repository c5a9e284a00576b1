package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"license.kz/pometka/desk"
)

// reviewCommand goes through the letters that need a decision, one a screen.
func (a *app) reviewCommand() *cobra.Command {
	return &cobra.Command{
		Use: "review", Short: a.t("help.review"), Long: a.t("help.review.long"), Example: "  pometka review",
		Args: exactly(0), DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, _ []string) error {
			if !a.interactive() || os.Getenv("TERM") == "dumb" {
				return a.misuse("error.review.terminal")
			}
			return a.withDesk(c, func(d *desk.Desk) error {
				who, err := a.actor()
				if err != nil {
					return err
				}
				m, err := a.newReviewer(c.Context(), d, who)
				if err != nil {
					return err
				}
				if len(m.numbers) == 0 {
					a.say(a.t("review.none"))
					return nil
				}
				if err := m.run(a.in.(*os.File), a.out.(*os.File)); err != nil {
					return err
				}
				a.say(a.t("review.sum", m.decided, fmt.Sprint(len(m.numbers)-m.decided)))
				return nil
			})
		},
	}
}

// What the terminal is told on the way in and out: another screen than that of
// the shell, no cursor, no wrapping of a line that is wider than we think, and
// that a paste is to be marked as one.
const (
	screenOn  = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h"
	screenOff = "\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l"
)

// escapeWait is how long the rest of an escape sequence may take, over a slow
// line, before the character stands for the Esc key.
const escapeWait = 60 * time.Millisecond

// run shows the screens on a terminal until the person leaves. However it ends,
// also by a signal or a panic, the terminal is as it was before; what was not
// applied by then has not happened.
func (m *reviewer) run(in, out *os.File) (err error) {
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return fmt.Errorf("prepare terminal: %w", err)
	}
	defer func() {
		_, werr := io.WriteString(out, screenOff)
		err = errors.Join(err, werr, term.Restore(int(in.Fd()), before))
	}()
	if _, err := io.WriteString(out, screenOn); err != nil {
		return fmt.Errorf("write to terminal: %w", err)
	}
	ctx, stop := signal.NotifyContext(m.ctx, syscall.SIGHUP, syscall.SIGQUIT)
	defer stop()
	resized := make(chan os.Signal, 1)
	signal.Notify(resized, syscall.SIGWINCH)
	defer signal.Stop(resized)
	return m.loop(ctx, readChunks(in), resized, out)
}

// readChunks reads what is typed, until the terminal is gone. A read cannot be
// called off; the process ends soon after the screens do.
func readChunks(in io.Reader) <-chan []byte {
	chunks := make(chan []byte)
	go func() {
		defer close(chunks)
		for {
			b := make([]byte, 4096)
			n, err := in.Read(b)
			if n > 0 {
				chunks <- b[:n]
			}
			if err != nil {
				return
			}
		}
	}()
	return chunks
}

// loop draws, waits for something to happen, and takes it.
func (m *reviewer) loop(ctx context.Context, chunks <-chan []byte, resized <-chan os.Signal, out *os.File) error {
	var keys keyReader
	for !m.left {
		m.measure(out)
		if err := m.draw(out); err != nil {
			return err
		}
		var idle <-chan time.Time
		if keys.waiting() {
			idle = time.After(escapeWait)
		}
		var pressed []key
		select {
		case <-ctx.Done():
			return nil
		case <-resized:
		case b, ok := <-chunks:
			if !ok { // the terminal is gone
				return nil
			}
			pressed = keys.add(b, false)
		case <-idle:
			pressed = keys.add(nil, true)
		}
		for _, k := range pressed {
			if err := m.press(k); err != nil {
				return err
			}
			if m.left {
				break
			}
		}
	}
	return nil
}

// measure takes over the size of the terminal.
func (m *reviewer) measure(out *os.File) {
	if w, h, err := term.GetSize(int(out.Fd())); err == nil && w > 0 && h > 0 {
		m.columns, m.rows = w, h
	}
}

// draw writes the whole screen at once: it is small, and nothing of what stood
// there before can be left over. A line is emptied before it is written: behind
// the last column the cursor still stands on it, and would take it away.
func (m *reviewer) draw(out io.Writer) error {
	lines := m.screen()
	var b strings.Builder
	b.WriteString("\x1b[H")
	for i, line := range lines {
		if i == 0 { // which letter it is, in reverse
			line = "\x1b[7m" + line + "\x1b[0m"
		}
		if i < len(lines)-1 {
			b.WriteString("\x1b[K" + line + "\r\n")
		} else {
			b.WriteString("\x1b[J" + line)
		}
	}
	if _, err := io.WriteString(out, b.String()); err != nil {
		return fmt.Errorf("write to terminal: %w", err)
	}
	return nil
}
