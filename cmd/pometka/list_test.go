package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/user"
	"slices"
	"strings"
	"syscall"
	"testing"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

func TestListFilters(t *testing.T) {
	s, number := queue(t)
	day := today()
	for _, c := range []struct {
		args string
		want string // in the order of the list
	}{
		{"", "late missed today review far standing"},
		{"--all", "late missed today review far standing done"},
		{"--kind claim", "late standing"},
		{"--kind claim,erasure --status open,in_progress", "late today"},
		{"--status done", "done"},
		{"--review", "review"},
		{"--review --kind erasure", "review"},
		{"--review --kind claim", ""},
		{"--assignee oleg", "today"},
		{"--assignee Айгерим", "far"},
		{"--assignee aigerim", "far"},
		{"--assignee -", "late missed review standing"},
		{"--overdue", "late"},
		{"--overdue --all", "late"},
		{"--due-within 0", "late missed today"},
		{"--due-within 7", "late missed today review"},
		{"--from иванова", "late"},
		{"--from M@MAIL --all", "late done"},
		{"--received-from " + day.AddDays(-12).String() + " --received-to " + day.AddDays(-12).Time().Format("02.01.2006"), "missed"},
		{"--received-to " + day.AddDays(-80).String() + " --all", "done"},
		{"--mine", ""},
	} {
		var list []requestJSON
		out := s.call(t, append([]string{"list", "--json"}, strings.Fields(c.args)...)...).well(t).out
		if err := json.Unmarshal([]byte(out), &list); err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, r := range list {
			got = append(got, r.Number)
		}
		for name := range strings.FieldsSeq(c.want) {
			want = append(want, number[name])
		}
		if !slices.Equal(got, want) {
			t.Errorf("list %s: %v, want %v (%s)", c.args, got, want, c.want)
		}
	}
}

func TestListMine(t *testing.T) {
	t.Setenv("SUDO_USER", "")
	s := newShelf(t)
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	mine := s.put(t, entry{kind: "claim", status: store.StatusOpen, due: today(), assignee: me.Username, letter: store.Letter{FromAddr: "a@example.kz"}})
	s.put(t, entry{kind: "claim", status: store.StatusOpen, due: today(), letter: store.Letter{FromAddr: "b@example.kz"}})
	if out := s.call(t, "list", "--mine").well(t).out; !strings.Contains(out, mine) || strings.Contains(out, "b@example.kz") {
		t.Errorf("mine:\n%s", out)
	}
	t.Setenv("SUDO_USER", "aigerim")
	if out := s.call(t, "list", "--mine").well(t).out; strings.Contains(out, mine) {
		t.Errorf("under sudo, another person's:\n%s", out)
	}
}

// A wrong value ends with 2, a sentence that names the flag, and no output.
func TestListErrors(t *testing.T) {
	s := newShelf(t)
	for _, c := range []struct{ args, want string }{
		{"--kind клейм", "consent_withdrawal"},
		{"--status closed", "--status closed: такого состояния нет; есть: review (нужно решение)"},
		{"--due-within -1", "--due-within -1"},
		{"--due-within 1000000", "750"},
		{"--due-within скоро", "скоро"},
		{"--received-from 31.02.2026", "--received-from 31.02.2026: нужен существующий день"},
		{"--received-to вчера", "--received-to вчера"},
		{"--received-from 2026-11-02 --received-to 2026-11-01", "позже"},
		{"--mine --assignee oleg", "--mine"},
		{"--json --csv", "--csv"},
		{"лишнее", "--help"},
	} {
		r := s.call(t, append([]string{"list"}, strings.Fields(c.args)...)...)
		if r.code != exitUsage || r.out != "" || !strings.Contains(r.err, c.want) || strings.Count(r.err, "\n") > 2 {
			t.Errorf("list %s: exit %d, %q; want %q", c.args, r.code, r.err, c.want)
		}
	}
	for args, want := range map[string]string{"": "Очередь пуста", "--mine": "открытых обращений, которые подходят, нет", "--all --kind claim": "таких обращений нет"} {
		if out := s.call(t, append([]string{"list"}, strings.Fields(args)...)...).well(t).out; !strings.Contains(out, want) {
			t.Errorf("empty list %s: %s", args, out)
		}
	}
}

