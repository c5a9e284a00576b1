package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// allDetails makes a register with an event of every kind that the store writes, and of acts
// with all that they can say, and lists their details.
func allDetails(t *testing.T) (lines []string) {
	t.Helper()
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "p.db")
	db, at := world(t, path), t0.Add(time.Hour)
	tick := func() time.Time { at = at.Add(time.Minute); return at }
	moreFolders(t, db, tick)
	moreActs(t, db, tick)
	moreMails(t, db, tick)
	ok(t, db.RecordMissed(ctx, "INBOX", 7, []Seen{seen(900)}, tick()))
	sealed := Event{Actor: "aigul", Code: EventCasefile, Number: "LK-2026-000002", Detail: `{"more":{"sha256sums":"5d1e"}}`}
	must[Event](t)(db.SealCase(ctx, sealed, must[Event](t)(db.Head(ctx)).Seq, tick()))
	lines = detailsOf(t, db, 0)
	last := must[Event](t)(db.Head(ctx)).Seq

	must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: "LK-2026-000001", Event: Event{Actor: "a", Code: "closed"}}, func(r *Request) { r.Status = StatusDone }), tick()))
	lines = append(lines, detailsOf(t, db, last)...) // all that the purge leaves
	last = must[Event](t)(db.Head(ctx)).Seq
	must[Purged](t)(db.Purge(ctx, at.Add(time.Hour), "dinara", tick(), nil))
	for _, why := range []string{"", "решение суда"} {
		a := must[Admitted](t)(db.Admit(ctx, admission(t, db, uint32(200+len(why))), tick()))
		must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: a.Numbers[0], Event: Event{Actor: "a", Code: "closed"}}, func(r *Request) { r.Status = StatusDone }), tick()))
		must[Purged](t)(db.Forget(ctx, Forgetting{Address: fmt.Sprintf("a%d@example.kz", 200+len(why)), Why: why, Actor: "aigul"}, tick()))
	}
	for uid := range uint32(2) {
		must[Admitted](t)(db.Admit(ctx, admission(t, db, 300+uid), tick()))
	}
	must[*Mail](t)(db.Claim(ctx, tick(), render, nil, nil))
	sound(t, db)
	ok(t, db.Close())
	to := filepath.Join(t.TempDir(), "restored.db")
	must[Restored](t)(Restore(ctx, path, to, "aigul", tick()))
	return append(lines, detailsOf(t, openAt(t, to), last)...)
}

// moreFolders numbers a folder anew, and ends its first pass.
func moreFolders(t *testing.T, db *DB, tick func() time.Time) {
	t.Helper()
	c := Cursor{Folder: "Junk \"& <1>", UIDValidity: 7, FirstUID: 3, FirstPass: true}
	ok(t, db.SetCursor(t.Context(), c, tick()))
	c.UIDValidity, c.LastUID = 8, 12
	ok(t, db.SetCursor(t.Context(), c, tick()))
	c.FirstPass = false
	ok(t, db.SetCursor(t.Context(), c, tick()))
	c.LastUID = 13
	ok(t, db.SetCursor(t.Context(), c, tick()))
}

