package main

import (
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/sandbox"
)

// gossip is an SMTP server that quotes the recipient in each of its refusals, and
// fails in every way there is.
func gossip(box *sandbox.Sandbox) (cut *atomic.Bool) {
	cut = new(atomic.Bool)
	once := map[string]bool{}
	first := func(to string) bool { defer func() { once[to] = true }(); return !once[to] }
	box.SMTP.OnLogin = func() error {
		if cut.Load() {
			return sandbox.Reply(535, "5.7.8", "info@license.kz: Асель Ким has no such password")
		}
		return nil
	}
	box.SMTP.OnRcpt = func(to string) error {
		switch {
		case to == "person1@mail.example":
			return sandbox.Reply(550, "5.1.1", "no such user "+to)
		case to == "person2@mail.example" && first(to):
			return sandbox.Reply(451, "4.2.0", to+" try later")
		case to == "person3@mail.example" && first(to):
			return sandbox.Reply(421, "4.3.2", to+" closing")
		case to == "person4@mail.example" && first(to):
			return sandbox.ErrDrop
		}
		return nil
	}
	box.SMTP.OnDot = func(e sandbox.Envelope) error {
		switch e.To {
		case "person5@mail.example":
			return sandbox.ErrDropAccepted
		case "person6@mail.example":
			return sandbox.Reply(554, "5.7.1", e.To+" Асель Ким, spam")
		}
		return nil
	}
	return cut
}

// TestLogsArePrivate reads the log of a whole run at the level debug, in either
// format, and finds nothing of a person in it: letters of all kinds, a server
// that names the recipient in its refusals, a network that is cut, log-ins that
// are refused, broken and good configurations, a failing alarm.command.
func TestLogsArePrivate(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			box := startSandbox(t)
			refuse := gossip(box)
			g, port := startGate(t, box.IMAPAddr)
			i := install(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), box.SMTPAddr, box.CA, map[string]string{"imap": "  poll: 200ms\n",
				"": "log: {level: debug, format: " + format + "}\nreminders: {always: true}\ncalendar: {office_hours: 00:00-24:00}\n" +
					"staff:\n  - {name: Асель Ким, address: a.kim@license.kz, login: akim}\n"})
			letters, err := putDemoLetters(box, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			for n := 1; n <= 9; n++ {
				if err := box.Put("INBOX", withdrawal(n), time.Now()); err != nil {
					t.Fatal(err)
				}
			}
			d := i.start(t)
			tell := "state=%"
			if format == "json" {
				tell = `"state":"%"`
			}
			state := func(s string) string { return strings.ReplaceAll(tell, "%", s) }
			d.waitFor(state("failed"), 1)
			tryConfigs(t, i, d)
			if format == "json" && os.Getenv("POMETKA_LONG") == "" { // the words are the same
				d.stop()
				checkPrivate(t, d.log(), letters)
				return
			}
			d.waitFor(state("uncertain"), 1)
			d.waitFor(state("queued"), 1)
			g.set(true)
			d.waitFor("pass failed", 1)
			refuse.Store(true)
			g.set(false)
			if err := box.Put("INBOX", withdrawal(10), time.Now()); err != nil {
				t.Fatal(err)
			}
			d.waitFor("refused the password", 1)
			d.stop()
			checkPrivate(t, d.log(), letters)
		})
	}
}

// tryConfigs reloads configurations that name people where they are wrong, and
// at last a good one.
func tryConfigs(t *testing.T, i installation, d *running) {
	good, err := os.ReadFile(i.config)
	if err != nil {
		t.Fatal(err)
	}
	before := strings.Count(d.log(), "not reloaded")
	for n, bad := range []string{
		strings.Replace(string(good), "a.kim@license.kz", "a.kim@@license.kz", 1),
		strings.Replace(string(good), "name: Асель Ким", "name: Асель Ким, nmae: Асель", 1),
		strings.Replace(string(good), "login: akim", "login: akim, deputy: Данияр Серик", 1),
		strings.Replace(string(good), "always: true", "always: true, to: Асель Ким <a.kim@license.kz>x", 1),
		string(good) + "acknowledge: {templates: Асель}\n",
		"{{{ person1@mail.example",
	} {
		writeFile(t, i.config, bad, 0o600)
		d.reload()
		d.waitFor("not reloaded", before+n+1)
	}
	writeFile(t, i.config, string(good), 0o600)
	d.reload()
	d.waitFor("configuration reloaded", 1)
}

func (r *running) reload() {
	r.t.Helper()
	if err := r.Process.Signal(syscall.SIGHUP); err != nil {
		r.t.Fatal(err)
	}
}

// checkPrivate looks in a log for addresses, for words in Cyrillic, which
// nothing of ours is written in, and for what the letters say of people.
func checkPrivate(t *testing.T, log string, letters []demoLetter) {
	t.Helper()
	if !strings.Contains(log, "request registered") || !strings.Contains(log, "LK-") {
		t.Errorf("the log says nothing of what was done:\n%s", log)
	}
	for line := range strings.Lines(log) {
		for _, re := range []string{`\S+@\S+`, `\p{Cyrillic}{2,}`, `\\u04[0-9a-f]{2}`, `person\d`, `mail\.example`, `(?i)akim|a\.kim`, `hunter|sandbox"`} {
			if found := regexp.MustCompile(re).FindString(line); found != "" {
				t.Errorf("the log holds %q: %s", found, line)
			}
		}
		for _, l := range letters {
			for _, word := range privateWords(l.raw) {
				if strings.Contains(line, word) {
					t.Errorf("the log holds %q: %s", word, line)
				}
			}
		}
	}
}

// privateWords are the subject, the names and the addresses of a letter, raw and
// as a person reads them.
func privateWords(raw []byte) (out []string) {
	m := mailbox.Parse(strings.NewReader(string(raw)))
	out = append(out, m.Subject, m.MessageID)
	for _, a := range slices.Concat(m.From, m.ReplyTo, m.Sender) {
		out = append(out, a.Name, a.Addr)
	}
	for _, field := range []string{"Subject", "From"} {
		if m := regexp.MustCompile(`(?mi)^` + field + `: (.{6,})$`).FindSubmatch(raw); m != nil {
			out = append(out, strings.TrimSpace(string(m[1])))
		}
	}
	return slices.DeleteFunc(out, func(s string) bool { return len(s) < 6 })
}
