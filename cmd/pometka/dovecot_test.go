package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox/dovecot"
	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// dovecotRig is a Dovecot with its account and an SMTP sink beside it.
type dovecotRig struct {
	*dovecot.Server
	box *sandbox.Sandbox
}

func startDovecot(t testing.TB) dovecotRig {
	t.Helper()
	return dovecotRig{dovecot.Start(t, dovecot.Options{Username: "info@license.kz", Password: "sandbox", Folders: []string{"Обращения"}}), startSandbox(t)}
}

// install writes a configuration for the rig; extra goes into the section imap.
func (r dovecotRig) install(t testing.TB, port int, extra string) installation {
	t.Helper()
	i := install(t, net.JoinHostPort(r.Host, strconv.Itoa(port)), r.box.SMTPAddr, r.CA, map[string]string{"imap": extra})
	// The sink has a certificate of its own.
	writeFile(t, i.dir+"/smtp.pem", string(r.box.CA), 0o600)
	replaceIn(t, i.config, "smtp:", "ca_file: ca.pem", "ca_file: smtp.pem")
	return i
}

// replaceIn replaces the first old after a mark in a file.
func replaceIn(t testing.TB, path, after, old, with string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, tail, ok := strings.Cut(string(data), after)
	if !ok {
		t.Fatalf("%s holds no %q", path, after)
	}
	writeFile(t, path, head+after+strings.Replace(tail, old, with, 1), 0o600)
}

// TestDovecot runs the program against a real IMAP server: two hundred letters
// of the last years with everything that people and robots write.
func TestDovecot(t *testing.T) {
	r := startDovecot(t)
	letters, want := archive(t, 200)
	r.PutAll("INBOX", letters)
	before := r.Flags("INBOX")
	i := r.install(t, r.Port, "  since: all\n")
	i.call(t, "run", "--once").well(t)
	first := i.call(t, "list", "--json", "--all").well(t).out
	checkArchive(t, first, want)
	if after := r.Flags("INBOX"); fmt.Sprint(sortedFlags(after)) != fmt.Sprint(sortedFlags(before)) {
		t.Error("the pass changed flags in the mailbox")
	}
	for _, e := range r.box.Sent() {
		if !strings.Contains(string(e.Raw), "auto-generated") {
			t.Errorf("a letter years old was acknowledged to %s", e.To)
		}
	}
	i.call(t, "run", "--once").well(t)
	if again := i.call(t, "list", "--json", "--all").well(t).out; again != first {
		t.Error("a second run changed the register")
	}
	var s statusJSON
	if err := json.Unmarshal([]byte(i.call(t, "status", "--json").well(t).out), &s); err != nil {
		t.Fatal(err)
	}
	if all := s.Ledger.Request + s.Ledger.Review + s.Ledger.None; all != len(letters) {
		t.Errorf("the ledger has %d letters, the mailbox %d", all, len(letters))
	}
}

func sortedFlags(m map[uint32][]string) []string {
	var out []string
	for _, uid := range slices.Sorted(maps.Keys(m)) {
		f := slices.Sorted(slices.Values(m[uid]))
		out = append(out, fmt.Sprint(uid, f))
	}
	return out
}

// registered is what the register must say of one letter.
type registered struct {
	kind       rules.Kind
	receivedOn rules.Date
}

