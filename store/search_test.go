package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// library is a register of letters to search in.
func library(t *testing.T) *DB {
	t.Helper()
	ctx, db := context.Background(), open(t)
	for i, l := range []struct {
		name, addr, subject, text string
		lang                      rules.Lang
	}{
		{"Иванова Мария", "m.ivanova@mail.kz", "Отзыв согласия", "Прошу прекратить обработку моих персональных данных. Мой отчёт приложен.", "ru"},
		{"Серік Оспанов", "serik@example.kz", "Өтініш", "Менің деректерімді жоюды сұраймын, келісімімді қайтарып аламын.", "kk"},
		{"John Smith", "js@example.com", "Withdrawal", "I withdraw my consent. My passport number is 990101300123.", "en"},
		{"ТОО «Ромашка»", "office@romashka.kz", "Претензия № 45", "Требуем вернуть деньги по договору 2026-17 от 5 мая.", "ru"},
	} {
		a := letterOf(uint32(i + 1))
		a.Letter.FromName, a.Letter.FromAddr, a.Letter.Subject, a.Letter.Text, a.Letter.Language = l.name, l.addr, l.subject, l.text, l.lang
		must[Admitted](t)(db.Admit(ctx, a, t0))
	}
	must[Request](t)(db.Change(ctx, Change{Number: "LK-2026-000001", Note: "Звонила, просит копию договора", Event: Event{Actor: "aigul", Code: "noted"}}, t0))
	return db
}

// Whose letter it is counts beside who sent it: the colleague who passed it on, the
// form on the site, the address that staff found out.
func TestFoundByWriter(t *testing.T) {
	ctx, db := context.Background(), open(t)
	a := letterOf(1)
	a.Letter.Writer, a.Letter.WriterName = "Dana@One.example", "Дана Незабудкина"
	must[Admitted](t)(db.Admit(ctx, a, t0))
	must[Admitted](t)(db.Admit(ctx, letterOf(2), t0))
	must[Request](t)(db.Change(ctx, becoming(t, db, Change{Number: "LK-2026-000001", Event: Event{Actor: "a", Code: "set"}},
		func(r *Request) { r.Sender = "Dana.New@Two.example" }), t0))
	for _, words := range []string{"незабудкиной", "dana@one.example", "dana.new@two.example"} {
		hits, _, err := db.Search(ctx, words, 10)
		if ok(t, err); len(hits) != 1 || hits[0].Request.Number != "LK-2026-000001" || hits[0].Where != "from" {
			t.Errorf("search %s: %+v", words, hits)
		}
	}
	for _, part := range []string{"НЕЗАБУД", "dana@one", "dana.new"} {
		for _, all := range []bool{false, true} {
			if list := must[[]Request](t)(db.Requests(ctx, Filter{From: part, All: all})); len(list) != 1 || list[0].Number != "LK-2026-000001" {
				t.Errorf("from %s, all %t: %d requests", part, all, len(list))
			}
		}
	}
}

