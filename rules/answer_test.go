package rules

import (
	"slices"
	"strings"
	"testing"
)

// plainLetter is a letter that may be answered; the tests below change one
// thing at a time.
func plainLetter() Facts {
	f := letterFrom("Отзыв согласия на обработку персональных данных", "Прошу исполнить. Иванов И.И.")
	path := "ivan@mail.example"
	f.ReturnPath = &path
	f.Fields = map[string][]string{"message-id": {"<1@mail.example>"}}
	f.ContentType = "text/plain"
	return f
}

func TestPlainLetterMayBeAnswered(t *testing.T) {
	p := BuiltIn()
	for _, trust := range []Trust{TrustVerified, TrustPartial, TrustNone, ""} {
		if a, r := p.MayAnswer(plainLetter(), p.Own(), trust); a != AnswerSend || r.Code != "" {
			t.Errorf("trust %q: %s %v", trust, a, r)
		}
	}
}

func TestMayAnswerCodes(t *testing.T) {
	p := BuiltIn()
	field := func(name string, values ...string) func(*Facts) {
		return func(f *Facts) { f.Fields[name] = values }
	}
	text := func(s string) func(*Facts) { return func(f *Facts) { f.Text = s } }
	path := func(s string) func(*Facts) { return func(f *Facts) { f.ReturnPath = &s } }
	from := func(addr string) func(*Facts) {
		return func(f *Facts) { f.From = []Address{{Addr: addr}}; f.ReturnPath = &addr }
	}
	for _, c := range []struct {
		name, code string
		change     func(*Facts)
	}{
		{"RFC 3834 section 2: empty reverse-path", NeverNullPath, path("")},
		{"reverse-path as brackets", NeverNullPath, path("<>")},
		{"missing reverse-path is no reason", "", func(f *Facts) { f.ReturnPath = nil }},
		{"no sender", NeverNoAddress, func(f *Facts) { f.From = nil }},
		{"unreadable sender", NeverNoAddress, from("ivan")},
		{"sender in a literal", NeverNoAddress, from("ivan@[10.0.0.1]")},
		{"RFC 3834 section 5: auto-replied", NeverAuto, field("auto-submitted", "auto-replied")},
		{"auto-generated with a parameter", NeverAuto, field("auto-submitted", "Auto-Generated; owner=x")},
		{"any other keyword", NeverAuto, field("auto-submitted", "yes")},
		{"no with a comment is no reason", "", field("auto-submitted", "(a (nested) comment) No")},
		{"several fields: any", NeverAuto, field("auto-submitted", "no", "auto-notified")},
		{"report", NeverReport, func(f *Facts) { f.ContentType = "multipart/report" }},
		{"RFC 8098 receipt", NeverReport, func(f *Facts) { f.Parts = []string{"text/plain", "message/disposition-notification"} }},
		{"failed recipients", NeverReport, field("x-failed-recipients", "a@b.example")},
		{"mailer-daemon", NeverRobotAddress, from("MAILER-DAEMON@mail.example")},
		{"no-reply", NeverRobotAddress, from("no-reply@shop.example")},
		{"do_not_reply", NeverRobotAddress, from("do_not_reply@shop.example")},
		{"list owner", NeverRobotAddress, from("owner-news@list.example")},
		{"list request", NeverRobotAddress, from("news-request@list.example")},
		{"robot in Reply-To", NeverRobotAddress, func(f *Facts) { f.ReplyTo = []Address{{Addr: "noreply@mail.example"}} }},
		{"bounce address in the envelope", NeverRobotAddress, path("bounce-17@mail.example")},
		{"own address", NeverOwn, from("info@license.kz")},
		{"own domain", NeverOwn, from("Manager@License.KZ")},
		{"own loop sign", NeverLoop, field("x-pometka-loop", "token")},
		{"own Message-ID", NeverLoop, field("message-id", "<ack.LK-2026-000001.abc@license.kz>")},
		{"X-Loop", NeverLoopField, field("x-loop", "yes")},
		{"X-Loop with our address", NeverLoopField, field("x-loop", "<info@license.kz>")},
		{"X-Loop of somebody else is no reason", "", field("x-loop", "other@list.example")},
		{"X-Autoreply", NeverLoopField, field("x-autoreply", "yes")},
		{"X-POST-MessageClass", NeverLoopField, field("x-post-messageclass", "9; Autoresponder")},
		{"Delivered-To autoresponder", NeverLoopField, field("delivered-to", "Autoresponder")},
		{"bulk", NeverPrecedence, field("precedence", "Bulk")},
		{"X-Precedence", NeverPrecedence, field("x-precedence", "auto_reply")},
		{"precedence of a person is no reason", "", field("precedence", "normal")},
		{"virus", NeverSpam, field("x-virus-status", "Infected (Eicar)")},
		{"spam beyond doubt", NeverSpam, field("x-spam-score", "23.4")},
		{"26 hops", NeverHops, func(f *Facts) { f.Received = 26 }},
		{"25 hops", "", func(f *Facts) { f.Received = 25 }},

		{"RFC 2919 list", HoldList, field("list-id", "<staff.firma.example>")},
		{"precedence list", HoldList, field("precedence", "list")},
		{"feedback id", HoldList, field("feedback-id", "1:2:3")},
		{"a header that was cut", HoldNotice, func(f *Facts) { f.Troubles = []string{"header-long"} }},
		{"suppress all", HoldSuppress, field("x-auto-response-suppress", "All")},
		{"suppress autoreply", HoldSuppress, field("x-auto-response-suppress", "DR, AutoReply")},
		{"suppress receipts only", "", field("x-auto-response-suppress", "DR, RN, NRN")},
		{"not addressed to us", HoldNotAddressed, func(f *Facts) { f.To = []Address{{Addr: "other@firma.example"}} }},
		{"Resent-To", "", func(f *Facts) { f.To = nil; f.Fields["resent-to"] = []string{"I-License <info@license.kz>"} }},
		{"an alias of our domain", "", func(f *Facts) { f.To = []Address{{Addr: "office@license.kz"}} }},
		{"two senders", HoldDisagree, func(f *Facts) { f.From = append(f.From, Address{Addr: "b@mail.example"}) }},
		{"Reply-To elsewhere", HoldDisagree, func(f *Facts) { f.ReplyTo = []Address{{Addr: "ivan@other.example"}} }},
		{"Sender elsewhere", HoldDisagree, func(f *Facts) { f.Sender = []Address{{Addr: "ivan@other.example"}} }},
		{"envelope elsewhere", HoldDisagree, path("x17@other.example")},
		{"envelope of a subdomain", "", path("x17@out.mail.example")},
		{"likely spam", HoldFailed, field("x-spam-flag", "YES")},
		{"passed on by staff", HoldStaffForward, func(f *Facts) { from("manager@license.kz")(f); f.Subject = "Fwd: заявление" }},
		{"own form", HoldDisagree, func(f *Facts) { from("noreply@license.kz")(f); f.ReplyTo = []Address{{Addr: "ivan@mail.example"}} }},
		{"absence in the subject", HoldAbsence, func(f *Facts) { f.Subject = "Автоответ: Претензия" }},
		{"absence in the first line", HoldAbsence, func(f *Facts) { f.Text = "Я в отпуске до 5 мая.\nИванов" }},
		{"absence in Kazakh", HoldAbsence, func(f *Facts) { f.Text = "Демалыста боламын" }},
		{"absence below a greeting", HoldAbsence, text("Добрый день!\n\nЯ в отпуске до 5 мая.\n\n> Прошу удалить мои данные")},
		{"gone for good", HoldAbsence, text("Сотрудник Иванов больше не работает в компании.")},
		{"thanks of a machine", HoldAbsence, text("Спасибо за письмо! Мы получили его и ответим в течение 3 дней.")},
		{"receipt of a machine with advice", HoldAbsence, text("Ваше письмо получено. Чтобы отозвать согласие, напишите нам.")},
		{"automatic by its own word", HoldAbsence, text("Данное сообщение сформировано автоматически, отвечать на него не нужно.")},
		{"away, and a demand", "", text("Я в отпуске, а рассылка идёт. Прошу удалить мои персональные данные.")},
		{"back in the office, and a demand", "", text("Буду в офисе в понедельник. Прошу прекратить обработку.")},
		{"back from leave, and a demand", "", text("Вчера вышел из отпуска и нашёл ваше письмо.\nУдалите мои данные.")},
		{"leave in English, and a demand", "", text("I am on vacation and still get your mail. Please delete my personal data.")},
		{"leave in Kazakh, and a demand", "", text("Демалыста жүрмін. Дербес деректерімді өңдеуге берген келісімімді қайтарып аламын.")},
		{"a demand, and then what was received", "", text("Прошу удалить мои персональные данные. Ранее ваше письмо было получено мной.")},
		{"the same in English", "", text("Please remove my personal data from your database. I received your message yesterday.")},
		{"who does not answer the telephone", "", text("Не отвечаете на звонки! Удалите мои данные.")},
		{"Exchange's own address", NeverRobotAddress, from("MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@firma.example")},
		{"MDaemon", NeverRobotAddress, from("MDaemon@firma.example")},
		{"dont-reply", NeverRobotAddress, from("dont-reply@shop.example")},
		{"ne-otvechat", NeverRobotAddress, from("ne-otvechat@shop.example")},
		{"a name with a robot's word in it", "", from("robota@mail.example")},
		{"Exchange's rules", NeverLoopField, field("x-ms-exchange-generated-message-source", "Mailbox Rules Agent")},
		{"X-Autoresponder", NeverLoopField, field("x-autoresponder", "yes")},
		{"X-Auto-Reply", NeverLoopField, field("x-auto-reply", "yes")},
		{"X-AutoReply-Domain", NeverLoopField, field("x-autoreply-domain", "firma.example")},
		{"X-OTRS-Loop", NeverLoopField, field("x-otrs-loop", "yes")},
		{"FreeScout's auto-reply", NeverLoopField, field("x-freescout-mail-type", "auto.reply")},
		{"FreeScout's staff is no reason", "", field("x-freescout-mail-type", "customer.message")},
	} {
		f := plainLetter()
		c.change(&f)
		a, r := p.MayAnswer(f, p.Own(), TrustNone)
		want := AnswerSend
		switch {
		case strings.HasPrefix(c.code, "A"):
			want = AnswerNever
		case c.code != "":
			want = AnswerHold
		}
		if a != want || r.Code != c.code {
			t.Errorf("%s: %s %v, want %s %s", c.name, a, r, want, c.code)
		}
		if r.Code != "" && !slices.Contains(ReasonCodes(), r.Code) {
			t.Errorf("%s: code %q is not listed", c.name, r.Code)
		}
	}
}

