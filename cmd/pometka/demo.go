package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// The letters of the demo: each kind, a Kazakh one, one in windows-1251, a
// newsletter and an out-of-office reply that quote a mark, a misspelt mark, an
// ordinary question. People and domains are invented.
//
//go:embed demo/*.eml
var demoLetters embed.FS

// demoMarker is the file by which the demo knows a directory of its own; no
// other directory is ever emptied.
const demoMarker = ".pometka-demo"

// demoPassword opens the sandbox, which listens on loopback while the demo
// runs and nowhere else.
const demoPassword = "demo"

// demoStep is the time between the arrivals of two letters of the demo.
const demoStep = 41 * time.Minute

func (a *app) demoCommand() *cobra.Command {
	dir, serve := "pometka-demo", false
	c := &cobra.Command{
		Use: "demo", Short: a.t("help.demo"), Long: a.t("help.demo.long"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error { return a.demo(c.Context(), dir, serve) },
	}
	c.Flags().StringVar(&dir, "dir", dir, a.t("help.flag.dir"))
	c.Flags().BoolVar(&serve, "serve", false, a.t("help.flag.serve"))
	return c
}

// demo runs the real pipeline against servers inside the process and shows
// what it did.
func (a *app) demo(ctx context.Context, dir string, serve bool) error {
	if err := a.freshDemoDir(dir); err != nil {
		return err
	}
	box, err := sandbox.Start(sandbox.Options{Username: "info@license.kz", Password: demoPassword})
	if err != nil {
		return fmt.Errorf("start demo servers: %w", err)
	}
	defer box.Close()
	letters, err := putDemoLetters(box, time.Now())
	if err != nil {
		return err
	}
	a.configFlag = filepath.Join(dir, "config.yaml")
	if err := writeDemoConfig(dir, box); err != nil {
		return err
	}
	s, err := a.openServing(ctx)
	if err != nil {
		return err
	}
	err = s.once(ctx)
	if err == nil {
		err = writeSent(ctx, s.Store, filepath.Join(dir, "sent"))
	}
	if err == nil {
		err = a.showDemo(ctx, s, letters)
	}
	s.close()
	if err != nil || !serve {
		return err
	}
	a.printf("\n%s\n", a.t("demo.serving", box.IMAPAddr, box.SMTPAddr))
	<-ctx.Done()
	return nil
}

// freshDemoDir makes the demo's directory, or takes out of it what an earlier
// demo left there.
func (a *app) freshDemoDir(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("read demo directory: %w", err)
	case len(entries) > 0 && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == demoMarker && e.Type().IsRegular() }):
		return usage(errors.New(a.t("error.demo.dir", templates.Safe(dir))))
	default:
		if err := removeDemoFiles(dir); err != nil {
			return fmt.Errorf("empty demo directory: %w", err)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make demo directory: %w", err)
	}
	// The marker comes first: whatever happens next, the directory is known.
	if err := os.WriteFile(filepath.Join(dir, demoMarker), nil, 0o600); err != nil {
		return fmt.Errorf("mark demo directory: %w", err)
	}
	return nil
}

// demoFiles are the files that a demo makes, beside the letters in sent.
// Whatever else lies in its directory belongs to somebody, and stays.
var demoFiles = []string{"config.yaml", "ca.pem", "password", "pometka.db", "pometka.db-wal", "pometka.db-shm", "pometka.db.lock"}

