package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// A letter over which the program stumbles, at whatever step, stops no other. It is
// judged by the next step; where that stumbles, too, it is for a person and is not
// answered.
func TestStumble(t *testing.T) {
	silently(t)
	texts := map[string]string{"plain": "Добрый день, высылаю счёт.", "long": strings.Repeat("Добрый день, высылаю счёт. ", 400)}
	for name, text := range texts {
		for once := range 4 { // the step at which it stumbles; 0: at all
			r := newRig(t)
			r.put(t, "INBOX", mail{from: "a@one.example", subject: "Счёт", body: text, id: "1@one.example"}, now.Add(-time.Hour))
			r.put(t, "INBOX", mail{from: "b@two.example", subject: withdrawalMark, body: "Прошу прекратить.", id: "2@two.example"}, now.Add(-time.Hour))
			step := 0
			r.testOnlyJudge = func(l *letter) {
				if l.head.UID != 1 {
					return
				}
				if step++; once == 0 || step == once {
					panic("staged")
				}
			}
			p, f := r.pass(t)
			if p.Seen != 2 || f.Sent != 1 {
				t.Fatalf("%s, step %d: %+v %+v", name, once, p, f)
			}
			q, registered := places(t, r)[1]
			switch {
			case once > 0 && once < 3 || once == 3 && step < 3:
				if registered {
					t.Errorf("%s, step %d: registered as %s", name, once, q.Status)
				}
			case !registered || q.Status != store.StatusReview || q.Letters[0].ReasonCode != rules.ReasonUnreadable || !slices.Contains(q.Letters[0].Troubles, mailbox.TroubleUnreadable):
				t.Errorf("%s, step %d of %d: registered %v, %+v", name, once, step, registered, q)
			}
		}
	}
}
