package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/store"
)

// passOver makes the passes go by the next letter of INBOX, as if they had
// been told that it is not there.
func (i installation) passOver(t *testing.T) {
	t.Helper()
	db, err := store.Open(t.Context(), i.dir+"/pometka.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	cur, found, err := db.Cursor(t.Context(), "INBOX")
	if err != nil || !found {
		t.Fatalf("cursor: %v %v", found, err)
	}
	cur.LastUID++
	if err := db.SetCursor(t.Context(), cur, time.Now()); err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, box *sandbox.Sandbox, n int) {
	t.Helper()
	if err := box.Put("INBOX", withdrawal(n), time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
}

// A letter that the passes went by is found, told in words and as JSON, and
// taken in; before and after there is nothing to say.
func TestReconcile(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, nil)
	put(t, box, 1)
	i.call(t, "run", "--once").well(t)
	if r := i.call(t, "reconcile").well(t); !strings.Contains(r.out, "Пропусков нет") || !strings.Contains(r.out, "проверено 1 письмо") {
		t.Errorf("nothing missed:\n%s", r.out)
	}
	i.passOver(t)
	put(t, box, 2) // which the next pass would find by itself, since it is the last
	put(t, box, 3)
	for _, lang := range []string{"ru", "kk", "en"} {
		r := i.call(t, "--lang", lang, "reconcile")
		if r.code != exitWanting || r.err != "" || !strings.Contains(r.out, "UID 2 ") || !strings.Contains(r.out, "UID 3 ") || !strings.Contains(r.out, "--repair") {
			t.Errorf("%s: exit %d\n%s%s", lang, r.code, r.out, r.err)
		}
		for line := range strings.Lines(r.out) {
			if utf8.RuneCountInString(line) > narrow+1 {
				t.Errorf("%s: wider than 80 columns: %q", lang, line)
			}
		}
	}
	var j reconciliationJSON
	r := i.call(t, "reconcile", "--json", "--repair")
	if err := json.Unmarshal([]byte(r.out), &j); err != nil || r.code != exitWanting {
		t.Fatalf("exit %d, %v\n%s%s", r.code, err, r.out, r.err)
	}
	if j.Missing != 1 || j.Waiting != 1 || j.Repaired != 2 || len(j.Registered) != 2 || j.Running || len(j.Gaps) != 2 || !j.Gaps[0].Repaired || j.Gaps[0].New || !j.Gaps[1].New {
		t.Errorf("repair: %+v", j)
	}
	i.call(t, "reconcile").well(t)
	i.call(t, "run", "--once").well(t)
	sent := map[string]int{}
	for _, e := range box.Sent() {
		sent[e.To]++
	}
	checkOnce(t, i, 3, sent)
}

// The daemon looks for itself every night, and tells staff of what it finds.
func TestReconcileNightly(t *testing.T) {
	box := startSandbox(t)
	zone := "Etc/GMT-5"
	if time.Now().UTC().Hour() >= auditHour {
		zone = "Etc/UTC"
	}
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"imap": "  poll: 1s\n  idle: false\n", "": "calendar:\n  timezone: " + zone + "\n"})
	put(t, box, 1)
	i.call(t, "run", "--once").well(t)
	db, err := store.Open(t.Context(), i.dir+"/pometka.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	lastAudit := func(day string) {
		t.Helper()
		if err := db.SetMeta(t.Context(), store.MetaLastAudit, day); err != nil {
			t.Fatal(err)
		}
	}
	there, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	lastAudit(time.Now().In(there).Format(time.DateOnly))
	d := i.start(t)
	put(t, box, 2)
	d.waitFor("msg=\"intake pass ended\"", 1)
	i.passOver(t) // while the daemon knows the mailbox: over a new connection it would look
	put(t, box, 3)
	lastAudit("2000-01-01")
	d.waitFor("msg=\"nightly reconciliation ended\" missing=1 waiting=0", 1)
	d.waitFor("msg=\"outbox pass ended\"", 2) // the alarm has gone out
	r := i.call(t, "reconcile", "--repair")
	if r.code != exitWanting || !strings.Contains(r.out, "Взято в учёт: 1 письмо") {
		t.Errorf("repair beside the daemon: exit %d\n%s%s", r.code, r.out, r.err)
	}
	d.stop()
	var s statusJSON
	if err := json.Unmarshal([]byte(i.call(t, "status", "--json").out), &s); err != nil {
		t.Fatal(err)
	}
	if len(s.Alarms) != 1 || s.Alarms[0] != "reconcile" {
		t.Errorf("alarms: %q", s.Alarms)
	}
}

// beginAt says that the intake of INBOX began at a UID.
func (i installation) beginAt(t *testing.T, uid uint32) {
	t.Helper()
	db, err := store.Open(t.Context(), i.dir+"/pometka.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	cur, found, err := db.Cursor(t.Context(), "INBOX")
	if err != nil || !found || cur.FirstUID == uid {
		t.Fatalf("cursor: %+v %v %v", cur, found, err)
	}
	cur.FirstUID = uid
	if err := db.SetCursor(t.Context(), cur, time.Now()); err != nil {
		t.Fatal(err)
	}
}

// A folder that is missing keeps the others from nothing: they are compared and repaired,
// and it is named.
func TestReconcileWithoutFolder(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"imap": "  folders: [Nowhere, INBOX]\n"})
	if err := box.Put("INBOX", withdrawal(0), time.Now().AddDate(0, 0, -100)); err != nil {
		t.Fatal(err)
	}
	put(t, box, 1)
	i.call(t, "run", "--once")
	i.beginAt(t, 1)
	for _, lang := range []string{"ru", "kk", "en"} {
		r := i.call(t, "--lang", lang, "reconcile")
		if r.code != exitWanting || !strings.Contains(r.out, "UID 1 ") || !strings.Contains(r.out, "Nowhere") {
			t.Errorf("%s: exit %d\n%s%s", lang, r.code, r.out, r.err)
		}
	}
	var j reconciliationJSON
	r := i.call(t, "reconcile", "--json", "--repair")
	if err := json.Unmarshal([]byte(r.out), &j); err != nil || r.code != exitWanting || j.Repaired != 1 || len(j.Unread) != 1 || !strings.Contains(j.Unread[0], "Nowhere") {
		t.Errorf("exit %d, %v: %+v\n%s", r.code, err, j, r.err)
	}
	if r := i.call(t, "reconcile"); r.code != exitWanting || strings.Contains(r.out, "Пропусков нет") || !strings.Contains(r.out, "Nowhere") {
		t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
	}
}
