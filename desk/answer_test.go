package desk

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

var staffer = Actor{Login: "bota"}

// stepsOf says of every step of the kind that it was done.
func stepsOf(r *rig, k rules.Kind) []store.StepDone {
	rule, _ := r.Policy.Kind(k)
	var steps []store.StepDone
	for _, s := range rule.Steps {
		if s.ID != StepAnswered {
			steps = append(steps, store.StepDone{ID: s.ID, Done: true})
		}
	}
	return steps
}

// answerNow drafts an answer and queues it.
func answerNow(t *testing.T, r *rig, number string, reply Reply) store.Request {
	t.Helper()
	draft, err := r.DraftAnswer(t.Context(), number, reply, staffer)
	if err != nil {
		t.Fatal(err)
	}
	after, err := r.SendAnswer(t.Context(), draft)
	if err != nil {
		t.Fatal(err)
	}
	return after
}

// An answer closes its request in the transaction that queues it, goes to the
// person alone in the person's thread, is the same at every try, and the
// person's reply to it finds the request.
func TestAnswer(t *testing.T) {
	r := newRig(t)
	r.Staff = []Member{{Name: "Бота Ахметова", Address: "bota@license.kz", Login: "bota"}}
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу прекратить обработку.", id: "1@one.example", fields: []string{"References: <0@one.example>"}}, now.Add(-time.Hour))
	r.pass(t)
	q := r.all(t)[0]
	var tries [][]byte
	r.box.SMTP.OnDot = func(e sandbox.Envelope) error {
		if tries = append(tries, e.Raw); len(tries) == 1 {
			return sandbox.Reply(451, "4.3.0", "later")
		}
		return nil
	}
	file := mailbox.File{Name: "Ответ по обращению.pdf", Type: "application/pdf", Data: bytes.Repeat([]byte("%PDF\x00\xff"), 5000)}
	after := answerNow(t, r, q.Number, Reply{
		Template: AnswerDone, Files: []mailbox.File{file}, Close: store.StatusDone, Why: "обработка прекращена", Steps: stepsOf(r, q.Kind),
	})
	if after.Status != store.StatusDone || !slices.Contains(after.Steps, store.StepDone{ID: StepAnswered, Done: true}) {
		t.Errorf("after the answer: %s %v", after.Status, after.Steps)
	}
	if _, err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	later := now.Add(2 * time.Hour)
	r.Now = func() time.Time { return later }
	if f, err := r.Flush(t.Context()); err != nil || f.Sent != 1 {
		t.Fatalf("second try: %+v %v", f, err)
	}
	if len(tries) != 2 || !bytes.Equal(tries[0], tries[1]) {
		t.Fatalf("%d tries, or not the same bytes", len(tries))
	}
	m := mailbox.Parse(bytes.NewReader(tries[1]))
	if len(m.To) != 1 || m.To[0] != (mailbox.Address{Addr: "a@one.example"}) || m.InReplyTo != "<1@one.example>" ||
		fmt.Sprint(m.References) != "[<0@one.example> <1@one.example>]" || !r.isOurs(m.MessageID) {
		t.Errorf("to %v, in reply to %s, references %v, id %s", m.To, m.InReplyTo, m.References, m.MessageID)
	}
	head, _, _ := bytes.Cut(tries[1], []byte("\r\n\r\n"))
	for _, never := range []string{"Auto-Submitted", "Cc:", "Bcc:", "\r\nReply-To:", "User-Agent", "X-Mailer"} {
		if bytes.Contains(head, []byte(never)) {
			t.Errorf("the header has %s:\n%s", never, head)
		}
	}
	if len(m.Attachments) != 1 || m.Attachments[0].Name != file.Name || m.Attachments[0].Size != int64(len(file.Data)) {
		t.Errorf("attachments: %+v", m.Attachments)
	}
	for _, want := range []string{q.Number, "обработка прекращена", "Бота Ахметова"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("%q is not in:\n%s", want, m.Text)
		}
	}
	if strings.Contains(m.Text, "ответ заявителю отправлен") {
		t.Errorf("the answer speaks of itself:\n%s", m.Text)
	}
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Re: Ответ", body: "А что с договором? Я не согласна.", id: "2@one.example", fields: []string{"In-Reply-To: " + m.MessageID}}, later)
	r.pass(t)
	if list := r.all(t); len(list) != 1 || list[0].Status != store.StatusOpen || list[0].LetterCount != 2 {
		t.Errorf("after the person's reply: %d requests, %s", len(list), list[0].Status)
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Errorf("history: %v %v", breaks, err)
	}
}