func TestSearch(t *testing.T) {
	db := library(t)
	for _, c := range []struct {
		words string
		found []string
		where string
	}{
		{"согласием", []string{"1"}, "subject"},
		{"ПЕРСОНАЛЬНОЕ ДАННОЕ", []string{"1"}, "text"},
		{"отчета", []string{"1"}, "text"},
		{"Ивановой", []string{"1"}, "from"},
		{"m.ivanova@mail.kz", []string{"1"}, "from"},
		{"иванов договоры", []string{"1"}, "from"}, // the name in the letter, the word in the note
		{"договором", []string{"4", "1"}, "text"},
		{"звонить", []string{"1"}, "note"},
		{"дерек", []string{"2"}, "text"},
		{"деректеріңіз", []string{"2"}, "text"},
		{"деректер келісім", []string{"2"}, "text"},
		{"consents", []string{"3"}, "text"},
		{"990101", []string{"3"}, "text"},
		{"прекра*", []string{"1"}, "text"},
		{"прекра", nil, ""},
		{"LK-2026-0000", []string{"4", "3", "2", "1"}, ""},
		{"lk-2026-000003", []string{"3"}, ""},
		{"2026-3", []string{"3"}, ""},
		{"2026-000", []string{"4", "3", "2", "1"}, ""},
		{"3", []string{"3"}, ""},
		{"45", []string{"4"}, "subject"},
		{"LK-2026", []string{"4", "3", "2", "1"}, ""},
		{"covid-2026", nil, ""},
		{`"прошу" OR NEAR(данных) words:x -y`, nil, ""},
		{"согласие претензия", nil, ""},
	} {
		hits, more, err := db.Search(context.Background(), c.words, 10)
		ok(t, err)
		var found []string
		for _, h := range hits {
			found = append(found, h.Request.Number[len(h.Request.Number)-1:])
			for _, m := range h.Marks {
				if m[0] < 0 || m[1] > len(h.Context) || m[0] >= m[1] {
					t.Errorf("%s: marks %v of %q", c.words, h.Marks, h.Context)
				}
			}
		}
		if !reflect.DeepEqual(found, c.found) || more || len(hits) > 0 && hits[0].Where != c.where {
			t.Errorf("%s: found %v, want %v; %+v", c.words, found, c.found, hits)
		}
	}
	for _, nothing := range []string{"", "  ", "!!!", "* -", "\x1b[2J"[:1]} {
		if _, _, err := db.Search(context.Background(), nothing, 10); !errors.Is(err, ErrNoWords) {
			t.Errorf("%q: %v", nothing, err)
		}
	}
	hits, more, err := db.Search(context.Background(), "LK-2026", 3)
	if err != nil || !more || len(hits) != 3 {
		t.Errorf("limited: %d, %v, %v", len(hits), more, err)
	}
}

// The index is made anew where it is missing, half made or damaged, and finds
// what it found before.
func TestMakeIndex(t *testing.T) {
	ctx, db := context.Background(), library(t)
	for name, spoil := range map[string][]string{
		"missing":   {`DROP TABLE search`},
		"forgotten": {`DELETE FROM meta WHERE name = 'search'`},
		"another":   {`UPDATE meta SET value = 'whole 0' WHERE name = 'search'`},
		"half made": {`UPDATE meta SET value = 'making 2' WHERE name = 'search'`, `DELETE FROM search WHERE rowid > 1`},
		"half gone": {`UPDATE meta SET value = 'making 2' WHERE name = 'search'`, `DROP TABLE search`},
	} {
		for _, s := range spoil {
			_, err := db.writer.conn.ExecContext(ctx, s)
			ok(t, err)
		}
		if _, _, err := db.Search(ctx, "согласие", 5); !errors.Is(err, ErrNoIndex) {
			t.Errorf("%s: %v", name, err)
		}
		told := 0
		ok(t, db.MakeIndex(ctx, func(n int) { told = n }))
		for words, n := range map[string]int{"согласие": 1, "договор": 2, "дерек": 1, "LK-2026": 4} {
			if hits, _, err := db.Search(ctx, words, 5); err != nil || len(hits) != n || told != 4 {
				t.Errorf("%s: %s finds %d of %d told, %v", name, words, len(hits), told, err)
			}
		}
	}
	sound(t, db)
}

// A program that writes for weeks does not grow the index without end, and a
// repeated letter adds nothing to it.
func TestIndexIsBounded(t *testing.T) {
	ctx, db := context.Background(), open(t)
	first := must[Admitted](t)(db.Admit(ctx, letterOf(1), t0))
	for uid := range uint32(60) {
		join := letterOf(uid + 2)
		join.Requests, join.Ack, join.Joins = nil, nil, joins(first.Numbers[0])
		text := ""
		for i := range 200 {
			text += fmt.Sprintf("слово%dx%d ", uid, i)
		}
		join.Letter.Text = text
		must[Admitted](t)(db.Admit(ctx, join, t0.Add(time.Duration(uid)*time.Minute)))
	}
	if n := len(wordsOf(t, db, first.Numbers[0])); n < indexedWords/2 || n > indexedWords {
		t.Errorf("the index holds %d bytes of one request", n)
	}
}

func FuzzQuestion(f *testing.F) {
	db := open(f)
	must[Admitted](f)(db.Admit(context.Background(), letterOf(1), t0))
	for _, s := range []string{"согласие", `a" OR b`, "LK-2026-", "17 2026-", "пре*", "(", "NEAR(a b)", "\x00\xff", "№ 5", "қ", "a-2026-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if _, _, err := db.Search(context.Background(), s, 3); err != nil && !errors.Is(err, ErrNoWords) {
			t.Errorf("%q: %v", s, err)
		}
	})
}
