package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

func TestNumbersCountPerPrefixAndYear(t *testing.T) {
	ctx, db := context.Background(), open(t)
	for i, c := range []struct{ prefix, on, want string }{
		{"LK", "2026-12-31", "LK-2026-000001"},
		{"LK", "2027-01-01", "LK-2027-000001"},
		{"LK", "2026-11-23", "LK-2026-000002"},
		{"ПК", "2026-11-23", "ПК-2026-000001"},
		{"LK", "2027-01-02", "LK-2027-000002"},
	} {
		a := admission(t, db, uint32(i+1))
		a.Prefix, a.Requests[0].ReceivedOn = c.prefix, day(c.on)
		if done := must[Admitted](t)(db.Admit(ctx, a, t0)); done.Numbers[0] != c.want {
			t.Errorf("letter %d got %s, want %s", i, done.Numbers[0], c.want)
		}
	}
	// What is not committed takes no number.
	bad := admission(t, db, 9)
	bad.Requests = append(bad.Requests, NewRequest{Status: "nonsense", ReceivedOn: day("2026-11-23")})
	if _, err := db.Admit(ctx, bad, t0); err == nil {
		t.Fatal("a request with a status that does not exist was admitted")
	}
	if done := must[Admitted](t)(db.Admit(ctx, admission(t, db, 9), t0)); done.Numbers[0] != "LK-2026-000003" {
		t.Errorf("after a refused letter: %s", done.Numbers[0])
	}
	sound(t, db)
}

// A withdrawal that also demands deletion: two requests, one acknowledgement.
func TestTwoRequestsOfOneLetterShareItsAcknowledgement(t *testing.T) {
	ctx, db := context.Background(), open(t)
	a := admission(t, db, 1)
	a.Requests = append(a.Requests, NewRequest{Kind: "erasure", Status: StatusOpen, ReceivedOn: day("2026-11-23"), ActBy: day("2026-12-14"), Terms: terms("2026-12-14")})
	done := must[Admitted](t)(db.Admit(ctx, a, t0))
	if !reflect.DeepEqual(done.Numbers, []string{"LK-2026-000001", "LK-2026-000002"}) {
		t.Fatalf("numbers %v", done.Numbers)
	}
	var seen []string
	m := must[*Mail](t)(db.Claim(ctx, t0, func(m Mail, l Letter, rs []Request) ([]byte, error) {
		for _, r := range rs {
			seen = append(seen, r.Number+" "+string(r.Kind)+" "+r.Letters[0].Text+" "+r.Terms[0].Due.String())
		}
		return []byte(l.Text), nil
	}, nil, nil))
	if want := []string{"LK-2026-000001 consent_withdrawal Прошу прекратить\nобработку 1 2027-01-08", "LK-2026-000002 erasure Прошу прекратить\nобработку 1 2026-12-14"}; !reflect.DeepEqual(seen, want) {
		t.Errorf("rendered from %q", seen)
	}
	ok(t, db.Settle(ctx, m.ID, Settlement{State: MailSent, Code: 250}, t0))
	for _, r := range must[[]Request](t)(db.Requests(ctx, Filter{})) {
		if r.Ack.State != MailSent || r.Ack.MailID != m.ID {
			t.Errorf("%s: acknowledgement %+v", r.Number, r.Ack)
		}
		if h := must[[]Event](t)(db.History(ctx, r.Number)); len(h) != 4 || h[3].Code != EventSent {
			t.Errorf("%s: history %+v", r.Number, h)
		}
	}
}

