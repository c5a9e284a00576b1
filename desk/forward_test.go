package desk

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

const forwardedText = "---------- Пересылаемое сообщение ----------\nОт: Айгерим <aigerim@one.example>\nДата: 23.11.2026, 09:00\nТема: Отзыв согласия\nКому: ivan@license.kz\n\n" +
	"Отзываю согласие на обработку персональных данных."

// attached is a letter of staff with the person's letter attached as such.
func attached(inner string) []byte {
	return fmt.Appendf(nil, "From: ivan@license.kz\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <f2@license.example>\r\nDate: %s\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nПосмотрите, пожалуйста.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n%s\r\n--b--\r\n",
		account, mime.BEncoding.Encode("utf-8", "Fwd: письмо"), now.Format(time.RFC1123Z), inner)
}

func innerLetter(from, subject, text string) string {
	return fmt.Sprintf("From: %s\r\nTo: ivan@license.kz\r\nSubject: %s\r\nMessage-ID: <in@one.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s",
		from, mime.BEncoding.Encode("utf-8", subject), strings.ReplaceAll(text, "\n", "\r\n"))
}

// What staff passes on is held with the person as a proposal and the person's
// own text, however it was passed on; nobody is written to.
func TestForwardHeld(t *testing.T) {
	const person = "aigerim@one.example"
	for name, raw := range map[string][]byte{
		"inline":           mail{from: "ivan@license.kz", subject: "Fwd: Отзыв согласия", body: "Посмотрите.\n\n" + forwardedText, id: "f1@license.example"}.raw(),
		"twice":            mail{from: "boss@license.kz", subject: "Fwd: Fwd: Отзыв согласия", body: "---------- Forwarded message ---------\nFrom: ivan@license.kz\nDate: 23.11.2026\nSubject: Fwd: Отзыв согласия\nTo: boss@license.kz\n\n" + forwardedText, id: "f3@license.example"}.raw(),
		"attached":         attached(innerLetter("=?utf-8?B?0JDQudCz0LXRgNC40Lw=?= <"+person+">", withdrawalMark, "Отзываю согласие на обработку персональных данных.")),
		"attached forward": attached(innerLetter("boss@license.kz", "Fwd: Отзыв согласия", forwardedText)),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			if err := r.box.Put("INBOX", raw, now.Add(-time.Hour)); err != nil {
				t.Fatal(err)
			}
			if p, f := r.pass(t); len(p.Admitted) != 1 || f.Sent != 0 {
				t.Fatalf("pass: %+v %+v", p, f)
			}
			q, err := r.Store.Request(t.Context(), r.all(t)[0].Number)
			l := q.Letters[0]
			if err != nil || q.Status != store.StatusReview || l.Writer != person || l.WriterName != "Айгерим" || !strings.Contains(l.Text, "Отзываю согласие") {
				t.Errorf("%+v %v", q, err)
			}
			for _, addr := range []string{account, "ivan@license.kz", "x", "a@b.example\r\nBcc: c@d.example"} {
				if _, _, err := r.ConfirmFor(t.Context(), q.Number, []rules.Kind{"consent_withdrawal"}, addr, clerk); !errors.Is(err, ErrAddress) {
					t.Errorf("%q: %v", addr, err)
				}
			}
			after, _, err := r.ConfirmFor(t.Context(), q.Number, []rules.Kind{"consent_withdrawal", "erasure"}, person, clerk)
			if err != nil || after.Sender != person || after.Ack.State != store.MailQueued {
				t.Fatalf("confirmed %+v %v", after, err)
			}
			if _, f := r.pass(t); f.Sent != 1 || r.box.Sent()[0].To != person {
				t.Errorf("flush %+v", f)
			}
			for _, x := range r.all(t) {
				if x.Sender != person {
					t.Errorf("%s is of %q", x.Number, x.Sender)
				}
			}
			// The person answers directly, and is known.
			ack := mailbox.Parse(bytes.NewReader(r.box.Sent()[0].Raw))
			r.put(t, "INBOX", mail{from: person, subject: "Re: обращение", body: "Да, это я писала.", id: "9@one.example", fields: inThread(ack)}, now)
			if p, _ := r.pass(t); p.Joined != 1 {
				t.Errorf("the person's answer: %+v", p)
			}
			if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
				t.Error(breaks, err)
			}
		})
	}
}