// archive makes n letters received on successive days: every third one bears a
// mark, in turns of the five kinds, the others do not.
func archive(t *testing.T, n int) ([]dovecot.Letter, map[string]registered) {
	t.Helper()
	marks := []struct {
		kind    rules.Kind
		subject string
	}{
		{"consent_withdrawal", "Re: отзыв согласия на обработку персональных данных"},
		{"opt_out", "«Отказ от уведомлений о новых продуктах и услугах и специальных предложениях»"},
		{"data_correction", "АКТУАЛИЗАЦИЯ ПЕРСОНАЛЬНЫХ ДАННЫХ"},
		{"claim", "Fwd: Претензия"},
		{"erasure", "Требование об уничтожении персональных данных"},
	}
	others := []string{"Вопрос о стоимости", "Счёт на оплату", "Нет претензий к качеству", "Встреча в четверг"}
	want := map[string]registered{}
	var letters []dovecot.Letter
	for k := range n {
		// 20:30 UTC is the next day in Almaty, at +06:00 before 1 March 2024 and +05:00 after.
		at := time.Date(2023, 12, 1, 20, 30, 0, 0, time.UTC).AddDate(0, 0, 5*k)
		id := fmt.Sprintf("archive-%d@mail.example", k)
		subject := others[k%len(others)]
		if k%3 == 0 {
			m := marks[k/3%len(marks)]
			subject = m.subject
			want["<"+id+">"] = registered{m.kind, rules.DateIn(at, almaty)}
		}
		raw := fmt.Sprintf("Return-Path: <p%d@mail.example>\r\nFrom: p%d@mail.example\r\nTo: info@license.kz\r\nSubject: %s\r\nDate: Mon, 3 Jan 2000 10:00:00 +0000\r\n"+
			"Message-ID: <%s>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nДобрый день. Письмо номер %d.\r\n", k, k, subject, id, k)
		letters = append(letters, dovecot.Letter{Raw: []byte(raw), At: at})
	}
	return letters, want
}

func checkArchive(t *testing.T, out string, want map[string]registered) {
	t.Helper()
	var list []requestJSON
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, r := range list {
		w, ok := want[r.MessageID]
		if !ok {
			t.Errorf("registered without a mark: %s %q", r.MessageID, r.Subject)
			continue
		}
		seen[r.MessageID]++
		if r.Kind != w.kind || r.ReceivedOn != w.receivedOn || len(r.Terms) == 0 || r.ActBy.IsZero() {
			t.Errorf("%s: %s received on %s, %d terms; want %s on %s", r.MessageID, r.Kind, r.ReceivedOn, len(r.Terms), w.kind, w.receivedOn)
		}
	}
	for id := range want {
		if seen[id] != 1 {
			t.Errorf("%s is there %d times", id, seen[id])
		}
	}
}

// TestDovecotStartTLS reads over STARTTLS, finds the junk folder by its
// attribute, and holds what it finds there.
func TestDovecotStartTLS(t *testing.T) {
	r := startDovecot(t)
	r.Put("Junk", withdrawal(1), time.Now().Add(-time.Hour))
	i := r.install(t, r.PlainPort, "  tls: starttls\n")
	i.call(t, "run", "--once").well(t)
	var list []requestJSON
	if err := json.Unmarshal([]byte(i.call(t, "list", "--json").well(t).out), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || list[0].Folder != "Junk" || list[0].Acknowledgement != store.MailHeld {
		t.Errorf("junk: %+v", list)
	}
}

// TestDovecotKilled kills and restarts the mail server between the passes, and
// rebuilds the folder under a new UIDVALIDITY: nothing is lost, nothing twice.
func TestDovecotKilled(t *testing.T) {
	r := startDovecot(t)
	const folder = "Обращения"
	i := r.install(t, r.Port, "  folders: ["+folder+"]\n")
	for n := range 3 {
		r.Put(folder, withdrawal(n), time.Now().Add(-time.Hour))
	}
	i.call(t, "run", "--once").well(t)
	r.Kill()
	if c := i.call(t, "run", "--once"); c.code != exitFailed || !strings.Contains(c.err, "imap") {
		t.Errorf("with the server down: exit %d, %s", c.code, c.err)
	}
	r.Restart()
	kept := r.Messages(folder)
	r.Recreate(folder)
	for _, uid := range slices.Sorted(maps.Keys(kept)) {
		r.Put(folder, kept[uid], time.Now().Add(-time.Hour))
	}
	r.Put(folder, withdrawal(3), time.Now().Add(-time.Hour))
	i.call(t, "run", "--once").well(t)
	sent := map[string]int{}
	for _, e := range r.box.Sent() {
		sent[e.To]++
	}
	checkOnce(t, i, 4, sent)
}
