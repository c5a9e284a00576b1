package desk

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// TestKindsOfAnEarlierEdition: a policy that has lost a kind does not lose what was to be
// done about the requests of it, but recognises no new ones.
func TestKindsOfAnEarlierEdition(t *testing.T) {
	r := newRig(t)
	const mark = "Отказ от уведомлений о новых продуктах и услугах и специальных предложениях"
	r.put(t, "INBOX", mail{from: "a@one.example", subject: mark, body: "Прошу не присылать.", id: "1@one.example"}, now.Add(-time.Hour))
	r.pass(t)
	if kept, _, err := r.KeepKinds(t.Context()); err != nil || len(kept) != 0 {
		t.Errorf("of the same policy: %v %v", kept, err)
	}
	data, err := os.ReadFile("../docs/another-operator/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if r.Policy, err = rules.ParsePolicy(data); err != nil {
		t.Fatal(err)
	}
	if _, ok := r.Policy.Kind("opt_out"); ok {
		t.Fatal("the other policy has the kind, too: the test proves nothing")
	}
	kept, open, err := r.KeepKinds(t.Context())
	if err != nil || !open || !slices.Equal(kept, []rules.Kind{"opt_out"}) {
		t.Fatalf("kept %v, open %v: %v", kept, open, err)
	}
	if name := r.KindName("opt_out", rules.RU); name != "отказ от рассылки" {
		t.Errorf("it is named %q", name)
	}
	if got := len(r.languages()); got != 2 {
		t.Errorf("the operator has %d languages", got)
	}
	number := r.all(t)[0].Number
	if _, err := r.Close(t.Context(), number, store.StatusDone, "исключён", nil, clerk); !errors.Is(err, ErrSteps) {
		t.Errorf("closed without its steps: %v", err)
	}
	words, err := r.answerWords(r.all(t)[0], Reply{Template: AnswerDone, Language: rules.RU}, clerk)
	if err != nil || !strings.Contains(words.Body, "LK-2026-000001") {
		t.Errorf("answer: %v\n%s", err, words.Body)
	}
	var steps []store.StepDone
	rule, _ := r.Policy.Kind("opt_out")
	for _, s := range rule.Steps {
		steps = append(steps, store.StepDone{ID: s.ID, Done: true})
	}
	if _, err := r.Close(t.Context(), number, store.StatusDone, "исключён", steps, clerk); err != nil {
		t.Fatal(err)
	}
	if left, err := r.Suppressions(t.Context()); err != nil || len(left) != 1 {
		t.Errorf("marketing leaves out %v %v", left, err)
	}
	r.put(t, "INBOX", mail{from: "b@two.example", subject: "Заявление", body: "Прошу не присылать мне рекламу.", id: "2@two.example"}, now.Add(-time.Hour))
	r.pass(t)
	if slices.ContainsFunc(r.all(t)[1:], func(q store.Request) bool { return q.Kind == "opt_out" }) {
		t.Error("a new request of the former kind")
	}
	r.Policy, _ = rules.ParsePolicy(data)
	if kept, open, err := r.KeepKinds(t.Context()); err != nil || open || len(kept) != 1 {
		t.Errorf("none of them is open: %v %v %v", kept, open, err)
	}
}
