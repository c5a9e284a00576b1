package store

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"mime/quotedprintable"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"license.kz/pometka/rules"
)

// traces are the forms in which a word may lie in a file.
func traces(word string) [][]byte {
	var all [][]byte
	for _, w := range []string{word, strings.ToLower(word), strings.ToUpper(word)} {
		all = append(all, []byte(w), []byte(url.QueryEscape(w)), []byte(url.PathEscape(w)))
		for _, charset := range []*charmap.Charmap{charmap.KOI8R, charmap.Windows1251, charmap.CodePage866} {
			if b, err := charset.NewEncoder().String(w); err == nil {
				all = append(all, []byte(b))
			}
		}
		var le, be []byte
		for _, u := range utf16.Encode([]rune(w)) {
			le, be = append(le, byte(u), byte(u>>8)), append(be, byte(u>>8), byte(u))
		}
		var qp bytes.Buffer
		q := quotedprintable.NewWriter(&qp)
		q.Write([]byte(w))
		q.Close()
		all = append(all, le, be, qp.Bytes())
		for shift := range 3 { // base64 depends on where in the text the word begins
			coded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + w))
			if len(coded) > 16 {
				all = append(all, []byte(coded[4:len(coded)-4]))
			}
		}
	}
	return all
}

// nowhere looks for the words in every form in every file of a folder.
func nowhere(t *testing.T, folder string, words ...string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	ok(t, err)
	hidden, _ := filepath.Glob(filepath.Join(folder, ".*"))
	for _, name := range append(files, hidden...) {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		for _, word := range words {
			for _, trace := range traces(word) {
				if bytes.Contains(b, trace) {
					t.Errorf("%q is still in %s, as %q", word, filepath.Base(name), trace)
					break
				}
			}
		}
	}
}

// person is a letter of somebody whose words are nobody else's, in three
// charsets and codings.
func person(t *testing.T, db *DB, uid uint32, name, addr, phone string) Admission {
	t.Helper()
	koi, err := charmap.KOI8R.NewEncoder().String(name)
	ok(t, err)
	raw := fmt.Sprintf("From: =?utf-8?B?%s?= <%s>\r\nSubject: =?utf-8?B?%s?=\r\n\r\n%s\r\n%s\r\n%s", base64.StdEncoding.EncodeToString([]byte(name)), addr,
		base64.StdEncoding.EncodeToString([]byte("Редчайшая тема "+name)), koi, phone, name)
	a := letterOf(uid)
	a.Raw = spool(t, db, raw)
	a.Letter.FromName, a.Letter.FromAddr, a.Letter.ReplyTo = name, addr, addr
	a.Letter.Subject, a.Letter.Text = "Редчайшая тема "+name, "Мой телефон "+phone+", меня зовут "+name+map[string]string{gone: " или Ерғазы"}[name]
	a.Letter.Marker, a.Letter.ReasonArgs, a.Letter.Attachments = "Отзыв", []string{name}, []Attachment{{Name: name + ".pdf"}}
	a.Letter.MessageID = "<" + phone + "@example.kz>"
	a.Ack = ack(fmt.Sprint("k", uid))
	a.Ack.To, a.Ack.Data = addr, jsonText(name)
	return a
}

const (
	gone, goneAddr, gonePhone = "Ергазы Незабудкин", "nezabudkin@gone.example", "+7 701 765-43-21"
	kept, keptAddr, keptPhone = "Мария Остаёвна", "ostayovna@stays.example", "+7 702 111-22-33"
)

