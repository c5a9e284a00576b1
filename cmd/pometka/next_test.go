package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// What is proposed can be typed as it stands: it names the kind that the letter
// was taken for, and what an answer of the kind needs.
func TestNext(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 12, 0, 0, 0, time.UTC) }
	from := store.Letter{FromAddr: "a@mail.kz", ReceivedAt: day(2)}
	d := &desk.Desk{Options: desk.Options{Policy: rules.BuiltIn()}}
	a := &app{words: mustWords(t), lang: rules.RU}
	for name, c := range map[string]struct {
		r    store.Request
		want string
	}{
		"one candidate":   {store.Request{Status: "review", Candidates: []rules.Kind{"access_request"}, Letters: []store.Letter{from}}, "confirm 2026-17 access_request  или  pometka dismiss 2026-17"},
		"several":         {store.Request{Status: "review", Candidates: []rules.Kind{"claim", "erasure"}, Letters: []store.Letter{from}}, "confirm 2026-17 ВИД  или"},
		"perhaps another": {store.Request{Status: "review", Candidates: []rules.Kind{"claim"}, Possibly: []string{"LK-2026-000004"}, Letters: []store.Letter{from}}, "pometka link 2026-4 2026-17"},
		"passed on":       {store.Request{Status: "review", Candidates: []rules.Kind{"claim"}, Letters: []store.Letter{{Writer: "p@mail.kz"}}}, "confirm 2026-17 claim --sender p@mail.kz"},
		"claim":           {store.Request{Status: "open", Kind: "claim", Letters: []store.Letter{from}}, `answer 2026-17 --template done --text "…"`},
		"claim at work":   {store.Request{Status: "in_progress", Kind: "claim", Assignee: "akim", Letters: []store.Letter{from}}, `--template done --text "…" --close done`},
		"withdrawal":      {store.Request{Status: "open", Kind: "consent_withdrawal", Letters: []store.Letter{from}}, "answer 2026-17 --template done"},
		"no documents":    {store.Request{Status: "open", Kind: "data_correction", Letters: []store.Letter{from}}, "answer 2026-17 --template documents"},
		"documents":       {store.Request{Status: "open", Kind: "data_correction", Documents: rules.NewDate(2026, 11, 3), Letters: []store.Letter{from}}, "take 2026-17  или  pometka answer 2026-17 --template done"},
		"paper":           {store.Request{Status: "open", Kind: "claim", Letters: []store.Letter{{FromName: "Иванов"}}}, "ответьте тем же путём, потом  pometka close 2026-17 done"},
		"answered":        {store.Request{Status: "open", Kind: "claim", AnsweredAt: day(5), Answered: true, Letters: []store.Letter{from}}, "pometka close 2026-17 done"},
		"answered before": {store.Request{Status: "open", Kind: "claim", AnsweredAt: day(5), Letters: []store.Letter{from}}, "pometka answer 2026-17"},
	} {
		c.r.Number = "LK-2026-000017"
		if got := a.nextText(d, c.r); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q in it", name, got, c.want)
		}
	}
}

// What is proposed fits one request in every year: the counter of another year
// has come to the same number before.
func TestNextNamesTheYear(t *testing.T) {
	i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, nil)
	today := time.Now().In(almaty)
	for _, day := range []string{fmt.Sprintf("%d-12-28", today.Year()-1), today.Format(time.DateOnly)} {
		out := i.call(t, "register", "--paper", "--kind", "claim", "--received", day, "--from", "Орлов", "--why", "пришло почтой").well(t).out
		number, _, _ := strings.Cut(out, ":")
		if out += i.call(t, "show", number).well(t).out; !strings.Contains(out, "Дальше") {
			t.Fatalf("nothing is proposed:\n%s", out)
		}
		for _, m := range regexp.MustCompile(`pometka [a-z]+ (\S+)`).FindAllStringSubmatch(out, -1) {
			if shown := i.call(t, "show", m[1]).well(t).out; !strings.HasPrefix(shown, number+"  ") {
				t.Errorf("%q is of another request than %s:\n%s", m[0], number, shown)
			}
		}
	}
	if r := i.call(t, "show", "1"); r.code != exitNotFound {
		t.Errorf("exit %d: 1 is of two years\n%s", r.code, r.out)
	}
}

// No command is broken in two.
func TestChoices(t *testing.T) {
	text := "Дальше: pometka confirm 12 ВИД --sender petr@mail.example  или  pometka dismiss 12 --why \"…\""
	if got := choices(text, 120); !slices.Equal(got, []string{text}) {
		t.Errorf("wide: %q", got)
	}
	for _, line := range choices(text, 80) {
		if columns(line) > 80 {
			t.Errorf("wider than 80: %q", line)
		}
	}
	if got := strings.Join(choices(text, 80), "  "); got != text {
		t.Errorf("lost: %q", got)
	}
	long := []string{"Дальше: pometka answer 2026-12 --template done --text \"…\" --close done \\", "    --why \"…\" --step all"}
	if got := choices("Дальше: pometka answer 2 --"+strings.Repeat("x", 90), 80); len(got) != 2 {
		t.Errorf("one word: %q", got)
	}
	if got := choices(`Дальше: pometka answer 2026-12 --template done --text "…" --close done --why "…" --step all`, 80); !slices.Equal(got, long) {
		t.Errorf("one command: %q", got)
	}
}
