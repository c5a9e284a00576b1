package main

import (
	"bytes"
	"fmt"
	"mime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// reviewed is an installation whose mailbox holds letters that need a
// decision, and the screens over them.
func reviewed(t *testing.T, lang string, letters ...[2]string) (installation, *reviewer) {
	t.Helper()
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, nil)
	for n, l := range letters {
		raw := fmt.Sprintf("Return-Path: <p%[1]d@mail.example>\r\nFrom: %[2]s <p%[1]d@mail.example>\r\nTo: info@license.kz\r\nSubject: %[3]s\r\nMessage-ID: <%[1]d@mail.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%[4]s\r\n",
			n, mime.BEncoding.Encode("utf-8", "Человек"), mime.BEncoding.Encode("utf-8", l[0]), l[1])
		if err := box.Put("INBOX", []byte(raw), time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	i.call(t, "run", "--once").well(t)
	return i, i.reviewer(t, lang, len(letters))
}

// reviewer are the screens over an installation in which so many letters need a
// decision.
func (i installation) reviewer(t *testing.T, lang string, letters int) *reviewer {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{streams: streams{out: &out, err: &errs}, words: mustWords(t), configFlag: i.config, langFlag: lang, lang: rules.Lang(lang)}
	d, done, err := a.openDesk(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(done)
	m, err := a.newReviewer(t.Context(), d, desk.Actor{Login: "bota"})
	if err != nil || len(m.numbers) != letters {
		t.Fatalf("%d letters to decide on, want %d (%v)", len(m.numbers), letters, err)
	}
	return m
}

// feed sends keys to the screens, as a terminal would send them, and returns
// the screen after them.
func (m *reviewer) feed(t *testing.T, sent string) string {
	t.Helper()
	var k keyReader
	for _, key := range append(k.add([]byte(sent), false), k.add(nil, true)...) {
		if err := m.press(key); err != nil {
			t.Fatal(err)
		}
		checkScreen(t, m)
	}
	return strings.Join(m.screen(), "\n")
}

// checkScreen: no screen is larger than the terminal, or holds a character that
// could do anything to it.
func checkScreen(t *testing.T, m *reviewer) {
	t.Helper()
	lines := m.screen()
	if len(lines) > m.rows {
		t.Errorf("%d lines on a screen of %d", len(lines), m.rows)
	}
	for _, l := range lines {
		if utf8.RuneCountInString(l) > m.columns {
			t.Errorf("wider than %d: %q", m.columns, l)
		}
		if i := strings.IndexFunc(l, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError }); i >= 0 {
			t.Errorf("a character that is not harmless: %q", l)
		}
	}
}

func (m *reviewer) stored(t *testing.T, i int) store.Request {
	t.Helper()
	r, err := m.d.Store.Request(t.Context(), m.numbers[i])
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var undecided = [][2]string{
	{"Здравствуйте", "Какие мои данные вы храните? Прошу сообщить."},
	{"Вопрос", "Прошу сообщить, какие мои персональные данные вы храните."},
	{"Данные", "Какие мои данные у вас хранятся?"},
}

// A decision is undone for nothing until the letter is left, and then is what
// the command would have done.
func TestReviewDecides(t *testing.T) {
	i, m := reviewed(t, "ru", undecided...)
	if s := m.feed(t, "3c"); !strings.Contains(s, "Решение: это претензия; заявитель – потребитель") {
		t.Errorf("claim of a consumer:\n%s", s)
	}
	if m.stored(t, 0).Status != store.StatusReview {
		t.Error("applied before the letter was left")
	}
	m.feed(t, "uu")
	if s := m.feed(t, "u"); !strings.Contains(s, "Решения ещё нет") || !strings.Contains(s, "Отменять нечего") {
		t.Errorf("undone:\n%s", s)
	}
	// Letter case and layout do not matter: е is t, Н is y, т is n.
	m.feed(t, "еНт")
	r := m.stored(t, 0)
	if r.Status != store.StatusInProgress || r.Kind != "access_request" || r.Assignee != "bota" {
		t.Errorf("taken and confirmed: %s %s %s", r.Status, r.Kind, r.Assignee)
	}
	m.feed(t, "xреклама"+"\x7f\x7f\x7f\x7f\x7f\x7f\x7f"+"не нам\r")
	if s := m.feed(t, "n"); !strings.Contains(s, m.numbers[1]+": сделано – не обращение (не нам)") {
		t.Errorf("dismissed:\n%s", s)
	}
	if r := m.stored(t, 1); r.Status != store.StatusDismissed || r.Outcome.Args[0] != "не нам" {
		t.Errorf("dismissed: %s %v", r.Status, r.Outcome)
	}
	if s := m.feed(t, "1+2n"); !strings.Contains(s, "это отзыв согласия, удаление данных") {
		t.Errorf("two demands:\n%s", s)
	}
	if s := m.feed(t, "1"); !strings.Contains(s, "Уже решено") {
		t.Errorf("decided already:\n%s", s)
	}
	m.feed(t, "q")
	if !m.left || m.decided != 3 {
		t.Errorf("left %v, %d decided", m.left, m.decided)
	}
	if list := demoList(t, i.config); len(list) != 4 { // the third letter made two
		t.Errorf("%d requests are registered, want 4", len(list))
	}
	i.call(t, "audit", "verify").well(t)
}

// Whether somebody is a consumer holds for the claim, also where that is the
// second demand of the letter, and before the person is told any day.
func TestReviewConsumerOfASecondDemand(t *testing.T) {
	_, m := reviewed(t, "ru", undecided[0])
	m.feed(t, "1+3cc")
	if s := m.feed(t, "n"); !strings.Contains(s, "это отзыв согласия, претензия; заявитель") {
		t.Fatalf("two demands of a business:\n%s", s)
	}
	list, err := m.d.Store.Requests(t.Context(), store.Filter{Kinds: []rules.Kind{"claim"}})
	if err != nil || len(list) != 1 {
		t.Fatalf("claims: %+v %v", list, err)
	}
	if c := list[0]; c.Consumer == nil || *c.Consumer || slices.ContainsFunc(c.Terms, func(t store.Term) bool { return t.Condition == "consumer" }) {
		t.Errorf("the claim of a business: %v, %+v", c.Consumer, c.Terms)
	}
}

// An answer is shown whole before it is agreed to, and leaves with the letter.
func TestReviewAnswers(t *testing.T) {
	_, m := reviewed(t, "ru", undecided[0])
	m.feed(t, "ф"+"Здравствуйте!\r\rО каких данных речь?")
	s := m.feed(t, "\x04")
	for _, want := range []string{"To: <p0@mail.example>", "№ " + m.numbers[0], "О каких данных речь?"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %q in the letter:\n%s", want, s)
		}
	}
	m.feed(t, "\x1b") // back to the text
	m.feed(t, " Бота")
	m.feed(t, "\x04y")
	if list, err := m.d.Store.Outbox(t.Context(), []store.MailState{store.MailQueued}); err != nil || len(list) != 0 {
		t.Fatalf("queued before the letter was left: %v %v", list, err)
	}
	m.feed(t, "yn")
	list, err := m.d.Store.Outbox(t.Context(), []store.MailState{store.MailQueued})
	if err != nil || len(list) != 2 || m.stored(t, 0).Kind != "access_request" {
		t.Fatalf("queued: %+v %v; %s", list, err, m.stored(t, 0).Kind)
	}
	for _, mail := range list {
		if full, err := m.d.Store.Mail(t.Context(), mail.ID); mail.Purpose == store.PurposeAnswer && (err != nil || !strings.Contains(m.letterText(full.Raw), "О каких данных речь? Бота")) {
			t.Errorf("%v\n%s", err, m.letterText(full.Raw))
		}
	}
}

// Ctrl-C changes nothing, whatever was chosen; q asks.
func TestReviewLeaves(t *testing.T) {
	_, m := reviewed(t, "kk", undecided[0])
	if s := m.feed(t, "1q"); m.left || !strings.Contains(s, "Шешім әлі қолданылған жоқ") {
		t.Errorf("q with a decision:\n%s", s)
	}
	m.feed(t, "\x1b")
	if s := m.feed(t, "j"); m.left || !strings.Contains(s, "Шешім: бұл") {
		t.Errorf("stayed:\n%s", s)
	}
	m.feed(t, "\x03")
	if !m.left || m.stored(t, 0).Status != store.StatusReview {
		t.Error("Ctrl-C did not leave, or applied the decision")
	}
	m.left = false
	m.feed(t, "qн")
	if !m.left || m.stored(t, 0).Kind != "consent_withdrawal" {
		t.Error("q and y did not apply the decision")
	}
}

// What a colleague did meanwhile is told, and nothing is done over it.
func TestReviewStale(t *testing.T) {
	i, m := reviewed(t, "ru", undecided[0])
	m.feed(t, "1")
	i.call(t, "dismiss", m.numbers[0], "--why", "реклама").well(t)
	if s := m.feed(t, "n"); !strings.Contains(s, "пока вы решали, обращение изменилось") || !strings.Contains(s, "не обращение") {
		t.Errorf("a colleague was faster:\n%s", s)
	}
	if m.stored(t, 0).Status != store.StatusDismissed {
		t.Error("the colleague's decision was overridden")
	}
}

// That colleague's act is told and not the acknowledgement that followed it; what
// can be done about an open request is not what reopens a closed one.
func TestReviewStaleOpen(t *testing.T) {
	i, m := reviewed(t, "ru", undecided[0])
	m.feed(t, "1")
	i.call(t, "confirm", m.numbers[0], "access_request").well(t)
	if s := m.feed(t, "n"); !strings.Contains(s, "подтверждает вид") {
		t.Errorf("a colleague was faster:\n%s", s)
	}
	s := m.feed(t, "x")
	if strings.Contains(s, "reopen") || !strings.Contains(s, "set "+templates.ShortNumber(m.numbers[0])+" kind=ВИД") {
		t.Errorf("what is open already:\n%s", s)
	}
	i.call(t, "set", m.numbers[0], "kind=claim", "--why", "это претензия").well(t)
}

// A letter that staff passed on shows whose it seems to be, and one key agrees:
// the acknowledgement then goes there. Further letters of the case are shown too.
func TestReviewPassedOn(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, nil)
	put := func(id, from, subject, more, text string) {
		t.Helper()
		raw := "Return-Path: <" + from + ">\r\nFrom: " + from + "\r\nTo: info@license.kz\r\nSubject: " + mime.BEncoding.Encode("utf-8", subject) + "\r\nMessage-ID: <" + id +
			"@mail.example>\r\n" + more + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n"
		if err := box.Put("INBOX", []byte(raw), time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		i.call(t, "run", "--once").well(t)
	}
	put("1", "oleg@license.kz", "Fwd: Претензия", "", "---------- Forwarded message ---------\r\nОт: Пётр Сидоров <petr@mail.example>\r\nТема: Претензия\r\nКому: <oleg@license.kz>\r\n\r\nПрошу вернуть деньги.")
	put("2", "p@mail.example", "Вопрос", "", "Прошу сообщить, какие мои персональные данные вы храните.")
	first := demoList(t, i.config)
	put("3", "p@mail.example", "Re: "+first[1].Number, "", "Прошло две недели, жду.")
	m := i.reviewer(t, "ru", 2)
	if s := strings.Join(m.screen(), "\n"); m.now.Letters[0].FromAddr != "oleg@license.kz" || !strings.Contains(s, "Чьё письмо: Пётр Сидоров <petr@mail.example>") || !strings.Contains(s, "s/ы писал он") {
		t.Fatalf("passed on:\n%s", s)
	}
	m.feed(t, "sss")
	m.feed(t, "u")
	if s := m.feed(t, "sa"+"Здравствуйте!\x04"); !strings.Contains(s, "To: <petr@mail.example>") {
		t.Errorf("an answer:\n%s", s)
	}
	m.feed(t, "\x1b\x1b")
	if s := m.feed(t, "3"); !strings.Contains(s, "это претензия; писал(а) petr@mail.example") {
		t.Errorf("chosen:\n%s", s)
	}
	m.feed(t, "n")
	if r := m.stored(t, 0); r.Kind != "claim" || r.Sender != "petr@mail.example" || r.Ack.State == store.MailHeld {
		t.Errorf("%s %q, acknowledgement %s", r.Kind, r.Sender, r.Ack.State)
	}
	if s := strings.Join(m.screen(), "\n"); !strings.Contains(s, "── Ещё письмо, ") || !strings.Contains(s, "Прошло две недели") || strings.Contains(s, "s/ы") {
		t.Errorf("two letters:\n%s", s)
	}
	if s := m.feed(t, "s"); !strings.Contains(s, "Здесь нет пересылки") {
		t.Errorf("nothing passed on:\n%s", s)
	}
}

// Whatever a letter holds, whatever is pasted, however large the window is: the
// screen is whole, and no key but a pressed one decides.
func TestReviewHostile(t *testing.T) {
	nasty := "\x1b[2J\x1b]0;pwned\x07\u202egnp.exe\u200b\u0301\u0301\u0301\u0301\u0301 \x9b31m " + strings.Repeat("漢", 200) + "\r\n" + strings.Repeat("слово ", 400)
	_, m := reviewed(t, "ru", [2]string{"Вопрос " + nasty[:60], "Какие мои данные вы храните? " + nasty})
	for _, size := range [][2]int{{80, 24}, {200, 60}, {40, 14}, {20, 5}, {1, 1}} {
		m.columns, m.rows = size[0], size[1]
		for _, keys := range []string{"\x1b[6~", "\x1b[B\x1b[B", "\x1b[4~", "\x1b[1~", "1c", "x" + strings.Repeat("ы", 300), "\x1b", "a" + strings.Repeat("строка\r", 90), "\x04", "\x1b", "\x1b"} {
			m.feed(t, keys)
		}
		m.feed(t, "uuuu")
	}
	m.columns, m.rows = 80, 24
	m.feed(t, "\x1b[200~1nyq\x03\x1b[201~")
	if m.left || !m.choice.empty() {
		t.Error("a paste was taken for keys")
	}
	m.feed(t, "x\x1b[200~рекл\x1b[31mама\r\nвторая\x1b[201~\r")
	if m.choice.dismiss != "рекл·[31mама вторая" {
		t.Errorf("pasted reason: %q", m.choice.dismiss)
	}
}

// In the smallest window that is not refused, every key is seen, whatever the
// language and the choice; in a smaller one how large it has to be.
func TestReviewSmall(t *testing.T) {
	_, m := reviewed(t, "ru", [2]string{strings.Repeat("Вопрос ", 30), "Какие мои данные вы храните? " + strings.Repeat("слово ", 400)})
	m.columns, m.rows = leastWidth, leastHeight
	for _, lang := range []rules.Lang{rules.RU, rules.KK, rules.EN} {
		m.lang = lang
		for _, keys := range []string{"", "4", "3c+"} {
			s := m.feed(t, keys)
			for _, want := range append(m.keys(), "7 ") {
				if !strings.Contains(s, want) {
					t.Errorf("%s: no %q in\n%s", lang, want, s)
				}
			}
		}
		m.feed(t, "uuuu")
	}
	m.lang, m.rows = rules.RU, leastHeight-1
	if s := strings.Join(m.screen(), "\n"); !strings.Contains(s, "нужно 60 на 18") {
		t.Errorf("too small:\n%s", s)
	}
}

// Keys come in any pieces, from any terminal.
func TestReviewKeys(t *testing.T) {
	for sent, want := range map[string]string{
		"\x1b[A": "up", "\x1bOA": "up", "\x1b[5~": "pgup", "\x1b": "esc", "\x1b\x1b": "esc esc", "\x1b[1;5C": "", "\x1bx": "",
		"н": "y", "Ң": "4", "ғ": "5", "\"": "1", "Y": "y", "\xff": "", "\xd0": "", "\r": "enter", "\x03": "ctrl-c", "\x1b[200~ab\x1b[201~n": "paste n",
	} {
		var got []string
		for _, cut := range []int{0, 1, 2} {
			var k keyReader
			keys := k.add([]byte(sent[:min(cut, len(sent))]), false)
			keys = append(keys, k.add([]byte(sent[min(cut, len(sent)):]), false)...)
			keys = append(keys, k.add(nil, true)...)
			names := []string{}
			for _, key := range keys {
				if key.r != 0 {
					names = append(names, string(key.command()))
				} else if key.name != "" {
					names = append(names, key.name)
				}
			}
			got = append(got, strings.Join(names, " "))
		}
		if got[0] != want || got[1] != want || got[2] != want {
			t.Errorf("%q: %q, want %q", sent, got, want)
		}
	}
}

func FuzzReviewKeys(f *testing.F) {
	f.Add([]byte("\x1b[200~a\x1b[20"), []byte("1~\x1b[A\xd0"), true)
	f.Fuzz(func(t *testing.T, a, b []byte, idle bool) {
		var k keyReader
		for _, key := range append(k.add(a, idle), k.add(b, true)...) {
			if key.r != 0 && (unicode.IsControl(key.r) || key.name != "") || !utf8.ValidString(key.text) {
				t.Fatalf("key %+v", key)
			}
		}
		if !k.pasting && len(k.buf) > 0 {
			t.Fatalf("left over: %q", k.buf)
		}
	})
}

// The last column of a full line stays: nothing is erased behind text, for there
// the cursor still stands on it.
func TestReviewDrawsTheLastColumn(t *testing.T) {
	_, m := reviewed(t, "kk", [2]string{"Вопрос", "Какие мои данные вы храните? " + strings.Repeat("длинное", 60)})
	var out strings.Builder
	if err := m.draw(&out); err != nil {
		t.Fatal(err)
	}
	full := 0
	for _, line := range strings.Split(strings.TrimPrefix(out.String(), "\x1b[H"), "\r\n") {
		rest, first := strings.CutPrefix(line, "\x1b[K")
		if !first {
			rest, first = strings.CutPrefix(line, "\x1b[J")
		}
		if !first || strings.Contains(rest, "\x1b[K") || strings.Contains(rest, "\x1b[J") {
			t.Errorf("%q is erased elsewhere than at its beginning", line)
		}
		if columns(rest) == m.columns {
			full++
		}
	}
	if full == 0 {
		t.Error("no line is full")
	}
}