// Confirmed without a word on whose letter it is, the acknowledgement waits, and
// goes where set says.
func TestForwardSetSender(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "ivan@license.kz", subject: "Fwd: Отзыв согласия", body: forwardedText, id: "f1@license.example"}, now.Add(-time.Hour))
	r.pass(t)
	n := r.all(t)[0].Number
	q, _, err := r.Confirm(t.Context(), n, []rules.Kind{"consent_withdrawal"}, clerk)
	if err != nil || q.Ack.State != store.MailHeld {
		t.Fatalf("%+v %v", q.Ack, err)
	}
	if _, _, err := r.Release(t.Context(), []int64{q.Ack.MailID}, clerk); !errors.Is(err, ErrRecipient) {
		t.Errorf("released to staff: %v", err)
	}
	addr := "aigerim@one.example"
	if _, err := r.Set(t.Context(), n, Setting{Sender: &addr}, "", clerk); err != nil {
		t.Fatal(err)
	}
	other := "other@one.example"
	if _, err := r.Set(t.Context(), n, Setting{Sender: &other}, "", clerk); !errors.Is(err, ErrReason) {
		t.Errorf("another address without a word why: %v", err)
	}
	if sent, _, err := r.Release(t.Context(), []int64{q.Ack.MailID}, clerk); err != nil || sent != 1 {
		t.Fatal(sent, err)
	}
	if _, f := r.pass(t); f.Sent != 1 || r.box.Sent()[0].To != addr {
		t.Errorf("flush: %+v", f)
	}
	draft, err := r.DraftAnswer(t.Context(), n, Reply{Text: "Исполнено."}, clerk)
	if err != nil || draft.To != addr {
		t.Errorf("an answer goes to %q, %v", draft.To, err)
	}
}

// Two people's letters, passed on by one colleague with the same words, are two
// cases; the same letter passed on twice is one; a person's answer that staff
// passes on names the request it may belong to, and joins nothing.
func TestForwardsApart(t *testing.T) {
	r, q, ack := asked(t)
	second := strings.NewReplacer("aigerim@one.example", "marat@two.example", "Айгерим", "Марат").Replace(forwardedText)
	for i, text := range []string{forwardedText, second, forwardedText} {
		r.put(t, "INBOX", mail{from: "ivan@license.kz", subject: "Fwd: Отзыв согласия", body: "Посмотрите.\n\n" + text, id: fmt.Sprintf("f%d@license.example", i)}, now)
	}
	if p, f := r.pass(t); p.Seen != 3 || len(p.Admitted) != 3 || p.Joined > 1 || f.Sent != 0 {
		t.Errorf("pass: %+v %+v", p, f)
	}
	passed := "---------- Пересылаемое сообщение ----------\nОт: a@one.example\nДата: 23.11.2026, 09:00\nТема: Re: обращение № LK-2026-000001\nКому: ivan@license.kz\n\nПрикладываю паспорт."
	r.put(t, "INBOX", mail{from: "ivan@license.kz", subject: "Fwd: Re: обращение № LK-2026-000001", body: passed, id: "f9@license.example", fields: []string{"References: " + ack.MessageID}}, now)
	p, _ := r.pass(t)
	if len(p.Admitted) != 1 || p.Joined != 0 {
		t.Fatalf("the answer passed on: %+v", p)
	}
	x, err := r.Store.Request(t.Context(), p.Admitted[0])
	if err != nil || x.Status != store.StatusReview || x.Letters[0].ReasonCode != codePassedOn || len(x.Possibly) != 1 || x.Possibly[0] != q.Number {
		t.Errorf("%+v %v", x, err)
	}
	// A colleague's own word about a number is nobody's case.
	r.put(t, "INBOX", mail{from: "ivan@license.kz", subject: "LK-2026-000001: кто отвечает?", body: "Я не успеваю.", id: "f10@license.example"}, now)
	if p, _ := r.pass(t); p.Seen != 1 || len(p.Admitted) != 0 {
		t.Errorf("staff's own letter: %+v", p)
	}
}