// twoPeople is a register with a closed request of one and an open one of the
// other, both acknowledged, noted, reminded of.
func twoPeople(t *testing.T, path string) *DB {
	t.Helper()
	ctx, db := t.Context(), openAt(t, path)
	for uid, who := range [][3]string{{gone, goneAddr, gonePhone}, {kept, keptAddr, keptPhone}} {
		done := must[Admitted](t)(db.Admit(ctx, person(t, db, uint32(uid+1), who[0], who[1], who[2]), t0))
		for range 3 { // rewritten rows leave older forms of themselves in the pages
			must[Request](t)(db.Change(ctx, Change{Number: done.Numbers[0], Note: who[0] + " звонит с " + who[2],
				Suppress: []string{fmt.Sprintf("%064x", uid+1)}, Event: Event{Actor: "aigul", Code: "noted"}}, t0))
		}
		for {
			m := must[*Mail](t)(db.Claim(ctx, t0.Add(time.Minute), func(m Mail, l Letter, _ []Request) ([]byte, error) {
				return []byte("To: " + m.To + "\r\nSubject: " + l.Subject + "\r\n\r\n" + l.FromName), nil
			}, nil, nil))
			if m == nil {
				break
			}
			ok(t, db.Settle(ctx, m.ID, Settlement{State: MailSent, Code: 250, Reply: "queued for " + m.To}, t0))
		}
		must[[]int64](t)(db.Remind(ctx, []Notice{{Mail: NewMail{Purpose: PurposeDigest, State: MailHeld, To: "staff@license.kz", Language: "ru",
			MessageID: func(n string) string { return "<d" + n + "@license.kz>" }, Data: jsonText(who[0])}, Numbers: done.Numbers}}, time.Time{}, t0))
	}
	why, who := rules.Reason{Code: "by_person", Args: []string{gone + " согласен"}}, gone
	must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: "LK-2026-000001", Event: Event{Actor: "aigul", Code: "closed"}, Says: &More{Note: &who}},
		func(r *Request) { r.Status, r.Outcome = StatusDone, why }), t0.Add(time.Hour)))
	return db
}

func TestPurge(t *testing.T) {
	ctx, folder := t.Context(), t.TempDir()
	path := filepath.Join(folder, "p.db")
	db := twoPeople(t, path)
	sound(t, db)
	head := must[Event](t)(db.Head(ctx)).Digest
	if list := must[[]Purgeable](t)(db.Purgeable(ctx, t0.Add(time.Hour))); len(list) != 0 {
		t.Errorf("closed at the very instant: %+v", list)
	}
	before := t0.Add(2 * time.Hour)
	list := must[[]Purgeable](t)(db.Purgeable(ctx, before))
	if len(list) != 1 || list[0].Number != "LK-2026-000001" || list[0].Letters != 1 || list[0].Mails != 2 || list[0].Bytes == 0 || !list[0].Since.Equal(t0.Add(time.Hour)) {
		t.Fatalf("to be purged: %+v", list)
	}
	sum := must[Purged](t)(db.Purge(ctx, before, "dinara", t0.Add(3*time.Hour), nil))
	if sum != (Purged{Requests: 1, Letters: 1, Mails: 3, Notes: 3}) { // the other digest is as old
		t.Errorf("purged %+v", sum)
	}
	sound(t, db)
	if v := must[Verified](t)(db.VerifyAll(ctx, VerifyOptions{Head: head})); v.Known == 0 {
		t.Error("the head of before the purge is not in the history")
	}
	nowhere(t, folder, "Незабудкин", "Ерғазы", "Ергазы", "nezabudkin", "gone.example", gonePhone, "765-43-21", "Редчайшая тема Ер")
	r := must[Request](t)(db.Request(ctx, "LK-2026-000001"))
	if r.Kind != "consent_withdrawal" || r.Status != StatusDone || r.Outcome.Code != "by_person" || len(r.Terms) != 2 || r.Letters[0].RawSHA256 == "" {
		t.Errorf("what stays of the request: %+v", r)
	}
	codes := ""
	for _, e := range must[[]Event](t)(db.History(ctx, "LK-2026-000001")) {
		codes += e.Code + " "
	}
	if !strings.HasPrefix(codes, "registered queued noted") || !strings.HasSuffix(codes, "closed dropped purged ") && !strings.HasSuffix(codes, "closed purged ") {
		t.Errorf("history: %s", codes)
	}
	if r := must[Request](t)(db.Request(ctx, "LK-2026-000002")); r.Letters[0].FromName != kept || len(r.Notes) != 3 {
		t.Errorf("the other's request: %+v", r)
	}
	if s := must[[]Suppression](t)(db.Suppressions(ctx)); len(s) != 2 || s[0].SHA256 != fmt.Sprintf("%064x", 1) {
		t.Errorf("suppressions: %+v", s)
	}
	events := must[Event](t)(db.Head(ctx)).Seq
	if again := must[Purged](t)(db.Purge(ctx, before, "dinara", t0.Add(4*time.Hour), nil)); again != (Purged{}) || must[Event](t)(db.Head(ctx)).Seq != events {
		t.Errorf("purged again: %+v", again)
	}
	// Life goes on.
	must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: "LK-2026-000001", Note: "снова", Event: Event{Actor: "a", Code: "reopened"}}, func(r *Request) { r.Status = StatusOpen }), t0.Add(5*time.Hour)))
	sound(t, db)
}

