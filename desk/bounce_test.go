package desk

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// sentOne sends one acknowledgement and returns the letter that the server has.
func sentOne(t *testing.T) (*rig, *mailbox.Message, []byte) {
	t.Helper()
	r := outboxRig(t)
	if f, err := r.Flush(t.Context()); err != nil || f.Sent != 1 {
		t.Fatalf("flush: %+v %v", f, err)
	}
	raw := r.box.Sent()[0].Raw
	return r, mailbox.Parse(bytes.NewReader(raw)), raw
}

const statusFailed = "Reporting-MTA: dns; mx.one.example\r\n\r\nFinal-Recipient: rfc822; a@one.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"

// report builds a report of RFC 3464 out of its parts, each with its type.
func report(kind string, parts ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.one.example\r\nTo: %s\r\nSubject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n", account)
	fmt.Fprintf(&b, "Message-ID: <dsn@mx.one.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=%s; boundary=b\r\n\r\n", kind)
	for i := 0; i+1 < len(parts); i += 2 {
		b.WriteString("--b\r\nContent-Type: " + parts[i] + "\r\n\r\n" + parts[i+1] + "\r\n")
	}
	return b.String() + "--b--\r\n"
}

func headerOf(raw []byte) string {
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	return string(head) + "\r\n"
}

func plainReport(from, subject, body string) string {
	return fmt.Sprintf("Return-Path: <>\r\nFrom: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <plain@mx.one.example>\r\n\r\n%s", from, account, subject, body)
}

