package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/store"
)

// reading is a shelf of letters to search in.
func reading(t *testing.T) shelf {
	t.Helper()
	s := newShelf(t)
	long := strings.Repeat("Очень длинное вступление без смысла. ", 40)
	for _, l := range []store.Letter{
		{FromName: "Иванова Мария", FromAddr: "m.ivanova@mail.kz", Subject: "Отзыв согласия", Text: long + "Прошу прекратить обработку\nмоих персональных данных. " + long},
		{FromName: "Серік Оспанов", FromAddr: "serik@example.kz", Subject: "Өтініш", Text: "Менің деректерімді жоюды сұраймын.", Language: "kk"},
		{FromName: "山田太郎", FromAddr: "y@example.jp", Subject: "Withdrawal", Text: "I withdraw my consent. 東京都千代田区 東京都千代田区 東京都千代田区 東京都千代田区"},
	} {
		s.put(t, entry{kind: "consent_withdrawal", status: store.StatusOpen, due: today().AddDays(20), letter: l})
	}
	c := store.Change{Number: s.number(1), Note: "Звонила, просит копию договора", Event: store.Event{Actor: "oleg", Code: "noted"}}
	if _, err := s.db.Change(context.Background(), c, time.Now()); err != nil {
		t.Fatal(err)
	}
	return s
}

// number is the full number of a short one of this year.
func (s shelf) number(n int) string {
	full, err := s.db.Resolve(context.Background(), thisYear()+"-"+string(rune('0'+n)))
	if err != nil {
		panic(err)
	}
	return full
}

func TestSearchCommand(t *testing.T) {
	s := reading(t)
	for _, c := range []struct {
		words, number, context string
	}{
		{"ПЕРСОНАЛЬНОМУ", s.number(1), "моих ‹персональных› данных."},
		{"согласием", s.number(1), "в теме: Отзыв ‹согласия›"},
		{"ивановой", s.number(1), "отправитель: ‹Иванова› Мария <m.ivanova@mail.kz>"},
		{"договор", s.number(1), "в заметке: Звонила, просит копию ‹договора›"},
		{"дерек", s.number(2), "в письме: Менің ‹деректерімді› жоюды сұраймын."},
		{"consenting", s.number(3), "I withdraw my ‹consent›. 東京都"},
		{s.number(2), s.number(2), ""},
	} {
		for _, lang := range []string{"ru", "kk", "en"} {
			out := s.call(t, "--lang", lang, "search", c.words).well(t).out
			for line := range strings.Lines(out) {
				if columns(strings.TrimSuffix(line, "\n")) > narrow {
					t.Errorf("%s: %q takes %d columns", c.words, line, columns(line))
				}
			}
			if !strings.Contains(out, c.number) || lang == "ru" && !strings.Contains(out, c.context) {
				t.Errorf("search %s: want %s, %q in\n%s", c.words, c.number, c.context, out)
			}
		}
	}
	var hits []hitJSON
	if err := json.Unmarshal([]byte(s.call(t, "search", "--json", "деректер").well(t).out), &hits); err != nil {
		t.Fatal(err)
	}
	if len(hits) != 1 || hits[0].Number != s.number(2) || hits[0].Found.In != "text" || hits[0].Found.Words[0] != "деректерімді" || hits[0].From != "serik@example.kz" {
		t.Errorf("%+v", hits)
	}
	if out := s.call(t, "search", "--json", "ничегонет").well(t).out; out != "[]\n" {
		t.Errorf("nothing found as JSON: %q", out)
	}
	if out := s.call(t, "search", "--limit", "2", "LK-"+thisYear()).well(t).out; !strings.Contains(out, "есть и другие") {
		t.Errorf("limited: %s", out)
	}
	for _, args := range [][]string{{}, {"!!!"}, {"--limit", "0", "x"}, {"--limit", "x", "x"}} {
		if r := s.call(t, append([]string{"search"}, args...)...); r.code != exitUsage || r.out != "" {
			t.Errorf("search %q: exit %d, %s%s", args, r.code, r.out, r.err)
		}
	}
}

// An index that is gone is made anew, and the reader is told why it takes long.
func TestSearchMakesItsIndex(t *testing.T) {
	s := reading(t)
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "pometka.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Exec(`DROP TABLE search`); err != nil {
		t.Fatal(err)
	}
	r := s.call(t, "search", "деректер").well(t)
	if !strings.Contains(r.out, s.number(2)) || !strings.Contains(r.err, "Готовим поиск") {
		t.Errorf("%s%s", r.out, r.err)
	}
	if r := s.call(t, "search", "деректер").well(t); r.err != "" {
		t.Errorf("twice: %s", r.err)
	}
}