func removeDemoFiles(dir string) error {
	names := slices.Clone(demoFiles)
	sent, err := os.ReadDir(filepath.Join(dir, "sent"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range sent {
		if filepath.Ext(e.Name()) == ".eml" {
			names = append(names, filepath.Join("sent", e.Name()))
		}
	}
	for _, name := range names {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// demoLetter is one letter of the demo as it lies in the mailbox.
type demoLetter struct {
	uid uint32
	raw []byte
}

// putDemoLetters fills the mailbox: the last letter arrived a moment ago.
func putDemoLetters(box *sandbox.Sandbox, now time.Time) ([]demoLetter, error) {
	names, err := fs.Glob(demoLetters, "demo/*.eml")
	if err != nil {
		return nil, err
	}
	var out []demoLetter
	for i, name := range names {
		raw, err := demoLetters.ReadFile(name)
		if err != nil {
			return nil, err
		}
		at := now.Add(-demoStep * time.Duration(len(names)-i)).Truncate(time.Second)
		raw = bytes.ReplaceAll(raw, []byte("@DATE@"), []byte(at.Format(time.RFC1123Z)))
		if err := box.Put("INBOX", raw, at); err != nil {
			return nil, fmt.Errorf("put letter %s: %w", path.Base(name), err)
		}
		out = append(out, demoLetter{uid: uint32(i + 1), raw: raw})
	}
	return out, nil
}

// demoConfig is the configuration that the demo leaves behind.
const demoConfig = `# Made by pometka demo. The servers named here run only while the demo does
# (pometka demo --serve keeps them up); the commands that need no server work.
operator:
  name: "ТОО «I-License»"
  address: info@license.kz
imap:
  host: 127.0.0.1
  port: %s
  ca_file: ca.pem
  username: info@license.kz
  password_file: password
smtp:
  host: 127.0.0.1
  port: %s
  ca_file: ca.pem
  username: info@license.kz
  password_file: password
store:
  path: pometka.db
log:
  level: warn
`

func writeDemoConfig(dir string, box *sandbox.Sandbox) error {
	_, imap, err := net.SplitHostPort(box.IMAPAddr)
	if err != nil {
		return err
	}
	_, smtp, err := net.SplitHostPort(box.SMTPAddr)
	if err != nil {
		return err
	}
	for _, f := range []struct{ name, body string }{
		{"config.yaml", fmt.Sprintf(demoConfig, imap, smtp)},
		{"ca.pem", string(box.CA)},
		{"password", demoPassword + "\n"},
	} {
		if err := os.WriteFile(filepath.Join(dir, f.name), []byte(f.body), 0o600); err != nil {
			return fmt.Errorf("write demo directory: %w", err)
		}
	}
	return nil
}

// writeSent leaves every letter that was sent as a file.
func writeSent(ctx context.Context, db *store.DB, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make folder for sent letters: %w", err)
	}
	mails, err := db.Outbox(ctx, []store.MailState{store.MailSent})
	if err != nil {
		return err
	}
	for _, m := range mails {
		full, err := db.Mail(ctx, m.ID)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.eml", m.ID)), full.Raw, 0o600); err != nil {
			return fmt.Errorf("write sent letter: %w", err)
		}
	}
	return nil
}

// showDemo prints what was recognised and why, the register, one
// acknowledgement, and what to try next.
func (a *app) showDemo(ctx context.Context, s *serving, letters []demoLetter) error {
	list, err := s.Store.Requests(ctx, store.Filter{All: true})
	if err != nil {
		return err
	}
	a.heading("demo.head.intro")
	for _, line := range wrap(a.t("demo.intro", len(letters)), narrow) {
		a.printf("%s\n", line)
	}
	a.heading("demo.head.letters")
	a.showDemoLetters(s, letters, list)
	a.heading("demo.head.register")
	if err := a.printList(s.Desk, len(list), allAtOnce(list)); err != nil {
		return err
	}
	if err := a.showDemoMail(ctx, s.Store); err != nil {
		return err
	}
	a.heading("demo.head.next")
	for i, cmd := range []string{"list", "show 1", "explain 1"} {
		a.printf("  %s %s --config %s\n      %s\n", calledAs(), cmd, a.configFlag, a.t(fmt.Sprintf("demo.next.%d", i+1)))
	}
	return nil
}

// calledAs is how the reader started the program, so that the commands shown
// can be copied: go run leaves no binary behind.
func calledAs() string {
	if path, err := os.Executable(); err == nil && strings.Contains(path, string(filepath.Separator)+"go-build") {
		return "go run ./cmd/pometka"
	}
	return os.Args[0]
}

func (a *app) heading(key string) { a.printf("\n== %s\n\n", a.t(key)) }

// showDemoLetters prints each letter with what it was taken for and the
// reason; the verdict is that of the register, by the letter's place.
func (a *app) showDemoLetters(s *serving, letters []demoLetter, list []store.Request) {
	c := &classifier{app: a, policy: s.Policy, own: s.Operator.Own, zone: s.Zone, authserv: s.Acknowledge.AuthservID}
	for _, l := range letters {
		line := c.message(mailbox.Parse(bytes.NewReader(l.raw)))
		var numbers []string
		for _, r := range list {
			if len(r.Letters) > 0 && r.Letters[0].Place.UID == l.uid {
				numbers = append(numbers, r.Number)
			}
		}
		what := a.t("verdict." + string(rules.None))
		if len(numbers) > 0 {
			what = strings.Join(numbers, ", ") + ": " + a.t("verdict."+string(line.Verdict))
			if len(line.Kinds) > 0 {
				what += ", " + a.kindNames(s.Policy, line.Kinds)
			}
		}
		a.printf("%2d. %s\n", l.uid, clip(templates.Safe(line.Subject), narrow-4))
		for _, part := range wrap(what+" – "+line.Reason, narrow-6) {
			a.printf("      %s\n", part)
		}
	}
}

// showDemoMail prints the first acknowledgement as its reader sees it.
func (a *app) showDemoMail(ctx context.Context, db *store.DB) error {
	mails, err := db.Outbox(ctx, []store.MailState{store.MailSent})
	if err != nil {
		return err
	}
	for _, m := range mails {
		if m.Purpose != store.PurposeAcknowledgement {
			continue
		}
		full, err := db.Mail(ctx, m.ID)
		if err != nil {
			return err
		}
		a.heading("demo.head.mail")
		a.printf("%s", a.letterText(full.Raw))
		return nil
	}
	return nil
}