// Asking for documents makes the request wait for them; that they came ends it.
func TestAnswerAsksForDocuments(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Актуализация персональных данных", body: "У меня новая фамилия.", id: "1@one.example"}, now.Add(-time.Hour))
	r.pass(t)
	q := r.all(t)[0]
	after := answerNow(t, r, q.Number, Reply{Template: AnswerDocuments, Text: "Нужна копия свидетельства о браке."})
	if after.Status != store.StatusWaiting || len(after.Waits) != 1 {
		t.Fatalf("after asking: %s %v", after.Status, after.Waits)
	}
	answerNow(t, r, q.Number, Reply{Text: "Напоминаем о документах."}) // an answer more changes nothing
	today := r.Today()
	after, err := r.Set(t.Context(), q.Number, Setting{Documents: &today}, "", staffer)
	if err != nil || after.Status != store.StatusOpen || after.ActBy.IsZero() {
		t.Errorf("with the documents: %s %v %v", after.Status, after.ActBy, err)
	}
	if _, err := r.Flush(t.Context()); err != nil || len(r.box.Sent()) != 3 {
		t.Errorf("%d letters sent, %v", len(r.box.Sent()), err)
	}
}

// Where no term of the kind runs from documents, a letter that asks for them promises none,
// and staff says which they are.
func TestAnswerPromisesNoTermThatIsNone(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу прекратить обработку.", id: "1@one.example"}, now.Add(-time.Hour))
	r.pass(t)
	q := r.all(t)[0]
	if _, err := r.DraftAnswer(t.Context(), q.Number, Reply{Template: AnswerDocuments}, staffer); !errors.Is(err, ErrNoText) {
		t.Errorf("without a word about which: %v", err)
	}
	const which = "Нужна доверенность."
	for lang, never := range map[rules.Lang][]string{
		rules.RU: {"рабоч", "новые данные", "изменим"}, rules.KK: {"жұмыс күні", "аңа деректер", "өзгертеміз"}, rules.EN: {"working", "new data", "change"},
	} {
		draft, err := r.DraftAnswer(t.Context(), q.Number, Reply{Template: AnswerDocuments, Text: which, Language: lang}, staffer)
		if err != nil {
			t.Fatal(err)
		}
		text := mailbox.Parse(bytes.NewReader(draft.Raw)).Text
		if !strings.Contains(text, which) {
			t.Errorf("%q is not in:\n%s", which, text)
		}
		for _, w := range never {
			if strings.Contains(text, w) {
				t.Errorf("%q is in:\n%s", w, text)
			}
		}
	}
}

