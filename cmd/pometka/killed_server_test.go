//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox/dovecot"
	"license.kz/pometka/store"
)

// meter stands before a server and calls strike each time that so many bytes
// have come from it.
type meter struct {
	target string
	passed atomic.Int64
	mu     sync.Mutex
	at     []int64 // rising
	strike func(n int)
	struck int
}

func startMeter(t testing.TB, m *meter) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s, err := net.Dial("tcp", m.target)
			if err != nil {
				c.Close()
				continue
			}
			mu.Lock()
			open[c], open[s] = true, true
			mu.Unlock()
			serving.Go(func() { io.Copy(s, c); s.Close() })
			serving.Go(func() { io.Copy(io.MultiWriter(c, m), s); c.Close() })
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for c := range open {
			c.Close()
		}
		mu.Unlock()
		serving.Wait()
	})
	return l.Addr().(*net.TCPAddr).Port
}

// Write counts.
func (m *meter) Write(b []byte) (int, error) {
	sum := m.passed.Add(int64(len(b)))
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.struck < len(m.at) && sum >= m.at[m.struck] {
		m.struck++
		m.strike(m.struck)
	}
	return len(b), nil
}

// TestServerKilledInThePass reads a mailbox of sound letters, broken ones and one
// that is very large, while the server's processes, or all of it, are killed
// five times, the third time in the middle of the large letter. In the end each
// letter is once in the ledger, each request once in the register and
// acknowledged at most once, and every fault has its one line in the log.
func TestServerKilledInThePass(t *testing.T) {
	letters, large, line, seeds := 60, 3<<20, 1<<20, 1
	if os.Getenv("POMETKA_LONG") != "" {
		letters, large, line, seeds = 200, 100<<20, 50<<20, 10
	}
	for range seeds {
		seed := rand.Uint64()
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			killServer(t, rand.New(rand.NewPCG(seed, 8)), letters, large, line)
		})
	}
}

func killServer(t *testing.T, random *rand.Rand, letters, large, line int) {
	r := startDovecot(t)
	b := fillBroken(r.Server, random, letters, large, line)
	m := &meter{target: r.Addr()}
	i := r.install(t, startMeter(t, m), fmt.Sprintf("  since: all\n  max_size: %dMB\n  timeout: 20s\n", 2*max(large, line)>>20))
	setCaps(t, i)
	for n := range 5 {
		m.at = append(m.at, int64(random.IntN(letters*300))+int64(n)*int64(large+line)/5)
	}
	down := false
	m.strike = func(n int) {
		if n%2 == 0 {
			down = true
			r.Kill()
			return
		}
		r.KillSessions()
	}
	failed, lines := 0, ""
	for passes := 1; ; passes++ {
		if passes > 15 {
			t.Fatalf("no pass came through:\n%s", lines)
		}
		c := i.process(t, "run", "--once")
		out, err := c.CombinedOutput()
		lines += string(out)
		m.mu.Lock()
		if down {
			r.Restart()
			down = false
		}
		struck := m.struck
		m.mu.Unlock()
		if err == nil {
			t.Logf("%d passes, %d kills", passes, struck)
			break
		}
		failed++
	}
	if n := strings.Count(lines, "pometka: "); n != failed {
		t.Errorf("%d passes failed, %d lines say so:\n%s", failed, n, lines)
	}
	b.check(t, i, r)
	again := i.process(t, "run", "--once")
	if out, err := again.CombinedOutput(); err != nil || !strings.Contains(string(out), "seen=0") {
		t.Errorf("once more: %v\n%s", err, out)
	}
	before := i.call(t, "list", "--json", "--all").well(t).out
	r.Rebuild()
	i.call(t, "run", "--once").well(t)
	if after := i.call(t, "list", "--json", "--all").well(t).out; after != before {
		t.Errorf("after a new UIDVALIDITY:\n%s\nbefore it:\n%s", after, before)
	}
	if c := i.call(t, "reconcile"); c.code != exitDone {
		t.Errorf("reconcile: exit %d\n%s", c.code, c.out)
	}
}

