package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

func TestStats(t *testing.T) {
	s := newShelf(t)
	on := rules.NewDate(2025, 9, 1) // a Monday
	for _, c := range []struct {
		kind   rules.Kind
		source rules.Source
		took   int // calendar days until it was closed; 0: open
		status store.Status
	}{
		{"claim", rules.SourceLaw, 2, store.StatusDone}, {"claim", rules.SourceLaw, 4, store.StatusRefused}, {"claim", rules.SourceLaw, 30, store.StatusDone},
		{"claim", rules.SourcePolicy, 3, store.StatusDone}, {"claim", rules.SourcePolicy, 0, ""}, {"claim", rules.SourceLaw, 1, store.StatusDismissed},
		{"erasure", rules.SourcePolicy, 1, store.StatusDone},
	} {
		n := s.put(t, entry{kind: c.kind, status: store.StatusOpen, received: on, due: on.AddDays(10), source: c.source, letter: store.Letter{FromAddr: "a@example.kz"}})
		if c.status == "" {
			continue
		}
		change := s.becoming(t, store.Change{Number: n, Event: store.Event{Actor: "oleg", Code: "closed"}}, func(q *store.Request) { q.Status = c.status })
		if _, err := s.db.Change(context.Background(), change, on.AddDays(c.took).Time().Add(7*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	var got []statsJSON
	if err := json.Unmarshal([]byte(s.call(t, "stats", "--month", "2025-09", "--json").well(t).out), &got); err != nil {
		t.Fatal(err)
	}
	g := got[0]
	if len(got) != 1 || g.Received != 6 || g.Done != 4 || g.Refused != 1 || g.Open != 1 || g.Dismissed != 1 || g.Kinds["claim"].Received != 5 ||
		g.Law != (inTimeJSON{2, 1, 0}) || g.Policy != (inTimeJSON{2, 1, 0}) || g.MedianDays == nil || *g.MedianDays != 3 {
		t.Errorf("%+v, median %v", g, *g.MedianDays)
	}
	if k := g.Kinds["erasure"]; k.Received != 1 || k.Policy != (inTimeJSON{1, 0, 0}) || k.Law != (inTimeJSON{}) || k.MedianDays == nil || *k.MedianDays != 1 {
		t.Errorf("erasure: %+v", k)
	}
	for _, args := range [][]string{{"--month", "2025-13"}, {"--year", "x"}, {"--year", "2025", "--month", "2025-09"}} {
		if r := s.call(t, append([]string{"stats"}, args...)...); r.code != exitUsage || r.out != "" {
			t.Errorf("%v: exit %d", args, r.code)
		}
	}
	for _, lang := range []string{"ru", "kk", "en"} {
		fits80(t, "stats", s.call(t, "stats", "--lang", lang).well(t).out)
	}
	out := strings.Join(strings.Fields(s.call(t, "stats", "--year", "2025").well(t).out), " ")
	for _, want := range []string{"закрыто в срок закона 2 из 3", "претензия 5 1 из 2 2 из 3 3", "удаление данных 1 1 из 1 – 1"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in %s", want, out)
		}
	}
}

func alterLedger(t *testing.T, register, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+register)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

// Subjects come from the mailbox while it can be reached, and the rest of the
// ledger without it, which is said.
func TestLedger(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, nil)
	if _, err := putDemoLetters(box, time.Now()); err != nil {
		t.Fatal(err)
	}
	i.call(t, "run", "--once").well(t)
	for _, lang := range []string{"ru", "kk", "en"} {
		fits80(t, "ledger", i.call(t, "ledger", "--lang", lang).well(t).out)
	}
	rows := func(args ...string) (list []ledgerRow, errs string) {
		r := i.call(t, append([]string{"ledger", "--json"}, args...)...).well(t)
		if err := json.Unmarshal([]byte(r.out), &list); err != nil {
			t.Fatal(err)
		}
		return list, r.err
	}
	all, _ := rows()
	none, _ := rows("--verdict", "none")
	if len(all) != 12 || len(none) != 3 || none[0].Subject == nil || *none[0].Subject == "" || none[0].From == nil {
		t.Errorf("%d and %d rows: %+v", len(all), len(none), none)
	}
	if last, _ := rows("--limit", "2"); len(last) != 2 || last[0].UID != all[0].UID {
		t.Errorf("limited: %+v", last)
	}
	if later, _ := rows("--since", today().AddDays(1).String()); len(later) != 0 {
		t.Errorf("tomorrow: %+v", later)
	}
	register := filepath.Join(i.dir, "pometka.db")
	alterLedger(t, register, "UPDATE folders SET name = 'A folder that is gone' WHERE name = 'INBOX'")
	alterLedger(t, register, "INSERT INTO folders (event, name, first_uid, last_uid, first_pass) VALUES (1, 'INBOX', 0, 0, 0)")
	alterLedger(t, register, "UPDATE messages SET folder = (SELECT id FROM folders WHERE name = 'INBOX') WHERE uid > 3")
	list, errs := rows()
	for _, r := range list {
		if (r.Subject == nil) != (r.UID <= 3) || strings.Join(strings.Fields(errs), " ") != "Папка A folder that is gone не открывается, темы её писем не показаны: No such mailbox" {
			t.Errorf("beside a folder that is gone: %+v, %s", r, errs)
		}
	}
	box.Close()
	if list, errs := rows(); len(list) != 12 || list[0].Subject != nil || !strings.Contains(errs, "Ящик недоступен") {
		t.Errorf("without the mailbox: %d rows, %s", len(list), errs)
	}
	t.Setenv("COLUMNS", "80")
	fits80(t, "ledger without the mailbox", i.call(t, "ledger").well(t).err)
	if _, errs := rows("--offline"); errs != "" {
		t.Errorf("offline: %s", errs)
	}
}