func TestTrustDecidesOnTheAnswer(t *testing.T) {
	p := BuiltIn()
	f := plainLetter()
	if a, r := p.MayAnswer(f, p.Own(), TrustFailed); a != AnswerHold || r.Code != HoldFailed {
		t.Errorf("failed: %s %v", a, r)
	}
	other := "x17@sender.example"
	f.ReturnPath = &other
	if a, r := p.MayAnswer(f, p.Own(), TrustVerified); a != AnswerSend {
		t.Errorf("verified, carried by a mailing service: %s %v", a, r)
	}
}

// What forbids an answer is found before what holds it.
func TestNeverBeatsHeld(t *testing.T) {
	p := BuiltIn()
	f := plainLetter()
	f.Fields["list-id"] = []string{"<x>"}
	f.Fields["precedence"] = []string{"bulk"}
	if a, r := p.MayAnswer(f, p.Own(), TrustFailed); a != AnswerNever || r.Code != NeverPrecedence {
		t.Errorf("%s %v", a, r)
	}
}

func TestOwnLoopSignWithToken(t *testing.T) {
	p := BuiltIn()
	own := p.Own()
	own.Loop = "mine"
	f := plainLetter()
	f.Fields["x-pometka-loop"] = []string{"somebody-elses"}
	if a, _ := p.MayAnswer(f, own, TrustNone); a != AnswerSend {
		t.Error("another desk's letter is taken for ours")
	}
	f.Fields["x-pometka-loop"] = []string{"mine"}
	if v := p.Classify(f, own); v.Verdict != None || v.Reason.Code != ReasonOurs {
		t.Errorf("our own letter: %s %v", v.Verdict, v.Reason)
	}
}

