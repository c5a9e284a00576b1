package desk

import (
	"errors"
	"strings"
	"testing"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// What each act makes of a request in each status; - is refused, and changes nothing.
const becomesTable = `
                  review     open         in_progress  waiting  done     refused  dismissed
take              review     in_progress  in_progress  waiting  -        -        -
assign            review     in_progress  in_progress  waiting  -        -        -
wait              -          waiting      waiting      -        -        -        -
resume            -          -            -            open     -        -        -
set               review     open         in_progress  waiting  -        -        -
set documents     review     open         in_progress  open     -        -        -
set received      review     open         in_progress  waiting  -        -        -
set kind          -          open         in_progress  waiting  -        -        -
confirm           open       -            -            -        -        -        -
confirm two       open       -            -            -        -        -        -
dismiss           dismissed  -            -            -        -        -        -
close done        -          done         done         done     -        -        -
close refused     -          refused      refused      refused  -        -        -
reopen            -          -            -            -        open     open     review
note              review     open         in_progress  waiting  done     refused  dismissed
answer            review     open         in_progress  waiting  done     refused  -
answer documents  -          waiting      waiting      waiting  done     refused  -
answer done       -          done         done         done     -        -        -
letter            review     open         in_progress  open     open     open     review
letter with file  review     open         in_progress  open     open     open     review
thanks            review     open         in_progress  waiting  done     refused  dismissed
gets letters      review     open         in_progress  open     -        -        -
gives letters     dismissed  done         done         done     -        -        -
recompute         review     open         in_progress  waiting  done     refused  dismissed
release           review     open         in_progress  waiting  done     refused  dismissed
`

// acts does each of them to a request.
var acts map[string]func(r *acted, n string) error

func init() {
	acts = map[string]func(r *acted, n string) error{
		"take":   func(r *acted, n string) error { return justErr(r.Take(r.ctx(), n, clerk)) },
		"assign": func(r *acted, n string) error { return justErr(r.Assign(r.ctx(), n, "aigul", staffer)) },
		"wait":   func(r *acted, n string) error { return justErr(r.Wait(r.ctx(), n, forDocuments, clerk)) },
		"resume": func(r *acted, n string) error { return justErr(r.Resume(r.ctx(), n, clerk)) },
		"set": func(r *acted, n string) error {
			no := false
			return justErr(r.Set(r.ctx(), n, Setting{Consumer: &no}, "", clerk))
		},
		"set documents": func(r *acted, n string) error {
			day := r.Today()
			return justErr(r.Set(r.ctx(), n, Setting{Documents: &day}, "", clerk))
		},
		"set received": func(r *acted, n string) error {
			day := r.Today().AddDays(-5)
			return justErr(r.Set(r.ctx(), n, Setting{Received: &day}, "лежало", clerk))
		},
		"set kind": func(r *acted, n string) error {
			kind := rules.Kind("claim")
			return justErr(r.Set(r.ctx(), n, Setting{Kind: &kind}, "претензия", clerk))
		},
		"confirm": func(r *acted, n string) error {
			_, _, err := r.Confirm(r.ctx(), n, []rules.Kind{correction}, clerk)
			return err
		},
		"confirm two": func(r *acted, n string) error {
			_, _, err := r.Confirm(r.ctx(), n, []rules.Kind{"opt_out", "claim"}, clerk)
			return err
		},
		"dismiss":       func(r *acted, n string) error { return justErr(r.Dismiss(r.ctx(), n, "реклама", clerk)) },
		"close done":    func(r *acted, n string) error { return r.closeAs(n, store.StatusDone) },
		"close refused": func(r *acted, n string) error { return r.closeAs(n, store.StatusRefused) },
		"reopen":        func(r *acted, n string) error { return justErr(r.Reopen(r.ctx(), n, "не всё", clerk)) },
		"note":          func(r *acted, n string) error { return justErr(r.Note(r.ctx(), n, "позвонить", clerk)) },
		"answer":        func(r *acted, n string) error { return r.answer(n, Reply{Text: "Мы разбираемся."}) },
		"answer documents": func(r *acted, n string) error {
			return r.answer(n, Reply{Template: AnswerDocuments, Text: "Нужна доверенность."})
		},
		"answer done": func(r *acted, n string) error {
			return r.answer(n, Reply{Text: "Сделано.", Why: "сделано", Close: store.StatusDone, Steps: r.taken(n)})
		},
		"letter":           func(r *acted, n string) error { return r.write(n, "Когда ответите?", false) },
		"letter with file": func(r *acted, n string) error { return r.write(n, "Вот паспорт.", true) },
		"thanks":           func(r *acted, n string) error { return r.write(n, "Спасибо, получил!", false) },
		"gets letters":     func(r *acted, n string) error { return justErr(r.Link(r.ctx(), n, r.in(store.StatusReview), clerk)) },
		"gives letters": func(r *acted, n string) error {
			into := r.in(store.StatusOpen)
			if kind := r.request(r.t, n).Kind; kind != "" && kind != correction {
				if _, err := r.Set(r.ctx(), into, Setting{Kind: &kind}, "то же", clerk); err != nil && !errors.Is(err, ErrSame) {
					r.t.Fatal(err)
				}
			}
			day := r.request(r.t, n).ReceivedOn
			if _, err := r.Set(r.ctx(), into, Setting{Received: &day}, "в тот же день", clerk); err != nil && !errors.Is(err, ErrSame) {
				r.t.Fatal(err)
			}
			return justErr(r.Link(r.ctx(), into, n, clerk))
		},
		"recompute": func(r *acted, _ string) error {
			r.other = !r.other
			r.Calendar = calendarOf(r.t)
			if r.other {
				r.Calendar = calendarOf(r.t, offNinth, rules.DayChange{Date: rules.NewDate(2026, 11, 24), Kind: "dayoff", Name: "Выходной", Act: "приказ"})
			}
			_, err := r.Recompute(r.ctx(), false)
			return err
		},
		"release": func(r *acted, _ string) error {
			_, _, err := r.Release(r.ctx(), nil, clerk)
			return err
		},
	}
}

func TestBecomes(t *testing.T) {
	t.Parallel()
	r := newActed(t)
	rows := strings.Split(strings.TrimSpace(becomesTable), "\n")
	statuses := strings.Fields(rows[0])
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		cells := strings.Fields(row)
		at := len(cells) - len(statuses)
		name := strings.Join(cells[:at], " ")
		seen[name] = true
		for i, s := range statuses {
			n, want := r.in(store.Status(s)), store.Status(cells[at+i])
			refused := r.tryAct(name, n)
			if got := r.request(t, n).Status; refused != (want == "-") || !refused && got != want {
				t.Errorf("%s, %s: became %s, refused %v; want %s", name, s, got, refused, want)
			}
		}
	}
	for name := range acts {
		if !seen[name] {
			t.Errorf("the table has no row of %s", name)
		}
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Errorf("history: %v %v", breaks, err)
	}
}
