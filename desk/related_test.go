package desk

import (
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// A request has for relatives those of its person: however each came, and none of the
// others that came by the same form or were passed on by the same colleague.
func TestRelatives(t *testing.T) {
	const dana, marat, form = "dana@one.example", "marat@two.example", "site@forms.example"
	r := newRig(t)
	r.Operator.Own.Forms = []string{form}
	byForm := func(id, person string) mail {
		return mail{from: form, subject: withdrawalMark, body: "Прошу. " + id, id: id + "@forms.example", fields: []string{"Reply-To: " + person}}
	}
	passedOn := func(id, person string) mail {
		text := strings.ReplaceAll(forwardedText, "aigerim@one.example", person) + " " + id
		return mail{from: "ivan@license.kz", subject: "Fwd: Отзыв согласия", body: "Посмотрите.\n\n" + text, id: id + "@license.example"}
	}
	for _, m := range []mail{
		{from: dana, subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, // LK-2026-000001
		byForm("2", dana), byForm("3", marat), passedOn("4", dana), passedOn("5", marat),
	} {
		r.put(t, "INBOX", m, now.Add(-time.Hour))
		r.pass(t)
	}
	for number, want := range map[string]string{"1": "4 2", "2": "4 1", "3": "5", "4": "2 1", "5": "3"} {
		list, err := r.Relatives(t.Context(), r.request(t, "LK-2026-00000"+number), 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, x := range list {
			got = append(got, x.Number[len(x.Number)-1:])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("relatives of %s: %v, want %s", number, got, want)
		}
	}
}

// Letters of which nothing can be had all have the same bytes. Confirming one of them
// tells of its own requests alone.
func TestConfirmOneOfAlike(t *testing.T) {
	r := newRig(t)
	eight(t, r)
	r.Inbox = blankHeads{Inbox: r.Inbox}
	r.pass(t)
	n := r.all(t)[0].Number
	q, numbers, err := r.Confirm(t.Context(), n, []rules.Kind{"consent_withdrawal", "erasure"}, clerk)
	if err != nil || len(numbers) != 2 || numbers[0] != n {
		t.Fatalf("%s: %v, %v", n, numbers, err)
	}
	list, err := r.SameLetter(t.Context(), q)
	if err != nil || len(list) != 1 || list[0].Number != numbers[1] || list[0].Status != store.StatusOpen {
		t.Errorf("of the same letter: %+v, %v", list, err)
	}
}
