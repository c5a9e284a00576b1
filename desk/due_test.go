package desk

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// What is looked at between two digests is read by the day and in lines: on every
// day of a quarter it says the same as the whole register.
func TestPartsOfTheBook(t *testing.T) {
	r := staffed(t)
	policy := *r.Policy
	policy.ReviewTarget = 25 // so that a review is far from its day
	r.Policy = &policy
	r.Reminders.DaysBefore = []int{7, 1}
	r.ask(t, 1, withdrawalMark, "Прошу.", at(11, 2, 10, 0))
	r.ask(t, 2, "Претензия", "Прошу вернуть деньги.", at(11, 10, 10, 0))
	r.ask(t, 3, "Отказ от уведомлений о новых продуктах и услугах и специальных предложениях", "Прошу.", at(11, 20, 10, 0))
	waits := r.ask(t, 4, withdrawalMark, "Прошу.", at(11, 12, 10, 0))
	r.become(t, waits, store.StatusWaiting)
	r.ask(t, 5, withdrawalMark, "Как это сделать? Нужен ли нотариус?", at(11, 16, 10, 0))
	reviews, days := 0, 0
	for day := rules.NewDate(2026, 11, 16); day.Month >= 11; day = day.AddDays(1) {
		for _, hour := range []int{3, 12, 22} {
			now := at(day.Month, day.Day, hour, 0)
			r.Now = func() time.Time { return now }
			whole, err := r.book(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			near, err := r.near(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(near.due, whole.due) {
				t.Fatalf("%v: due\n%+v, of the whole register\n%+v", now, near.due, whole.due)
			}
			opens := rules.DateIn(r.opens(now), r.Zone)
			ending, err := r.ending(t.Context(), opens)
			if err != nil {
				t.Fatal(err)
			}
			got, want := r.lastChance(ending, opens), r.lastChance(whole, opens)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%v, open on %v: last chance\n%+v, of the whole register\n%+v", now, opens, got, want)
			}
			days += len(want)
			for _, x := range whole.due {
				if x.Status == store.StatusReview && x.DaysLeft > 7 {
					reviews++
				}
			}
		}
		if len(r.all(t)) < 5 {
			t.Fatal("the requests of the test are missing")
		}
	}
	if reviews == 0 || days == 0 {
		t.Errorf("%d reviews far from their day, %d last chances: the test tests nothing", reviews, days)
	}
}

// A case on review is told of as what it is in every letter to staff, also when it is new or
// overdue: somebody has to decide, and it might be any of its candidates.
func TestReviewInLetters(t *testing.T) {
	r := staffed(t)
	n := r.ask(t, 1, "Претензия", "Отзываю согласие на обработку персональных данных. Также прошу вернуть деньги.", at(11, 23, 10, 0))
	q := r.request(t, n)
	if q.Status != store.StatusReview || len(q.Candidates) < 2 {
		t.Fatalf("%s is %s and may be %v", n, q.Status, q.Candidates)
	}
	words := map[rules.Lang][]string{
		rules.RU: {"Нужно решить, что это за обращение", "Возможно: ", "(новое)", "Просрочено на"},
		rules.KK: {"Қандай өтініш екенін шешу қажет", "Мүмкін: ", "(жаңа)", "бұрын өтті"},
		rules.EN: {"Decide what kind of request it is", "Perhaps: ", "(new)", "Overdue by"},
	}
	for _, overdue := range []bool{false, true} {
		if overdue {
			r.Now = func() time.Time { return at(12, 28, 10, 0) }
		}
		b, err := r.book(t.Context())
		if err != nil || len(b.due) != 1 || b.due[0].Overdue != overdue || !b.due[0].New {
			t.Fatalf("due %+v, %v", b.due, err)
		}
		for _, template := range []string{letterReminder, letterDigest, letterEscalation} {
			for lang, w := range words {
				l, err := r.wordBulletin(template, lang, bulletin{Today: b.today, Lines: b.due})
				if err != nil {
					t.Fatal(err)
				}
				text := strings.Join(strings.Fields(l.Body), " ")
				if !strings.Contains(text, n+" "+w[2]+" "+w[0]) || strings.Contains(text, w[3]) != overdue {
					t.Errorf("%s in %s, overdue %v, says not what it is:\n%s", template, lang, overdue, l.Body)
				}
				_, might, _ := strings.Cut(text, w[1])
				for _, k := range q.Candidates {
					if !strings.Contains(might, r.KindName(k, lang)) {
						t.Errorf("%s in %s, overdue %v, names %s as no candidate:\n%s", template, lang, overdue, k, l.Body)
					}
				}
			}
		}
	}
}
