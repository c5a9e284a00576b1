package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/sandbox"
)

// anotherOperator is what docs/another-operator shows, with the servers of a
// sandbox in place of those that the clinic would have.
func anotherOperator(t *testing.T) (installation, *sandbox.Sandbox) {
	t.Helper()
	inRussian(t) // the clinic's own configuration asks for Kazakh
	const dir, own = "../../docs/another-operator", "derekter@qamqor.example"
	box, err := sandbox.Start(sandbox.Options{Username: own, Password: "sandbox"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	i := installation{t.TempDir(), ""}
	i.config = filepath.Join(i.dir, "config.yaml")
	if err := os.CopyFS(i.dir, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	for name, addr := range map[string]string{"imap": box.IMAPAddr, "smtp": box.SMTPAddr} {
		host, port := splitPort(addr)
		replaceIn(t, i.config, name+":", "host: mail.qamqor.example", fmt.Sprintf("host: %s\n  port: %d\n  ca_file: ca.pem", host, port))
		writeFile(t, filepath.Join(i.dir, name+"-password"), "sandbox\n", 0o600)
	}
	writeFile(t, filepath.Join(i.dir, "ca.pem"), string(box.CA), 0o644)
	return i, box
}

// letterTo is a letter of a patient.
func letterTo(from, subject, text string) []byte {
	return fmt.Appendf(nil, "Return-Path: <%[1]s>\r\nFrom: %[1]s\r\nTo: derekter@qamqor.example\r\nSubject: %s\r\nMessage-ID: <%[2]x@mail.example>\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%[3]s\r\n", from, subject, text)
}

// TestAnotherOperator takes the policy of another operator from the letter to
// the answer: nothing of license.kz is in the program but data. A letter in
// Kazakh, one in Russian, one in neither, one of two demands, and one that is no
// request of this operator though the built-in policy would register it.
func TestAnotherOperator(t *testing.T) {
	i, box := anotherOperator(t)
	now := time.Now().Add(-time.Minute)
	for _, l := range [][]byte{
		letterTo("aigul@mail.example", "Медициналық құжаттардың көшірмесін сұрау", "Ауру тарихымның көшірмесі керек."),
		letterTo("oleg@mail.example", "Ваш сайт", "Уберите моё фото из отзывов."),
		letterTo("bota@mail.example", "Медициналық құжаттардың көшірмесін сұрау", "."),
		letterTo("dana@mail.example", "Өтініш", "Ауру тарихымның көшірмесін жіберіңізші. Сайттан суретімді алып тастаңыздар."),
		letterTo("petr@mail.example", "Отзыв согласия на обработку персональных данных", "Прошу исполнить."),
		letterTo("sara@mail.example", "Қабылдауға жазылу", "Ертең сағат онға жазып қойыңызшы."),
	} {
		if err := box.Put("INBOX", l, now); err != nil {
			t.Fatal(err)
		}
	}
	i.call(t, "run", "--once").well(t)

	kinds := map[string][]string{}
	var list []struct{ Number, Kind, From, Status string }
	if err := json.Unmarshal([]byte(i.call(t, "list", "--json", "--all").well(t).out), &list); err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		if !strings.HasPrefix(r.Number, "QM-") {
			t.Errorf("the number %s", r.Number)
		}
		kinds[r.From] = append(kinds[r.From], r.Kind)
	}
	for from, want := range map[string][]string{
		"aigul@mail.example": {"records_copy"}, "oleg@mail.example": {"photo_removal"}, "bota@mail.example": {"records_copy"},
		"dana@mail.example": {"photo_removal", "records_copy"}, "petr@mail.example": nil, "sara@mail.example": nil,
	} {
		if slices.Sort(kinds[from]); !slices.Equal(kinds[from], want) {
			t.Errorf("%s: %q, want %q", from, kinds[from], want)
		}
	}

	letters := map[string]string{}
	for _, sent := range box.Sent() {
		if _, twice := letters[sent.To]; twice {
			t.Errorf("%s got two letters", sent.To)
		}
		m := mailbox.Parse(strings.NewReader(string(sent.Raw)))
		letters[sent.To] = m.Subject + "\n" + m.Text
		if foreign := "license.kz"; strings.Contains(string(sent.Raw)+m.Text, foreign) || strings.Contains(m.Text, "I-License") || strings.Contains(m.Text, "LK-") {
			t.Errorf("%s is told of another operator:\n%s", sent.To, letters[sent.To])
		}
	}
	for to, want := range map[string][]string{
		"aigul@mail.example": {"«Қамқор»: № QM-", "Құрметті жазушы!", "5 жұмыс күні", "Ереже, 4-тармақ", "«Қамқор» емханасы ЖШС", "+7 (7172)"},
		"oleg@mail.example":  {"Автоответ", "3 календарных дня", "Правила, п. 7", "ТОО «Емхана Қамқор»"},
		"dana@mail.example":  {"3 күнтізбелік күн", "5 жұмыс күні"},
	} {
		for _, w := range want {
			if !strings.Contains(strings.Join(strings.Fields(letters[to]), " "), w) {
				t.Errorf("%s is not told %q:\n%s", to, w, letters[to])
			}
		}
	}
	maps.DeleteFunc(letters, func(to, _ string) bool { return strings.HasSuffix(to, "@qamqor.example") }) // in office hours staff has its digest
	if len(letters) != 4 {
		t.Errorf("%d people were written to, want 4: %q", len(letters), letters)
	}

	screen := i.call(t, "list").well(t).out
	if !strings.Contains(screen, "құжат көшірмесі") || !strings.Contains(screen, "мақсат") {
		t.Errorf("the queue is not in the clinic's words, with its own target:\n%s", screen)
	}
	i.call(t, "answer", "1", "--template", "done", "--yes", "--close", "done", "--why", "берілді", "--step", "all").well(t)
	i.call(t, "run", "--once").well(t)
	sent := box.Sent()
	answer := mailbox.Parse(strings.NewReader(string(sent[len(sent)-1].Raw))).Text
	if !strings.Contains(answer, "көшірме берілді") {
		t.Errorf("the answer does not tell the clinic's own steps:\n%s", answer)
	}
	i.call(t, "audit", "verify").well(t)
	i.publish(t)
	if r := i.call(t, "doctor"); r.code != exitDone {
		t.Errorf("exit %d:\n%s", r.code, r.out)
	}
}

// Where nobody knows the language of a letter, it is answered in those of the
// operator, in the operator's order; under English stands the operator's first.
func TestAnotherOperatorLanguages(t *testing.T) {
	i, _ := anotherOperator(t)
	for lang, want := range map[string]string{
		"kk": "«Қамқор» емханасы ЖШС", "ru": "ТОО «Емхана Қамқор»", "en": "Qamqor Clinic LLP",
	} {
		r := i.call(t, "--lang", lang, "templates", "preview", "acknowledgement").well(t)
		if !strings.Contains(r.out, want) || !strings.Contains(r.out, "QM-2026-000123") || strings.Contains(r.out, "LK-") || strings.Contains(r.out, "license.kz") {
			t.Errorf("%s:\n%s", lang, r.out)
		}
		if lang == "en" && !strings.Contains(r.out, "Құрметті жазушы!") {
			t.Errorf("no Kazakh text below the English one:\n%s", r.out)
		}
	}
	for _, letter := range []string{"receipt", "documents", "done", "refusal", "reminder", "digest", "escalation", "alarm", "recovered"} {
		out := strings.Join(strings.Fields(i.call(t, "templates", "preview", letter).well(t).out), " ")
		for _, foreign := range []string{"LK-", "license.kz", "I-License", "94-V", "персональных данных", "претензия"} {
			if strings.Contains(out, foreign) {
				t.Errorf("%s speaks of %q, which this operator does not have:\n%s", letter, foreign, out)
			}
		}
	}
}

// Help is the first thing a member of staff reads: it is in the language of the
// operator's configuration and names the operator's kinds; --lang is above it, and a
// configuration at fault is no reason to go without.
func TestAnotherOperatorHelp(t *testing.T) {
	i, _ := anotherOperator(t)
	i.begun(t)
	for _, command := range []string{"confirm", "register", "explain"} {
		help := i.call(t, command, "--help").well(t).out
		for _, want := range []string{"records_copy (құжат көшірмесі)", "photo_removal (суретті алып тастау)", "Қалай шақыру:"} {
			if !strings.Contains(strings.Join(strings.Fields(help), " "), want) {
				t.Errorf("%s: no %q in\n%s", command, want, help)
			}
		}
		if strings.Contains(help, "consent_withdrawal") {
			t.Errorf("%s: a kind of another operator in\n%s", command, help)
		}
	}
	if out := i.call(t, "--lang", "en", "confirm", "--help").well(t).out; !strings.Contains(out, "records_copy (copy of medical records)") || !strings.Contains(out, "Usage:") {
		t.Errorf("--lang en:\n%s", out)
	}
	if r := i.call(t, "confirm"); r.code != exitUsage || strings.Contains(r.err, "не хватает") {
		t.Errorf("exit %d, a mistake is told in another language than the configuration's:\n%s", r.code, r.err)
	}
	writeFile(t, i.config, "language: kk\noperator: {name: [}\n", 0o600)
	if out := i.call(t, "confirm", "--help").well(t).out; !strings.Contains(out, "consent_withdrawal") {
		t.Errorf("no help beside a configuration at fault:\n%s", out)
	}
}
