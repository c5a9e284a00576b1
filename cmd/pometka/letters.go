package main

import (
	"bytes"
	"errors"
	"mime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
	"license.kz/pometka/templates"
)

// letterText shows a letter of ours as its reader sees it: the fields that
// mail programs show, and the text.
func (a *app) letterText(raw []byte) string {
	m := mailbox.Parse(bytes.NewReader(raw))
	var b strings.Builder
	for _, f := range []struct {
		name string
		list []mailbox.Address
	}{{"From", m.From}, {"To", m.To}} {
		for _, addr := range f.list {
			b.WriteString("  " + f.name + ": " + templates.Safe(strings.TrimSpace(addr.Name+" <"+addr.Addr+">")) + "\n")
		}
	}
	b.WriteString("  Subject: " + templates.Safe(m.Subject) + "\n\n")
	for _, line := range strings.Split(strings.TrimRight(m.Text, "\n"), "\n") {
		b.WriteString(strings.TrimRight("  "+templates.Safe(line), " ") + "\n")
	}
	return b.String()
}

func (a *app) templatesCommand() *cobra.Command {
	root := a.group(&cobra.Command{Use: "templates", Short: a.t("help.templates")})
	root.AddCommand(&cobra.Command{
		Use: "preview KIND", Short: a.t("help.templates.preview"), Long: a.t("help.templates.preview.long", strings.Join(a.words.Names(), ", ")), Args: exactly(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.previewLetter(args[0]) },
	})
	return root
}

// previewLetter prints a letter made from sample data, with the header that it would
// go out with.
func (a *app) previewLetter(name string) error {
	cfg, err := a.configIfAny()
	if err != nil {
		return err
	}
	o, err := a.deskOptions(cfg)
	if err != nil {
		return err
	}
	o.Now = time.Now
	if o.From == "" { // no config: the operator of the built-in policy
		o.From = o.Operator.Address
	}
	if o.Reminders.To == "" {
		o.Reminders.To = o.Operator.Address
	}
	raw, err := o.Preview(name, a.lang)
	if errors.Is(err, desk.ErrTemplate) {
		return a.misuse("error.letter.name", templates.Safe(name), strings.Join(a.words.Names(), ", "))
	}
	if err != nil {
		return err
	}
	a.printf("%s\n%s\n", readableHeader(raw), safeLines(mailbox.Parse(bytes.NewReader(raw)).Text))
	return nil
}

// readableHeader returns the header of a letter of ours, a field a line,
// encoded words decoded.
func readableHeader(raw []byte) string {
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	unfolded := strings.NewReplacer("\r\n ", " ", "\r\n\t", " ").Replace(string(head))
	var b strings.Builder
	for line := range strings.SplitSeq(unfolded, "\r\n") {
		if decoded, err := new(mime.WordDecoder).DecodeHeader(line); err == nil {
			line = decoded
		}
		b.WriteString(templates.Safe(line) + "\n")
	}
	return b.String()
}