// moreActs does acts that say all that there is to say.
func moreActs(t *testing.T, db *DB, tick func() time.Time) {
	t.Helper()
	ctx, numbers := t.Context(), []string(nil)
	for uid := range uint32(3) {
		a := admission(t, db, 100+uid)
		a.Requests[0].Assignee, a.Requests[0].Trace = "aigul", json.RawMessage(`{ "policy": "d1", "days": ["<1>"] }`)
		numbers = append(numbers, must[Admitted](t)(db.Admit(ctx, a, tick())).Numbers...)
	}
	act := func(n int, says string, f func(*Request)) Change {
		return saying(t, becoming(t, db, Change{Number: numbers[n], Event: Event{Actor: "aigul", Code: "act"}}, f), says)
	}
	change := func(c Change) { t.Helper(); must[Request](t)(db.Change(ctx, c, tick())) }
	for _, says := range []string{
		`{"why":""}`, `{"trace":{"policy":"d1","days":["<&>"]},"why":"так & <так>"}`, `{"for":"documents","template":""}`, `{"for":"answer","template":"documents"}`,
		`{"after":"","before":"aigul"}`, `{"after":["claim"],"before":null}`, `{"after":"done","before":"open","steps":null,"why":"да"}`,
		`{"cause":"waits","steps":[{"id":"told","done":true},{"id":"x","done":false}]}`, `{"note":""}`, `{"from":"LK-2026-000001"}`, `{"to":"LK-2026-000001"}`,
	} {
		change(act(0, says, func(r *Request) {}))
	}
	no, yes := false, true
	change(act(0, ``, func(r *Request) { r.Consumer, r.Documents, r.Assignee = &no, day("2026-11-24"), "" }))
	change(act(0, `{"why":"x"}`, func(r *Request) { r.Consumer, r.Documents, r.Sender = nil, rules.Date{}, "p@mail.kz" }))
	change(act(0, ``, func(r *Request) { r.Consumer, r.Sender, r.Kind = &yes, "", "claim" }))
	change(act(0, ``, func(r *Request) {
		r.Candidates, r.Waits = []rules.Kind{"claim", "erasure"}, []rules.Wait{{From: day("2026-11-24")}}
	}))
	change(act(0, ``, func(r *Request) { r.Candidates, r.Waits, r.ReceivedOn = nil, nil, day("2026-11-20") }))
	change(act(0, ``, func(r *Request) { r.Terms, r.ActBy = nil, rules.Date{} }))
	change(act(0, ``, func(r *Request) {
		r.Terms, r.ActBy = terms("2027-01-08"), day("2027-01-08")
		r.Terms[0].Provisional = true
	}))
	change(act(0, ``, func(r *Request) { r.Outcome, r.Steps = rules.Reason{Code: "by_person"}, []StepDone{{"told", false}} }))
	change(act(0, ``, func(r *Request) { r.Outcome, r.Steps = rules.Reason{Code: "by_person", Args: []string{"да"}}, nil }))
	change(Change{Number: numbers[0], Note: "звонил", Event: Event{Actor: "aigul", Code: "noted"}})
	change(saying(t, Change{Number: numbers[0], Note: "ещё", Event: Event{Actor: "aigul", Code: "noted"}}, `{"note":"ещё"}`))

	into, from := act(1, `{"from":"2"}`, func(r *Request) { r.Status = StatusInProgress }), act(2, `{"to":"1"}`, func(r *Request) { r.Status = StatusDone })
	_, _, err := db.Link(ctx, into, from, tick())
	ok(t, err)
	back := act(2, `{"after":"open","before":"done","why":"не всё"}`, func(r *Request) { r.Status = StatusOpen })
	back.Event.Code = EventReopened
	lost := act(1, `{"from":"2"}`, func(r *Request) { r.Status = StatusOpen })
	lost.Event.Code = EventUnlinked
	back.Unlink = []Change{lost}
	change(back)

	for i, says := range []string{``, `{"cause":"waits","trace":{"policy":"d1"}}`} {
		join := admission(t, db, 110+uint32(i))
		join.Requests, join.Joins = nil, []Change{saying(t, joins(numbers[1])[0], says)}
		join.ByHand = []*ByHand{nil, {Why: "нашли"}}[i]
		must[Admitted](t)(db.Admit(ctx, join, tick()))
	}
	for i, trace := range []string{``, `{"calendar":"c2"}`} {
		n := &Recount{Terms: terms("2027-01-11", "2026-12-15"), ActBy: day("2026-12-15")}
		if i > 0 {
			n.Terms, n.Trace = terms("2027-01-12"), json.RawMessage(trace)
		}
		ok(t, db.Recompute(ctx, Recomputation{Cause: "calendar", Count: func(Request) (*Recount, error) { return n, nil }}, tick()))
	}
}

// moreMails lets letters of ours have every fate.
func moreMails(t *testing.T, db *DB, tick func() time.Time) {
	t.Helper()
	ctx := t.Context()
	for uid := uint32(120); uid < 123; uid++ {
		a := admission(t, db, uid)
		a.Ack.State, a.Ack.Reason = MailHeld, rules.Reason{Code: "cap"}
		a.Ack.MessageID = func(string) string { return fmt.Sprintf("<ack%d@license.kz>", uid) }
		must[Admitted](t)(db.Admit(ctx, a, tick()))
	}
	held := must[[]Mail](t)(db.Outbox(ctx, []MailState{MailHeld}))
	must[int](t)(db.Release(ctx, []int64{held[0].ID}, "aigul", tick()))
	ok(t, db.ReleaseTo(ctx, held[1].ID, "other@mail.kz", MailKeys{Address: "o", Domain: "mail.kz"}, "aigul", tick()))
	ok(t, db.Drop(ctx, held[2].ID, "aigul", tick()))
	for {
		m := must[*Mail](t)(db.Claim(ctx, tick(), render, nil, nil))
		if m == nil {
			break
		}
		ok(t, db.Settle(ctx, m.ID, Settlement{State: MailUncertain, Reason: rules.Reason{Code: "smtp_unknown"}}, tick()))
	}
	ok(t, db.Resend(ctx, held[1].ID, "aigul", tick()))
	must[*Mail](t)(db.Claim(ctx, tick(), render, nil, nil))
	must[int](t)(db.Recover(ctx, tick()))
	for i, status := range []string{"", "5.1.1"} {
		id := must[Mail](t)(db.Mail(ctx, held[i].ID)).MessageID
		must[[]Mail](t)(db.Bounce(ctx, strings.TrimPrefix(strings.Split(id, "@")[0], "<"), status, tick()))
	}
	_, _, err := db.RecordAnswer(ctx, SentAnswer{
		Numbers: []string{"LK-2026-000001", "LK-2026-000002"}, MessageID: "<own@license.kz>", To: "p@mail.kz", SentAt: t0, Raw: spool(t, db, "From: x\r\n\r\ny"), Actor: "aigul",
	}, tick())
	ok(t, err)
}

