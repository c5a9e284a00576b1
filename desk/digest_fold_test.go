package desk

import (
	"strings"
	"testing"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// A first pass over an old mailbox holds thousands of acknowledgements for one reason: a few
// stand for all, and those that wait for another reason are named as ever.
func TestDigestFoldsLikeLetters(t *testing.T) {
	r := newRig(t)
	var b bulletin
	b.Today = rules.DateIn(now, r.Zone)
	for id := range int64(2 * mostAlike) {
		b.Letters = append(b.Letters, stuckMail{ID: 100 + id, Number: "LK-2026-000001", State: store.MailHeld, Reason: rules.Reason{Code: codeOldAtStart}})
	}
	b.Letters = append(b.Letters, stuckMail{ID: 7, Number: "LK-2026-000002", State: store.MailFailed, Reason: rules.Reason{Code: codeGaveUp}})
	for _, lang := range []rules.Lang{rules.RU, rules.KK, rules.EN} {
		words, err := r.wordBulletin(letterDigest, lang, b)
		if err != nil {
			t.Fatal(err)
		}
		body := words.Body
		if n := strings.Count(body, "pometka outbox show "); n != fewAlike+1 || !strings.Contains(body, "outbox show 7\n") || strings.Count(body, " 17") != 1 {
			t.Errorf("%s: %d letters named:\n%s", lang, n, body)
		}
	}
	b.Letters = b.Letters[:mostAlike]
	if words, err := r.wordBulletin(letterDigest, rules.RU, b); err != nil || strings.Count(words.Body, "pometka outbox show ") != mostAlike {
		t.Errorf("%v, %s", err, words.Body)
	}
}
