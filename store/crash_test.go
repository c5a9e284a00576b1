package store

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// script is one pass of everything that commits, in order. die is called at
// numbered points: in the middle of a transaction and after each commit.
func script(db *DB, die func(point string)) error {
	ctx := context.Background()
	dying := func(m *NewMail, point string) *NewMail {
		id := m.MessageID
		m.MessageID = func(n string) string { die("inside " + point); return id(n) }
		return m
	}
	admit := func(uid uint32) error {
		a := letterOf(uid)
		raw := db.Spool()
		defer raw.Discard()
		io.WriteString(raw, strings.Repeat(rawOf(uid), 20_000)) // several chunks
		a.Raw, a.Ack = raw, dying(a.Ack, fmt.Sprintf("admit %d", uid))
		_, err := db.Admit(ctx, a, t0)
		return err
	}
	kind, cursor := rules.Kind("claim"), Cursor{Folder: "INBOX", UIDValidity: 7, FirstUID: 1, LastUID: 9, FirstPass: true}
	var mail *Mail
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"set cursor", func() error {
			return db.SetCursor(ctx, Cursor{Folder: "INBOX", UIDValidity: 7, FirstUID: 1, FirstPass: true}, t0)
		}},
		{"admit 1", func() error { return admit(1) }},
		{"record", func() error { return db.Record(ctx, cursor, []Seen{seen(2), seen(3)}, t0) }},
		{"admit 4", func() error { return admit(4) }},
		{"claim", func() (err error) {
			mail, err = db.Claim(ctx, t0, func(m Mail, l Letter, rs []Request) ([]byte, error) {
				die("inside claim")
				return render(m, l, rs)
			}, nil, nil)
			return err
		}},
		{"settle", func() error { return db.Settle(ctx, mail.ID, Settlement{State: MailSent, Code: 250}, t0) }},
		{"change", func() error {
			is, err := db.Request(ctx, "LK-2026-000001")
			if err != nil {
				return err
			}
			is.Kind, is.Terms, is.ActBy = kind, terms("2026-12-03"), day("2026-12-03")
			_, err = db.Change(ctx, Change{Number: is.Number, Revision: is.Revision, Is: &is, Note: "n",
				More: letterOf(1).Requests, Prefix: "LK", Ack: dying(ack("c"), "change"), Event: Event{Actor: "a", Code: "confirmed"}}, t0)
			return err
		}},
		{"remind", func() error {
			m := ack("r")
			m.Purpose = PurposeReminder
			_, err := db.Remind(ctx, []Notice{{Stages: []Stage{{"LK-2026-000001", "5", day("2026-11-23"), day("2026-11-30")}}, Mail: *dying(m, "remind")}}, time.Time{}, t0)
			return err
		}},
		{"recompute", func() error {
			return db.Recompute(ctx, Recomputation{Cause: "c", Basis: map[string]string{MetaDeadlines: "{}"}, Count: func(Request) (*Recount, error) {
				die("inside recompute")
				return &Recount{Terms: terms("2026-12-04"), ActBy: day("2026-12-04")}, nil
			}}, t0)
		}},
		{"claim 2", func() (err error) { mail, err = db.Claim(ctx, t0, render, nil, nil); return err }},
		{"recover", func() error { _, err := db.Recover(ctx, t0); return err }},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		die("after " + step.name)
	}
	return nil
}

