package desk

import (
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// A trouble that lasts is told as it is now: minutes go on, and days run out.
func TestSentenceOfTrouble(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		trouble Trouble
		lasts   time.Duration
		want    string
	}{
		{Trouble{Code: TroubleNoPass, Count: 15}, 15 * time.Minute, "Почта не проверялась уже 15 минут."},
		{Trouble{Code: TroubleNoPass, Count: 15}, 3 * time.Hour, "Почта не проверялась уже 180 минут."},
		{Trouble{Code: TroubleCertificate, Count: 13}, time.Hour, "Сертификат почтового сервера истекает через 13 дней."},
		{Trouble{Code: TroubleCertificate, Count: 13}, 9*24*time.Hour + time.Hour, "Сертификат почтового сервера истекает через 4 дня."},
		{Trouble{Code: TroubleCertificate, Count: 13}, 20 * 24 * time.Hour, "Срок сертификата почтового сервера истекает сегодня или уже истёк."},
		{Trouble{Code: TroubleOutbox, Count: 2}, 20 * 24 * time.Hour, "2 письма больше часа ждут отправки."},
	} {
		c.trouble.Since = now
		key, count := c.trouble.Sentence(now.Add(c.lasts))
		if got := r.Words.T("ru", key, count); got != c.want {
			t.Errorf("%s, %d, after %v: %q, want %q", c.trouble.Code, c.trouble.Count, c.lasts, got, c.want)
		}
	}
}

// A certificate with hours left is no matter of zero days.
func TestCertificateOfToday(t *testing.T) {
	r := newRig(t)
	if err := r.CheckCertificate(t.Context(), now.Add(5*time.Hour), true); err != nil {
		t.Fatal(err)
	}
	if got, want := r.sentTo(t, account).Subject, "Тревога pometka: Срок сертификата почтового сервера истекает сегодня или уже истёк."; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}

// A letter that could not be read is trouble as long as nobody has decided on it; one that
// waits for another reason is none.
func TestQuarantine(t *testing.T) {
	r := newRig(t)
	troubled := func(want bool) {
		t.Helper()
		if err := r.CheckHealth(t.Context(), Vitals{}); err != nil {
			t.Fatal(err)
		}
		if _, found, err := r.trouble(t.Context(), TroubleQuarantine); err != nil || found != want {
			t.Errorf("trouble %v, want %v (%v)", found, want, err)
		}
	}
	for uid, unreadable := range []bool{false, true} {
		a := store.Admission{
			Place:    store.Place{Folder: "INBOX", UIDValidity: 7, UID: uint32(uid + 1)},
			Letter:   store.Letter{ReceivedAt: now, Verdict: rules.Review, Troubles: []string{mailbox.TroubleCharsetGuessed}},
			Requests: []store.NewRequest{{Status: store.StatusReview, ReceivedOn: r.Today()}},
			Actor:    store.Machine, Prefix: "LK",
		}
		if unreadable {
			a.Letter.Troubles = append(a.Letter.Troubles, mailbox.TroubleUnreadable)
		}
		if _, err := r.Store.Admit(t.Context(), a, now); err != nil {
			t.Fatal(err)
		}
		troubled(unreadable)
	}
	if _, err := r.Dismiss(t.Context(), "LK-2026-000002", "реклама", Actor{Login: "test"}); err != nil {
		t.Fatal(err)
	}
	troubled(false)
}
