package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// dialogue asks questions at a terminal, one a line. Ctrl-C and Ctrl-D end it
// at any of them.
type dialogue struct {
	*app
	ctx   context.Context
	typed *bufio.Reader
	tty   int
}

func newDialogue(ctx context.Context, a *app) *dialogue {
	return &dialogue{app: a, ctx: ctx, typed: bufio.NewReader(a.in), tty: int(a.in.(*os.File).Fd())}
}

// line puts one question; Enter alone takes the fallback.
func (d *dialogue) line(question, fallback string) (string, error) {
	if fallback != "" {
		question += " [" + fallback + "]"
	}
	d.printf("%s: ", strings.Join(wrap(question, d.width()-2), "\n"))
	answer, err := d.wait(func() (string, error) { return d.typed.ReadString('\n') })
	if err != nil {
		d.printf("\n")
		return "", err
	}
	if answer = strings.TrimSpace(answer); answer == "" {
		return fallback, nil
	}
	return answer, nil
}

// hidden asks for what no screen should show. The terminal stops showing what is
// typed before the question appears: a fast or pasted answer is not seen either.
func (d *dialogue) hidden(question string) (string, error) {
	before, err := term.MakeRaw(d.tty)
	if err != nil {
		return "", fmt.Errorf("ask for the password: %w", err)
	}
	defer func() {
		term.Restore(d.tty, before)
		d.printf("\n")
	}()
	d.printf("%s: ", strings.Join(wrap(question, d.width()-2), "\r\n"))
	return d.wait(d.unseen)
}

// unseen reads a line of a raw terminal, where keys that end, stop and correct
// come as characters (ECMA-48; the values are those that termios(3) begins with).
func (d *dialogue) unseen() (string, error) {
	var typed []rune
	for {
		r, _, err := d.typed.ReadRune()
		switch {
		case err != nil:
			return "", err
		case r == '\r', r == '\n':
			return string(typed), nil
		case r == 0x03, r == 0x04 && len(typed) == 0: // Ctrl-C, Ctrl-D
			return "", errInitStopped
		case r == 0x7f, r == '\b':
			typed = typed[:max(len(typed)-1, 0)]
		case r == 0x15: // Ctrl-U
			typed = typed[:0]
		default:
			typed = append(typed, r)
		}
	}
}

// wait reads until there is an answer or the caller is told to stop: a signal
// alone does not wake who reads from a terminal.
func (d *dialogue) wait(read func() (string, error)) (string, error) {
	type result struct {
		text string
		err  error
	}
	got := make(chan result, 1)
	go func() {
		text, err := read()
		got <- result{text, err}
	}()
	select {
	case <-d.ctx.Done():
		return "", errInitStopped
	case r := <-got:
		if r.err != nil {
			return "", errInitStopped
		}
		return r.text, nil
	}
}

// until asks until the answer is right; wrong says what is wrong, or "".
func (d *dialogue) until(question, fallback string, wrong func(string) string) (string, error) {
	for {
		answer, err := d.line(question, fallback)
		if err != nil {
			return "", err
		}
		fault := wrong(answer)
		if fault == "" {
			return answer, nil
		}
		d.say(fault)
	}
}
