package main

import (
	"strings"
	"testing"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// Where the mail server states its check in some letters only, a sender could write it
// into the others: doctor says so.
func TestChecksOfTheSender(t *testing.T) {
	const border = "Received: from mail.bank.example by mx.desk.example with ESMTPS; Mon, 5 Jan 2026 10:00:00 +0500\r\n"
	stated := mailbox.Head{Header: []byte(border + "Authentication-Results: mx.desk.example; dmarc=pass header.from=bank.example\r\n\r\n")}
	silent := mailbox.Head{Header: []byte(border + "\r\n")}
	for name, c := range map[string]struct {
		heads []mailbox.Head
		want  string
		level level
	}{
		"all":  {[]mailbox.Head{stated, stated}, "imap.auth", levelGood},
		"some": {[]mailbox.Head{stated, silent, stated}, "imap.auth_some", levelNote},
		"none": {[]mailbox.Head{silent}, "imap.auth_unseen", levelNote},
	} {
		cfg := new(Config)
		cfg.Acknowledge.AuthServID = "mx.desk.example"
		w := &ward{patient: &patient{app: &app{words: mustWords(t), lang: rules.EN, cfg: cfg}}, area: "imap"}
		w.authserv(c.heads)
		if len(w.list) != 1 || w.list[0].Code != c.want || w.list[0].Level != c.level || !strings.Contains(w.list[0].Text, "mx.desk.example") {
			t.Errorf("%s: %+v", name, w.list)
		}
	}
}
