package desk

import (
	"fmt"
	"testing"
	"time"
)

// Trust comes from the operator's own server alone; only failed holds.
func TestTrustWired(t *testing.T) {
	r := newRig(t)
	r.Acknowledge.AuthservID = "mx.license.kz"
	for i, result := range []string{"mx.license.kz; dmarc=pass header.from=one.example", "mx.license.kz; dmarc=fail header.from=one.example", "mx.evil.example; dmarc=pass header.from=one.example"} {
		raw := "Authentication-Results: " + result + "\r\n" + string(mail{from: fmt.Sprintf("a%d@one.example", i), subject: withdrawalMark, body: fmt.Sprintf("Прошу, %d.", i), id: fmt.Sprintf("%d@one.example", i)}.raw())
		if err := r.box.Put("INBOX", []byte(raw), now.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if p, f := r.pass(t); len(p.Admitted) != 3 || f.Sent != 2 {
		t.Errorf("pass: %+v %+v", p, f)
	}
	got := map[string]string{}
	for _, q := range r.all(t) {
		got[q.Letters[0].FromAddr] = string(q.Letters[0].Trust) + " " + string(q.Ack.State) + " " + q.Ack.Reason.Code
	}
	want := map[string]string{"a0@one.example": "verified sent ", "a1@one.example": "failed held H5", "a2@one.example": "none sent "}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