// A report in any of its shapes that quotes our Message-ID turns the letter
// into a failed one, once, and one alarm tells staff.
func TestBounceShapes(t *testing.T) {
	shapes := map[string]func(raw []byte, id string) string{
		"returned letter": func(raw []byte, _ string) string {
			return report("delivery-status", "text/plain", "Sorry.", "message/delivery-status", statusFailed, "message/rfc822", string(raw))
		},
		"returned header": func(raw []byte, _ string) string {
			return report("delivery-status", "text/plain", "Sorry.", "message/delivery-status", statusFailed, "text/rfc822-headers", headerOf(raw))
		},
		"encoded header": func(raw []byte, _ string) string {
			return report("delivery-status", "text/plain", "Sorry.", "message/delivery-status", statusFailed,
				"text/rfc822-headers\r\nContent-Transfer-Encoding: base64", base64.StdEncoding.EncodeToString([]byte(headerOf(raw))))
		},
		"qmail": func(raw []byte, _ string) string {
			return plainReport("MAILER-DAEMON@mx.one.example", "failure notice", "Hi. This is the qmail-send program at mx.one.example.\r\nI'm afraid I wasn't able to deliver your message to the following addresses.\r\nThis is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n<a@one.example>:\r\n550 5.1.1 no such user\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n"+string(raw))
		},
		"exim": func(raw []byte, _ string) string {
			return "X-Failed-Recipients: a@one.example\r\n" + plainReport("Mail Delivery System <Mailer-Daemon@mx.one.example>", "Mail delivery failed: returning message to sender", "A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\r\n\r\n------ This is a copy of the message's header. ------\r\n\r\n"+headerOf(raw))
		},
		"id alone": func(_ []byte, id string) string {
			return plainReport("postmaster@one.example", "Undeliverable: mail", "Delivery has failed.\r\nOriginal message id: "+id+"\r\n")
		},
		"after a long explanation": func(raw []byte, _ string) string {
			return report("delivery-status", "text/plain", strings.Repeat("Your message could not be delivered, alas.\r\n", 400), "message/delivery-status", statusFailed, "text/rfc822-headers", headerOf(raw))
		},
		"letter after a hundred KB": func(raw []byte, _ string) string {
			return report("delivery-status", "text/plain", strings.Repeat("Your message could not be delivered, alas.\r\n", 2500), "message/delivery-status", statusFailed, "message/rfc822", string(raw))
		},
		"encoded, after a hundred KB": func(raw []byte, _ string) string {
			return report("delivery-status", "text/plain", strings.Repeat("Your message could not be delivered, alas.\r\n", 2500), "message/delivery-status", statusFailed,
				"text/rfc822-headers\r\nContent-Transfer-Encoding: base64", base64.StdEncoding.EncodeToString([]byte(headerOf(raw))))
		},
		"qmail, after a hundred KB": func(raw []byte, _ string) string {
			return plainReport("MAILER-DAEMON@mx.one.example", "failure notice", strings.Repeat("I'm afraid I wasn't able to deliver your message.\r\n", 2500)+"<a@one.example>:\r\n550 5.1.1 no such user\r\n\r\n"+string(raw))
		},
		"neither return path nor a mail system's address": func(raw []byte, _ string) string {
			return strings.NewReplacer("Return-Path: <>\r\n", "", "MAILER-DAEMON@mx.one.example", `"Courier mail server at mx.one.example" <@>`).Replace(
				report("delivery-status", "message/delivery-status", statusFailed, "text/rfc822-headers", headerOf(raw)))
		},
		"told in the text alone": func(raw []byte, _ string) string {
			return plainReport(`"Courier mail server at mx.one.example" <@>`, "NOTICE: mail delivery status.",
				"UNDELIVERABLE MAIL\r\n\r\n<a@one.example>:\r\n550 5.1.1 no such user\r\n\r\n"+headerOf(raw))
		},
		"envelope alone": func(_ []byte, id string) string {
			return report("delivery-status", "message/delivery-status", "Original-Envelope-Id: "+envelopeID(id)+"\r\n"+statusFailed)
		},
		"envelope alone, encoded": func(_ []byte, id string) string {
			return report("delivery-status", "message/delivery-status\r\nContent-Transfer-Encoding: base64",
				base64.StdEncoding.EncodeToString([]byte("Original-Envelope-Id: "+envelopeID(id)+"\r\n"+statusFailed))+"\r\n--b\r\nContent-Type: text/plain\r\n\r\nAction: failed\r\nStatus: 5.1.1")
		},
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			r, m, raw := sentOne(t)
			if err := r.box.Put("INBOX", []byte(shape(raw, m.MessageID)), now); err != nil {
				t.Fatal(err)
			}
			if p, _ := r.pass(t); len(p.Admitted) != 0 || p.Joined != 0 {
				t.Errorf("the report was registered: %+v", p)
			}
			mail := onlyMail(t, r)
			if mail.State != store.MailFailed || mail.Reason.Code != store.ReasonBounced {
				t.Fatalf("the letter is %s %s", mail.State, mail.Reason.Code)
			}
			q := r.all(t)[0]
			if q.Ack.State != store.MailFailed || q.Ack.Reason.Code != store.ReasonBounced {
				t.Errorf("the request says %s %s", q.Ack.State, q.Ack.Reason.Code)
			}
			history, err := r.Store.History(t.Context(), q.Number)
			if err != nil || history[len(history)-1].Code != store.EventBounced {
				t.Errorf("last event: %+v, %v", history[len(history)-1], err)
			}
			if n := alarms(t, r); n != 1 {
				t.Errorf("%d alarms", n)
			}
			if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
				t.Errorf("history: %v %v", breaks, err)
			}
		})
	}
}

