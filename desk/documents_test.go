package desk

import (
	"fmt"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// withFile is a letter with a document attached.
func withFile(from, subject, body, id string, fields ...string) []byte {
	head := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%s>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n", from, account, subject, id)
	for _, f := range fields {
		head += f + "\r\n"
	}
	return []byte(head + "\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body +
		"\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=id.pdf\r\n\r\n%PDF-1.4\r\n--b--\r\n")
}

const correction = rules.Kind("data_correction")

// A request that turns out to be a correction has the documents that its letters
// brought, with the letter or behind it: the term of one working day runs from them.
func TestDocumentsBeforeTheKind(t *testing.T) {
	r := newRig(t)
	from := now.AddDate(0, 0, -3)
	r.Acknowledge.Fresh = 30 * 24 * time.Hour
	if err := r.box.Put("INBOX", withFile("a@one.example", withdrawalMark, "Прошу. Паспорт приложен.", "1@one.example"), from); err != nil {
		t.Fatal(err)
	}
	r.put(t, "INBOX", mail{from: "b@two.example", subject: "Здравствуйте", body: "Что у вас с моими персональными данными? Возможно, их надо удалить.", id: "2@two.example"}, from)
	p, _ := r.pass(t)
	if len(p.Admitted) != 2 {
		t.Fatalf("pass: %+v", p)
	}
	with, behind := p.Admitted[0], p.Admitted[1]
	if err := r.box.Put("INBOX", withFile("b@two.example", behind, "Вот паспорт.", "3@two.example", "In-Reply-To: <2@two.example>"), now); err != nil {
		t.Fatal(err)
	}
	if p, _ = r.pass(t); p.Joined != 1 {
		t.Fatalf("pass: %+v", p)
	}
	kind := correction
	q, err := r.Set(t.Context(), with, Setting{Kind: &kind}, "на самом деле уточнение", clerk)
	checkDocuments(t, r, q, err, rules.DateIn(from, r.Zone))
	q, _, err = r.Confirm(t.Context(), behind, []rules.Kind{kind}, clerk)
	checkDocuments(t, r, q, err, r.Today())

	earlier := rules.DateIn(from, r.Zone).AddDays(-4)
	q, err = r.Set(t.Context(), with, Setting{Received: &earlier}, "лежало в другом ящике", clerk)
	checkDocuments(t, r, q, err, earlier)
	q, err = r.Set(t.Context(), behind, Setting{Received: &earlier}, "лежало в другом ящике", clerk)
	checkDocuments(t, r, q, err, r.Today())
}

func checkDocuments(t *testing.T, r *rig, q store.Request, err error, on rules.Date) {
	t.Helper()
	due := r.Calendar.AddWorking(on, 1)
	if err != nil || q.Documents != on || q.ActBy != due {
		t.Errorf("%s: documents of %v, act by %v, %v; want %v and %v", q.Number, q.Documents, q.ActBy, err, on, due)
	}
}

// A request that waits can be worked on after its person was forgotten: for what it
// waits nobody knows any more.
func TestDocumentsOfForgotten(t *testing.T) {
	r, q, _ := asked(t)
	r.become(t, q.Number, store.StatusWaiting)
	if _, err := r.Forget(t.Context(), "a@one.example", "решение суда", clerk); err != nil {
		t.Fatal(err)
	}
	day := r.Today()
	after, err := r.Set(t.Context(), q.Number, Setting{Documents: &day}, "", clerk)
	if err != nil || after.Documents != day || after.Status != store.StatusWaiting {
		t.Errorf("set: %s %v %v", after.Status, after.Documents, err)
	}
	if after, err = r.Resume(t.Context(), q.Number, clerk); err != nil || after.Status != store.StatusOpen {
		t.Errorf("resume: %s %v", after.Status, err)
	}
}

// Documents that come to a correction by a link count as those that come by a reply.
func TestDocumentsByLink(t *testing.T) {
	r := newRig(t)
	first := r.ask(t, 1, "Актуализация персональных данных", "Прошу изменить фамилию.", now.AddDate(0, 0, -3))
	if q, err := r.Wait(t.Context(), first, forDocuments, clerk); err != nil || q.Kind != correction {
		t.Fatalf("%+v %v", q, err)
	}
	if err := r.box.Put("INBOX", withFile("a@work.example", "Актуализация персональных данных", "Вот паспорт.", "2@work.example"), now); err != nil {
		t.Fatal(err)
	}
	r.Now = func() time.Time { return now.Add(time.Hour) }
	p, _ := r.pass(t)
	q, err := r.Link(t.Context(), first, p.Admitted[0], clerk)
	checkDocuments(t, r, q, err, r.Today())
	if q.Status != store.StatusOpen || len(q.Waits) != 1 || q.Waits[0].To != r.Today() {
		t.Errorf("%s, waits %+v", q.Status, q.Waits)
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Errorf("history: %v %v", breaks, err)
	}
}
