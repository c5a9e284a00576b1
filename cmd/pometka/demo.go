package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
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
// They lie in demo; see packed.go.
//
//go:embed demo.z
var demoLetters []byte

// demoPassword opens the sandbox, which listens on loopback while the demo
// runs and nowhere else.
const demoPassword = "demo"

// demoStep is the time between the arrivals of two letters of the demo, when the
// year is old enough: of two years, a short number would fit two requests.
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
	release, err := a.freshDemoDir(dir)
	if err != nil {
		return err
	}
	defer release()
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
	s, err := a.openServing(ctx, false)
	if err != nil {
		return err
	}
	err = s.once(ctx, nil)
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

// demoLetter is one letter of the demo as it lies in the mailbox.
type demoLetter struct {
	uid uint32
	raw []byte
}

// putDemoLetters fills the mailbox: the last letter arrived a moment ago.
func putDemoLetters(box *sandbox.Sandbox, now time.Time) ([]demoLetter, error) {
	letters, err := unpackFiles(demoLetters)
	if err != nil {
		return nil, err
	}
	zone := mustZone("Asia/Almaty")
	step := min(demoStep, now.Sub(time.Date(now.In(zone).Year(), time.January, 1, 0, 0, 0, 0, zone))/time.Duration(len(letters)+1))
	var out []demoLetter
	for i, raw := range letters {
		at := now.Add(-step * time.Duration(len(letters)-i)).Truncate(time.Second)
		raw = bytes.ReplaceAll(raw, []byte("@DATE@"), []byte(at.Format(time.RFC1123Z)))
		if err := box.Put("INBOX", raw, at); err != nil {
			return nil, fmt.Errorf("put letter %d: %w", i+1, err)
		}
		out = append(out, demoLetter{uid: uint32(i + 1), raw: raw})
	}
	return out, nil
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
