package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// calendarOf is the built-in calendar with days added.
func calendarOf(t testing.TB, days ...rules.DayChange) *rules.Calendar {
	t.Helper()
	c, err := rules.NewCalendar(rules.CalendarOptions{Days: days})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var (
	offNinth   = rules.DayChange{Date: rules.NewDate(2026, 12, 9), Kind: "dayoff", Name: "Выходной", Act: "приказ"}
	workSunday = rules.DayChange{Date: rules.NewDate(2026, 12, 6), Kind: "transferred-workday", Name: "Рабочий день", Act: "приказ"}
)

// recomputed runs Recompute and returns what moved.
func (r *rig) recomputed(t *testing.T, always bool) Recomputation {
	t.Helper()
	done, err := r.Recompute(t.Context(), always)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func (r *rig) request(t *testing.T, n string) store.Request {
	t.Helper()
	q, err := r.Store.Request(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// lastEvent returns the last event of a request with its detail.
func (r *rig) lastEvent(t *testing.T, n string) (store.Event, eventDetail) {
	t.Helper()
	h, err := r.Store.History(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	var d eventDetail
	e := h[len(h)-1]
	if err := json.Unmarshal([]byte(e.Detail), &d); err != nil {
		t.Fatalf("event %s: %v", e.Code, err)
	}
	return e, d
}

type eventDetail struct {
	Before, After struct {
		ActBy rules.Date `json:"act_by"`
	}
	More struct {
		Cause string
		Trace *Trace
	}
}

func (d eventDetail) moved() string {
	return d.Before.ActBy.String() + " " + d.After.ActBy.String()
}

func TestRecompute(t *testing.T) {
	r := newRig(t)
	r.recomputed(t, false) // a new register: nothing was counted by another calendar
	var numbers []string
	for n := range 3 {
		numbers = append(numbers, r.ask(t, n, withdrawalMark, fmt.Sprint("Прошу исполнить ", n), now))
	}
	r.Now = func() time.Time { return now }
	if _, err := r.Close(t.Context(), numbers[2], store.StatusRefused, "долг", r.steps("consent_withdrawal"), Actor{Login: "a"}); err != nil {
		t.Fatal(err)
	}
	closed := r.request(t, numbers[2])

	r.Calendar = calendarOf(t, offNinth) // 14 December becomes the 15th
	done := r.recomputed(t, false)
	if len(done.Moved) != 2 || done.Moved[0].Earlier() || done.Counted != 2 {
		t.Fatalf("a day off more: %+v", done)
	}
	e, detail := r.lastEvent(t, numbers[0])
	if e.Code != store.EventRecomputed || detail.moved() != "2026-12-14 2026-12-15" || detail.More.Cause != causeCalendar {
		t.Errorf("event %s: %s, %s", e.Code, detail.moved(), detail.More.Cause)
	}
	if tr := detail.More.Trace; tr == nil || tr.Calendar != r.Calendar.Digest() || tr.ActBy != rules.NewDate(2026, 12, 15) {
		t.Errorf("the event does not keep the count: %+v", tr)
	}
	if again := r.recomputed(t, false); again.Counted != 0 || again.Moved != nil {
		t.Errorf("the same calendar: %+v", again)
	}

	r.Calendar = calendarOf(t, offNinth, workSunday) // and back again
	done = r.recomputed(t, false)
	if len(done.Moved) != 2 || !done.Moved[0].Earlier() {
		t.Errorf("a working Sunday: %+v", done)
	}
	if q := r.request(t, numbers[2]); q.ActBy != closed.ActBy || q.Revision != closed.Revision {
		t.Errorf("the closed request moved: %s, was %s", q.ActBy, closed.ActBy)
	}
	q, err := r.Reopen(t.Context(), numbers[2], "не всё сделано", Actor{Login: "a"})
	if err != nil || q.ActBy != rules.NewDate(2026, 12, 14) {
		t.Errorf("opened again: act by %s, %v", q.ActBy, err)
	}
}

// steps names every closing step of a kind as done.
func (r *rig) steps(k rules.Kind) []store.StepDone {
	rule, _ := r.Policy.Kind(k)
	var out []store.StepDone
	for _, s := range rule.Steps {
		out = append(out, store.StepDone{ID: s.ID, Done: true})
	}
	return out
}

// What a process with the old calendar registers after the change is found by
// the next start.
func TestRecomputeAlways(t *testing.T) {
	r := newRig(t)
	old := r.Calendar
	r.recomputed(t, false)
	r.Calendar = calendarOf(t, offNinth)
	r.recomputed(t, false)
	r.Calendar = old
	n := r.ask(t, 1, withdrawalMark, "Прошу.", now)
	r.Calendar = calendarOf(t, offNinth)
	if done := r.recomputed(t, false); done.Moved != nil {
		t.Errorf("the digest is that of the register: %+v", done)
	}
	if done := r.recomputed(t, true); len(done.Moved) != 1 || done.Moved[0].Number != n {
		t.Errorf("at the start: %+v", done)
	}
}

// A start counts those alone of which the history tells since the last count.
func TestRecomputeSince(t *testing.T) {
	r := newRig(t)
	r.recomputed(t, false)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", now)
	r.ask(t, 2, withdrawalMark, "Прошу.", now)
	counted := func(want int) {
		t.Helper()
		if done := r.recomputed(t, true); done.Counted != want || done.Moved != nil {
			t.Errorf("counted %d, want %d; moved %v", done.Counted, want, done.Moved)
		}
	}
	counted(2)
	counted(0)
	if _, err := r.Note(t.Context(), n, "звонил", staffer); err != nil {
		t.Fatal(err)
	}
	counted(1)
	counted(0)
	r.Calendar = calendarOf(t, offNinth)
	if done := r.recomputed(t, true); done.Counted != 2 {
		t.Errorf("of a changed calendar: counted %d", done.Counted)
	}
	counted(0)
}

// A changed target is a cause of its own, and a later edition of the policy is
// none: a request keeps the terms of the edition of its receipt.
func TestRecomputeSettingsAndEditions(t *testing.T) {
	r := newRig(t)
	r.recomputed(t, false)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", now)
	r.Deadlines.Targets = map[rules.Kind]int{"consent_withdrawal": 2}
	if done := r.recomputed(t, false); len(done.Moved) != 1 {
		t.Fatalf("a target of two days: %+v", done)
	}
	if _, d := r.lastEvent(t, n); d.More.Cause != causeSettings || d.moved() != "2026-12-14 2026-11-25" {
		t.Errorf("cause %s: %s", d.More.Cause, d.moved())
	}

	text := strings.Replace(string(rules.BuiltInSource()), "days: 15", "days: 5", 1)
	later, err := rules.ParsePolicy([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	next := New(r.Options)
	next.Policy, next.Deadlines.Targets = later, nil
	done, err := next.Recompute(t.Context(), false)
	if err != nil || len(done.Moved) != 1 {
		t.Fatalf("%+v %v", done, err)
	}
	if q := r.request(t, n); q.ActBy != rules.NewDate(2026, 12, 14) {
		t.Errorf("act by %s: not the 15 days of its edition", q.ActBy)
	}
	if err := r.Store.SetMeta(t.Context(), store.MetaPolicy+r.Policy.Digest, ""); err != nil {
		t.Fatal(err)
	}
	lost := New(next.Options)
	lost.Calendar = calendarOf(t, offNinth)
	if done, err = lost.Recompute(t.Context(), false); err != nil || len(done.Kept) != 1 || done.Moved != nil {
		t.Errorf("without the text of its edition: %+v %v", done, err)
	}
}

// A mistake of the program over a request is an error of the recomputation, not the end of
// the process.
func TestRecomputeStumbles(t *testing.T) {
	r := newRig(t)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", now)
	before := r.request(t, n)
	if _, err := r.Recompute(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	next := New(r.Options)
	next.Policy, next.Calendar = nil, calendarOf(t, offNinth)
	if _, err := next.Recompute(t.Context(), false); !errors.Is(err, mailbox.ErrStumbled) {
		t.Errorf("told: %v", err)
	}
	if after := r.request(t, n); after.ActBy != before.ActBy || after.Revision != before.Revision {
		t.Errorf("it stands as %+v", after)
	}
}

// A closed request is explained as it was counted, whatever the calendar says
// now.
func TestExplainClosed(t *testing.T) {
	r := newRig(t)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", now)
	r.Now = func() time.Time { return now }
	before, err := r.Explain(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Close(t.Context(), n, store.StatusDone, "сделано", r.steps("consent_withdrawal"), Actor{Login: "a"}); err != nil {
		t.Fatal(err)
	}
	r.Calendar = calendarOf(t, offNinth)
	after, err := r.Explain(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	was, _ := json.Marshal(before)
	is, _ := json.Marshal(after)
	if string(was) != string(is) || after.ActBy != rules.NewDate(2026, 12, 14) {
		t.Errorf("explained\n%s\nafter it was closed\n%s", was, is)
	}
	// Without the count that was kept it is made anew where it gives the dates on record.
	r.Now = func() time.Time { return now.Add(time.Hour) }
	if _, err := r.Purge(t.Context(), now.Add(time.Minute), Actor{Login: "a"}, nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*rules.Calendar{calendarOf(t, offNinth), calendarOf(t)} {
		r.Calendar = c
		x, err := r.Explain(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		counted := len(x.Terms[0].Count) > 0
		if same := c.Digest() == before.Calendar; x.ActBy != before.ActBy || x.Terms[0].Due != before.Terms[0].Due || counted != same || (x.Calendar == "") == same {
			t.Errorf("after the purge, the calendar is the same: %t:\n%+v", same, x)
		}
	}
}

// Waiting for documents stops the clock of a correction, a reply with a file
// starts it anew from its receipt, though the pass comes later; each is an
// event with the old and the new day.
func TestDatesOfCorrection(t *testing.T) {
	r := newRig(t)
	const mark = "Актуализация персональных данных"
	n := r.ask(t, 1, mark, "Сменила фамилию, прошу исправить.", now)
	r.Now = func() time.Time { return now }
	q, err := r.Wait(t.Context(), n, "documents", Actor{Login: "a"})
	if err != nil || !q.ActBy.IsZero() {
		t.Fatalf("waiting: act by %s, %v", q.ActBy, err)
	}
	if e, d := r.lastEvent(t, n); e.Code != "waiting" || d.moved() != "2026-11-24 " {
		t.Errorf("event %s: %s", e.Code, d.moved())
	}
	sent := r.box.Sent()
	ack := sent[len(sent)-1]
	reply := "Return-Path: <person1@host1.example>\r\nFrom: person1@host1.example\r\nTo: info@license.kz\r\nSubject: Re: " + "documents" +
		"\r\nMessage-ID: <reply@host1.example>\r\nIn-Reply-To: " + mailbox.Parse(strings.NewReader(string(ack.Raw))).MessageID +
		"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nВот копия.\r\n" +
		"--b\r\nContent-Type: application/pdf; name=copy.pdf\r\nContent-Disposition: attachment; filename=copy.pdf\r\n\r\n%PDF\r\n--b--\r\n"
	if err := r.box.Put("INBOX", []byte(reply), now.AddDate(0, 0, 3)); err != nil { // Thursday 26 November
		t.Fatal(err)
	}
	r.Now = func() time.Time { return now.AddDate(0, 0, 7) }
	if p, err := r.Poll(t.Context()); err != nil || p.Joined != 1 {
		t.Fatalf("reply: %+v %v", p, err)
	}
	q = r.request(t, n)
	if q.Status != store.StatusOpen || q.Documents != rules.NewDate(2026, 11, 26) || q.ActBy != rules.NewDate(2026, 11, 27) {
		t.Errorf("after the reply: %s, documents %s, act by %s", q.Status, q.Documents, q.ActBy)
	}
	if e, d := r.lastEvent(t, n); e.Code != store.EventJoined || d.moved() != " 2026-11-27" {
		t.Errorf("event %s: %s", e.Code, d.moved())
	}
}

// Staff's word on the documents ends the wait for them, not one for an answer.
func TestSetDocumentsEndsTheWait(t *testing.T) {
	r := newRig(t)
	n := r.ask(t, 1, "Актуализация персональных данных", "Сменила фамилию.", now)
	day := rules.NewDate(2026, 11, 26)
	for _, c := range []struct {
		what string
		want store.Status
	}{{"documents", store.StatusOpen}, {"answer", store.StatusWaiting}} {
		r.Now = func() time.Time { return now }
		if _, err := r.Wait(t.Context(), n, c.what, Actor{Login: "a"}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Set(t.Context(), n, Setting{Documents: &day}, "", Actor{Login: "a"}); err == nil {
			t.Error("documents of the future were taken")
		}
		r.Now = func() time.Time { return now.AddDate(0, 0, 4) }
		q, err := r.Set(t.Context(), n, Setting{Documents: &day}, "", Actor{Login: "a"})
		if err != nil && !errors.Is(err, ErrSame) || q.Status != c.want { // the second time the day is known
			t.Errorf("waiting for %s, documents came: %s, act by %s, %v", c.what, q.Status, q.ActBy, err)
		}
	}
}

// A date that moved earlier is in the next digest of whoever handles the
// request, once.
func TestDigestTellsOfEarlierDates(t *testing.T) {
	r := staffed(t)
	r.recomputed(t, false)
	n := r.ask(t, 1, withdrawalMark, "Прошу.", now)
	r.Now = func() time.Time { return now.Add(time.Minute) }
	if _, err := r.Remind(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	r.Calendar = calendarOf(t, workSunday)
	r.recomputed(t, false)
	for _, want := range []bool{true, false} {
		got, err := r.Remind(t.Context(), true)
		if err != nil {
			t.Fatal(err)
		}
		told := false
		for _, l := range got.Drafts {
			told = told || strings.Contains(l.Body, n) && strings.Contains(l.Body, "было 14 декабря") && strings.Contains(l.Body, "изменился календарь")
		}
		if told != want {
			t.Errorf("told %t, want %t: %+v", told, want, got.Drafts)
		}
		if _, err := r.Remind(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
}

// The count in the history reads back as it was, in spans.
func TestCountInSpans(t *testing.T) {
	r := newRig(t)
	for _, k := range r.Policy.Kinds {
		for day := rules.NewDate(2020, 1, 1); day.Year < 2027; day = day.AddDays(17) {
			due, err := r.Policy.Deadlines(r.Calendar, r.Desk.Deadlines, k.ID, day, rules.Circumstances{
				Documents: day, Waits: []rules.Wait{{From: day.AddDays(1), To: day.AddDays(4)}},
			})
			if err != nil {
				t.Fatal(err)
			}
			want := TraceOf(r.Calendar, r.Policy, day, due)
			body, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			var got Trace
			if err := json.Unmarshal(body, &got); err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("%s of %s: %v\n%s", k.ID, day, err, body)
			}
		}
	}
}

// BenchmarkRecompute moves the dates of 10,000 open requests; the budget is two
// seconds.
func BenchmarkRecompute(b *testing.B) {
	const requests = 10_000
	d := openDesk(b, filepath.Join(b.TempDir(), "pometka.db"), "127.0.0.1:1", "127.0.0.1:1", nil)
	fill(b, d, requests)
	calendars := []*rules.Calendar{calendarOf(b, offNinth), d.Calendar}
	for i := 0; b.Loop(); i++ {
		d.Calendar = calendars[i%2]
		done, err := d.Recompute(context.Background(), false)
		if err != nil || len(done.Moved) != requests {
			b.Fatalf("%d moved: %v", len(done.Moved), err)
		}
	}
}

// fill registers withdrawals received today and on the five days before: the
// first days whose count passes 9 December.
func fill(b *testing.B, d *Desk, requests int) {
	b.Helper()
	ctx := context.Background()
	if _, err := d.Recompute(ctx, false); err != nil {
		b.Fatal(err)
	}
	for i := range requests {
		received := rules.DateIn(now, d.Zone).AddDays(-(i % 6))
		made, err := d.newRequests(d.Policy, rules.Finding{Verdict: rules.Request, Kinds: []rules.Kind{"consent_withdrawal"}}, received, rules.Circumstances{})
		if err != nil {
			b.Fatal(err)
		}
		_, err = d.Store.Admit(ctx, store.Admission{
			Place: store.Place{Folder: "INBOX", UIDValidity: 1, UID: uint32(i + 1)}, Seen: store.Seen{UID: uint32(i + 1), InternalDate: now, Verdict: rules.Request},
			Letter: store.Letter{ReceivedAt: now, Trust: rules.TrustNone, Verdict: rules.Request, Confidence: rules.Exact}, Actor: store.Machine, Prefix: "LK", Requests: made,
			Policy: store.PolicyRef{Name: d.Policy.Name, Edition: d.Policy.Edition, Digest: d.Policy.Digest},
		}, now)
		if err != nil {
			b.Fatal(err)
		}
	}
}

// Dates that a closed request kept move when it is opened again, and the history has why.
func TestReopenNamesTheCalendar(t *testing.T) {
	r := staffed(t)
	for i, want := range []string{"", causeCalendar} {
		n := r.ask(t, i+1, withdrawalMark, fmt.Sprint("Прошу, письмо ", i), at(11, 23, 10, 0))
		r.become(t, n, store.StatusDone)
		if want != "" {
			r.Calendar = calendarOf(t, workSunday)
			r.recomputed(t, false)
		}
		if _, err := r.Reopen(t.Context(), n, "ошибка", clerk); err != nil {
			t.Fatal(err)
		}
		e, d := r.lastEvent(t, n)
		if e.Code != store.EventReopened || d.More.Cause != want || (want != "") != d.After.ActBy.Before(d.Before.ActBy) {
			t.Errorf("reopened: %s, %+v", e.Code, d)
		}
	}
}
