package desk

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// letterAgain is a letter to be sent, with the files, each by its content.
func letterAgain(from, subject, body string, n int, files ...string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <again%d@one.example>\r\nDate: Tue, 24 Nov 2026 0%d:00:00 +0500\r\n", from, account, subject, n, n)
	b.WriteString("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body)
	for _, f := range files {
		kind, content, _ := strings.Cut(f, ":")
		fmt.Fprintf(&b, "\r\n--b\r\nContent-Type: %s\r\nContent-Disposition: attachment; filename=file%d\r\n\r\n%s", kind, n, content)
	}
	return []byte(b.String() + "\r\n--b--\r\n")
}

// A letter is the same letter again also with another date, prefix and spaces, or without
// its file. Under the same words, another subject, file or letter inside is another matter.
func TestSameLetterAgain(t *testing.T) {
	const (
		cover = "Добрый день!\nПретензия во вложении.\nС уважением, Ахметов"
		mine  = "Прошу принять отзыв.\n\n-------- Пересылаемое сообщение --------\nОт: %s\nДата: 20.11.2026\nТема: Отзыв\nКому: me@one.example\n\nОтзываю согласие на обработку персональных данных."
		ivan  = "Иван <ivan@two.example>"
		olga  = "Ольга <olga@three.example>"
	)
	quote := func(words string) string {
		return "Прошу принять отзыв согласия.\n\n> " + words
	}
	letter := func(subject, body string, files ...string) [3]string {
		return [3]string{subject, body, strings.Join(files, "|")}
	}
	claim := letter("Претензия по договору № 118", cover, "application/pdf:%PDF 118")
	for name, c := range map[string]struct {
		first, then [3]string
		same        bool
	}{
		"same":           {claim, claim, true},
		"forwarded":      {claim, letter("Fwd: претензия  по договору №118", "  "+strings.ReplaceAll(cover, "\n", "\n\n"), "application/pdf:%PDF 118"), true},
		"said so":        {claim, letter("Re: ПОВТОРНО: Претензия по договору № 118!", cover, "application/pdf:%PDF 118"), true},
		"file forgotten": {letter("Претензия по договору № 118", cover), claim, true},
		"without file":   {claim, letter("Претензия по договору № 118", cover), true},
		"one file more":  {claim, letter("Претензия по договору № 118", cover, "application/pdf:%PDF 118", "application/pdf:%PDF чек"), true},
		"no subject":     {claim, letter("", cover, "application/pdf:%PDF 118"), true},
		"logo and sign":  {claim, letter("Претензия по договору № 118", cover, "application/pdf:%PDF 118", "image/png:logo", "application/pkcs7-signature:xyz"), true},
		"other number":   {claim, letter("Претензия по договору № 205", cover, "application/pdf:%PDF 118"), false},
		"other file":     {claim, letter("Претензия по договору № 118", cover, "application/pdf:%PDF 205"), false},
		"one file other": {letter("Претензия", cover, "application/pdf:%PDF 118", "application/pdf:%PDF паспорт"), letter("Претензия", cover, "application/pdf:%PDF 205", "application/pdf:%PDF паспорт"), false},
		"other person":   {letter("Отзыв согласия: Иванов", quote("")), letter("Отзыв согласия: Петров", quote("")), false},
		"passed on":      {letter("Fwd: Отзыв", fmt.Sprintf(mine, ivan)), letter("Fwd: Отзыв", fmt.Sprintf(mine, olga)), false},
		"passed on same": {letter("Fwd: Отзыв", fmt.Sprintf(mine, ivan)), letter("Отзыв", fmt.Sprintf(mine, ivan)), true},
		"quoted":         {letter("Отзыв", quote("Иванов Иван, ИИН 1")), letter("Отзыв", quote("Петров Пётр, ИИН 2")), false},
		"quoted same":    {letter("Отзыв", quote("Иванов Иван, ИИН 1")), letter("Re: Отзыв", quote("Иванов  Иван, ИИН 1")), true},
		"quoted now":     {letter("Отзыв", quote("")), letter("Отзыв", quote("Иванов Иван, ИИН 1")), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			for i, m := range [][3]string{c.first, c.then} {
				var files []string
				if m[2] != "" {
					files = strings.Split(m[2], "|")
				}
				if err := r.box.Put("INBOX", letterAgain("a@one.example", m[0], m[1], i+1, files...), now.Add(time.Duration(i-3)*time.Hour)); err != nil {
					t.Fatal(err)
				}
			}
			p, f := r.pass(t)
			if len(p.Admitted) != 2 || (p.Joined == 1) != c.same || c.same && f.Sent > 1 {
				t.Errorf("pass: %+v %+v", p, f)
			}
		})
	}
}

// A third letter is compared with all that the request has: one without a file stands for
// none of them.
func TestSameLetterOnceMore(t *testing.T) {
	r := newRig(t)
	for i, file := range []string{"application/pdf:%PDF 118", "", "application/pdf:%PDF 205"} {
		var files []string
		if file != "" {
			files = []string{file}
		}
		if err := r.box.Put("INBOX", letterAgain("a@one.example", "Претензия", "Претензия во вложении.", i+1, files...), now.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if p, _ := r.pass(t); p.Registered != 2 || p.Joined != 1 {
		t.Errorf("pass: %+v", p)
	}
}

// A person who finds that a letter joined the wrong request has it make its own.
func TestRegisterApart(t *testing.T) {
	r := newRig(t)
	for i := range 2 {
		if err := r.box.Put("INBOX", letterAgain("a@one.example", "Претензия", "Претензия во вложении.", i+1), now.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	p, _ := r.pass(t)
	if p.Joined != 1 {
		t.Fatalf("pass: %+v", p)
	}
	take := func(kinds ...rules.Kind) (Registered, error) {
		return r.RegisterUID(t.Context(), "INBOX", 2, ByHand{Kinds: kinds}, clerk)
	}
	var no *Refused
	if _, err := take(); !errors.As(err, &no) || no.Code != "joined" {
		t.Errorf("without a kind: %v", err)
	}
	done, err := take("claim")
	if err != nil || len(done.Numbers) != 1 || done.Joined {
		t.Fatalf("registered %+v, %v", done, err)
	}
	q := r.request(t, done.Numbers[0])
	if q.Kind != "claim" || q.LetterCount != 1 || q.Letters[0].Place.UID != 2 || len(q.Possibly) != 1 || q.Ack.MailID == 0 {
		t.Errorf("request %+v", q)
	}
	if _, err := take("claim"); !errors.As(err, &no) || no.Code != "known" {
		t.Errorf("once more: %v", err)
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Errorf("history: %v %v", breaks, err)
	}
}
