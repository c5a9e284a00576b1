package desk

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/network"
)

// lineDelay is what each byte takes one way: the server is far away, and chunks overlap.
const lineDelay = 5 * time.Millisecond

// readOver makes the desk read its mailbox over the network.
func (r *rig) readOver(t testing.TB, l *network.Network, timeout time.Duration) {
	t.Helper()
	s := server(t, l.Addr, r.box.CA)
	s.Timeout = timeout
	reader := mailbox.NewReader(mailbox.ReaderOptions{Server: s})
	t.Cleanup(reader.Close)
	r.Inbox = reader
}

// farLetters are more than two chunks of a Reader, in which demands stand in subjects, in
// texts, behind a step or two of the reading, and in the names of files. It returns their
// UIDs.
func farLetters(t *testing.T, r *rig, n int) (demands map[uint32]bool) {
	t.Helper()
	const demand = "Прошу удалить мои персональные данные.\r\n"
	filler := "Добрый день.\r\n" + strings.Repeat(strings.Repeat(" ", 70)+"\r\n", 70) // 5 KB
	demands = map[uint32]bool{}
	for i := range n {
		m := mail{from: fmt.Sprintf("p%d@d%d.example", i, i), subject: "Здравствуйте", body: "Высылаем счёт.", id: fmt.Sprintf("%d@d.example", i)}
		switch i % 41 {
		case 0:
			m.subject, m.body = withdrawalMark, fmt.Sprintf("Прошу исполнить %d.\r\n", i)+strings.Repeat("x", i%7*20<<10)
		case 9:
			m.body = demand
		case 17:
			m.body = filler + demand
		case 29:
			m.body = filler + filler + demand
		case 33:
			m.body = filler + filler + filler
		}
		demands[uint32(i+1)] = i%41 == 0 || i%41 == 9 || i%41 == 17 || i%41 == 29
		if !demands[uint32(i+1)] {
			delete(demands, uint32(i+1))
		}
		r.put(t, "INBOX", m, now.Add(-time.Hour))
	}
	return demands
}

// another is a desk with a register of its own on the same mailbox.
func (r *rig) another(t *testing.T) *rig {
	t.Helper()
	path := t.TempDir() + "/pometka.db"
	return &rig{Desk: openDesk(t, path, r.box.IMAPAddr, r.box.SMTPAddr, r.box.CA), box: r.box, path: path}
}

// checkOnce: each letter is once in the ledger, each demand once in the register, in the
// order in which they came, and none was given up.
func (r *rig) checkOnce(t *testing.T, n int, demands map[uint32]bool) {
	t.Helper()
	rows, err := r.Store.Places(t.Context(), "INBOX", 1, 1, 10*uint32(n))
	cur, _, cerr := r.Store.Cursor(t.Context(), "INBOX")
	if err != nil || cerr != nil || len(rows) != n || cur.LastUID != uint32(n) {
		t.Errorf("%d rows, cursor at %d, %v %v", len(rows), cur.LastUID, err, cerr)
	}
	got := places(t, r)
	last := ""
	for uid := range uint32(n + 1) {
		q, found := got[uid]
		switch {
		case found != demands[uid]:
			t.Errorf("letter %d: registered %v", uid, found)
		case found && q.Number <= last:
			t.Errorf("letter %d is %s, and an earlier one %s", uid, q.Number, last)
		case found && len(q.Letters[0].Troubles) > 0:
			t.Errorf("letter %d: %v", uid, q.Letters[0].Troubles)
		}
		if found {
			last = q.Number
		}
	}
	if len(got) != len(demands) {
		t.Errorf("%d requests, want %d", len(got), len(demands))
	}
}

// The line to a server far away is cut, falls silent and garbles at any point of a pass in
// which chunks overlap, several times in a row; passes are repeated until all is read, by
// the same process or each by one of its own. Each letter is taken in once and in its order,
// and none is held against the server. POMETKA_LONG=1 tries many places.
func TestFaultsFarAway(t *testing.T) {
	const letters = 1100
	whole := newRig(t)
	demands := farLetters(t, whole, letters)
	sound := (&network.Network{Delay: lineDelay}).Start(t, whole.box.IMAPAddr)
	whole.readOver(t, sound, 20*time.Second)
	whole.pass(t)
	whole.checkOnce(t, letters, demands)
	all, tries := sound.Bytes.Load(), 2
	if os.Getenv("POMETKA_LONG") != "" {
		tries = 60
	}
	for _, kind := range []string{"cut", "stall", "garbage"} {
		for n := range tries {
			seed := rand.Uint64()
			t.Run(fmt.Sprintf("%s %d", kind, seed), func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 1))
				r := whole.another(t)
				l := (&network.Network{Delay: lineDelay, Fault: func(conn int) network.Fault {
					if conn > 4 {
						return network.Fault{}
					}
					return network.Fault{After: random.Int64N(all * 5 / 4), Kind: kind}
				}}).Start(t, whole.box.IMAPAddr)
				r.readOver(t, l, time.Second)
				passes := 1
				for ; ; passes++ {
					if _, err := r.Poll(t.Context()); err == nil {
						break
					} else if passes > 12 {
						t.Fatalf("no pass came through: %v", err)
					}
					if n%2 == 1 {
						r.Inbox.(*mailbox.Reader).Close()
						r.readOver(t, l, time.Second)
					}
				}
				t.Logf("%d passes, %d connections", passes, l.Conns.Load())
				r.checkOnce(t, letters, demands)
			})
		}
	}
}

// A server far away that falls silent for good, at any point of a pass, is waited for once.
func TestSilenceFarAwayIsWaitedForOnce(t *testing.T) {
	const letters = 1100
	whole := newRig(t)
	farLetters(t, whole, letters)
	sound := (&network.Network{Delay: lineDelay}).Start(t, whole.box.IMAPAddr)
	whole.readOver(t, sound, 20*time.Second)
	whole.pass(t)
	all, tries := sound.Bytes.Load(), 4
	if os.Getenv("POMETKA_LONG") != "" {
		tries = 100
	}
	for range tries {
		seed := rand.Uint64()
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			after := rand.New(rand.NewPCG(seed, 2)).Int64N(all)
			r := whole.another(t)
			l := (&network.Network{Delay: lineDelay, Fault: func(conn int) network.Fault {
				if conn > 1 {
					return network.Fault{Kind: "stall"}
				}
				return network.Fault{After: after, Kind: "stall"}
			}}).Start(t, whole.box.IMAPAddr)
			r.readOver(t, l, time.Second)
			if _, err := r.Poll(t.Context()); mailbox.FaultOf(err) != mailbox.FaultSilent || l.Conns.Load() != 1 {
				t.Errorf("after %d bytes: %d connections, %v", after, l.Conns.Load(), err)
			}
		})
	}
}
