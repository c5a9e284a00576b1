package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
)

// dated returns the request of a kind in the list, with its dates.
func (i installation) dated(t *testing.T, kind rules.Kind) requestJSON {
	t.Helper()
	for _, r := range demoList(t, i.config) {
		if r.Kind == kind {
			return r
		}
	}
	t.Fatalf("no request of kind %s", kind)
	return requestJSON{}
}

// explained returns what explain says of a request.
func (i installation) explained(t *testing.T, number string) explainJSON {
	t.Helper()
	var j explainJSON
	if err := json.Unmarshal([]byte(i.call(t, "explain", number, "--json").well(t).out), &j); err != nil {
		t.Fatal(err)
	}
	return j
}

// due is the last day of a term, and whether the request has the term.
func (j explainJSON) due(id string) (rules.Date, bool) {
	for _, t := range j.Terms {
		if t.ID == id {
			return t.Due, true
		}
	}
	return rules.Date{}, false
}

// computed is what explain computes ahead for a kind and a day.
func (i installation) computed(t *testing.T, kind rules.Kind, received rules.Date) explainJSON {
	t.Helper()
	var j explainJSON
	out := i.call(t, "explain", "--json", "--kind", string(kind), "--received", received.String()).well(t).out
	if err := json.Unmarshal([]byte(out), &j); err != nil {
		t.Fatal(err)
	}
	return j
}

// TestSetMovesDates changes what a claim rests on, one thing after the other.
func TestSetMovesDates(t *testing.T) {
	i := withLetters(t, "")
	claim := i.dated(t, "claim")
	ahead := i.computed(t, "claim", claim.ReceivedOn)
	policy, _ := ahead.due("policy")
	if now := i.explained(t, claim.Number); now.ActBy != ahead.ActBy || claim.ActBy != ahead.ActBy {
		t.Fatalf("act by %s in the list, %s explained, %s computed", claim.ActBy, now.ActBy, ahead.ActBy)
	}

	i.call(t, "set", claim.Number, "consumer=no").well(t)
	now := i.explained(t, claim.Number)
	if _, there := now.due("consumer"); there || now.ActBy != policy {
		t.Errorf("no consumer: act by %s, want the 30 working days, %s", now.ActBy, policy)
	}

	earlier := claim.ReceivedOn.AddDays(-10)
	if r := i.call(t, "set", claim.Number, "received="+earlier.String()); r.code != exitUsage {
		t.Errorf("another day of receipt without a reason: exit %d", r.code)
	}
	i.call(t, "set", claim.Number, "received="+earlier.String(), "--why", "почтовый штемпель").well(t)
	want, _ := i.computed(t, "claim", earlier).due("policy")
	if now := i.explained(t, claim.Number); now.ReceivedOn != earlier || now.ActBy != want {
		t.Errorf("received %s: act by %s, want %s", now.ReceivedOn, now.ActBy, want)
	}

	i.call(t, "set", claim.Number, "kind=erasure", "--why", "требует удалить данные").well(t)
	if now, want := i.explained(t, claim.Number), i.computed(t, "erasure", earlier); now.ActBy != want.ActBy {
		t.Errorf("as an erasure: act by %s, want %s", now.ActBy, want.ActBy)
	}

	show := i.call(t, "show", claim.Number).well(t).out
	fits80(t, "show", show)
	for _, w := range []string{
		"заявитель – не потребитель", "срок для потребителя – больше не действует", "причина: почтовый штемпель",
		"день получения – было: ", "вид – было: претензия; стало: удаление данных", "сделать не позднее – было: ",
	} {
		if !strings.Contains(strings.Join(strings.Fields(show), " "), strings.TrimSpace(w)) {
			t.Errorf("no %q in\n%s", w, show)
		}
	}
	if out := i.call(t, "explain", claim.Number).well(t).out; !strings.Contains(out, "день получения уточнён") {
		t.Errorf("explain does not tell that the day was corrected:\n%s", out)
	}
	i.call(t, "audit", "verify").well(t)
}

// TestWaitStopsTheClock waits for documents of a correction and goes on.
func TestWaitStopsTheClock(t *testing.T) {
	i := withLetters(t, "")
	before := i.dated(t, "data_correction")
	n := before.Number
	i.call(t, "wait", n, "--for", "documents").well(t)
	if r := i.dated(t, "data_correction"); !r.ActBy.IsZero() || r.Overdue || r.Status != "waiting" {
		t.Errorf("waiting: act by %s, %s", r.ActBy, r.Status)
	}
	for _, screen := range [][]string{{"list"}, {"show", n}, {"explain", n}} {
		for _, lang := range []string{"ru", "kk", "en"} {
			out := i.call(t, append(screen, "--lang", lang)...).well(t).out
			fits80(t, screen[0], out)
			if strings.Contains(out, ".-0") || strings.Contains(out, "-0001-") { // how the zero day would be written
				t.Errorf("%v shows a day that is none:\n%s", screen, out)
			}
		}
	}
	list := demoList(t, i.config)
	if last := list[len(list)-1]; last.Number != n {
		t.Errorf("the request that stands still is not the least urgent: the last is %s", last.Number)
	}
	i.call(t, "resume", n).well(t)
	if r := i.dated(t, "data_correction"); r.ActBy != before.ActBy || r.Status != "open" {
		t.Errorf("a wait that ended on its day: act by %s, %s; want %s", r.ActBy, r.Status, before.ActBy)
	}
	show := i.call(t, "show", n).well(t).out
	for _, w := range []string{"ждём документы", "срок стоит", "стало: "} {
		if !strings.Contains(show, w) {
			t.Errorf("no %q in\n%s", w, show)
		}
	}
	withdrawal := i.dated(t, "consent_withdrawal")
	i.call(t, "wait", withdrawal.Number, "--for", "answer").well(t)
	if r := i.explained(t, withdrawal.Number); r.ActBy != withdrawal.ActBy {
		t.Errorf("a term of the law ran on, act by %s; want %s", r.ActBy, withdrawal.ActBy)
	}
}

