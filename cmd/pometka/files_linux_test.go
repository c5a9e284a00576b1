package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A pipe that nobody writes into is empty: no command waits for it for ever. One
// that somebody writes into, as a shell's <(…), is read to its end.
func TestPipes(t *testing.T) {
	inRussian(t)
	dir := t.TempDir()
	pipe, config := filepath.Join(dir, "pipe"), filepath.Join(dir, "config.yaml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	base := "operator: {name: N, address: info@license.kz}\nstore: {path: p.db}\n"
	ended := make(chan string)
	for _, c := range []struct{ settings, args string }{
		{base, "config check --config " + pipe},
		{base, "policy check " + pipe},
		{base, "calendar import " + pipe + " --config " + config},
		{base, "classify " + pipe},
		{base, "list --config " + pipe},
		{base + "policy: pipe\n", "list --config " + config},
		{base + "calendar: {file: pipe}\n", "list --config " + config},
		{base, "restore " + pipe + " --config " + config},
		{strings.Replace(base, "p.db", "pipe", 1), "backup copy --config " + config},
		{strings.Replace(base, "p.db", "pipe", 1), "doctor --config " + config},
		{base, "suppressions --match " + pipe + " --config " + config},
	} {
		writeFile(t, config, c.settings, 0o600)
		go func() {
			r := pometka(t, strings.Fields(c.args)...)
			ended <- fmt.Sprint(r.code, r.out, r.err)
		}()
		limit, stop := context.WithTimeout(t.Context(), 20*time.Second)
		select {
		case <-ended:
		case <-limit.Done():
			t.Errorf("%s: still waiting", c.args)
			if w, err := os.OpenFile(pipe, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
				w.Close()
			}
			<-ended
		}
		stop()
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() {
		fmt.Fprint(w, base)
		w.Close()
	}()
	pometka(t, "calendar", "2026", "--config", fmt.Sprintf("/dev/fd/%d", r.Fd())).well(t)
}