// A review case becomes two requests: the first keeps the number.
func TestConfirmMakesTwoRequests(t *testing.T) {
	ctx, db := context.Background(), open(t)
	a := admission(t, db, 1)
	a.Ack = nil
	a.Requests = []NewRequest{{Status: StatusReview, Candidates: []rules.Kind{"erasure"}, ReceivedOn: day("2026-11-23"), ActBy: day("2026-11-24")}}
	number := must[Admitted](t)(db.Admit(ctx, a, t0)).Numbers[0]
	kind, why := rules.Kind("consent_withdrawal"), "по смыслу"
	c := becoming(t, db, Change{
		Number: number,
		More:   []NewRequest{{Kind: "erasure", Status: StatusOpen, ReceivedOn: day("2026-11-23"), ActBy: day("2026-12-14"), Terms: terms("2026-12-14")}},
		Prefix: "LK", Ack: ack("a"), Event: Event{Actor: "aigul", Code: "confirmed"}, Says: &More{Why: &why},
	}, func(r *Request) {
		r.Status, r.Kind, r.Candidates, r.Terms, r.ActBy = StatusOpen, kind, nil, terms("2027-01-08"), day("2027-01-08")
	})
	first := must[Request](t)(db.Change(ctx, c, t0.Add(time.Hour)))
	if first.Number != number || first.Kind != kind || first.Candidates != nil || first.Status != StatusOpen || len(first.Terms) != 1 {
		t.Errorf("first %+v", first)
	}
	second := must[Request](t)(db.Request(ctx, "LK-2026-000002"))
	if second.Kind != "erasure" || !second.ReceivedAt.Equal(t0) || !second.RegisteredAt.Equal(t0.Add(time.Hour)) || second.Policy != first.Policy ||
		second.Letters[0].ID != first.Letters[0].ID || !reflect.DeepEqual(second.Ack, first.Ack) || first.Ack.State != MailQueued {
		t.Errorf("second %+v", second)
	}
	if list := must[[]Mail](t)(db.Outbox(ctx, nil)); len(list) != 1 || !reflect.DeepEqual(list[0].Requests, []string{number, "LK-2026-000002"}) {
		t.Errorf("outbox %+v", list)
	}
	h := must[[]Event](t)(db.History(ctx, number))
	if e := h[1]; e.Code != "confirmed" || e.Actor != "aigul" || !strings.Contains(e.Detail, `"before":{`) || !strings.Contains(e.Detail, `"why":"по смыслу"`) {
		t.Errorf("event %+v", e)
	}
	if _, err := db.Change(ctx, c, t0); !errors.Is(err, ErrStale) {
		t.Errorf("confirmed twice: %v", err)
	}
	sound(t, db)
}

func TestJoin(t *testing.T) {
	ctx, db := context.Background(), open(t)
	number := must[Admitted](t)(db.Admit(ctx, admission(t, db, 1), t0)).Numbers[0]
	must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: number, Event: Event{Actor: "a", Code: "waiting"}}, func(r *Request) {
		r.Status, r.Waits = StatusWaiting, []rules.Wait{{From: day("2026-11-24")}}
	}), t0))
	b := admission(t, db, 2)
	join := becoming(t, db, joins(number)[0], func(r *Request) {
		r.Status, r.Waits = StatusOpen, []rules.Wait{{From: day("2026-11-24"), To: day("2026-11-25")}}
		r.Terms, r.ActBy = terms("2027-01-11"), day("2027-01-11")
	})
	b.Requests, b.Joins, b.Ack = nil, []Change{join}, nil
	if done := must[Admitted](t)(db.Admit(ctx, b, t0)); !reflect.DeepEqual(done.Numbers, []string{number}) {
		t.Errorf("joined %v", done.Numbers)
	}
	r := must[Request](t)(db.Request(ctx, number))
	if r.Status != StatusOpen || len(r.Letters) != 2 || r.Letters[1].Place.UID != 2 || !reflect.DeepEqual(r.Waits, join.Is.Waits) ||
		!reflect.DeepEqual(r.Terms, join.Is.Terms) || r.ActBy != join.Is.ActBy || r.Revision != 3 {
		t.Errorf("request %+v", r)
	}
	b = admission(t, db, 3)
	b.Requests, b.Joins = nil, []Change{{Number: "LK-2026-000099"}}
	if _, err := db.Admit(ctx, b, t0); !errors.Is(err, ErrNotFound) {
		t.Errorf("join what is not there: %v", err)
	}
	if places := must[map[uint32]bool](t)(db.Places(ctx, "INBOX", 7, 1, 9)); !reflect.DeepEqual(places, map[uint32]bool{1: true, 2: true}) {
		t.Errorf("places %v", places)
	}
	sound(t, db)
}

