package main

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Health over HTTP of a running daemon: alive and ready while letters are read,
// and the metrics hold numbers and no person. systemd hears of the start, of
// progress, of a reload with its time, and of the end.
func TestHealth(t *testing.T) {
	box := startSandbox(t)
	addr := closedPort(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": "http: {listen: " + addr + "}\n"})
	if err := box.Put("INBOX", withdrawal(1), time.Now()); err != nil {
		t.Fatal(err)
	}
	systemd := listening(t)
	d := i.start(t, "NOTIFY_SOCKET="+systemd.socket, "WATCHDOG_USEC=300000")
	hear := func(want string) string { t.Helper(); return systemd.hear(t, want, patience) }
	hear("READY=1")
	hear("WATCHDOG=1")
	d.waitFor("outbox pass ended", 1)
	d.waitFor("intake pass ended", 1) // the letter is answered before that
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ok", "/metrics": `pometka_requests{status="open"} 1`} {
		code, body := get(t, "http://"+addr+path)
		if code != http.StatusOK || !strings.Contains(body, want) || strings.Contains(body, "person") {
			t.Errorf("%s: %d\n%s", path, code, body)
		}
	}
	if err := d.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if said := hear("RELOADING=1"); !regexp.MustCompile(`^RELOADING=1\nMONOTONIC_USEC=[1-9]\d*$`).MatchString(said) {
		t.Errorf("of the reload: %q", said)
	}
	hear("READY=1")
	d.stop()
	hear("STOPPING=1")
}

// Each reason not to be ready, and its end.
func TestNotReady(t *testing.T) {
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "pometka.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	at := time.Now()
	cfg := DefaultConfig()
	p := &probe{store: db, beat: newHeartbeat(), now: func() time.Time { return at }}
	p.tune(cfg)
	pages := p.pages()
	ask := func(path string, want int, text string) {
		t.Helper()
		if code, body := pages[path](context.Background()); code != want || !strings.Contains(body, text) {
			t.Errorf("%s: %d %q, want %d %q", path, code, body, want, text)
		}
	}
	if err := db.SetPass(t.Context(), at); err != nil { // of the process before
		t.Fatal(err)
	}
	ask("/readyz", 503, "no pass")
	pass := func() {
		at = at.Add(time.Minute)
		p.pass(at)
	}
	pass()
	ask("/readyz", 200, "ok")
	at = at.Add(quietLimit + time.Minute)
	ask("/readyz", 503, "no pass")
	slow := DefaultConfig()
	slow.IMAP.Poll = time.Hour
	p.tune(slow) // as a reload does
	ask("/readyz", 200, "ok")
	p.tune(cfg)
	ask("/readyz", 503, "no pass")
	pass()
	words := desk.New(desk.Options{Store: db, Words: mustWords(t), Calendar: mustCalendar(t, cfg), Zone: cfg.Calendar.Zone, Language: "ru", From: "info@license.kz",
		Operator: desk.Operator{Address: "info@license.kz"}})
	if err := words.Raise(t.Context(), desk.TroubleDisk, 0, at); err != nil {
		t.Fatal(err)
	}
	ask("/readyz", 503, "trouble: disk")
	ask("/metrics", 200, `pometka_trouble{code="disk"} 1`)
	if err := words.Clear(t.Context(), desk.TroubleDisk); err != nil {
		t.Fatal(err)
	}
	ask("/readyz", 200, "ok")
	sent, err := db.Claim(t.Context(), at, func(store.Mail, store.Letter, []store.Request) ([]byte, error) { return []byte("x"), nil }, nil, nil)
	if err != nil || sent == nil {
		t.Fatalf("%v, %v", sent, err)
	}
	ask("/readyz", 200, "ok")
	at = at.Add(time.Minute)
	ask("/readyz", 503, "SMTP server")
	if err := db.Settle(t.Context(), sent.ID, store.Settlement{State: store.MailSent}, at); err != nil {
		t.Fatal(err)
	}
	ask("/readyz", 200, "ok")
	p.beat.next(-2 * wedgedAfter) // nothing has moved for so long
	ask("/readyz", 503, "no progress")
	ask("/healthz", 503, "no progress")
	p.beat.next(0)
	ask("/healthz", 200, "ok")
	db.Close()
	ask("/readyz", 503, "the register cannot be read")
	ask("/metrics", 503, "the register cannot be read")
}

// emptyInbox is a mailbox with a folder and no letter.
type emptyInbox struct{ desk.Inbox }

func (emptyInbox) First() (mailbox.Folder, bool) { return mailbox.Folder{Name: "INBOX"}, true }
func (emptyInbox) Folders(context.Context) ([]mailbox.Folder, error) {
	return []mailbox.Folder{{Name: "INBOX"}}, nil
}
func (emptyInbox) IsJunk(context.Context, string) (bool, error)        { return false, nil }
func (emptyInbox) ShelfFolder(context.Context, string) (string, error) { return "", nil }
func (emptyInbox) Far() bool                                           { return false }
func (emptyInbox) Below(context.Context, uint32) (uint32, error)       { return 0, nil }
func (emptyInbox) Examine(context.Context, string) (mailbox.FolderState, error) {
	return mailbox.FolderState{UIDValidity: 1, UIDNext: 1}, nil
}

// A daemon is ready once its first pass has ended, however short ago the process before it
// had noted one.
func TestReadyAfterARestart(t *testing.T) {
	d := idleDaemon(t, nil)
	d.Desk.Inbox = emptyInbox{}
	d.probe = &probe{store: d.Store, beat: d.beat, now: d.Now}
	d.probe.tune(DefaultConfig())
	if err := d.Store.SetPass(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{503, 200} {
		if code, body := d.probe.pages()["/readyz"](t.Context()); code != want {
			t.Errorf("%d %q, want %d", code, body, want)
		}
		if err := d.takeIn(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	d.serving.cfg = DefaultConfig()
	if v := d.vitals(d.started); v.Passed.IsZero() {
		t.Error("the desk is not told that a pass has ended")
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

func mustCalendar(t *testing.T, cfg *Config) *rules.Calendar {
	t.Helper()
	c, err := calendarOf(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
