package desk

import (
	"fmt"
	"testing"
	"time"
)

// Caps hold what no header gives away, and one alarm tells of the first excess.
func TestCaps(t *testing.T) {
	r := newRig(t)
	at := now
	r.Now = func() time.Time { return at }
	marks := []string{withdrawalMark, "Отказ от уведомлений о новых продуктах и услугах и специальных предложениях", "Актуализация персональных данных", "Претензия"}
	sent := 0
	for i := range 40 {
		at = now.Add(time.Duration(i) * 50 * time.Minute)
		r.put(t, "INBOX", mail{from: "kolya@one.example", subject: marks[i%4], body: fmt.Sprintf("Прошу исполнить, номер %d.", i), id: fmt.Sprintf("%d@one.example", i)}, at)
		_, f := r.pass(t)
		sent += f.Sent
	}
	if n := alarms(t, r); n > 2 || n < 1 {
		t.Errorf("%d alarms in 33 hours", n)
	}
	acks := 0
	for _, e := range r.box.Sent() {
		if e.To == "kolya@one.example" {
			acks++
		}
	}
	if acks < 3 || acks > 6 {
		t.Errorf("%d acknowledgements in 33 hours, want three a day at most (%d mails)", acks, sent)
	}
	muted := 0
	for _, q := range r.all(t) {
		if q.Ack.Reason.Code == codeMuted {
			muted++
		}
	}
	if len(r.all(t)) != 40 || muted == 0 {
		t.Errorf("%d requests, %d of them muted; every letter is registered", len(r.all(t)), muted)
	}
}