// A person takes in what was filed as no request, and what came on paper.
func TestAdmitByAPerson(t *testing.T) {
	ctx, db := context.Background(), open(t)
	ok(t, db.Record(ctx, Cursor{Folder: "INBOX", UIDValidity: 7, LastUID: 1}, []Seen{{UID: 1, Verdict: rules.None, ReasonCode: "plain"}}, t0))
	a := admission(t, db, 1)
	if done := must[Admitted](t)(db.Admit(ctx, a, t0)); !done.Known {
		t.Errorf("what is in the ledger was admitted: %+v", done)
	}
	a.Anew, a.Actor = true, "aigul"
	if done := must[Admitted](t)(db.Admit(ctx, a, t0)); done.Known || len(done.Numbers) != 1 {
		t.Errorf("a person's registration: %+v", done)
	}
	if done := must[Admitted](t)(db.Admit(ctx, a, t0)); !done.Known {
		t.Errorf("registered twice: %+v", done)
	}
	paper := admission(t, db, 2)
	paper.Place, paper.Raw, paper.Seen = Place{}, nil, Seen{}
	r := must[Request](t)(db.Request(ctx, must[Admitted](t)(db.Admit(ctx, paper, t0)).Numbers[0]))
	if r.Letters[0].Place != (Place{}) || r.Letters[0].RawSHA256 != "" {
		t.Errorf("paper %+v", r.Letters[0])
	}
	if err := db.Raw(ctx, r.Letters[0].ID, io.Discard); !errors.Is(err, ErrNotFound) {
		t.Errorf("bytes of paper: %v", err)
	}
	if err := db.Raw(ctx, 99, io.Discard); !errors.Is(err, ErrNotFound) {
		t.Errorf("bytes of no letter: %v", err)
	}
	if f := must[Counts](t)(db.Counts(ctx)); f.Ledger[rules.None] != 1 || f.Ledger[rules.Request] != 0 {
		t.Errorf("the ledger row was rewritten: %+v", f.Ledger)
	}
	if _, err := db.Admit(ctx, Admission{Place: Place{Folder: "INBOX", UIDValidity: 7, UID: 8}}, t0); err == nil {
		t.Error("a letter of no request was admitted")
	}
	sound(t, db)
}

func TestRawOfEverySize(t *testing.T) {
	ctx, db := context.Background(), open(t)
	for i, size := range []int{0, 1, chunkSize - 1, chunkSize, chunkSize + 1, 3*chunkSize + 7} {
		b := make([]byte, size)
		rand.Read(b)
		a := admission(t, db, uint32(i+1))
		a.Raw = spool(t, db, string(b))
		id := must[Admitted](t)(db.Admit(ctx, a, t0)).LetterID
		var got bytes.Buffer
		ok(t, db.Raw(ctx, id, &got))
		if !bytes.Equal(got.Bytes(), b) {
			t.Errorf("%d bytes came back as %d", size, got.Len())
		}
	}
	sound(t, db)
}

