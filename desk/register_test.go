package desk

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

var clerk = Actor{Login: "aigul"}

// refusedAs checks that nothing was registered, and why.
func refusedAs(t *testing.T, r *rig, code string, err error) {
	t.Helper()
	var no *Refused
	if !errors.As(err, &no) || no.Code != code {
		t.Errorf("%v, want refused as %s", err, code)
	}
}

// letterOn is a letter that a server received on a day.
func letterOn(m mail, at time.Time) []byte {
	return append([]byte("Received: from mx.one.example by mail.license.kz; "+at.Format(time.RFC1123Z)+"\r\n"), m.raw()...)
}

// A missed letter is registered from its file, once, whatever line ends the
// program wrote that saved it, and is known when it comes by the mailbox.
func TestRegisterFile(t *testing.T) {
	r := newRig(t)
	at := now.Add(-48 * time.Hour)
	raw := letterOn(mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу исполнить.", id: "1@one.example"}, at)
	saved := bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	done, err := r.RegisterFile(t.Context(), bytes.NewReader(saved), 1<<20, ByHand{}, clerk)
	if err != nil || len(done.Numbers) != 1 {
		t.Fatal(done, err)
	}
	q := r.all(t)[0]
	if q.Kind != "consent_withdrawal" || !q.ReceivedAt.Equal(at.Truncate(time.Second)) || q.Ack.State != store.MailQueued || q.Letters[0].Via != store.ViaFile {
		t.Errorf("registered %+v", q)
	}
	if h, err := r.Store.History(t.Context(), q.Number); err != nil || h[0].Actor != "aigul" || !strings.Contains(h[0].Detail, "by_hand") {
		t.Errorf("history %+v %v", h, err)
	}
	var kept bytes.Buffer
	if err := r.Store.Raw(t.Context(), q.Letters[0].ID, &kept); err != nil || !bytes.Equal(kept.Bytes(), raw) {
		t.Errorf("the letter is kept in another form: %v", err)
	}
	_, err = r.RegisterFile(t.Context(), bytes.NewReader(raw), 1<<20, ByHand{}, clerk)
	refusedAs(t, r, "known", err)
	if err := r.box.Put("INBOX", raw, now); err != nil {
		t.Fatal(err)
	}
	if p, f := r.pass(t); p.Seen != 1 || len(p.Admitted) != 0 || f.Sent != 1 {
		t.Errorf("the same letter by the mailbox: %+v %+v", p, f)
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Error(breaks, err)
	}
}

// What the ledger holds as no request is taken up at its place, with the
// receipt that the mailbox states, from a file as well as by its UID.
func TestRegisterFiled(t *testing.T) {
	r := newRig(t)
	first, second := now.Add(-30*time.Hour), now.Add(-29*time.Hour)
	a := mail{from: "a@one.example", subject: "Вопрос", body: "Сколько стоит лицензия?", id: "1@one.example"}
	b := mail{from: "b@two.example", subject: "Вопрос", body: "А наша лицензия когда?", id: "2@two.example"}
	r.put(t, "INBOX", a, first)
	r.put(t, "INBOX", b, second)
	if p, _ := r.pass(t); p.Seen != 2 || len(p.Admitted) != 0 {
		t.Fatalf("pass: %+v", p)
	}
	h := ByHand{Kinds: []rules.Kind{"claim"}}
	for i, register := range []func() (Registered, error){
		func() (Registered, error) {
			return r.RegisterFile(t.Context(), bytes.NewReader(a.raw()), 1<<20, h, clerk)
		},
		func() (Registered, error) { return r.RegisterUID(t.Context(), "INBOX", 2, h, clerk) },
	} {
		done, err := register()
		if err != nil {
			t.Fatal(err)
		}
		q, err := r.Store.Request(t.Context(), done.Numbers[0])
		if err != nil || q.Kind != "claim" || !q.ReceivedAt.Equal([]time.Time{first, second}[i]) || q.Letters[0].Place.UID != uint32(i+1) || q.Letters[0].ReasonCode != codeByHand {
			t.Errorf("registered %+v %v", q, err)
		}
		_, err = register()
		refusedAs(t, r, "known", err)
	}
	if f := facts(t, r); f.Ledger[rules.None] != 2 {
		t.Errorf("the ledger was changed: %v", f.Ledger)
	}
	if p, _ := r.pass(t); p.Seen != 0 {
		t.Errorf("the next pass: %+v", p)
	}
	_, err := r.RegisterUID(t.Context(), "INBOX", 77, h, clerk)
	refusedAs(t, r, "no_message", err)
	_, err = r.RegisterUID(t.Context(), "Nowhere", 1, h, clerk)
	refusedAs(t, r, "folder", err)
}

// A letter that could not be read when it came, or was gone for a moment, is read again where
// a person says so. It becomes a request of its own, which names the case that it was.
func TestRegisterWhatCouldNotBeRead(t *testing.T) {
	r := newRig(t)
	m := mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу исполнить.", id: "1@one.example"}
	r.put(t, "INBOX", m, now.Add(-time.Hour))
	r.put(t, "INBOX", mail{from: "b@two.example", subject: withdrawalMark, body: "И меня прошу.", id: "2@two.example"}, now.Add(-time.Hour))
	whole := r.Inbox
	r.Inbox = lying{Inbox: whole, unreadable: []uint32{1, 2}}
	if p, f := r.pass(t); len(p.Admitted) != 2 || f.Sent != 0 {
		t.Fatalf("pass: %+v %+v", p, f)
	}
	r.Inbox = whole
	for _, q := range r.all(t) {
		if l := q.Letters[0]; l.Cut || len(l.Troubles) != 1 {
			t.Errorf("%s: said to be too large: %t, troubles %q", q.Number, l.Cut, l.Troubles)
		}
	}
	first, err := r.RegisterUID(t.Context(), "INBOX", 1, ByHand{}, clerk)
	if err != nil {
		t.Fatal(err)
	}
	second, err := r.RegisterFile(t.Context(), bytes.NewReader(m.raw()), 1<<20, ByHand{}, clerk)
	refusedAs(t, r, "known", err)
	q := r.request(t, first.Numbers[0])
	if l := q.Letters[0]; q.Kind != "consent_withdrawal" || q.Ack.State != store.MailQueued || l.Place.UID != 1 || len(q.Possibly) != 1 || len(second.Numbers) != 0 {
		t.Errorf("registered %+v", q)
	}
	if was := r.request(t, q.Possibly[0]); was.Status != store.StatusReview || was.Letters[0].Place.UID != 1 {
		t.Errorf("the case: %+v", was)
	}
	if p, f := r.pass(t); p.Seen != 0 || f.Sent != 1 {
		t.Errorf("the next pass: %+v %+v", p, f)
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Error(breaks, err)
	}
}

// A message of which the daemon has not heard yet is in the ledger from then on.
func TestRegisterBeforeThePass(t *testing.T) {
	r := newRig(t)
	r.put(t, "Sent", mail{from: "a@one.example", subject: "Без темы", body: "Прошу.", id: "1@one.example"}, now.Add(-time.Hour))
	r.put(t, "INBOX", mail{from: "b@two.example", subject: withdrawalMark, body: "Прошу.", id: "2@two.example"}, now.Add(-time.Hour))
	for typed, folder := range map[string]string{"Sent": "Sent", "inBox": "INBOX"} {
		done, err := r.RegisterUID(t.Context(), typed, 1, ByHand{Kinds: []rules.Kind{"erasure", "consent_withdrawal"}}, clerk)
		if err != nil {
			t.Fatal(err)
		}
		if at := r.request(t, done.Numbers[0]).Letters[0].Place; at.Folder != folder {
			t.Errorf("%s/1 lies in %q", typed, at.Folder)
		}
	}
	if p, f := r.pass(t); len(p.Admitted) != 0 || f.Sent != 2 {
		t.Errorf("pass: %+v %+v", p, f)
	}
	if n := len(r.all(t)); n != 4 {
		t.Errorf("%d requests, want two of each letter", n)
	}
}

// A letter in which nothing is recognised, and of which nothing is said, waits
// for a decision; a header says nothing of its sender's trust.
func TestRegisterUnclear(t *testing.T) {
	r := newRig(t)
	raw := letterOn(mail{from: "a@one.example", subject: "Добрый день", body: "Позвоните мне.", id: "1@one.example",
		fields: []string{"Authentication-Results: mail.license.kz; dmarc=pass header.from=one.example"}}, now.Add(-time.Hour))
	r.Acknowledge.AuthservID = "mail.license.kz"
	done, err := r.RegisterFile(t.Context(), bytes.NewReader(raw), 1<<20, ByHand{}, clerk)
	if err != nil {
		t.Fatal(err)
	}
	if q := r.all(t)[0]; q.Number != done.Numbers[0] || q.Status != store.StatusReview || q.Letters[0].Trust != rules.TrustNone || q.Ack.State != store.MailNone {
		t.Errorf("registered %+v", q)
	}
}

// What cannot be true, or is no letter, is refused with nothing changed.
func TestRegisterRefuses(t *testing.T) {
	r := newRig(t)
	good := mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}
	today := r.Today()
	for _, c := range []struct {
		code string
		raw  []byte
		hand ByHand
	}{
		{"no_receipt", good.raw(), ByHand{}},
		{"future", good.raw(), ByHand{Received: Receipt{Day: today.AddDays(1)}, Why: "так"}},
		{"future", letterOn(good, now.Add(48*time.Hour)), ByHand{}},
		{"old", good.raw(), ByHand{Received: Receipt{Day: today.AddDays(-366)}}},
		{"differs", letterOn(good, now.Add(-48*time.Hour)), ByHand{Received: Receipt{Day: today}}},
		{"empty", nil, ByHand{}},
		{"empty", []byte("\n\n \n"), ByHand{}},
		{"no_letter", []byte("%PDF-1.7\n\x00\x01\x02 not a letter at all\n"), ByHand{}},
		{"no_letter", bytes.Repeat([]byte{0xd0, 0xcf, 0x11, 0xe0, 0}, 1000), ByHand{}},
		{"large", letterOn(mail{subject: "x", body: strings.Repeat("a", 1<<20)}, now), ByHand{}},
	} {
		_, err := r.RegisterFile(t.Context(), bytes.NewReader(c.raw), 1<<20, c.hand, clerk)
		refusedAs(t, r, c.code, err)
	}
	if _, err := r.RegisterFile(t.Context(), bytes.NewReader(letterOn(good, now)), 1<<20, ByHand{Kinds: []rules.Kind{"wish"}}, clerk); !errors.Is(err, ErrKind) {
		t.Errorf("an unknown kind: %v", err)
	}
	if f := facts(t, r); f.Events != 0 || len(r.all(t)) != 0 {
		t.Errorf("something was written: %+v", f)
	}
}