// Every line fits, whatever the language; the columns of the wide list stand
// under their heads.
func TestListFits(t *testing.T) {
	s, number := queue(t)
	for _, lang := range []string{"ru", "kk", "en"} {
		for _, cols := range []string{"", "100", "140", "200"} {
			t.Setenv("COLUMNS", cols)
			width := map[string]int{"": 80, "100": 100, "140": 140, "200": 200}[cols]
			out := s.call(t, "--lang", lang, "list", "--all").well(t).out
			var starts []int
			for line := range strings.Lines(out) {
				line = strings.TrimSuffix(line, "\n")
				if columns(line) > width || line != strings.TrimRight(line, " ") || strings.Contains(line, "\x1b") {
					t.Errorf("%s at %d: %q takes %d columns", lang, width, line, columns(line))
				}
				if at := strings.Index(line, "отзыв согласия  "); at > 0 && width >= wideList {
					starts = append(starts, columns(line[:at]))
				}
			}
			if width == 80 && lang == "ru" {
				for _, want := range []string{number["late"] + "  претензия", "закон: просрочено", "цель: прошла", "политика: сегодня", "срок стоит", "山田太郎 ·", "Олег Ким", "ТОО «Рома"} {
					if !strings.Contains(out, want) {
						t.Errorf("no %q in\n%s", want, out)
					}
				}
			}
			if len(starts) > 1 && slices.Min(starts) != slices.Max(starts) {
				t.Errorf("at %d the columns do not align: %v\n%s", width, starts, out)
			}
		}
	}
}

// Colours are for terminals only, go when NO_COLOR is set, and take nothing
// away: without them the screen says the same.
func TestListColours(t *testing.T) {
	s, _ := queue(t)
	t.Setenv("TERM", "xterm")
	coloured := s.terminalOut(t, 80, "list")
	if !strings.Contains(coloured, "\x1b[1;31m") {
		t.Errorf("nothing is red:\n%q", coloured)
	}
	piped := s.call(t, "list").well(t).out
	if strings.Contains(piped, "\x1b") || withoutColours(coloured) != piped {
		t.Errorf("without colours\n%s\nis not\n%s", withoutColours(coloured), piped)
	}
	for name, value := range map[string]string{"NO_COLOR": "1", "TERM": "dumb"} {
		t.Setenv(name, value)
		if out := s.terminalOut(t, 80, "list"); out != piped {
			t.Errorf("%s=%s: %q", name, value, out)
		}
	}
	t.Setenv("NO_COLOR", "")
	if out := s.terminalOut(t, 150, "list"); !strings.Contains(out, "Отправитель") {
		t.Errorf("a wide terminal is not used:\n%s", out)
	}
}

func withoutColours(s string) string {
	for _, p := range []paint{bold, red, yellow, dim} {
		s = strings.ReplaceAll(s, "\x1b["+string(p)+"m", "")
	}
	return strings.ReplaceAll(s, "\x1b[0m", "")
}

func TestListCSV(t *testing.T) {
	s, number := queue(t)
	out := s.call(t, "list", "--csv", "--all").well(t).out
	body, marked := strings.CutPrefix(out, csvMark)
	if !marked || strings.Count(body, "\r\n") != strings.Count(body, "\n") {
		t.Errorf("not for Excel: %q", out[:40])
	}
	r := csv.NewReader(bytes.NewReader([]byte(body)))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(number)+1 || rows[0][0] != "Номер" || rows[1][0] != number["late"] || rows[1][5] != "закон" || rows[1][8] != "да" ||
		!strings.HasPrefix(rows[1][7], "-") || rows[1][9] != "Иванова Мария" || rows[2][8] != "нет" {
		t.Errorf("%q", rows)
	}
}

func TestCSVCell(t *testing.T) {
	for in, want := range map[string]string{
		"Иванова": "Иванова", "": "", "=1+1": "'=1+1", "+7 701": "'+7 701", "-2": "'-2", "@SUM(A1)": "'@SUM(A1)",
		" =1": "' =1", "\t=1": "'·=1", "\r\n=cmd|' /C calc'!A0": "'··=cmd|' /C calc'!A0", "＝1": "'＝1", "\u200b=1": "'·=1", "\u00a0@x": "'\u00a0@x",
		"a\x00b\nc": "a·b·c", "%0A": "'%0A", "|x": "'|x", "a=1": "a=1",
	} {
		if got := csvCell(in); got != want {
			t.Errorf("csvCell(%q) = %q, want %q", in, got, want)
		}
	}
}

