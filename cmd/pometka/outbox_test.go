package main

import (
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox/sandbox"
)

// The outbox tells why a letter did not go out: the code of the refusal, the
// server's own words, and when a letter that was put off is tried again.
func TestOutboxTellsWhy(t *testing.T) {
	box := startSandbox(t)
	box.SMTP.OnRcpt = func(to string) error {
		if strings.HasPrefix(to, "person1@") {
			return sandbox.Reply(550, "5.1.1", "no such user here")
		}
		return sandbox.Reply(451, "4.7.1", "greylisted")
	}
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, nil)
	for n := range 2 {
		if err := box.Put("INBOX", withdrawal(n+1), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	i.call(t, "run", "--once").well(t)
	list := i.call(t, "outbox").well(t).out
	fits80(t, "outbox", list)
	for _, want := range []string{"отказался принять письмо: 550 5.1.1", "пока не принял письмо: 451 4.7.1", "1 попытка, следующая "} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
	if page := i.call(t, "outbox", "show", "1").well(t).out; !strings.Contains(page, "Ответ почтового сервера: no such user here") {
		t.Errorf("the server's words are not shown:\n%s", page)
	}
	if r := i.call(t, "status"); r.code != exitFailed || !strings.Contains(strings.Join(strings.Fields(r.out), " "), "посмотрите: pometka outbox") {
		t.Errorf("status does not say where the trouble is: exit %d\n%s", r.code, r.out)
	}
	i.call(t, "outbox", "drop", "1").well(t)
	if h := i.call(t, "history", "1").well(t).out; !strings.Contains(h, "отменяет письмо\n                      подтверждение, письмо 1: ") {
		t.Errorf("the history does not tell which letter was dropped:\n%s", h)
	}
}

// A letter that is named twice is let go once.
func TestMailIDs(t *testing.T) {
	if ids, err := new(app).mailIDs([]string{"3", "1", "3"}); err != nil || len(ids) != 2 {
		t.Errorf("%v, %v", ids, err)
	}
}
