package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// typed runs a command with something on stdin.
func (i installation) typed(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), append([]string{"--config", i.config}, args...), streams{in: strings.NewReader(stdin), out: &out, err: &errs})
	return result{code, out.String(), errs.String()}
}

// page is what show tells of a request.
func (i installation) page(t *testing.T, number string) string {
	t.Helper()
	return i.call(t, "show", number).well(t).out
}

// TestBulk: the outcome of each number is told, those that can be done are, the
// others are untouched, and the exit code is that of the worst.
func TestBulk(t *testing.T) {
	i := withLetters(t, "")
	list := demoList(t, i.config)
	review := i.dated(t, "").Number
	var open []string
	for _, r := range list {
		if r.Status == "open" {
			open = append(open, r.Number)
		}
	}
	r := i.typed(t, "\ufeff"+open[0]+"\r\n# a remark\n\n999\n"+review+"\nzzz\n", "wait", "-", "--for", "answer")
	if r.code != exitNotFound || strings.Count(r.out, "ждём заявителя") != 1 {
		t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	for _, want := range []string{"999: такого обращения нет", review + ": в этом состоянии («нужно решение»)", "zzz: такого обращения нет", "Не удалось: 3, сделано: 1."} {
		if !strings.Contains(r.err, want) {
			t.Errorf("no %q in\n%s", want, r.err)
		}
	}
	twice := i.typed(t, open[1]+"\n"+open[2]+"\n"+open[1]+"\n", "dismiss", "--why", "x")
	if strings.Count(twice.err, open[1]) != 1 {
		t.Errorf("a request named twice is told of twice: %s", twice.err)
	}
	i.typed(t, open[1]+"\n"+open[2]+"\n", "take").well(t)
	if r := i.typed(t, "", "take"); r.code != exitUsage || !strings.Contains(r.err, "нужен номер") {
		t.Errorf("no number: exit %d %s", r.code, r.err)
	}
	i.call(t, "note", open[1], open[2], "звонила 3 раза").well(t)
	i.call(t, "note", open[1], "999", "раз", "звонила").well(t)
	if out := i.page(t, open[1]); !strings.Contains(out, "звонила 3 раза") || !strings.Contains(out, "999 раз звонила") {
		t.Errorf("notes:\n%s", out)
	}
	var done bytes.Buffer
	r = i.call(t, "close", open[1], open[2], "done", "--why", "исполнено", "--step", "all", "--json").well(t)
	for d := json.NewDecoder(strings.NewReader(r.out)); d.More(); {
		var j requestJSON
		if err := d.Decode(&j); err != nil || j.Status != "done" {
			t.Fatalf("%v %s", err, j.Status)
		}
		done.WriteString(j.Number)
	}
	if done.String() != open[1]+open[2] {
		t.Errorf("closed: %s", done.String())
	}
	if r := i.call(t, "close", open[1], "done", "--why", "x"); r.code != exitFailed || !strings.Contains(r.err, "pometka reopen") {
		t.Errorf("closing twice: exit %d %s", r.code, r.err)
	}
	i.call(t, "audit", "verify").well(t)
}

// TestAssign: staff are named as people name them; nobody is assigned to a
// name that nobody bears, nor takes what a colleague has.
func TestAssign(t *testing.T) {
	staff := "staff:\n  - {name: Айгерим Сапарова, address: aigerim@license.kz, login: asaparova}\n  - {name: Бота Ахметова, address: bota@license.kz}\n  - {name: Данияр Ахметов, address: d@license.kz, login: dan}\n"
	i := withLetters(t, staff)
	n := i.dated(t, "claim").Number
	for who, want := range map[string]string{
		"asaparova": "asaparova", "айгерим": "asaparova", "Айгерим Сапарова": "asaparova", "AIGERIM@license.kz": "asaparova", "Ахметова": "Бота Ахметова",
	} {
		i.call(t, "assign", n, who).well(t)
		if got := i.dated(t, "claim").Assignee; got != want {
			t.Errorf("%s: assigned to %q, want %q", who, got, want)
		}
	}
	i.call(t, "assign", n, "Ахметова").well(t)
	r := i.call(t, "assign", n, "Zed")
	if r.code != exitUsage || !strings.Contains(r.err, "Айгерим Сапарова (asaparova), Бота Ахметова, Данияр Ахметов (dan)") {
		t.Errorf("nobody: exit %d %s", r.code, r.err)
	}
	t.Setenv("SUDO_USER", "dan")
	r = i.call(t, "take", n)
	if r.code != exitFailed || !strings.Contains(r.err, "уже занимается Бота Ахметова") {
		t.Errorf("take a colleague's: exit %d %s", r.code, r.err)
	}
	i.call(t, "assign", n, "dan").well(t)
	before := i.page(t, n)
	i.call(t, "take", n).well(t)
	if i.page(t, n) != before {
		t.Error("taking one's own request is an event")
	}
	if r := i.call(t, "assign", n, "dan").well(t); i.page(t, n) != before || !strings.Contains(r.out, "ничего не изменено") {
		t.Errorf("assigning to whom has it is an event, or is not told: %s", r.out)
	}
}

// What is known already is no event, and the screen says so.
func TestSetSame(t *testing.T) {
	i := withLetters(t, "")
	r := i.dated(t, "claim")
	for _, known := range []string{"consumer=no", "sender=" + r.From, "received=" + r.ReceivedOn.String(), "kind=claim"} {
		if known == "consumer=no" {
			i.call(t, "set", r.Number, known).well(t)
		}
		before := i.page(t, r.Number)
		said := i.call(t, "set", r.Number, known, "--why", "ещё раз").well(t).out
		if i.page(t, r.Number) != before || !strings.Contains(said, "ничего не изменено") {
			t.Errorf("%s: an event, or not told: %s", known, said)
		}
	}
	before := i.page(t, r.Number)
	if i.call(t, "set", r.Number, "consumer=yes").well(t); i.page(t, r.Number) == before {
		t.Error("another value is no event")
	}
}

// What was done already, or would change nothing, is told as that: the number may be mistyped.
func TestNothingFollows(t *testing.T) {
	i := withLetters(t, "")
	n, opt := i.dated(t, "claim").Number, i.dated(t, "opt_out").Number
	for _, what := range []string{"consumer=no", "documents=" + i.dated(t, "opt_out").ReceivedOn.String()} {
		key, _, _ := strings.Cut(what, "=")
		if r := i.call(t, "set", opt, what); r.code != exitUsage || !strings.Contains(r.err, "здесь ничего не меняет ("+key+")") {
			t.Errorf("set %s: exit %d\n%s", what, r.code, r.err)
		}
	}
	answer := []string{"answer", n, "--text", "Мы разбираемся.", "--yes"}
	i.call(t, answer...).well(t)
	before := i.page(t, n)
	if r := i.call(t, answer...); r.code != exitFailed || !strings.Contains(r.err, "Второй раз он не отправлен") || !strings.Contains(r.err, "pometka outbox show") {
		t.Errorf("the same answer: exit %d\n%s", r.code, r.err)
	}
	if i.page(t, n) != before {
		t.Error("something was written")
	}
}

// TestAnswerCommand: a script has to confirm; what is wrong with the text, a
// file or the way of closing is told in words and changes nothing.
func TestAnswerCommand(t *testing.T) {
	i := withLetters(t, "")
	n := i.dated(t, "claim").Number
	file := func(name, content string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("otvet.txt", "\ufeffМы изучили Ваши доводы.\r\nДеньги вернём.\r\n")
	before := i.page(t, n)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--template", "done"}, exitUsage, "добавьте --yes"},
		{[]string{"--yes"}, exitUsage, "чем ответить"},
		{[]string{"--yes", "--template", "done"}, exitUsage, "не хватает слов"},
		{[]string{"--yes", "--template", "nope"}, exitUsage, "нет шаблона «nope»"},
		{[]string{"--yes", "--template", "refusal"}, exitUsage, "нужна причина"},
		{[]string{"--yes", "--file", good, "--close", "done"}, exitUsage, "нужна причина"},
		{[]string{"--yes", "--file", good, "--close", "done", "--why", "x"}, exitUsage, "--step examined"},
		{[]string{"--yes", "--file", good, "--close", "later", "--why", "x"}, exitUsage, "«later»"},
		{[]string{"--yes", "--file", good, "--lang", "de"}, exitUsage, "--lang de"},
		{[]string{"--yes", "--file", file("cp1251.txt", "\xcf\xf0\xe8\xe2\xe5\xf2")}, exitUsage, "UTF-8"},
		{[]string{"--yes", "--file", file("empty.txt", " \n")}, exitUsage, "пуст"},
		{[]string{"--yes", "--file", t.TempDir()}, exitUsage, "не файл"},
		{[]string{"--yes", "--file", "/dev/zero"}, exitUsage, "не файл"},
		{[]string{"--yes", "--file", "/no/such"}, exitUsage, "не прочитать"},
		{[]string{"--yes", "--file", good, "--attach", file("a.exe", "x")}, exitUsage, "--any-type"},
		{[]string{"--yes", "--file", good, "--to", "info@license.kz"}, exitUsage, "не ответить"},
	} {
		if r := i.call(t, append([]string{"answer", n}, c.args...)...); r.code != c.code || !strings.Contains(r.err, c.want) {
			t.Errorf("answer %v: exit %d, want %d with %q:\n%s", c.args, r.code, c.code, c.want, r.err)
		}
	}
	if i.page(t, n) != before {
		t.Error("what was refused changed something")
	}
	attach := file("ответ.pdf", "%PDF-1.7")
	r := i.call(t, "answer", n, "--file", good, "--attach", attach, "--close", "done", "--why", "ответ по существу", "--step", "all", "--yes").well(t)
	if !strings.Contains(r.out, "закрыто, исполнено") {
		t.Error(r.out)
	}
	var mails []mailJSON
	if err := json.Unmarshal([]byte(i.call(t, "outbox", "list", "--json").well(t).out), &mails); err != nil {
		t.Fatal(err)
	}
	last := mails[len(mails)-1]
	if last.Purpose != "answer" || last.State != "queued" || !slices.Equal(last.Requests, []string{n}) {
		t.Errorf("outbox: %+v", last)
	}
	i.call(t, "audit", "verify").well(t)
}