// A list of many parts is the JSON, and the table, that the same list makes in
// one; and an empty one is an empty array.
func TestListsInParts(t *testing.T) {
	s, _ := queue(t)
	a := &app{words: mustWords(t), lang: rules.RU, configFlag: s.config}
	d, done, err := a.openDesk(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	list, err := d.Store.Requests(t.Context(), store.Filter{All: true})
	if err != nil || len(list) < 3 {
		t.Fatalf("%d requests: %v", len(list), err)
	}
	oneByOne := parts(func(yield func([]store.Request) error) error {
		for part := range slices.Chunk(list, 1) {
			if err := yield(part); err != nil {
				return err
			}
		}
		return nil
	})
	print := func(print func(*desk.Desk, parts) error, list parts) string {
		var out bytes.Buffer
		a.out = &out
		if err := print(d, list); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	for name, f := range map[string]func(*desk.Desk, parts) error{"json": a.printRequests, "csv": a.printTable} {
		if got, want := print(f, oneByOne), print(f, allAtOnce(list)); got != want {
			t.Errorf("%s in parts:\n%s\nat once:\n%s", name, got, want)
		}
	}
	elements := []requestJSON{}
	for _, r := range list {
		elements = append(elements, a.requestJSON(d, r))
	}
	if want := print(func(*desk.Desk, parts) error { return a.printJSON(elements) }, nil); print(a.printRequests, oneByOne) != want {
		t.Errorf("json is\n%s\nwant\n%s", print(a.printRequests, oneByOne), want)
	}
	if got := print(a.printRequests, allAtOnce(nil)); got != "[]\n" {
		t.Errorf("an empty list is %q", got)
	}
	broken := errors.New("broken")
	for name, f := range map[string]func(*desk.Desk, parts) error{"json": a.printRequests, "csv": a.printTable} {
		if err := f(d, func(yield func([]store.Request) error) error { return broken }); !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A number is whole whatever the prefix, since it is what people type; and no
// column of the wide list is cut while another has room.
func TestListKeepsTheNumber(t *testing.T) {
	s, _ := queue(t)
	a := &app{words: mustWords(t), lang: rules.RU, configFlag: s.config}
	d, done, err := a.openDesk(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	list, err := d.Store.Requests(t.Context(), store.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		list[i].Number = "ABCDEFGH" + strings.TrimPrefix(list[i].Number, "LK")
	}
	for _, w := range []int{80, 140} {
		var out bytes.Buffer
		a.out = &out
		for _, r := range list {
			if w == 80 {
				a.printEntry(d, r, w)
			}
		}
		if w > 80 {
			if _, err := a.printWide(d, allAtOnce(list), w); err != nil {
				t.Fatal(err)
			}
		}
		for _, r := range list {
			if !strings.Contains(out.String(), r.Number+" ") {
				t.Errorf("no %s in\n%s", r.Number, out.String())
			}
		}
		if bad := harmless(out.String(), w, ""); bad != "" {
			t.Errorf("at %d: %s", w, bad)
		}
	}
	review := store.Request{Candidates: []rules.Kind{"claim"}, Status: store.StatusReview}
	if got := a.kindWithin(d, review, 15); got != "претензия?" {
		t.Errorf("a narrow candidate: %q", got)
	}
	if got := a.kindWithin(d, review, 30); got != "возможно: претензия" {
		t.Errorf("a wide candidate: %q", got)
	}
	cells := make([][]string, 2)
	for range wideColumns {
		cells[0], cells[1] = append(cells[0], "x"), append(cells[1], "x")
	}
	cells[1][4], cells[1][5] = "short", strings.Repeat("y", 90)
	if got := wideWidths(cells, 140); got[4] != 5 || got[5] != 90 {
		t.Errorf("a long sender is cut beside a short kind: %v", got)
	}
	cells[1][4] = strings.Repeat("k", 90)
	if got := wideWidths(cells, 140); got[4]+got[5] != 140-16-7 || got[4]-got[5] > 1 {
		t.Errorf("both long: %v", got)
	}
}

func TestFilterDays(t *testing.T) {
	for in, want := range map[string]string{"2026-11-23": "2026-11-23", "23.11.2026": "2026-11-23", "1.2.2026": "2026-02-01", " 01.02.2026 ": "2026-02-01"} {
		if d, err := dayOf(in); err != nil || d.String() != want {
			t.Errorf("%q: %s, %v", in, d, err)
		}
	}
	for _, in := range []string{"", "31.02.2026", "2026-13-01", "23/11/2026", "1.2.26", "2026.11.23", "..2026"} {
		if d, err := dayOf(in); err == nil {
			t.Errorf("%q is %s", in, d)
		}
	}
}

// A list that could not be written, or was broken off, is no success.
func TestListThatEndsEarly(t *testing.T) {
	s, _ := queue(t)
	a := &app{words: mustWords(t), lang: rules.RU, configFlag: s.config}
	d, done, err := a.openDesk(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	ids, err := d.Store.Selected(t.Context(), store.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full here")
	}
	defer full.Close()
	broken, stop := context.WithCancel(t.Context())
	stop()
	for name, print := range map[string]func(parts) error{
		"narrow": func(p parts) error { _, err := a.printNarrow(d, p, 80); return err },
		"wide":   func(p parts) error { _, err := a.printWide(d, p, 160); return err },
		"json":   func(p parts) error { return a.printRequests(d, p) },
		"csv":    func(p parts) error { return a.printTable(d, p) },
	} {
		a.out = full
		if err := print(inParts(t.Context(), ids, d.Store.RequestsOf)); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%s to a full disk: %v", name, err)
		} else if got := a.errorText(err); !strings.Contains(got, "нет места") {
			t.Errorf("%s to a full disk says %q", name, got)
		}
		a.out = io.Discard
		if err := print(inParts(broken, ids, d.Store.RequestsOf)); !errors.Is(err, context.Canceled) || a.errorText(err) != "прервано" {
			t.Errorf("%s broken off: %v", name, err)
		}
	}
}