// Letters that an earlier version stored in larger pieces are read as ever, and what
// is cut in pieces of any other size is no letter of ours.
func TestRawInOtherPieces(t *testing.T) {
	ctx, db := context.Background(), open(t)
	whole := make([]byte, 2*formerChunk+7)
	rand.Read(whole)
	for i, c := range []struct {
		piece int
		good  bool
	}{{formerChunk, true}, {chunkSize, true}, {chunkSize - 1, false}, {chunkSize + 1, false}, {formerChunk + 1, false}} {
		a := admission(t, db, uint32(i+1))
		a.Raw = nil
		id := must[Admitted](t)(db.Admit(ctx, a, t0)).LetterID
		no := 0
		for piece := range slices.Chunk(whole, c.piece) {
			_, err := db.writer.ExecContext(ctx, "INSERT INTO letter_chunks (owner, no, data) VALUES (?, ?, ?)", id, no, db.pack.EncodeAll(piece, nil))
			ok(t, err)
			no++
		}
		var got bytes.Buffer
		_, err := db.readChunks(ctx, db.read, "letter_chunks", id, &got)
		if good := err == nil && bytes.Equal(got.Bytes(), whole); good != c.good || !good && !errors.Is(err, ErrDamaged) {
			t.Errorf("in pieces of %d bytes %d come back as %d: %v", c.piece, len(whole), got.Len(), err)
		}
	}
}

// An attached file, in base64, takes hardly more room than the file itself.
func TestAttachedIsPacked(t *testing.T) {
	ctx, db := context.Background(), open(t)
	file := make([]byte, 200<<10)
	rand.Read(file)
	a := letterOf(1)
	a.Raw = spool(t, db, base64.StdEncoding.EncodeToString(file))
	must[Admitted](t)(db.Admit(ctx, a, t0))
	var size int
	ok(t, db.read.QueryRow(`SELECT sum(length(data)) FROM letter_chunks`).Scan(&size))
	if size > len(file)*102/100 {
		t.Errorf("a file of %d bytes takes %d", len(file), size)
	}
}

func TestSpool(t *testing.T) {
	for _, size := range []int{3, smallLetter, 3 * smallLetter} {
		testSpool(t, "one ", strings.Repeat("two", size/3))
	}
}

func testSpool(t *testing.T, one, two string) {
	db := open(t)
	s := spool(t, db, one)
	r1 := must[io.ReadSeekCloser](t)(s.Open())
	io.WriteString(s, two)
	r2 := must[io.ReadSeekCloser](t)(s.Open())
	if b, _ := io.ReadAll(r1); string(b) != one {
		t.Errorf("first reader: %q", b)
	}
	if b, _ := io.ReadAll(r2); string(b) != one+two || s.Size() != int64(len(one+two)) {
		t.Errorf("second reader: %d bytes of %d", len(b), s.Size())
	}
	if want := sha256.Sum256([]byte(one + two)); s.SHA256() != hex.EncodeToString(want[:]) {
		t.Errorf("digest %s", s.SHA256())
	}
	if inFile := s.f != nil; inFile != (len(one+two) > smallLetter) {
		t.Errorf("%d bytes in a file: %v", len(one+two), inFile)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(db.path), ".spool-*")); len(left) != 0 {
		t.Errorf("a spool has a name: %v", left)
	}
	ok(t, s.Discard())
	ok(t, s.Discard())
	if _, err := s.Open(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("open after discard: %v", err)
	}
	if _, err := s.Write([]byte("x")); err == nil {
		t.Error("written after discard")
	}
}

// Two people who register one file at the same moment make one request of it: whoever
// comes second is told that it is there, although it was not when that one looked.
func TestAdmitOneFileTwice(t *testing.T) {
	ctx, db := context.Background(), open(t)
	file := func() Admission {
		a := admission(t, db, 1)
		a.Place, a.Anew, a.ByHand, a.Letter.Via = Place{}, true, &ByHand{Via: ViaFile}, ViaFile
		return a
	}
	first, second := must[Admitted](t)(db.Admit(ctx, file(), t0)), must[Admitted](t)(db.Admit(ctx, file(), t0))
	if len(first.Numbers) != 1 || !second.Known || len(second.Numbers) != 0 {
		t.Errorf("first %+v, then %+v", first, second)
	}
	if mails := must[[]Mail](t)(db.Outbox(ctx, nil)); len(mails) != 1 {
		t.Errorf("%d acknowledgements", len(mails))
	}
	sound(t, db)
}