// alarms counts the mails that tell staff of trouble.
func alarms(t *testing.T, r *rig) int {
	t.Helper()
	mails, err := r.Store.Outbox(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range mails {
		if m.Purpose == store.PurposeAlarm {
			n++
		}
	}
	return n
}

// What is no bounce of ours leaves the letter as it is.
func TestBounceForged(t *testing.T) {
	delayed := strings.ReplaceAll(strings.ReplaceAll(statusFailed, "failed", "delayed"), "5.1.1", "4.4.1")
	shapes := map[string]func(raw []byte, id string) string{
		"a token of nobody": func(raw []byte, id string) string {
			i := strings.LastIndexByte(id, '@')
			forged := id[:i-3] + "aaa" + id[i:]
			return report("delivery-status", "message/delivery-status", statusFailed, "text/rfc822-headers", strings.ReplaceAll(headerOf(raw), id, forged))
		},
		"no id": func([]byte, string) string {
			return report("delivery-status", "message/delivery-status", statusFailed)
		},
		"delay": func(raw []byte, _ string) string {
			return report("delivery-status", "message/delivery-status", delayed, "text/rfc822-headers", headerOf(raw))
		},
		"an envelope of nobody": func(_ []byte, id string) string {
			return report("delivery-status", "message/delivery-status", "Original-Envelope-Id: "+envelopeID(id)+"a\r\n"+statusFailed)
		},
		"long delay": func(raw []byte, _ string) string {
			return report("delivery-status", "text/plain", strings.Repeat("Your message is late, alas.\r\n", 4000), "message/delivery-status", delayed, "message/rfc822", string(raw))
		},
		"long list letter that quotes us": func(raw []byte, _ string) string {
			return plainReport("news@one.example", "News", strings.Repeat("All the news.\r\n", 6000)+"Action: failed\r\nStatus: 5.1.1\r\n"+string(raw))
		},
		"delay in words": func(raw []byte, _ string) string {
			return plainReport("MAILER-DAEMON@mx.one.example", "Warning: message delayed", "THIS IS A WARNING MESSAGE ONLY.\r\n"+headerOf(raw))
		},
		"read": func(raw []byte, _ string) string {
			return report("disposition-notification", "message/disposition-notification", "Disposition: manual-action/MDN-sent-manually; displayed\r\n", "text/rfc822-headers", headerOf(raw))
		},
		"absence note that quotes us": func(raw []byte, _ string) string {
			return plainReport("a@one.example", "Автоответ: в отпуске", "Я в отпуске.\r\n\r\n"+headerOf(raw))
		},
		"person who quotes us": func(raw []byte, id string) string {
			return fmt.Sprintf("Return-Path: <a@one.example>\r\nFrom: a@one.example\r\nTo: %s\r\nSubject: Re: письмо\r\nMessage-ID: <p@one.example>\r\nIn-Reply-To: %s\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n%s", account, id, headerOf(raw))
		},
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			r, m, raw := sentOne(t)
			if err := r.box.Put("INBOX", []byte(shape(raw, m.MessageID)), now); err != nil {
				t.Fatal(err)
			}
			r.pass(t)
			if mail := onlyMail(t, r); mail.State != store.MailSent {
				t.Errorf("the letter is %s %v", mail.State, mail.Reason)
			}
			if n := alarms(t, r); n != 0 {
				t.Errorf("%d alarms", n)
			}
		})
	}
}

// An address that bounced is registered and hears nothing for sixty days.
func TestBounceSilences(t *testing.T) {
	r, m, raw := sentOne(t)
	if err := r.box.Put("INBOX", []byte(report("delivery-status", "message/delivery-status", statusFailed, "message/rfc822", string(raw))), now); err != nil {
		t.Fatal(err)
	}
	r.pass(t)
	for i, days := range []int{50, 70} {
		at := now.Add(time.Duration(days) * 24 * time.Hour)
		r.Now = func() time.Time { return at }
		r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: fmt.Sprintf("Снова прошу, раз %d.", i), id: fmt.Sprintf("again-%d@one.example", i)}, at)
		r.pass(t)
	}
	list := r.all(t)
	if len(list) != 3 {
		t.Fatalf("%d requests, want 3: %s", len(list), m.MessageID)
	}
	if q := byID(list, "<again-0@one.example>"); q.Ack.State != store.MailNone || q.Letters[0].AnswerCode != rules.NeverBounced {
		t.Errorf("after 50 days: %s, %q", q.Ack.State, q.Letters[0].AnswerCode)
	}
	if q := byID(list, "<again-1@one.example>"); q.Ack.State != store.MailSent {
		t.Errorf("after 70 days: %s, %q", q.Ack.State, q.Letters[0].AnswerCode)
	}
}

func byID(list []store.Request, id string) store.Request {
	for _, q := range list {
		if q.Letters[0].MessageID == id {
			return q
		}
	}
	return store.Request{Letters: make([]store.Letter, 1)}
}

// A recipient may write anything where the status belongs.
func TestStatusOfReport(t *testing.T) {
	for said, want := range map[string]string{
		"5.1.1": "5.1.1", "5.7.509": "5.7.509", "5.1.1,smtp": "5.1.1", "4.4.1": "", "": "",
		"5.ivanov@one.example": "", "5.1": "", "ivanov-5.1.1": "", "5." + strings.Repeat("1", 10_000): "",
	} {
		if got := permanent(said); got != want {
			t.Errorf("%.40q is status %q, want %q", said, got, want)
		}
	}
}
