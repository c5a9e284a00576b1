package desk

import (
	"strings"
	"testing"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// One place decides what is next: by the status, by what an answer of the kind needs, by
// whether a letter can go to the person.
func TestNextOf(t *testing.T) {
	d := &Desk{Options: Options{Policy: rules.BuiltIn()}}
	from := []store.Letter{{FromAddr: "a@mail.kz"}}
	day := rules.NewDate(2026, 11, 3)
	for want, r := range map[Next]store.Request{
		NextDecide:    {Status: store.StatusReview, Candidates: []rules.Kind{"claim"}, Letters: from},
		NextTake:      {Status: store.StatusOpen, Kind: "consent_withdrawal", Letters: from},
		NextTakeClaim: {Status: store.StatusOpen, Kind: "claim", Letters: from},
		NextAnswer:    {Status: store.StatusInProgress, Kind: correction, Documents: day, Assignee: "akim", Letters: from},
		NextClaim:     {Status: store.StatusOpen, Kind: "claim", Assignee: "akim", Letters: from},
		NextPaper:     {Status: store.StatusOpen, Kind: "claim", Letters: []store.Letter{{FromName: "Иванов"}}},
		NextDocuments: {Status: store.StatusInProgress, Kind: correction, Assignee: "akim", Letters: from},
		NextWait:      {Status: store.StatusWaiting, Kind: "claim", Letters: from},
		NextClose:     {Status: store.StatusInProgress, Kind: "claim", Assignee: "akim", Answered: true, Letters: from},
		"done":        {Status: store.StatusDone, Kind: "claim", Letters: from},
	} {
		if got := d.NextOf(&r); got != want {
			t.Errorf("%s %s: %q, want %q", r.Status, r.Kind, got, want)
		}
	}
	for name, r := range map[string]store.Request{
		"an address that staff found out":    {Status: store.StatusOpen, Kind: "claim", Sender: "a@mail.kz", Letters: []store.Letter{{FromName: "Иванов"}}},
		"a kind that the policy has dropped": {Status: store.StatusOpen, Kind: "gone", Letters: from},
	} {
		if got := d.NextOf(&r); got != NextTakeClaim && got != NextTake {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// The digest advises what is not refused: an answer to a claim has words of its own, a
// paper without an address is answered by the way it came, a correction without documents
// asks for them.
func TestDigestAdvises(t *testing.T) {
	r := staffed(t)
	claim := r.ask(t, 1, "Претензия", "Прошу вернуть деньги за услугу.", at(11, 23, 10, 0))
	mended := r.ask(t, 2, "Актуализация персональных данных", "Прошу исправить фамилию в моих персональных данных.", at(11, 23, 10, 0))
	paper, err := r.RegisterPaper(t.Context(), Paper{
		Via: store.ViaPost, Kinds: []rules.Kind{"claim"}, Received: Receipt{Day: rules.NewDate(2026, 11, 23)}, Name: "Иванов Пётр", Text: "Прошу вернуть деньги.",
	}, clerk)
	if err != nil {
		t.Fatal(err)
	}
	for _, login := range []string{"akim", "dserik"} {
		for _, n := range append(paper.Numbers, claim, mended) {
			if _, err := r.Assign(t.Context(), n, login, clerk); err != nil {
				t.Fatal(err)
			}
		}
		for _, x := range dueNow(t, r) {
			reply := Reply{Template: AnswerDone}
			switch x.Next {
			case NextClaim:
				reply.Text = "Деньги возвращены."
			case NextDocuments:
				reply.Template = AnswerDocuments
			case NextPaper:
				continue
			}
			if _, err := r.DraftAnswer(t.Context(), x.Number, reply, clerk); err != nil {
				t.Errorf("%s is to be answered as %q: %v", x.Number, x.Next, err)
			}
		}
	}
	ru, err := r.wordBulletin(letterDigest, rules.RU, bulletin{Today: r.Today(), Lines: dueNow(t, r)})
	if err != nil {
		t.Fatal(err)
	}
	kk, err := r.wordBulletin(letterReminder, rules.KK, bulletin{Today: r.Today(), Lines: dueNow(t, r)})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"    pometka show 2026-1\n    pometka answer 2026-1 --template done --text \"…\"\n",
		"    pometka show 2026-2\n    pometka answer 2026-2 --template documents\n",
		"    pometka show 2026-3\n    Ответьте тем же путём, потом:\n    pometka close 2026-3 done --why \"…\" --step all\n",
	} {
		if !strings.Contains(ru.Body, want) {
			t.Errorf("want %q in:\n%s", want, ru.Body)
		}
		if want = strings.Replace(want, "Ответьте тем же путём, потом:", "Сол жолмен жауап беріңіз, содан кейін:", 1); !strings.Contains(kk.Body, want) {
			t.Errorf("want %q in:\n%s", want, kk.Body)
		}
	}
}

func dueNow(t *testing.T, r *rig) []Due {
	t.Helper()
	r.Now = at(12, 11, 9, 0).UTC
	b, err := r.book(t.Context())
	if err != nil || len(b.due) != 3 {
		t.Fatalf("%d due: %v", len(b.due), err)
	}
	return b.due
}
