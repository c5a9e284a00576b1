package main

import (
	"bytes"
	"context"
	"strings"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/templates"
)

// decision is what a person decides on one letter of the outbox.
type decision func(ctx context.Context, id int64, actor string, at time.Time) error

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