func TestOrganisation(t *testing.T) {
	for addr, want := range map[string]string{
		"a@mail.ru": "mail.ru", "a@out.mail.ru": "mail.ru", "a@firma.com.kz": "firma.com.kz", "a@x.firma.com.kz": "firma.com.kz",
		"a@dept.gov.kz": "dept.gov.kz", "a@localhost": "localhost", "nobody": "",
	} {
		if got := organisation(addr); got != want {
			t.Errorf("%s: %q, want %q", addr, got, want)
		}
	}
}

// Staff's own mail program writes Message-IDs of our domain: what they pass on
// waits for a person, and is no answer of ours to ourselves.
func TestStaffForwardWithOwnMessageID(t *testing.T) {
	p := BuiltIn()
	own := p.Own()
	f := Facts{
		Subject: "Fwd: Заявление", Text: "---------- Forwarded message ---------\nFrom: a@b.kz\n\nОтзываю согласие",
		From: []Address{{Addr: "staff@" + own.Domain}}, To: []Address{{Addr: p.Operator.Address}},
		Fields: map[string][]string{"message-id": {"<1@" + own.Domain + ">"}},
	}
	if a, r := p.MayAnswer(f, own, TrustVerified); a != AnswerHold || r.Code != HoldStaffForward {
		t.Errorf("%s %v", a, r)
	}
	f.From[0].Addr = "person@example.com"
	if a, r := p.MayAnswer(f, own, TrustVerified); a != AnswerNever || r.Code != NeverLoop {
		t.Errorf("of another sender: %s %v", a, r)
	}
}