// What a purge removed and somebody puts back is named, and so is what a purge
// did not remove and somebody takes away.
func TestVerifyAfterPurge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.db")
	db := twoPeople(t, path)
	execute(t, db.writer.conn, `CREATE TABLE kept_private AS SELECT * FROM letters_private`)
	execute(t, db.writer.conn, `CREATE TABLE kept_chunks AS SELECT * FROM letter_chunks`)
	execute(t, db.writer.conn, `CREATE TABLE kept_details AS SELECT * FROM event_details`)
	must[Purged](t)(db.Purge(t.Context(), t0.Add(2*time.Hour), "dinara", t0.Add(3*time.Hour), nil))
	for _, table := range []string{"kept_private", "kept_chunks", "kept_details"} {
		execute(t, db.writer.conn, `CREATE TABLE other_`+table+` AS SELECT * FROM `+table)
		execute(t, db.writer.conn, `DROP TABLE `+table)
	}
	ok(t, db.Close())
	x := tamperWith(t, path)
	for _, c := range []struct {
		do, undo, table string
		row             int64
	}{
		{`INSERT INTO letters_private SELECT * FROM other_kept_private WHERE id = 1`, `DELETE FROM letters_private WHERE id = 1`, "letters_private", 1},
		{`INSERT INTO letter_chunks SELECT * FROM other_kept_chunks WHERE owner = 1`, `DELETE FROM letter_chunks WHERE owner = 1`, "letter_chunks", 1},
		{`INSERT INTO event_details SELECT * FROM other_kept_details WHERE event = 1`, `DELETE FROM event_details WHERE event = 1`, "event_details", 1},
		{`DELETE FROM letters_private WHERE id = 2`, `INSERT INTO letters_private SELECT * FROM other_kept_private WHERE id = 2`, "letters_private", 2},
		{`DELETE FROM letter_chunks WHERE owner = 2`, `INSERT INTO letter_chunks SELECT * FROM other_kept_chunks WHERE owner = 2`, "letter_chunks", 2},
		{`UPDATE requests SET status = 'open' WHERE id = 1`, `UPDATE requests SET status = 'done' WHERE id = 1`, "requests", 1},
		{`UPDATE letters SET raw_sha256 = stored_sha256 WHERE id = 1`, ``, "letters", 1},
	} {
		if breaks := x.try(c.do, c.undo); !names(breaks, c.table, c.row) {
			t.Errorf("%s: %+v", c.do, breaks)
		}
	}
}

