package desk

import (
	"strings"
	"testing"
	"time"
)

// A form that sends each letter under one Message-ID and date may send one of the same
// length that is a request: it is read, however many like it were none.
func TestTwinOfNoRequest(t *testing.T) {
	r := newRig(t)
	first := "Добрый день, пришлите, пожалуйста, счёт за прошлый месяц."
	second := "Отзываю согласие на обработку персональных данных."
	width := max(len(first), len(second))
	for i, text := range []string{first, first, second} {
		text += strings.Repeat(".", width-len(text))
		r.put(t, "INBOX", mail{from: "form@site.example", subject: "Форма", body: text, id: "form@site.example"}, now.Add(-time.Hour))
		if p, _ := r.pass(t); p.Seen != 1 || len(p.Admitted) != i/2 {
			t.Errorf("letter %d: %+v", i+1, p)
		}
	}
	if q := r.all(t); len(q) != 1 {
		t.Errorf("%+v", q)
	}
}
