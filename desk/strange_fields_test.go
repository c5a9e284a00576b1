package desk

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"license.kz/pometka/store"
)

// strange are values that no program writes and any stranger may.
var strange = map[string]string{
	"zero": "a\x00b@c.example", "no UTF-8": "\xff\xfe\xc3@d.example", "half of a pair": "=?utf-8?q?=ED=A0=80=00?= <a@f.example>",
	"long": strings.Repeat("я", 20_000) + "@g.example", "beyond": "\U0010ffff\ufffe\ufeff", "odd ids": strings.Repeat("<\xff\x00a@h.example> ", 300),
	"numbers": "LK-2026-99999999999999999999 LK-99999-000001 {\"a\":1}]", "date": "Thu, 99 Jan 99999999999999999999 99:99:99 +9999",
}

// strangeFields are fields that a stranger fills, and what stands around the value.
var strangeFields = map[string]string{
	"From": "%s", "Reply-To": "%s", "Subject": withdrawalMark + " %s", "Message-ID": "%s", "References": "%s", "Date": "%s", "Received": "from x by y; %s",
	"Content-Type": `text/plain; charset="%s"; name="%[1]s"`, "Content-Disposition": `attachment; filename="%s"`,
}

// strangeLetter has the value in one field, and a body that no value can spoil.
func strangeLetter(n int, field, value string) []byte {
	head := map[string]string{
		"From": fmt.Sprintf("p%d@host%d.example", n, n), "To": account, "Subject": withdrawalMark, "Message-ID": fmt.Sprintf("<%d@host.example>", n),
		"Date": now.Format(time.RFC1123Z), "Content-Type": "text/plain; charset=utf-8",
	}
	head[field] = fmt.Sprintf(strangeFields[field], value)
	var b bytes.Buffer
	for name, v := range head {
		fmt.Fprintf(&b, "%s: %s\r\n", name, v)
	}
	fmt.Fprintf(&b, "\r\nПрошу прекратить, %d. \xff\x00\ufffe\r\n", n)
	return b.Bytes()
}

// Whatever stands in a field of a letter, it is registered or filed, and all that is kept of
// it can be read, looked up, answered, exported and forgotten.
func TestStrangeFields(t *testing.T) {
	r := newRig(t)
	ctx, n := t.Context(), 0
	name := map[uint32]string{}
	for field := range strangeFields {
		for value := range strange {
			n++
			name[uint32(n)] = field + ", " + value
			if err := r.box.Put("INBOX", strangeLetter(n, field, strange[value]), now.Add(-time.Hour)); err != nil {
				t.Fatal(name[uint32(n)], err)
			}
		}
	}
	if p, _ := r.pass(t); p.Seen != n {
		t.Errorf("%d of %d letters seen", p.Seen, n)
	}
	list := r.all(t)
	if len(list) < n/2 {
		t.Errorf("%d requests of %d letters", len(list), n)
	}
	for _, q := range list {
		l := q.Letters[0]
		what := name[l.Place.UID]
		if _, err := r.Store.Request(ctx, q.Number); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if found, err := r.Store.ByMessageID(ctx, []string{l.MessageID}); err != nil || l.MessageID != "" && !slices.Contains(found, q.Number) {
			t.Errorf("%s: %q leads to %v, %v", what, l.MessageID, found, err)
		}
		if found, err := r.Store.WroteIn(ctx, l.FromAddr, []string{q.Number}); err != nil || l.FromAddr != "" && len(found) == 0 {
			t.Errorf("%s: %q wrote %v, %v", what, l.FromAddr, found, err)
		}
		if _, err := r.Case(ctx, q.Number); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := r.Relatives(ctx, q, 10); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		var no *RecipientError
		draft, err := r.DraftAnswer(ctx, q.Number, Reply{Text: "Исполнено."}, staffer)
		if err == nil {
			_, err = r.SendAnswer(ctx, draft)
		}
		if err != nil && !errors.As(err, &no) {
			t.Errorf("%s: answered: %v", what, err)
		}
		if q.Status == store.StatusReview {
			_, err = r.Dismiss(ctx, q.Number, "Не обращение.", staffer)
		} else {
			_, err = r.Close(ctx, q.Number, store.StatusRefused, "Отказано.", append(stepsOf(r, q.Kind), store.StepDone{ID: StepAnswered, Done: true}), staffer)
		}
		if err != nil {
			t.Errorf("%s: closed: %v", what, err)
		}
	}
	if f, err := r.Flush(ctx); err != nil || f.Sent < len(list)/2 {
		t.Errorf("sent %+v, %v", f, err)
	}
	failed, err := r.Store.Outbox(ctx, []store.MailState{store.MailFailed})
	if err != nil {
		t.Error(err)
	}
	for _, m := range failed {
		t.Errorf("failed %s %v: %s %v", m.Purpose, m.Requests, m.Reason.Code, m.Reason.Args)
	}
	for _, e := range r.box.Sent() {
		for line := range bytes.Lines(e.Raw) {
			if len(line) > 1000 || bytes.ContainsFunc(line, func(c rune) bool { return c == utf8.RuneError || c < '\t' }) { // RFC 5321, 4.5.3.1.6
				t.Errorf("sent a line of %d bytes: %.200q", len(line), line)
			}
		}
	}
	exported := 0
	if err := r.Export(ctx, ExportQuery{}, func(Exported) error { exported++; return nil }); err != nil || exported != len(list) {
		t.Errorf("%d exported, %v", exported, err)
	}
	if err := r.Store.Ledger(ctx, store.LedgerFilter{}, func(store.LedgerRow) error { return nil }); err != nil {
		t.Error(err)
	}
	if c, err := r.Reconcile(ctx, false); err != nil || c.Total() > 0 {
		t.Errorf("reconciled %+v, %v", c, err)
	}
	if breaks, err := r.Store.Verify(ctx); err != nil || len(breaks) > 0 {
		t.Errorf("breaks %+v, %v", breaks, err)
	}
	forgotten := map[string]bool{"": true}
	for _, q := range list {
		addr := q.Letters[0].FromAddr
		if forgotten[addr] {
			continue
		}
		forgotten[addr] = true
		if _, err := r.Forget(ctx, addr, "", staffer); err != nil && !errors.Is(err, store.ErrNotFound) { // it went with another
			t.Errorf("%s: forget %q: %v", name[q.Letters[0].Place.UID], addr, err)
		}
	}
	for _, q := range r.all(t) {
		if addr := q.Letters[0].FromAddr; addr != "" {
			t.Errorf("%q is not forgotten", addr)
		}
	}
	if breaks, err := r.Store.Verify(ctx); err != nil || len(breaks) > 0 {
		t.Errorf("then breaks %+v, %v", breaks, err)
	}
}
