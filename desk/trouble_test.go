package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// heard keeps what was told beside mail.
func (r *rig) heard() *[]Alert {
	var all []Alert
	r.Desk.Alert = func(a Alert) { all = append(all, a) }
	return &all
}

// subjects are those of the letters to the address for alarms, in order.
func (r *rig) subjects(t *testing.T) (out []string) {
	t.Helper()
	if _, err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, e := range r.box.Sent() {
		if e.To == r.Alarm {
			out = append(out, mailbox.Parse(strings.NewReader(string(e.Raw))).Subject)
		}
	}
	return out
}

// No pass for a quarter of an hour is told of once, by mail and beside it, also
// after a restart, and so is its end.
func TestTroubleNoPass(t *testing.T) {
	r := staffed(t)
	heard := r.heard()
	started, passed := now, time.Time{}
	for minute := range 60 {
		at := started.Add(time.Duration(minute) * time.Minute)
		r.Now = func() time.Time { return at }
		if minute == 30 {
			r.Desk = New(r.Options) // a restart forgets nothing
		}
		if minute == 45 {
			p, err := r.Poll(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			passed = p.Ended
		}
		if err := r.CheckHealth(t.Context(), Vitals{Started: started, Passed: passed, Late: 15 * time.Minute}); err != nil {
			t.Fatal(err)
		}
		list, err := r.Troubles(t.Context())
		if err != nil || (len(list) == 1) != (minute >= 15 && minute < 45) {
			t.Fatalf("minute %d: %v, %v", minute, list, err)
		}
		r.subjects(t)
	}
	if got := r.subjects(t); len(got) != 2 || !strings.Contains(got[0], "15 минут") || !strings.HasPrefix(got[1], "Устранено") {
		t.Errorf("letters: %q", got)
	}
	if len(*heard) != 2 || (*heard)[0].Recovered || !(*heard)[1].Recovered || (*heard)[0].MailBroken {
		t.Errorf("heard: %+v", *heard)
	}
}

// Where mail does not tell of a trouble in time, it is told otherwise, once,
// and so is its end.
func TestTroubleWithoutMail(t *testing.T) {
	r := staffed(t)
	heard := r.heard()
	r.box.SMTP.OnMail = func(string) error { return sandbox.Reply(451, "4.3.0", "later") }
	at := now
	r.Now = func() time.Time { return at }
	for minute := range 120 {
		at = now.Add(time.Duration(minute) * time.Minute)
		v := Vitals{Started: now, Free: 1 << 20}
		if minute >= 100 {
			v.Free = 1 << 40
		}
		if err := r.CheckHealth(t.Context(), v); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var broken []string
	for _, a := range *heard {
		if a.MailBroken && a.Code == TroubleDisk {
			broken = append(broken, a.Subject)
		}
	}
	if len(broken) != 2 || !strings.Contains(broken[0], "места") || !strings.HasPrefix(broken[1], "Устранено") {
		t.Errorf("told otherwise: %q", broken)
	}
	if !slices.ContainsFunc(*heard, func(a Alert) bool { return a.Code == TroubleOutbox }) {
		t.Error("nobody heard that letters do not go out")
	}
}

// An alarm about a letter that failed is told beside mail at once, and where mail
// does not tell of it, because the same server refuses it too, otherwise: each
// once, also across a restart.
func TestAlarmRefusedToo(t *testing.T) {
	for _, refused := range []bool{false, true} {
		r := staffed(t)
		heard := r.heard()
		r.box.SMTP.OnRcpt = func(to string) error {
			if refused || to != r.Alarm {
				return sandbox.Reply(550, "5.7.1", "you may not send")
			}
			return nil
		}
		r.ask(t, 1, withdrawalMark, "Прошу.", now)
		at := now
		r.Now = func() time.Time { return at }
		for minute := range 20 {
			at = now.Add(time.Duration(minute) * time.Minute)
			if minute == 10 {
				r.Desk = New(r.Options)
			}
			if _, err := r.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := r.CheckHealth(t.Context(), Vitals{Started: now}); err != nil {
				t.Fatal(err)
			}
		}
		want := []Alert{{Code: alarmFailed}}
		if refused {
			want = append(want, Alert{Code: alarmFailed, MailBroken: true, Again: true})
		}
		var got []Alert
		for _, a := range *heard {
			if !strings.Contains(a.Body, "pometka outbox") {
				t.Errorf("alarm says %q", a.Body)
			}
			a.Letter = templates.Letter{}
			got = append(got, a)
		}
		if !slices.Equal(got, want) {
			t.Errorf("refused %v: heard %+v, want %+v", refused, got, want)
		}
	}
}

// Each kind of trouble is seen, and its end too.
func TestTroubleKinds(t *testing.T) {
	r := staffed(t)
	at := now
	r.Now = func() time.Time { return at }
	well := Vitals{Started: now, Free: 1 << 40}
	check := func(v Vitals, want ...string) {
		t.Helper()
		if err := r.CheckHealth(t.Context(), v); err != nil {
			t.Fatal(err)
		}
		var got []string
		list, err := r.Troubles(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			got = append(got, x.Code)
		}
		if !slices.Equal(got, want) {
			t.Errorf("trouble: %v, want %v", got, want)
		}
		r.subjects(t) // the letters go out
	}
	check(well)
	full := well
	full.Free = 10 << 20
	check(full, TroubleDisk)
	full.Free = 510 << 20
	check(full, TroubleDisk) // it goes up and down at the bound
	check(well)
	check(full)
	refused := well
	refused.IMAP.Refused = now
	check(refused, TroubleLogin)
	check(well, TroubleLogin) // after a restart nobody knows yet
	refused.IMAP, refused.SMTP = Login{Worked: true}, Login{Refused: now}
	check(refused, TroubleSendLogin)
	refused.SMTP = Login{Worked: true}
	check(refused)
	check(well)

	at = now.Add(-time.Hour)
	check(well, TroubleClock)
	at = now.Add(2 * time.Minute)
	check(well)

	if err := r.Audit(t.Context(), []store.Break{{Table: "letters"}}); err != nil {
		t.Fatal(err)
	}
	check(well, TroubleAudit)
	if err := r.Audit(t.Context(), []store.Break{{Table: "letters"}, {Table: "events"}}); err != nil {
		t.Fatal(err)
	}
	check(well, TroubleChain, TroubleAudit) // the letter is not well again
	if err := r.Audit(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		days int
		all  bool
		want []string
	}{{90, false, nil}, {13, false, []string{TroubleCertificate}}, {90, false, []string{TroubleCertificate}}, {90, true, nil}} {
		if err := r.CheckCertificate(t.Context(), at.AddDate(0, 0, c.days), c.all); err != nil {
			t.Fatal(err)
		}
		check(well, c.want...)
	}
	check(well)
}

// sentTo is the last letter to an address once the outbox is empty.
func (r *rig) sentTo(t *testing.T, addr string) *mailbox.Message {
	t.Helper()
	if _, err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, e := range slices.Backward(r.box.Sent()) {
		if e.To == addr {
			return mailbox.Parse(strings.NewReader(string(e.Raw)))
		}
	}
	t.Fatalf("nothing was sent to %s", addr)
	return nil
}

// The alarm about letters that do not go out counts those that have waited for over an hour:
// neither what was queued a moment ago nor the alarm itself.
func TestTroubleOutboxCount(t *testing.T) {
	r := staffed(t)
	fault := true
	r.box.SMTP.OnMail = func(string) error {
		if fault {
			return sandbox.Reply(451, "4.3.0", "later")
		}
		return nil
	}
	r.ask(t, 1, withdrawalMark, "Прошу.", now)
	r.ask(t, 2, withdrawalMark, "Прошу.", now.Add(50*time.Minute))
	check := func(minutes int) {
		t.Helper()
		r.Now = func() time.Time { return now.Add(time.Duration(minutes) * time.Minute) }
		if err := r.CheckHealth(t.Context(), Vitals{}); err != nil {
			t.Fatal(err)
		}
	}
	delayed := func(want int) {
		t.Helper()
		if n, err := r.Delayed(t.Context()); n != want || err != nil {
			t.Errorf("%d letters wait for over an hour, want %d (%v)", n, want, err)
		}
	}
	check(60)
	if list, err := r.Troubles(t.Context()); len(list) != 0 || err != nil {
		t.Errorf("after an hour: %+v, %v", list, err)
	}
	delayed(0)
	check(61)
	delayed(1)
	check(115)
	delayed(2)
	fault = false
	r.Now = func() time.Time { return now.Add(20 * time.Hour) }
	r.subjects(t)
	check(20*60 + 1)
	want := []string{"Тревога pometka: 1 письмо больше часа ждёт отправки.", "Устранено: 1 письмо больше часа ждёт отправки."}
	if got := r.subjects(t); !slices.Equal(got, want) {
		t.Errorf("letters: %q, want %q", got, want)
	}
	delayed(0)
}

// One recipient whom the server puts off for days hides no outage of the server: that is told
// by other means, once, and so is its end. Nor is it taken for one.
func TestTroubleMute(t *testing.T) {
	r := staffed(t)
	heard := r.heard()
	all := false
	r.box.SMTP.OnRcpt = func(to string) error {
		if all || to != r.Alarm && to != "asel@license.kz" {
			return sandbox.Reply(451, "4.2.2", "later")
		}
		return nil
	}
	r.ask(t, 1, withdrawalMark, "Прошу.", now)
	at := now
	r.Now = func() time.Time { return at }
	run := func(minutes int) {
		t.Helper()
		for range minutes {
			at = at.Add(time.Minute)
			if err := r.CheckHealth(t.Context(), Vitals{Started: now}); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	told := func(want ...Alert) {
		t.Helper()
		var got []Alert
		for _, a := range *heard {
			a.Letter = templates.Letter{}
			got = append(got, a)
		}
		if *heard = nil; !slices.Equal(got, want) {
			t.Errorf("heard %+v, want %+v", got, want)
		}
	}
	run(300)
	told(Alert{Code: TroubleOutbox})
	all = true
	r.ask(t, 2, withdrawalMark, "Прошу.", at)
	r.Now = func() time.Time { return at }
	run(60)
	told()
	run(120)
	told(Alert{Code: TroubleMute}, Alert{Code: TroubleMute, MailBroken: true, Again: true})
	r.Desk = New(r.Options) // a restart forgets nothing
	run(10)
	told()
	all = false
	run(200)
	told(Alert{Code: TroubleMute, Recovered: true, MailBroken: true})
}
