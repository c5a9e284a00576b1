package desk

import (
	"errors"
	"slices"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Linked letters belong to the earlier request, which answers for them; opening
// the other again takes them back. Nothing is lost by a link.
func TestLink(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу прекратить обработку.", id: "1@one.example"}, now.Add(-72*time.Hour))
	r.put(t, "INBOX", mail{from: "a@work.example", subject: "Ещё раз", body: "Возможно, мои персональные данные надо удалить, что скажете?", id: "2@one.example"}, now.Add(-26*time.Hour))
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Досудебная претензия", body: "Верните деньги за услугу.", id: "3@one.example"}, now.Add(-time.Hour))
	r.pass(t)
	numbers := map[rules.Kind]string{}
	for _, q := range r.all(t) {
		numbers[q.Kind] = q.Number
	}
	first, review, claim := numbers["consent_withdrawal"], numbers[""], numbers["claim"]
	if len(numbers) != 3 {
		t.Fatalf("registered: %v", numbers)
	}
	for _, c := range []struct {
		into, from string
		want       error
	}{
		{first, first, ErrLinkSame}, {first, claim, ErrLinkKind}, {claim, review, ErrLinkOrder}, {first, "LK-2026-000999", store.ErrNotFound},
	} {
		if _, err := r.Link(t.Context(), c.into, c.from, staffer); !errors.Is(err, c.want) {
			t.Errorf("link %s %s: %v, want %v", c.into, c.from, err, c.want)
		}
	}
	before, err := r.Store.Request(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	after, err := r.Link(t.Context(), first, review, staffer)
	if err != nil || after.LetterCount != 2 || after.Letters[1].FromAddr != "a@work.example" || after.ActBy != before.ActBy {
		t.Fatalf("linked: %d letters, act by %v, %v", after.LetterCount, after.ActBy, err)
	}
	other, err := r.Store.Request(t.Context(), review)
	if err != nil || other.Status != store.StatusDismissed || other.Outcome.Code != codeLinked || !slices.Equal(other.Outcome.Args, []string{first}) {
		t.Errorf("the other: %s %+v %v", other.Status, other.Outcome, err)
	}
	if _, err := r.Link(t.Context(), first, review, staffer); !errors.Is(err, store.ErrStatus) {
		t.Errorf("twice: %v", err)
	}
	if other, err = r.Reopen(t.Context(), review, "другой человек", staffer); err != nil || other.Status != store.StatusReview || other.LetterCount != 1 {
		t.Errorf("open again: %s, %d letters, %v", other.Status, other.LetterCount, err)
	}
	if after, err = r.Store.Request(t.Context(), first); err != nil || after.LetterCount != 1 {
		t.Errorf("after that: %d letters, %v", after.LetterCount, err)
	}
	history, err := r.Store.History(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, e := range history {
		codes = append(codes, e.Code)
	}
	if !slices.Contains(codes, eventLinked) || codes[len(codes)-1] != store.EventUnlinked {
		t.Errorf("history: %v", codes)
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Errorf("history: %v %v", breaks, err)
	}
}
