//go:build unix

package mailbox_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/dovecot"
	"license.kz/pometka/mailbox/network"
)

// The network between the program and a real server cuts, stalls and garbles at
// every point of the conversation, twice in a row; passes are repeated until
// all is read. Each letter comes exactly once, whole, and none is held against
// the server. POMETKA_LONG=1 tries every few bytes, else a sample.
func TestFaultsOnTheWay(t *testing.T) {
	s := dovecot.Start(t, dovecot.Options{})
	const letters = 20
	var all []dovecot.Letter
	for n := range letters {
		all = append(all, dovecot.Letter{Raw: letter(n + 1), At: day})
	}
	s.PutAll("INBOX", all)
	step := map[string]int64{"cut": 1900, "garbage": 2900, "stall": 6000}
	if os.Getenv("POMETKA_LONG") == "1" {
		step = map[string]int64{"cut": 37, "garbage": 41, "stall": 211}
	}
	for kind, step := range step {
		for after := step / 3; after < 14_000; after += step {
			t.Run(fmt.Sprintf("%s after %d bytes", kind, after), func(t *testing.T) {
				t.Parallel()
				conf := real(s)
				conf.Timeout = 2 * time.Second
				if kind != "garbage" { // TLS tells it from what the server said
					conf.TLS, conf.Port = mailbox.TLSNone, s.PlainPort
				}
				p := (&network.Network{Fault: func(conn int) network.Fault {
					if conn > 2 {
						return network.Fault{}
					}
					return network.Fault{After: after, Kind: kind}
				}}).Start(t, fmt.Sprintf("127.0.0.1:%d", conf.Port))
				conf.Port = p.Port
				readAll(t, conf, letters)
			})
		}
	}
}

// readAll makes passes as the desk does until every letter was read whole.
func readAll(t *testing.T, conf mailbox.Server, letters uint32) {
	t.Helper()
	r := mailbox.NewReader(mailbox.ReaderOptions{Server: conf})
	defer r.Close()
	next := uint32(1)
	for passes := 1; next <= letters; passes++ {
		if passes > 8 {
			t.Fatalf("stuck at %d", next)
		}
		if _, err := r.Examine(t.Context(), "INBOX"); err != nil {
			continue
		}
		_ = r.Heads(t.Context(), next, 0, func(chunk []mailbox.Head) error {
			var uids []uint32
			for i, h := range chunk {
				if h.UID != next+uint32(i) || h.Err != nil {
					t.Fatalf("got %d, want %d: %v", h.UID, next, h.Err)
				}
				uids = append(uids, h.UID)
			}
			texts, err := r.Texts(t.Context(), uids, 100)
			if err != nil {
				return err
			}
			r.Expect(t.Context(), uids)
			for _, uid := range uids {
				var raw bytes.Buffer
				if _, _, err := r.Fetch(t.Context(), uid, &raw); err != nil {
					return err
				}
				if want := letter(int(uid)); !bytes.Equal(raw.Bytes(), want) || !bytes.HasSuffix(want, texts[uid]) || len(texts[uid]) == 0 {
					t.Fatalf("letter %d: %q, text %q", uid, raw.Bytes(), texts[uid])
				}
				next++
			}
			return nil
		})
	}
}