// saying is c, of which the actor says so; null is a value that is there and empty.
func saying(t *testing.T, c Change, says string) Change {
	if says != "" {
		c.Says = &More{}
		ok(t, json.Unmarshal([]byte(says), c.Says))
		if strings.Contains(says, `"before":null`) {
			c.Says.Before = []rules.Kind(nil)
		}
		if strings.Contains(says, `"steps":null`) {
			c.Says.Steps = new([]StepDone)
		}
	}
	return c
}

// detailsOf lists the events after one: code, request, detail.
func detailsOf(t *testing.T, db *DB, after int64) (lines []string) {
	t.Helper()
	ok(t, db.view(context.Background(), func(q querier) error {
		rows, err := q.QueryContext(context.Background(), `SELECT e.code, e.number, coalesce(d.body, '')
			FROM events e LEFT JOIN event_details d ON d.event = e.seq WHERE e.seq > ? ORDER BY e.seq`, after)
		if err != nil {
			return err
		}
		return scanEach(rows, func() error {
			var code, number, detail string
			err := rows.Scan(&code, &number, &detail)
			lines = append(lines, strings.TrimSpace(code+" "+number+" "+detail))
			return err
		})
	}))
	return lines
}

// The bytes of a detail are part of the history for good: they have not changed since the
// first register, and every event that the store writes by itself is among them.
func TestDetailBytes(t *testing.T) {
	lines := allDetails(t)
	text, err := os.ReadFile("testdata/details.txt")
	ok(t, err)
	want := strings.Split(strings.TrimSpace(string(text)), "\n")
	for i := range max(len(lines), len(want)) {
		switch {
		case i >= len(lines):
			t.Fatalf("missing: %s", want[i])
		case i >= len(want):
			t.Fatalf("more: %s", lines[i])
		case lines[i] != want[i]:
			t.Errorf("event %d:\n%s\nwant\n%s", i+1, lines[i], want[i])
		}
	}
	for _, code := range []string{
		EventIntakeStarted, EventUIDValidityChanged, EventFirstPassEnded, EventIntake, EventIntakeRepaired, EventFiled, EventRegistered, EventJoined,
		EventRecomputed, EventUnlinked, EventReopened, EventReminded, EventEscalated, EventQueued, EventHeld, EventClaimed, EventSent, EventDeferred,
		EventFailed, EventUncertain, EventBounced, EventReleased, EventDropped, EventResent, EventPurged, EventForgotten, EventCasefile, EventRestored, EventAnswerRecorded,
	} {
		if !slices.ContainsFunc(want, func(line string) bool { return strings.HasPrefix(line, code+" ") || line == code }) {
			t.Errorf("no event %s", code)
		}
	}
}

// Every detail of a request or a letter is read as it was written, and written again it has
// the same bytes.
func TestReadDetail(t *testing.T) {
	text, err := os.ReadFile("testdata/details.txt")
	ok(t, err)
	other := map[string]int{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		code, rest, _ := strings.Cut(line, " ")
		_, detail, _ := strings.Cut(rest, " ")
		d, err := Event{Code: code, Detail: detail}.ReadDetail()
		if err != nil || d.Before == nil || d.After == nil || d.More == nil {
			other[code]++
			continue
		}
		if reflect.DeepEqual(d.Before, &Values{}) {
			d.Before = nil
		}
		if reflect.DeepEqual(d.After, &Values{}) {
			d.After = nil
		}
		if reflect.DeepEqual(d.More, &More{}) {
			d.More = nil
		}
		again := d.Text()
		if detail == "" {
			detail = "{}"
		}
		if again == detail || strings.Contains(detail, "null") {
			continue
		}
		other[code]++
	}
	want := map[string]int{ // forms of their own
		EventPurged: 2, EventRestored: 1, EventFiled: 1, EventIntakeStarted: 2, EventUIDValidityChanged: 1, EventFirstPassEnded: 1, EventIntake: 1,
	}
	if !maps.Equal(other, want) {
		t.Errorf("of another form are %v, want %v", other, want)
	}
}

// What a recomputation writes by hand is what a Detail is.
func TestRecountDetail(t *testing.T) {
	d := newRecounter(&tx{}, Recomputation{Cause: `"<calendar>"`}).detail
	r := work{requestRow: requestRow{Request: Request{ActBy: day("2026-12-14"), Terms: terms("2026-12-14", "2027-01-08")}}}
	r.Terms[1].Provisional = true
	for _, n := range []*Recount{{}, {Terms: terms("2026-12-15"), ActBy: day("2026-12-15"), Trace: json.RawMessage(`{"calendar":"c2"}`)}} {
		want := Detail{
			Before: &Values{ActBy: &r.ActBy, Terms: TermDetails(r.Terms)}, After: &Values{ActBy: &n.ActBy, Terms: TermDetails(n.Terms)},
			More: &More{Cause: `"<calendar>"`, Trace: n.Trace},
		}.Text()
		if got := d.of(r, n); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
