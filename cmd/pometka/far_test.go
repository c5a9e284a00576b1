//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox/dovecot"
	"license.kz/pometka/mailbox/network"
)

// farBox fills the mailbox with more than two chunks of letters, some of them requests, and
// some of these behind several steps of the reading. It returns the number of requests.
func farBox(s *dovecot.Server, letters int) (requests int) {
	all, filler := make([]dovecot.Letter, letters), "Добрый день.\r\n"+strings.Repeat(strings.Repeat(" ", 70)+"\r\n", 70)
	for n := range all {
		raw := newsletter(n)
		switch n % 29 {
		case 0:
			raw, requests = withdrawal(n), requests+1
		case 11, 17, 23:
			raw, requests = fmt.Appendf(nil, "Return-Path: <person%[1]d@mail.example>\r\nFrom: person%[1]d@mail.example\r\nTo: info@license.kz\r\nSubject: Hello\r\n"+
				"Message-ID: <%[1]d@mail.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%[2]sПрошу удалить мои персональные данные. Дело %[1]d.\r\n",
				n, strings.Repeat(filler, n%29/11)), requests+1
		}
		all[n] = dovecot.Letter{Raw: raw, At: dovecot.At(n)}
	}
	s.Drop(all, nil)
	return requests
}

// The program is killed at any moment of passes over a mailbox far away, and the server's
// processes at others; in the end each letter is in the ledger once, each request in the
// register once and acknowledged at most once. POMETKA_LONG=1 kills more often.
func TestKilledFarAway(t *testing.T) {
	const letters = 1150
	kills := 5
	if os.Getenv("POMETKA_LONG") != "" {
		kills = 60
	}
	r := startDovecot(t)
	requests := farBox(r.Server, letters)
	random := rand.New(rand.NewPCG(20261130, uint64(kills)))
	far := (&network.Network{Delay: 5 * time.Millisecond}).Start(t, r.Addr()) // so that chunks overlap
	m := &meter{target: far.Addr, strike: func(int) { r.KillSessions() }}
	for n := range kills {
		m.at = append(m.at, int64(n)*400_000+random.Int64N(400_000))
	}
	i := r.install(t, startMeter(t, m), "  since: all\n  timeout: 20s\n")
	setCaps(t, i)
	span := 2 * time.Second
	for n := 0; n < kills; {
		c := i.process(t, "run", "--once")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(random.Int64N(int64(span))), func() { c.Process.Kill() })
		_ = c.Wait()
		timer.Stop()
		n++
	}
	i.call(t, "run", "--once").well(t)
	t.Logf("%d kills of the server's processes", m.struck)
	checkOnce(t, i, requests, func() map[string]int {
		sent := map[string]int{}
		for _, e := range r.box.Sent() {
			sent[e.To]++
		}
		return sent
	}())
	// Where an acknowledgement was under way at a kill, it is uncertain, and status ends with 1.
	if out := i.call(t, "status", "--json").out; !strings.Contains(strings.ReplaceAll(out, " ", ""), fmt.Sprintf(`"none":%d`, letters-requests)) {
		t.Errorf("%d letters, of which %d are requests:\n%s", letters, requests, out)
	}
	if c := i.call(t, "reconcile"); c.code != exitDone {
		t.Errorf("reconcile: exit %d\n%s", c.code, c.out)
	}
}