// childScript runs the script and kills itself, as a power cut would, at the
// point that arg numbers.
func childScript(path, arg string) error {
	at, err := strconv.Atoi(arg)
	if err != nil {
		return err
	}
	db, err := Open(context.Background(), path)
	if err != nil {
		return err
	}
	n := 0
	return script(db, func(point string) {
		if n++; n == at {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	})
}

// Killed at every commit and in the middle of every kind of transaction: what
// was committed is there whole, what was not has left no trace.
func TestKilledAtEveryCommit(t *testing.T) {
	var points []string
	after := []string{""} // the events committed at each point
	whole := open(t)
	ok(t, script(whole, func(point string) {
		points = append(points, point)
		committed := after[len(after)-1]
		if strings.HasPrefix(point, "after ") {
			committed = codes(t, whole)
		}
		after = append(after, committed)
	}))
	if len(points) < 16 {
		t.Fatalf("%d points: %v", len(points), points)
	}
	for i, point := range points {
		path := filepath.Join(t.TempDir(), "p.db")
		out, err := child("script", path, strconv.Itoa(i+1)).CombinedOutput()
		if err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("%s: %v: %s", point, err, out)
		}
		db := openAt(t, path)
		if got := codes(t, db); got != after[i+1] {
			t.Errorf("killed %s: %s\nwant %s", point, got, after[i+1])
		}
		sound(t, db)
		ok(t, db.Close())
	}
}

// childWriter admits letters from the UID arg on until it is killed, or a
// hundred, and says of each when it is committed.
func childWriter(path, arg string) error {
	ctx := context.Background()
	first, err := strconv.Atoi(arg)
	if err != nil {
		return err
	}
	db, err := Open(ctx, path)
	if err != nil {
		return err
	}
	defer db.Close()
	for uid := first; uid < first+100; uid++ {
		a := letterOf(uint32(uid))
		raw := db.Spool()
		io.WriteString(raw, rawOf(uint32(uid)))
		a.Raw = raw
		if _, err := db.Admit(ctx, a, t0); err != nil {
			return err
		}
		raw.Discard()
		m, err := db.Claim(ctx, t0, render, nil, nil)
		if err != nil {
			return err
		}
		if err := db.Settle(ctx, m.ID, Settlement{State: MailSent}, t0); err != nil {
			return err
		}
		fmt.Println(uid)
	}
	return nil
}

// Killed at any moment and started again: what was reported is there, each
// letter once, each sent at most once.
func TestKilledAtRandom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.db")
	next := 1
	for round := range 8 {
		cmd := child("writer", path, strconv.Itoa(next))
		out, err := cmd.StdoutPipe()
		ok(t, err)
		ok(t, cmd.Start())
		lines, stop := bufio.NewScanner(out), 1+rand.IntN(12)
		for n := 0; n < stop && lines.Scan(); n++ {
			next = must[int](t)(strconv.Atoi(lines.Text()))
		}
		time.AfterFunc(time.Duration(rand.IntN(3000))*time.Microsecond, func() { cmd.Process.Kill() })
		for lines.Scan() {
			next = must[int](t)(strconv.Atoi(lines.Text()))
		}
		cmd.Wait()
		next++
		db := openAt(t, path)
		sound(t, db)
		places := must[map[uint32]bool](t)(db.Places(context.Background(), "INBOX", 7, 0, 10_000))
		for uid := 1; uid < next; uid++ {
			if !places[uint32(uid)] {
				t.Errorf("round %d: letter %d was reported and is lost", round, uid)
			}
		}
		if list := must[[]Request](t)(db.Requests(context.Background(), Filter{All: true})); len(list) != len(places) {
			t.Errorf("round %d: %d requests of %d letters", round, len(list), len(places))
		}
		for places[uint32(next)] { // admitted, but killed before it said so
			next++
		}
		must[int](t)(db.Recover(context.Background(), t0))
		for _, m := range must[[]Mail](t)(db.Outbox(context.Background(), nil)) {
			if m.Attempts > 1 || m.State == MailSending {
				t.Errorf("round %d: letter of ours %d: %s after %d tries", round, m.ID, m.State, m.Attempts)
			}
		}
		for _, m := range must[[]Mail](t)(db.Outbox(context.Background(), []MailState{MailQueued})) {
			ok(t, db.Drop(context.Background(), m.ID, "a", t0))
		}
		ok(t, db.Close())
	}
}