// The same answer does not go out twice within a day; other words, another person or the same
// again when it did not arrive do.
func TestAnswerGoesOutOnce(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу прекратить обработку.", id: "1@one.example"}, now.Add(-time.Hour))
	r.pass(t)
	n, reply := r.all(t)[0].Number, Reply{Text: "Мы разбираемся.", Files: []mailbox.File{{Name: "a.pdf", Data: []byte("%PDF")}}}
	again := func() error {
		draft, err := r.DraftAnswer(t.Context(), n, reply, staffer)
		if err == nil {
			_, err = r.SendAnswer(t.Context(), draft)
		}
		return err
	}
	if err := again(); err != nil {
		t.Fatal(err)
	}
	for _, state := range []string{"queued", "sent"} {
		if err := again(); !errors.Is(err, ErrRepeated) {
			t.Errorf("%s, once more: %v", state, err)
		}
		if _, err := r.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	first := reply
	for what, other := range map[string]func(){
		"other words": func() { reply.Text = "Мы ещё разбираемся." }, "another address": func() { reply.To = "b@two.example" },
		"another file": func() { reply.Files = []mailbox.File{{Name: "a.pdf", Data: []byte("%PDF-2")}} },
		"a day later":  func() { later := now.Add(25 * time.Hour); r.Now = func() time.Time { return later } },
	} {
		reply, r.Now = first, func() time.Time { return now }
		if other(); again() != nil {
			t.Errorf("%s: %v", what, again())
		}
	}
	reply = Reply{Text: "Его никто не получил."}
	if err := again(); err != nil {
		t.Fatal(err)
	}
	mails, err := r.Store.MailsTo(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Drop(t.Context(), mails[len(mails)-1].ID, staffer); err != nil {
		t.Fatal(err)
	}
	if err := again(); err != nil {
		t.Errorf("after it was dropped: %v", err)
	}
}

// What no term of the kind depends on is not recorded: the number may be mistyped. It is where
// nobody knows the kind yet, with the kind that needs it, and where it ends a wait.
func TestSetWhatMatters(t *testing.T) {
	r := newActed(t)
	yes, day, none, claim := true, r.Today(), rules.Date{}, rules.Kind("claim")
	for _, c := range []struct {
		status store.Status
		kind   rules.Kind // to be set before
		s      Setting
		want   error
	}{
		{store.StatusOpen, "opt_out", Setting{Consumer: &yes}, ErrMoot},
		{store.StatusOpen, "opt_out", Setting{Documents: &day}, ErrMoot},
		{store.StatusOpen, "opt_out", Setting{Documents: &none}, ErrSame},
		{store.StatusOpen, "", Setting{Consumer: &yes}, ErrMoot},
		{store.StatusOpen, "", Setting{Documents: &day}, nil},
		{store.StatusOpen, "opt_out", Setting{Consumer: &yes, Kind: &claim}, nil},
		{store.StatusReview, "", Setting{Consumer: &yes, Documents: &day}, nil},
		{store.StatusWaiting, "opt_out", Setting{Documents: &day}, nil},
	} {
		n := r.in(c.status)
		if c.kind != "" {
			must(t)(r.Set(t.Context(), n, Setting{Kind: &c.kind}, "ошибка", clerk))
		}
		before := r.request(t, n).Revision
		_, err := r.Set(t.Context(), n, c.s, "узнали", clerk)
		if !errors.Is(err, c.want) || (err != nil) != (r.request(t, n).Revision == before) {
			t.Errorf("%s, %q, %+v: %v, want %v", c.status, c.kind, c.s, err, c.want)
		}
	}
}

// Nobody but a person can say where the answer goes when the address is ours,
// forged, gone or none.
func TestAnswerRecipients(t *testing.T) {
	r := newRig(t)
	r.Acknowledge.AuthservID = "mx.license.kz"
	put := func(n int, from, field, body string) {
		m := mail{from: from, subject: withdrawalMark, body: body, id: fmt.Sprintf("%d@one.example", n)}
		if err := r.box.Put("INBOX", append([]byte(field), m.raw()...), now.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	put(1, "a@one.example", "Authentication-Results: mx.license.kz; dmarc=fail header.from=one.example\r\n", "Прошу.")
	put(2, "b@two.example", "", "Прошу исполнить.")
	put(3, "bota@license.kz", "", "-------- Пересылаемое сообщение --------\r\nОт: Айгерим <a@one.example>\r\nТема: "+withdrawalMark+"\r\n\r\nПрошу прекратить обработку моих персональных данных.")
	r.box.SMTP.OnRcpt = func(to string) error {
		if to == "b@two.example" {
			return sandbox.Reply(550, "5.1.1", "no such user")
		}
		return nil
	}
	r.pass(t)
	want := map[string]string{"a@one.example": RecipientFailed, "b@two.example": RecipientBounced, "bota@license.kz": RecipientOwn}
	for _, q := range r.all(t) {
		_, err := r.DraftAnswer(t.Context(), q.Number, Reply{Text: "Здравствуйте!"}, staffer)
		var to *RecipientError
		if from := q.Letters[0].FromAddr; !errors.As(err, &to) || to.Code != want[from] || to.Address != from {
			t.Errorf("%s: %v, want %s", from, err, want[from])
		}
		for _, named := range []string{"info@license.kz", "x", "a@b.example\r\nBcc: c@d.example", "a@b.example,c@d.example"} {
			if _, err := r.DraftAnswer(t.Context(), q.Number, Reply{Text: "Здравствуйте!", To: named}, staffer); !errors.Is(err, ErrAddress) {
				t.Errorf("to %q: %v", named, err)
			}
		}
		answerNow(t, r, q.Number, Reply{Text: "Здравствуйте!", To: "person@four.example"})
	}
	if _, err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range r.box.Sent() {
		if e.To == "person@four.example" {
			n++
		}
	}
	if n != 3 {
		t.Errorf("%d answers went to the named address, want %d", n, len(want))
	}
}

// What is wrong changes nothing: no text, no kind, no reason, a request that
// changed meanwhile, one that was dismissed.
func TestAnswerRefused(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Досудебная претензия", body: "Верните деньги за услугу.", id: "1@one.example"}, now.Add(-time.Hour))
	r.put(t, "INBOX", mail{from: "b@two.example", subject: "Здравствуйте", body: "Что у вас с моими персональными данными? Возможно, их надо удалить.", id: "2@two.example"}, now.Add(-time.Hour))
	r.pass(t)
	var claim, review store.Request
	for _, q := range r.all(t) {
		if q.Status == store.StatusReview {
			review = q
		} else {
			claim = q
		}
	}
	big := []mailbox.File{{Name: "a.pdf", Data: make([]byte, MaxAnswer*3/4)}}
	for _, c := range []struct {
		number string
		reply  Reply
		want   error
	}{
		{claim.Number, Reply{}, ErrNoText},
		{claim.Number, Reply{Template: AnswerDone}, ErrNoText},
		{claim.Number, Reply{Template: AnswerRefusal}, ErrReason},
		{claim.Number, Reply{Text: "Нет.", Close: store.StatusRefused, Steps: stepsOf(r, "claim")}, ErrReason},
		{claim.Number, Reply{Text: "Нет.", Close: store.StatusRefused, Why: "нет"}, ErrSteps},
		{claim.Number, Reply{Text: "Вот.", Files: big}, ErrTooLarge},
		{claim.Number, Reply{Template: "hello"}, ErrTemplate},
		{review.Number, Reply{Template: AnswerDone}, ErrUnconfirmed},
		{review.Number, Reply{Text: "Нет.", Close: store.StatusRefused, Why: "нет"}, store.ErrStatus},
		{"LK-2026-000999", Reply{Text: "Нет."}, store.ErrNotFound},
	} {
		if _, err := r.DraftAnswer(t.Context(), c.number, c.reply, staffer); !errors.Is(err, c.want) {
			t.Errorf("%s %+v: %v, want %v", c.number, c.reply.Template, err, c.want)
		}
	}
	draft, err := r.DraftAnswer(t.Context(), claim.Number, Reply{Text: "Да."}, staffer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Note(t.Context(), claim.Number, "звонил", staffer); err != nil {
		t.Fatal(err)
	}
	if _, err := r.SendAnswer(t.Context(), draft); !errors.Is(err, store.ErrStale) {
		t.Errorf("a draft of an earlier state: %v", err)
	}
	if _, err := r.Dismiss(t.Context(), review.Number, "реклама", staffer); err != nil {
		t.Fatal(err)
	}
	if _, err := r.DraftAnswer(t.Context(), review.Number, Reply{Text: "Нет."}, staffer); !errors.Is(err, store.ErrStatus) {
		t.Errorf("a dismissed letter: %v", err)
	}
	if list, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailQueued}); err != nil || len(list) != 0 {
		t.Errorf("queued: %+v %v", list, err)
	}
}

// Files get harmless names, each its own, and no program goes out unawares.
func TestCheckFile(t *testing.T) {
	var files []mailbox.File
	for _, c := range []struct{ path, data, name string }{
		{"/home/bota/ответ.pdf", "%PDF", "ответ.pdf"},
		{"../ответ.pdf", "%PDF", "ответ (2).pdf"},
		{"a\r\nBcc: x\u202efdp.txt", "x", "a Bcc_ xfdp.txt"},
		{"..", "x", "attachment"},
		{".bashrc", "x", "bashrc"},
	} {
		f, err := CheckFile(c.path, []byte(c.data), files, false)
		if err != nil || f.Name != c.name {
			t.Errorf("%q: %q %v, want %q", c.path, f.Name, err, c.name)
		}
		files = append(files, f)
	}
	for path, data := range map[string]string{"x.EXE": "x", "счёт.pdf.js": "x", "a.docm": "PK", "letter.pdf": "MZ\x90", "b": "#!/bin/sh"} {
		if _, err := CheckFile(path, []byte(data), nil, false); !errors.Is(err, ErrFileType) {
			t.Errorf("%s: %v", path, err)
		}
		if _, err := CheckFile(path, []byte(data), nil, true); err != nil {
			t.Errorf("%s, allowed: %v", path, err)
		}
	}
	if _, err := CheckFile("a.pdf", nil, nil, false); !errors.Is(err, ErrFileEmpty) {
		t.Errorf("an empty file: %v", err)
	}
}

// A term that an operator counts from the documents in calendar days is told as such, by the
// acknowledgement and by the letter that asks for them.
func TestTermOfDocumentsInCalendarDays(t *testing.T) {
	source := string(rules.BuiltInSource())
	at := strings.Index(source, "        days: 1\n        unit: working\n        condition: documents")
	if at < 0 {
		at = strings.LastIndex(source[:strings.Index(source, "condition: documents #")], "        days: 1\n        unit: working\n")
	}
	own := source[:at] + strings.Replace(source[at:], "        days: 1\n        unit: working\n", "        days: 3\n        unit: calendar\n", 1)
	policy, err := rules.ParsePolicy([]byte(own))
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	r.Policy = policy
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Актуализация персональных данных", body: "У меня новая фамилия.", id: "1@one.example"}, now.Add(-time.Hour))
	p, _ := r.pass(t)
	if text := words(t, r); !strings.Contains(text, "в течение 3 календарных дней") || strings.Contains(text, "рабоч") {
		t.Errorf("acknowledgement:\n%s", text)
	}
	for lang, want := range map[rules.Lang]string{rules.RU: "3 календарных дней", rules.KK: "3 күнтізбелік күн", rules.EN: "3 calendar days"} {
		draft, err := r.DraftAnswer(t.Context(), p.Admitted[0], Reply{Template: AnswerDocuments, Language: lang}, staffer)
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(strings.Fields(parse(t, draft.Raw).text), " "); !strings.Contains(text, want) {
			t.Errorf("%s: no %q in:\n%s", lang, want, text)
		}
	}
}
