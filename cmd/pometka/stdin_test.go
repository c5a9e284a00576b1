package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

// cancelling ends a context as soon as somebody reads from it, as Ctrl-C does
// before a terminal into which nobody types.
type cancelling struct {
	io.Reader
	cancel context.CancelFunc
}

func (c cancelling) Read(p []byte) (int, error) {
	c.cancel()
	return c.Reader.Read(p)
}

// A signal ends every command that waits for its stdin, and nothing is done.
func TestSignalEndsAReadOfStdin(t *testing.T) {
	cfg := demoAt(t)
	head := pometka(t, "--config", cfg, "audit", "head").well(t).out
	for _, args := range [][]string{
		{"take", "-"}, {"take"}, {"answer", "1", "--yes", "--file", "-"}, {"suppressions", "--match", "-"},
		{"init", "--address", "info@firma.kz", "--name", "Firma", "--provider", "own", "--imap", "127.0.0.1", "--smtp", "127.0.0.1", "--password-stdin", "--no-test"},
	} {
		in, out := io.Pipe() // nothing comes
		ctx, cancel := context.WithCancel(t.Context())
		config := cfg
		if args[0] == "init" {
			config = t.TempDir() + "/config.yaml"
		}
		var printed, said bytes.Buffer
		code := run(ctx, append([]string{"--config", config}, args...), streams{in: cancelling{in, cancel}, out: &printed, err: &said})
		if code != exitFailed || !strings.Contains(said.String(), "прервано") || strings.Contains(printed.String(), "1") {
			t.Errorf("%v: exit %d, %s%s", args, code, printed.String(), said.String())
		}
		out.Close()
	}
	if now := pometka(t, "--config", cfg, "audit", "head").well(t).out; now != head {
		t.Error("something was written to the history")
	}
}

// What is read is what was there, in whatever pieces it comes.
func TestInterruptible(t *testing.T) {
	want := strings.Repeat("Отзыв\n", 5000)
	got, err := io.ReadAll((&app{streams: streams{in: strings.NewReader(want)}}).stdin(t.Context()))
	if err != nil || string(got) != want {
		t.Errorf("%d bytes of %d, %v", len(got), len(want), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := (&app{streams: streams{in: strings.NewReader(want)}}).stdin(ctx).Read(make([]byte, 9)); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("read %d, %v after the end", n, err)
	}
}