// An answer to a letter of ours that nobody saw joins its request.
func TestRegisterJoins(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, now.Add(-time.Hour))
	r.pass(t)
	ack := mailbox.Parse(bytes.NewReader(r.box.Sent()[0].Raw))
	reply := letterOn(mail{from: "a@one.example", subject: "Re: " + ack.Subject, body: "Вот ещё.", id: "2@one.example", fields: []string{"In-Reply-To: " + ack.MessageID}}, now)
	done, err := r.RegisterFile(t.Context(), bytes.NewReader(reply), 1<<20, ByHand{}, clerk)
	if err != nil || !done.Joined || len(r.all(t)) != 1 {
		t.Errorf("%+v %v, %d requests", done, err, len(r.all(t)))
	}
}

// Paper gets a number, the terms of its day, its scans and its words; nobody is
// written to but at an address that was given, and not before a release.
func TestRegisterPaper(t *testing.T) {
	r := newRig(t)
	p := Paper{
		Via: store.ViaPost, Kinds: []rules.Kind{"claim"}, Received: Receipt{Day: rules.NewDate(2026, 11, 20)}, Name: "Иванов Пётр Сергеевич",
		Text: "Прошу вернуть деньги.", Files: []mailbox.File{{Name: "../скан 1.pdf", Type: "application/pdf", Data: []byte("%PDF-1.4 …")}},
	}
	done, err := r.RegisterPaper(t.Context(), p, clerk)
	if err != nil || len(done.Numbers) != 1 {
		t.Fatal(done, err)
	}
	q, err := r.Store.Request(t.Context(), done.Numbers[0])
	l := q.Letters[0]
	if err != nil || q.Number != "LK-2026-000001" || q.ReceivedOn != p.Received.Day || q.Status != store.StatusOpen || l.Via != store.ViaPost || !l.DayOnly(r.Zone) {
		t.Errorf("registered %+v %v", q, err)
	}
	if l.FromName != p.Name || l.FromAddr != "" || l.Text != p.Text || len(l.Attachments) != 1 || strings.Contains(l.Attachments[0].Name, "/") || l.AnswerCode != codeNoAddress {
		t.Errorf("letter %+v", l)
	}
	var raw bytes.Buffer
	if err := r.Store.Raw(t.Context(), l.ID, &raw); err != nil {
		t.Fatal(err)
	}
	if m := mailbox.Parse(&raw); !strings.Contains(m.Text, p.Text) || !strings.Contains(m.Text, "aigul") || len(m.Attachments) != 1 || m.From[0].Name != p.Name {
		t.Errorf("the letter that is kept: %+v", m)
	}

	p.Email, p.Via, p.Kinds, p.Text = "petr@mail.example", store.ViaPhone, []rules.Kind{"opt_out"}, "Прошу больше не присылать предложений."
	if done, err = r.RegisterPaper(t.Context(), p, clerk); err != nil {
		t.Fatal(err)
	}
	if q, err = r.Store.Request(t.Context(), done.Numbers[0]); err != nil || q.Ack.State != store.MailHeld || q.Ack.Reason.Code != codeByHandAddr || len(q.Possibly) != 1 {
		t.Errorf("with an address: %+v %v", q, err)
	}
	if _, f := r.pass(t); f.Sent != 0 {
		t.Error("something went out before the release")
	}
	if err := r.Store.ReleaseTo(t.Context(), q.Ack.MailID, p.Email, capKeys(p.Email), "aigul", now); err != nil {
		t.Fatal(err)
	}
	p.Kinds, p.Send = []rules.Kind{"erasure"}, true
	if _, err := r.RegisterPaper(t.Context(), p, clerk); err != nil {
		t.Fatal(err)
	}
	if _, f := r.pass(t); f.Sent != 2 {
		t.Errorf("sent %+v, want the released one and the one that was to go at once", f)
	}
	for _, e := range r.box.Sent() {
		m := mailbox.Parse(bytes.NewReader(e.Raw))
		if e.To != p.Email || m.InReplyTo != "" || strings.Contains(m.Text, "SHA-256") || !strings.Contains(m.Text, "20 ноября 2026") || strings.Contains(m.Text, "00:00") {
			t.Errorf("to %s:\n%s", e.To, m.Text)
		}
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Error(breaks, err)
	}
}

