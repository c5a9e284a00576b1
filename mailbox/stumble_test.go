package mailbox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// A mistake of the program in the midst of an answer costs that letter and no other,
// and nothing waits for the end of it for ever.
func TestStumbleInTheMidst(t *testing.T) {
	f := startFake(t, 7, script{})
	r := f.reader(t, 5*time.Second)
	if _, err := pass(t, r, 1); err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	var mu sync.Mutex
	got := map[uint32]string{}
	err := r.EachText(t.Context(), []mailbox.Stretch{{UIDs: []uint32{1, 2, 3, 4, 5, 6, 7}, To: 1000}}, func(uid uint32, text []byte) {
		if uid == 4 {
			panic(mailbox.ErrStaged)
		}
		mu.Lock()
		defer mu.Unlock()
		got[uid] = string(text)
	})(true)
	if err != nil || len(got) != 6 || got[7] != "Text of letter 7.\r\n" {
		t.Errorf("%v, %v", got, err)
	}
	err = mailbox.Survive(func() error { _, _, err := r.Fetch(t.Context(), 4, tripping{}); return err })
	if !errors.Is(err, mailbox.ErrStumbled) {
		t.Error(err)
	}
	var raw bytes.Buffer
	if _, _, err := r.Fetch(t.Context(), 4, &raw); err != nil || !bytes.Equal(raw.Bytes(), letter(4)) {
		t.Errorf("fetch of it: %q, %v", raw.Bytes(), err)
	}
	err = r.Heads(t.Context(), 1, 0, func([]mailbox.Head) error { panic(mailbox.ErrStaged) })
	if !errors.Is(err, mailbox.ErrStumbled) {
		t.Error(err)
	}
	if heads, err := pass(t, r, 1); err != nil || len(heads) != 7 {
		t.Errorf("%d heads, %v", len(heads), err)
	}
	for n, enough := 0, time.Now().Add(5*time.Second); ; runtime.Gosched() {
		if n = runtime.NumGoroutine(); n <= before+1 {
			break
		}
		if time.Now().After(enough) {
			t.Errorf("%d goroutines, there were %d", n, before)
			break
		}
	}
}

// tripping stumbles over what is written to it.
type tripping struct{ io.Writer }

func (tripping) Write([]byte) (int, error) { panic(mailbox.ErrStaged) }

// trippingLog stumbles when the program tells of a letter that was stopped.
type trippingLog struct{ slog.Handler }

func (h trippingLog) Enabled(context.Context, slog.Level) bool { return true }

func (h trippingLog) Handle(_ context.Context, r slog.Record) error {
	if r.Message == "letter stopped" {
		panic(mailbox.ErrStaged)
	}
	return nil
}

// A letter of ours over which the program stumbles has failed, and behind the dot is
// uncertain; the next one goes out.
func TestStumbleOverSending(t *testing.T) {
	for behind, want := range map[string]mailbox.Status{"MAIL FROM": mailbox.StatusRejected, ".": mailbox.StatusUncertain} {
		f := startSMTP(t, &fakeSMTP{serial: true, answer: func(n int, cmd string) (string, bool) {
			return cut, n == 1 && strings.HasPrefix(cmd, behind)
		}})
		o := mailbox.SenderOptions{Server: server(t, f.addr, nil), Log: slog.New(trippingLog{slog.DiscardHandler})}
		o.TLS, o.Username = mailbox.TLSNone, ""
		s := mailbox.NewSender(o)
		defer s.Close()
		e := mailbox.Envelope{From: "info@license.kz", To: "a@b.example", Raw: []byte("Subject: x\r\n\r\ny\r\n")}
		out := s.Send(t.Context(), e)
		if out.Status != want || out.Enhanced != mailbox.EnhancedStumbled || out.Err != nil {
			t.Errorf("behind %q: %+v", behind, out)
		}
		if out := s.Send(t.Context(), e); !out.Accepted() {
			t.Errorf("the next one: %+v", out)
		}
	}
}