// setCaps lets every request be acknowledged.
func setCaps(t *testing.T, i installation) {
	replaceIn(t, i.config, "store:", "path: pometka.db", "path: pometka.db\nacknowledge:\n  caps:\n    total_hour: 100000\n    domain_hour: 100000")
}

// brokenBox is what lies in the mailbox, by UID.
type brokenBox struct {
	sound  map[uint32]string // the sender of a request
	broken map[uint32]brokenLetter
	total  int
}

func fillBroken(s *dovecot.Server, random *rand.Rand, letters, large, line int) brokenBox {
	b := brokenBox{sound: map[uint32]string{}, broken: map[uint32]brokenLetter{}, total: letters}
	broken := brokenLetters(line)
	places := random.Perm(letters)[:len(broken)+1]
	all, flaws := make([]dovecot.Letter, letters), map[int]string{}
	for n := range all {
		raw := newsletter(n)
		if random.IntN(3) == 0 {
			raw, b.sound[uint32(n+1)] = withdrawal(n), fmt.Sprintf("person%d@mail.example", n)
		}
		all[n] = dovecot.Letter{Raw: raw, At: dovecot.At(n)}
	}
	n := places[len(broken)]
	all[n].Raw, b.sound[uint32(n+1)] = largeLetter(large), "person1000000@mail.example"
	for k, n := range places[:len(broken)] {
		all[n].Raw, flaws[n] = broken[k].raw, broken[k].flaw
		b.broken[uint32(n+1)] = broken[k]
		delete(b.sound, uint32(n+1))
	}
	s.Drop(all, flaws)
	return b
}

// largeLetter is a request with an attachment.
func largeLetter(size int) []byte {
	line := strings.Repeat("QUJD", 19) + "\r\n"
	head := strings.TrimSuffix(string(withdrawal(1_000_000)), "Прошу исполнить. Дело 1000000.\r\n")
	head = strings.Replace(head, "Content-Type: text/plain; charset=utf-8\r\n", "Content-Type: multipart/mixed; boundary=large\r\n", 1)
	return []byte(head + "--large\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nПрошу исполнить.\r\n--large\r\n" +
		"Content-Type: application/pdf; name=scan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat(line, size/len(line)) + "--large--\r\n")
}

func (b brokenBox) check(t *testing.T, i installation, r dovecotRig) {
	t.Helper()
	var list []requestJSON
	if err := json.Unmarshal([]byte(i.call(t, "list", "--json", "--all").well(t).out), &list); err != nil {
		t.Fatal(err)
	}
	sent := map[string]int{}
	for _, e := range r.box.Sent() {
		sent[e.To]++
	}
	times := map[uint32]int{}
	for _, q := range list {
		for _, l := range q.Letters {
			times[l.UID]++
			if who, sound := b.sound[l.UID]; sound && (q.Kind != "consent_withdrawal" || q.From != who || q.Status != store.StatusOpen) {
				t.Errorf("UID %d is %s of %s, %s", l.UID, q.Kind, q.From, q.Status)
			}
			if _, broken := b.broken[l.UID]; !broken && b.sound[l.UID] == "" {
				t.Errorf("UID %d is registered: %+v", l.UID, q)
			}
		}
	}
	for uid, who := range b.sound {
		if times[uid] != 1 || sent[who] > 1 {
			t.Errorf("UID %d is registered %d times and acknowledged %d times", uid, times[uid], sent[who])
		}
	}
	for uid, l := range b.broken {
		if times[uid] != 1 && !l.none {
			t.Errorf("%s (UID %d) is registered %d times", l.what, uid, times[uid])
		}
	}
	var s statusJSON
	c := i.call(t, "status", "--json")
	if err := json.Unmarshal([]byte(c.out), &s); err != nil {
		t.Fatalf("%v: %s", err, c.err)
	}
	if c.code != exitFailed || !slices.Equal(s.Alarms, []string{desk.TroubleQuarantine}) { // a letter that the server cannot give
		t.Errorf("status: exit %d, alarms %v", c.code, s.Alarms)
	}
	if all := s.Ledger.Request + s.Ledger.Review + s.Ledger.None; all != b.total {
		t.Errorf("the ledger has %d letters, the mailbox %d", all, b.total)
	}
	i.call(t, "audit", "verify").well(t)
}