// A paper that lacks something, or holds what would break out of a header.
func TestRegisterPaperRefuses(t *testing.T) {
	r := newRig(t)
	good := Paper{Via: store.ViaCounter, Kinds: []rules.Kind{"claim"}, Received: Receipt{Day: r.Today()}, Name: "Асель"}
	for _, c := range []struct {
		code string
		edit func(*Paper)
	}{
		{"incomplete", func(p *Paper) { p.Via = store.ViaFile }},
		{"incomplete", func(p *Paper) { p.Kinds = nil }},
		{"incomplete", func(p *Paper) { p.Name = "  " }},
		{"name", func(p *Paper) { p.Name = "Асель\r\nBcc: x@y.example" }},
		{"future", func(p *Paper) { p.Received.Day = r.Today().AddDays(1) }},
		{"old", func(p *Paper) { p.Received.Day = r.Today().AddDays(-400) }},
		{"empty_file", func(p *Paper) { p.Files = []mailbox.File{{Name: "a.pdf"}} }},
		{"file_name", func(p *Paper) { p.Files = []mailbox.File{{Name: "a\n.pdf", Data: []byte("x")}} }},
		{"large_files", func(p *Paper) { p.Files = []mailbox.File{{Name: "a", Data: make([]byte, MaxPaper+1)}} }},
	} {
		p := good
		c.edit(&p)
		_, err := r.RegisterPaper(t.Context(), p, clerk)
		refusedAs(t, r, c.code, err)
	}
	for _, addr := range []string{account, "x", "a@b.example, c@d.example", "a@b.example\r\nBcc: x@y.example"} {
		p := good
		p.Email = addr
		if _, err := r.RegisterPaper(t.Context(), p, clerk); !errors.Is(err, ErrAddress) {
			t.Errorf("%q: %v", addr, err)
		}
	}
	if f := facts(t, r); f.Events != 0 {
		t.Errorf("something was written: %+v", f)
	}
}

// headless is a mailbox that gives no header of a letter, though all of it.
type headless struct{ Inbox }

func (b headless) Heads(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	return b.Inbox.Heads(ctx, from, to, func(heads []mailbox.Head) error {
		for i, h := range heads {
			heads[i] = mailbox.Head{UID: h.UID, InternalDate: h.InternalDate, Err: &mailbox.BadMessage{UID: h.UID, Err: mailbox.ErrBadMessage}}
		}
		return yield(heads)
	})
}

// A letter whose header alone cannot be had is registered by hand out of its own bytes.
func TestRegisterWithoutHeader(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу исполнить.", id: "1@one.example"}, now.Add(-time.Hour))
	r.Inbox = headless{r.Inbox}
	done, err := r.RegisterUID(t.Context(), "INBOX", 1, ByHand{}, clerk)
	if err != nil {
		t.Fatal(err)
	}
	q := r.request(t, done.Numbers[0])
	if l := q.Letters[0]; q.Kind != "consent_withdrawal" || q.Ack.State != store.MailQueued || len(l.Troubles) != 0 {
		t.Errorf("registered %+v", q)
	}
}
