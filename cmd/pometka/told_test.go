package main

import (
	"strconv"
	"strings"
	"testing"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// lastMail is the id of the letter of ours that was queued last.
func (i installation) lastMail(t *testing.T) string {
	t.Helper()
	list, err := i.register(t).Outbox(t.Context(), nil)
	if err != nil || len(list) == 0 {
		t.Fatal(err)
	}
	last := int64(0)
	for _, m := range list {
		last = max(last, m.ID)
	}
	return strconv.FormatInt(last, 10)
}

// TestLostAnswer: who drops the answer that closed a request is told that the person has
// none, and so is who looks at the request; who opens it again while the answer is queued
// is told that it will go out.
func TestLostAnswer(t *testing.T) {
	i := withLetters(t, "")
	n := i.dated(t, "claim").Number
	const lost, queued = "ответ заявителю не ушёл", "ещё в очереди и уйдёт"
	answer := func() {
		i.call(t, "answer", n, "--template", "done", "--text", "Ответ.", "--close", "done", "--why", "решено", "--step", "all", "--yes").well(t)
	}
	answer()
	if page := i.page(t, n); strings.Contains(page, lost) {
		t.Errorf("the answer is queued:\n%s", page)
	}
	id := i.lastMail(t)
	if out := i.call(t, "reopen", n, "--why", "ошибка").well(t).out; !strings.Contains(out, queued) || !strings.Contains(out, "outbox drop "+id) {
		t.Errorf("reopened beside its answer:\n%s", out)
	}
	if out := i.call(t, "outbox", "drop", id).well(t).out; strings.Contains(out, lost) || strings.Contains(out, queued) {
		t.Errorf("dropped for an open request:\n%s", out)
	}
	answer()
	if out := i.call(t, "outbox", "drop", i.lastMail(t)).well(t).out; !strings.Contains(strings.Join(strings.Fields(out), " "), lost) || !strings.Contains(out, templates.ShortNumber(n)+" --why") {
		t.Errorf("dropped for a closed request:\n%s", out)
	}
	if page := strings.Join(strings.Fields(i.page(t, n)), " "); !strings.Contains(page, lost) {
		t.Errorf("on the page:\n%s", page)
	}
	if out := i.call(t, "reopen", n, "--why", "без ответа").well(t).out; strings.Contains(out, queued) || strings.Contains(i.page(t, n), lost) {
		t.Errorf("open again:\n%s", out)
	}
}

// TestContradictions: what is said twice in two ways is refused, and nothing changes.
func TestContradictions(t *testing.T) {
	i := withLetters(t, "")
	n := i.dated(t, "opt_out").Number
	for _, c := range [][]string{
		{"close", n, "done", "--why", "так", "--step", "all", "--skip", "all"},
		{"close", n, "done", "--why", "так", "--step", "all,suppressed", "--skip", "suppressed"},
		{"set", n, "consumer=no", "consumer=yes"},
	} {
		if r := i.call(t, c...); r.code != exitUsage || !strings.Contains(r.err, "скажите одно") && !strings.Contains(r.err, "названо дважды") {
			t.Errorf("%v: exit %d\n%s", c, r.code, r.err)
		}
	}
	i.call(t, "close", n, "done", "--why", "так", "--step", "all", "--skip", "suppressed").well(t)
}

// TestDocumentsTakenBack: who noted documents by mistake can say that there are none.
func TestDocumentsTakenBack(t *testing.T) {
	i := withLetters(t, "")
	r := i.dated(t, "data_correction")
	for _, c := range []struct {
		value string
		want  rules.Source
	}{{r.ReceivedOn.String(), rules.SourceLaw}, {"no", rules.SourceTarget}} {
		value, want := c.value, c.want
		i.call(t, "set", r.Number, "documents="+value).well(t)
		q, err := i.register(t).Request(t.Context(), r.Number)
		if err != nil || q.Documents.IsZero() != (value == "no") || len(q.Terms) != 1 || q.Terms[0].Source != want {
			t.Errorf("documents=%s: %v %+v %v", value, q.Documents, q.Terms, err)
		}
	}
}

// TestHeldLetterIsShown: who releases a letter can read it before; what it was held for
// is over then.
func TestHeldLetterIsShown(t *testing.T) {
	i := withLetters(t, "")
	i.call(t, "register", i.write(t, "h.eml", strings.Join([]string{
		"From: ivan@mail.example", "To: other@else.example", "Subject: =?utf-8?B?0J7RgtC30YvQsiDRgdC+0LPQu9Cw0YHQuNGPINC90LAg0L7QsdGA0LDQsdC+0YLQutGDINC/0LXRgNGB0L7QvdCw0LvRjNC90YvRhSDQtNCw0L3QvdGL0YU=?=",
		"Date: Mon, 23 Nov 2026 10:00:00 +0500", "Message-ID: <h@mail.example>", "Content-Type: text/plain; charset=utf-8", "", "Прошу.", "",
	}, "\r\n")), "--received", "2026-11-23").well(t)
	id := i.lastMail(t)
	const held = "нашего адреса нет среди получателей"
	out := i.call(t, "outbox", "show", id).well(t).out
	if !strings.Contains(out, held) || !strings.Contains(out, "сейчас он был бы таким") || !strings.Contains(out, "Subject: Автоответ: обращение №") || !strings.Contains(out, "отзыв согласия на обработку") {
		t.Errorf("held:\n%s", out)
	}
	i.call(t, "outbox", "release", id).well(t)
	if out := i.call(t, "outbox", "show", id).well(t).out; strings.Contains(out, held) || !strings.Contains(out, "в очереди") {
		t.Errorf("released:\n%s", out)
	}
	mail, err := i.register(t).Mail(t.Context(), mustInt(t, id))
	if err != nil || mail.State != store.MailQueued || len(mail.Raw) != 0 {
		t.Errorf("showing it made it: %+v %v", mail.State, err)
	}
	page, _, _ := strings.Cut(i.page(t, mail.Requests[0]), "История")
	if strings.Contains(page, held) {
		t.Errorf("the page:\n%s", page)
	}
}

func mustInt(t *testing.T, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestWhoDecides: the history of a request that a decision about another made names who
// decided; another kind changes the terms that differ, and the person was told the first.
func TestWhoDecides(t *testing.T) {
	i := withLetters(t, "")
	var review string
	for _, r := range demoList(t, i.config) {
		if r.Status == store.StatusReview {
			review = r.Number
		}
	}
	i.call(t, "confirm", review, "claim", "opt_out").well(t)
	list := demoList(t, i.config)
	split := list[0]
	for _, r := range list {
		if r.Number > split.Number {
			split = r
		}
	}
	if out := i.call(t, "history", split.Number).well(t).out; !strings.Contains(out, "вручную: ") {
		t.Errorf("split off by nobody:\n%s", out)
	}
	n := i.dated(t, "consent_withdrawal").Number
	if out := i.call(t, "set", n, "kind=erasure", "--why", "так").well(t).out; !strings.Contains(out, "уже сообщили прежний вид") {
		t.Errorf("another kind:\n%s", out)
	}
	if out := i.call(t, "history", n).well(t).out; strings.Contains(out, "теперь действует") || strings.Contains(out, "больше не действует") {
		t.Errorf("terms that are the same as before came and went:\n%s", out)
	}
	i.call(t, "set", n, "kind=opt_out", "--why", "так").well(t)
	if out := i.call(t, "history", n).well(t).out; !strings.Contains(out, "цель – теперь действует") || !strings.Contains(out, "срок политики – больше не действует") {
		t.Errorf("terms that changed:\n%s", out)
	}
}
