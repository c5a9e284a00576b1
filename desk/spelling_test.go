package desk

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// TestCyrillicDomains: an operator and a person whose domains are not in Latin letters
// write to each other through servers that know nothing else, in whatever spelling.
func TestCyrillicDomains(t *testing.T) {
	const letters, puny = "info@сайт.қаз", "info@xn--80aswg.xn--80ao21a"
	const person, personPuny = "ivan@почта.рф", "ivan@xn--80a1acny.xn--p1ai"
	for _, own := range []string{letters, puny} {
		for i, to := range []string{letters, puny} {
			r := newRig(t)
			r.Operator.Address, r.From, r.Bounce, r.Operator.Own = own, own, own, rules.OwnOf(own, nil, nil)
			from := []string{person, personPuny}[i]
			m := mail{from: from, subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}
			raw := bytes.ReplaceAll(m.raw(), []byte("To: "+account), []byte("To: "+to))
			if err := r.box.Put("INBOX", raw, now.Add(-time.Hour)); err != nil {
				t.Fatal(err)
			}
			if _, f := r.pass(t); f.Sent != 1 {
				t.Fatalf("operator %s, letter to %s: %+v", own, to, f)
			}
			e := r.box.Sent()[0]
			ack := mailbox.Parse(bytes.NewReader(e.Raw))
			if e.From != puny || e.To != personPuny || ack.From[0].Addr != puny || ack.To[0].Addr != personPuny || !strings.HasSuffix(ack.MessageID, "@xn--80aswg.xn--80ao21a>") {
				t.Errorf("operator %s, letter to %s: %+v, %+v", own, to, e, ack)
			}
			other := []string{personPuny, person}[i]
			r.put(t, "INBOX", mail{from: other, subject: "Re: обращение", body: "Прикладываю паспорт.", id: "2@one.example", fields: inThread(ack)}, now)
			r.put(t, "INBOX", mail{from: "staff" + own[4:], subject: withdrawalMark, body: "Прошу.", id: "3@one.example"}, now)
			_, f := r.pass(t)
			if list := r.all(t); f.Sent != 0 || len(list[0].Letters) != 2 {
				t.Errorf("operator %s: the person's reply joins, staff is not answered: %+v %+v", own, f, list)
			}
		}
	}
}

// TestSuppressedInAnySpelling: a list is held against an address however either spells it,
// and against the digest of whichever spelling was stored before.
func TestSuppressedInAnySpelling(t *testing.T) {
	const letters, puny = "Ivan@Почта.рф", "ivan@xn--80a1acny.xn--p1ai"
	r, q, _ := asked(t)
	for _, stored := range append(addressDigests(puny), addressDigests("other@mail.example")...) {
		if _, err := r.Store.Change(t.Context(), store.Change{Number: q.Number, Suppress: []string{stored}, Event: store.Event{Actor: "a", Code: eventSet}}, now); err != nil {
			t.Fatal(err)
		}
		var found []Match
		n, err := r.Matching(t.Context(), strings.NewReader(letters+"\n"+puny+"\nnobody@почта.рф\n"), func(m Match) error { found = append(found, m); return nil })
		if err != nil || n != 3 || len(found) != 2 || found[0].Line != 1 || found[1].Line != 2 || found[0].Address != letters {
			t.Errorf("found %+v %v", found, err)
		}
	}
	if addressDigest(letters) != addressDigest(puny) {
		t.Error("two spellings of an address have two digests")
	}
}