func TestForget(t *testing.T) {
	ctx, folder := t.Context(), t.TempDir()
	db := twoPeople(t, filepath.Join(folder, "p.db"))
	// A line of the first person in the request of the other.
	join := person(t, db, 3, gone, goneAddr, gonePhone)
	join.Requests, join.Joins, join.Ack = nil, joins("LK-2026-000002"), nil
	must[Admitted](t)(db.Admit(ctx, join, t0))
	if _, err := db.Forget(ctx, Forgetting{Address: "nobody@example.kz", Actor: "dinara"}, t0); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown address: %v", err)
	}
	if _, err := db.Forget(ctx, Forgetting{Address: keptAddr, Actor: "dinara"}, t0); !errors.Is(err, ErrOpen) || !strings.Contains(err.Error(), "LK-2026-000002") {
		t.Errorf("an open request: %v", err)
	}
	traces := must[Traces](t)(db.TracesOf(ctx, " NEZABUDKIN@gone.example "))
	if len(traces.Requests) != 1 || len(traces.Letters) != 1 || !slices.Equal(traces.Open(), []string{"LK-2026-000002"}) {
		t.Errorf("traces: %+v", traces)
	}
	sum := must[Purged](t)(db.Forget(ctx, Forgetting{
		Address: strings.ToUpper(goneAddr), Why: "решение суда", Actor: "dinara", Suppress: "forgotten", SuppressFor: []rules.Kind{"consent_withdrawal"},
	}, t0.Add(time.Hour)))
	if sum != (Purged{Requests: 1, Letters: 2, Mails: 2, Notes: 3}) {
		t.Errorf("forgotten %+v", sum)
	}
	if traces.Going != sum {
		t.Errorf("announced %+v, removed %+v", traces.Going, sum)
	}
	sound(t, db)
	nowhere(t, folder, "Незабудкин", "Ерғазы", "Ергазы", "nezabudkin", "gone.example", gonePhone)
	r := must[Request](t)(db.Request(ctx, "LK-2026-000002"))
	if len(r.Letters) != 2 || r.Letters[0].FromName != kept || r.Letters[1].FromName != "" || r.Status != StatusOpen {
		t.Errorf("the other's request: %+v", r)
	}
	if hits, _, err := db.Search(ctx, "Остаёвна", 10); err != nil || len(hits) != 1 {
		t.Errorf("the other is found %d times, %v", len(hits), err)
	}
	if hits, _, err := db.Search(ctx, "Незабудкин", 10); err != nil || len(hits) != 0 {
		t.Errorf("the forgotten is found %d times, %v", len(hits), err)
	}
	if s := must[[]Suppression](t)(db.Suppressions(ctx)); len(s) != 3 || s[2].SHA256 != "forgotten" {
		t.Errorf("suppressions: %+v", s)
	}
}

// An open request shields the letter that it shares with a closed one.
func TestPurgeLeavesWhatAnotherRequestNeeds(t *testing.T) {
	ctx, db := t.Context(), open(t)
	a := admission(t, db, 1)
	a.Requests = append(a.Requests, NewRequest{Kind: "erasure", Status: StatusOpen, ReceivedOn: day("2026-11-23"), ActBy: day("2026-12-14"), Terms: terms("2026-12-14")})
	a.Ack = nil
	done := must[Admitted](t)(db.Admit(ctx, a, t0))
	for i, number := range done.Numbers {
		must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: number, Event: Event{Actor: "a", Code: "closed"}}, func(r *Request) { r.Status = StatusDone }), t0.Add(time.Duration(i)*time.Hour)))
		if list := must[[]Purgeable](t)(db.Purgeable(ctx, t0.Add(time.Duration(i)*time.Hour+time.Minute))); len(list) != 2*i {
			t.Errorf("with %d of two closed, %d can be purged", i+1, len(list))
		}
	}
	queued := ack("late")
	must[int64](t)(db.Enqueue(ctx, *queued, done.Numbers[:1], t0))
	if list := must[[]Purgeable](t)(db.Purgeable(ctx, t0.Add(9*time.Hour))); len(list) != 1 {
		t.Errorf("with a letter in the queue, %d can be purged", len(list))
	}
	sound(t, db)
}
