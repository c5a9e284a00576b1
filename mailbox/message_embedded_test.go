package mailbox

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
)

const enclosed = "From: =?koi8-r?Q?=E9=D7=C1=CE?= <ivan@example.kz>\r\nSubject: =?windows-1251?B?zvLn++I=?=\r\nMessage-ID: <1@example.kz>\r\n" +
	"Content-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nПрошу удалить мои данные\r\n" +
	"--in\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--in--\r\n"

func TestEmbedded(t *testing.T) {
	around := func(parts ...string) string {
		return head + "Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n\r\nsee below\r\n--q\r\n" + strings.Join(parts, "\r\n--q\r\n") + "\r\n--q--\r\n"
	}
	want := Embedded{Subject: "Отзыв", From: []Address{{"Иван", "ivan@example.kz"}}, Text: "Прошу удалить мои данные", MessageID: "<1@example.kz>"}
	encoded := base64.StdEncoding.EncodeToString([]byte(enclosed))
	for name, raw := range map[string]string{
		"inline":         around("Content-Type: message/rfc822\r\n\r\n" + enclosed),
		"attached":       around("Content-Type: message/rfc822; name=\"x.eml\"\r\nContent-Disposition: attachment\r\n\r\n" + enclosed),
		"encoded":        around("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded),
		"as a file":      around("Content-Type: application/octet-stream; name=\"letter.EML\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded),
		"not closed":     strings.TrimSuffix(around("Content-Type: message/rfc822\r\n\r\n"+enclosed), "\r\n--q--\r\n"),
		"inner not shut": around("Content-Type: message/rfc822\r\n\r\n" + strings.TrimSuffix(enclosed, "--in--\r\n")),
	} {
		m := parse(raw)
		if m.Text != "see below" || len(m.Embedded) != 1 || len(m.Attachments) != 1 || m.Attachments[0].Size < 300 {
			t.Errorf("%s: text %q, attachments %v, letters %+v", name, m.Text, m.Attachments, m.Embedded)
			continue
		}
		got := m.Embedded[0]
		if got.Subject != want.Subject || got.Text != want.Text || got.MessageID != want.MessageID || !slices.Equal(got.From, want.From) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
		if len(m.Parts) != 3 || len(m.Troubles) != 0 {
			t.Errorf("%s: parts %v, troubles %v: those of the inner letter do not belong there", name, m.Parts, m.Troubles)
		}
	}
}

func TestEmbeddedInEmbedded(t *testing.T) {
	m := parse(head + "Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\nContent-Type: message/rfc822\r\n\r\n" +
		"Subject: outer\r\nContent-Type: multipart/mixed; boundary=w\r\n\r\n--w\r\n\r\nforwarded\r\n--w\r\nContent-Type: message/rfc822\r\n\r\n" +
		"Subject: inner\r\n\r\ninnermost\r\n--w--\r\n--q--\r\n")
	if len(m.Embedded) != 2 || m.Embedded[0].Text != "forwarded" || m.Embedded[1].Subject != "inner" || m.Embedded[1].Text != "innermost" || m.Text != "" {
		t.Errorf("letters %+v, text %q", m.Embedded, m.Text)
	}
}

func TestBounce(t *testing.T) {
	m := parse("From: mailer-daemon@example.kz\r\nReturn-Path: <>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=q\r\n\r\n" +
		"--q\r\n\r\nCould not be delivered.\r\n--q\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n\r\n--q\r\nContent-Type: text/rfc822-headers\r\n\r\n" +
		"Message-ID: <ack.1@license.kz>\r\nSubject: x\r\n--q--\r\n")
	if m.Text != "Could not be delivered." || m.ContentType != "multipart/report" || len(m.Embedded) != 1 || m.Embedded[0].MessageID != "<ack.1@license.kz>" {
		t.Errorf("text %q, letters %+v", m.Text, m.Embedded)
	}
	if want := []string{"multipart/report", "text/plain", "message/delivery-status", "text/rfc822-headers"}; !slices.Equal(m.Parts, want) {
		t.Errorf("parts %v", m.Parts)
	}
}

func TestReportedIDs(t *testing.T) {
	report := "From: mailer-daemon@example.kz\r\nContent-Type: multipart/report; boundary=q\r\n\r\n--q\r\n\r\nSorry.\r\n--q\r\n"
	for name, c := range map[string]struct {
		raw  string
		want []string
	}{
		"delivery status": {report + "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\nX-Original-Message-ID: <1@a>\r\nAction: failed\r\n--q--\r\n", []string{"<1@a>"}},
		"receipt":         {report + "Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822;a\r\nOriginal-Message-ID: <2@a>\r\n--q--\r\n", []string{"<2@a>"}},
		"returned header": {report + "Content-Type: text/rfc822-headers\r\n\r\nMessage-Id: <3@a>\r\n--q--\r\n", []string{"<3@a>"}},
		"returned letter": {report + "Content-Type: message/rfc822\r\n\r\nMessage-Id: <4@a>\r\n\r\nx\r\n--q--\r\n", []string{"<4@a>"}},
		"reply":           {"In-Reply-To: <5@a>\r\nReferences: <6@a> <5@a>\r\n\r\nx", []string{"<5@a>", "<6@a>"}},
		"quoted header":   {"Subject: failure notice\r\n\r\nHi. This is the qmail-send program.\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nReceived: x\r\nMessage-ID: <7@a>\r\n> message-id : <8@a>\r\n", []string{"<7@a>", "<8@a>"}},
		"nothing":         {"Message-ID: <own@a>\r\n\r\nmessage-id without brackets: 9", nil},
	} {
		if got := parse(c.raw).ReportedIDs(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestDigest(t *testing.T) {
	m := parse(head + "Content-Type: multipart/digest; boundary=q\r\n\r\n--q\r\n\r\nSubject: one\r\n\r\n1\r\n--q\r\n\r\nSubject: two\r\n\r\n2\r\n--q--\r\n")
	if len(m.Embedded) != 2 || m.Embedded[1].Subject != "two" || m.Embedded[1].Text != "2" {
		t.Errorf("letters %+v", m.Embedded)
	}
}