// TestSetRefuses shows what cannot be set, and that nothing is changed by it.
func TestSetRefuses(t *testing.T) {
	i := withLetters(t, "")
	claim := i.dated(t, "claim")
	review := i.dated(t, "")
	tomorrow := rules.DateIn(time.Now(), almaty).AddDays(1).String()
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{claim.Number, "received=2026-02-30", "--why", "x"}, exitUsage, "received=2026-02-30: нужен существующий день"},
		{[]string{claim.Number, "received=" + tomorrow, "--why", "x"}, exitUsage, "такой день указать нельзя"},
		{[]string{claim.Number, "documents=" + tomorrow}, exitUsage, "такой день указать нельзя"},
		{[]string{claim.Number, "consumer=maybe"}, exitUsage, "consumer=maybe: нужно yes"},
		{[]string{claim.Number, "kind=complaint", "--why", "x"}, exitUsage, "complaint"},
		{[]string{claim.Number, "color=red"}, exitUsage, "color: есть consumer"},
		{[]string{claim.Number, "consumer"}, exitUsage, "нужно КЛЮЧ=ЗНАЧЕНИЕ"},
		{[]string{review.Number, "kind=claim", "--why", "x"}, exitFailed, "в этом состоянии"},
		{[]string{"99999", "consumer=no"}, exitNotFound, "такого обращения нет"},
	} {
		if r := i.call(t, append([]string{"set"}, c.args...)...); r.code != c.code || !strings.Contains(r.err, c.want) {
			t.Errorf("set %v: exit %d, want %d with %q:\n%s", c.args, r.code, c.code, c.want, r.err)
		}
	}
	if now := i.dated(t, "claim"); now.ActBy != claim.ActBy || now.ReceivedOn != claim.ReceivedOn {
		t.Errorf("act by %s, was %s", now.ActBy, claim.ActBy)
	}
}

// What reaches into a year without a published calendar says so in the list,
// on the page of the request and in its explanation, and nothing else does.
func TestProvisionalIsSaid(t *testing.T) {
	i := withLetters(t, "")
	claim := i.dated(t, "claim")
	i.call(t, "set", claim.Number, "consumer=no").well(t)
	moves := slices.ContainsFunc(i.dated(t, "claim").Terms, func(t termJSON) bool { return t.Provisional })
	for _, screen := range []string{"show", "explain"} {
		if out := i.call(t, screen, claim.Number).well(t).out; strings.Contains(out, "предварительно") != moves {
			t.Errorf("%s, the day is provisional: %t:\n%s", screen, moves, out)
		}
	}
	moves = slices.ContainsFunc(demoList(t, i.config), func(r requestJSON) bool {
		return slices.ContainsFunc(r.Terms, func(t termJSON) bool { return t.Due == r.ActBy && t.Provisional })
	})
	if out := i.call(t, "list").well(t).out; strings.Contains(out, "* предварительно") != moves {
		t.Errorf("list, a day is provisional: %t:\n%s", moves, out)
	}
}

// The history of both sides of a link names the other request, in every language.
func TestHistoryOfLink(t *testing.T) {
	i := withLetters(t, "")
	var same []requestJSON
	for _, r := range demoList(t, i.config) {
		if r.Kind == "consent_withdrawal" {
			same = append(same, r)
		}
	}
	slices.SortFunc(same, func(a, b requestJSON) int { return strings.Compare(a.ReceivedAt, b.ReceivedAt) })
	into, from := same[0].Number, same[1].Number
	named := func(of, other string, want int) {
		t.Helper()
		for _, lang := range []string{"ru", "kk", "en"} {
			_, told, _ := strings.Cut(i.call(t, "--lang", lang, "history", of).well(t).out, "\n")
			if n := strings.Count(told, other); n != want {
				t.Errorf("%s: the history of %s names %s %d times, want %d:\n%s", lang, of, other, n, want, told)
			}
		}
	}
	i.call(t, "link", into, from).well(t)
	named(into, from, 1)
	named(from, into, 1)
	i.call(t, "reopen", from, "--why", "x").well(t)
	named(into, from, 2)
}
