package desk

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// A letter whose words stand in a text that is attached gets the same verdict from the
// mailbox as from its file, and a large file that says nothing is not read.
func TestWordsInAFile(t *testing.T) {
	const demand = "Отзываю своё согласие на обработку моих персональных данных. Иванов И.И."
	file := func(head, text string) string {
		return "--q\r\n" + head + "Content-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(text)) + "\r\n"
	}
	const (
		plain = "Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; filename=a.txt\r\n"
		bare  = "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=a.html\r\n"
		pdf   = "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=b.pdf\r\n"
	)
	large := strings.Repeat("2026-11-20 10:00:00 started\r\n", 3000)
	var want, got = map[uint32]rules.Verdict{}, map[uint32]rules.Verdict{}
	r := newRig(t)
	var uid uint32
	for _, text := range []string{"", "С уважением, Иван Иванов", "Добрый день! Направляем Вам файл для ознакомления, ждём ответа до пятницы."} {
		for _, files := range []string{
			file(plain, demand), file(bare, "<p>"+demand+"</p>"), file(pdf, large) + file(plain, demand), file(plain, demand) + file(pdf, large),
			file(plain, strings.Repeat("Сведения. ", 60)+demand), file(plain, "Счёт № 15"), file(bare, "<style>"+large+"</style><p>"+demand), file(plain, strings.Repeat(large, 3)),
		} {
			uid++
			raw := fmt.Appendf(nil, "From: p%d@mail.example\r\nTo: %s\r\nSubject: Письмо\r\nMessage-ID: <%d@mail.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n"+
				"--q\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n%s--q--\r\n", uid, account, uid, text, files)
			if err := r.box.Put("INBOX", raw, now.Add(-time.Hour)); err != nil {
				t.Fatal(err)
			}
			want[uid] = r.Policy.Classify(Facts(mailbox.Parse(bytes.NewReader(raw))), r.Operator.Own).Verdict
			got[uid] = rules.None
		}
	}
	var read []uint32
	r.Inbox = thrifty{r.Inbox, false, &read}
	r.pass(t)
	for uid, req := range places(t, r) {
		if got[uid] = rules.Request; req.Status == store.StatusReview {
			got[uid] = rules.Review
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("from the mailbox %v, from files %v", got, want)
	}
	for verdict, uids := range map[rules.Verdict][]uint32{rules.Request: {1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 13, 15}, rules.Review: {17, 18, 19, 20, 21, 23}} {
		for _, uid := range uids {
			if want[uid] != verdict {
				t.Errorf("letter %d is a %s, want %s", uid, want[uid], verdict)
			}
		}
	}
	if slices.Contains(read, 16) || slices.Contains(read, 24) {
		t.Errorf("a large file that says nothing was read: %v", read)
	}
}
