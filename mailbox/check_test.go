package mailbox_test

import (
	"slices"
	"strings"
	"testing"

	"license.kz/pometka/mailbox"
)

func TestCheck(t *testing.T) {
	s := startSandbox(t)
	in, err := openReader(t, s).Check(t.Context())
	if err != nil || in.Addr != s.IMAPAddr || !slices.Contains(in.Extensions, "IMAP4rev1") || !slices.IsSorted(in.Extensions) {
		t.Errorf("%+v, %v", in, err)
	}
	out, err := openSender(t, s).Check(t.Context())
	if err != nil || out.Addr != s.SMTPAddr || !slices.Contains(out.Extensions, "DSN") || !slices.Contains(out.Extensions, "AUTH PLAIN") {
		t.Errorf("%+v, %v", out, err)
	}
	conf := server(t, s.SMTPAddr, s.CA)
	conf.Secret = secret("wrong")
	if _, err := mailbox.NewSender(mailbox.SenderOptions{Server: conf}).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "refused the password") {
		t.Errorf("wrong password: %v", err)
	}
	if len(s.Sent()) != 0 {
		t.Error("something was sent")
	}
}
