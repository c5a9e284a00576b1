package mailbox_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// A server that says no INTERNALDATE, of any letter or of some, is asked once more for it and
// not for each letter by itself; and no letter is said to be one that cannot be read. One that
// left the date out for a moment is believed the second time.
func TestNoDates(t *testing.T) {
	for name, c := range map[string]struct {
		undated func(uid uint32, asked int) bool
		zero    int
	}{
		"none":       {func(uint32, int) bool { return true }, 1200},
		"some":       {func(uid uint32, _ int) bool { return uid%3 == 0 }, 400},
		"the second": {func(uid uint32, asked int) bool { return uid%3 == 0 && asked < 2 }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := map[uint32]int{}
			f := startFake(t, 1200, script{})
			f.message = func(k *talk, uid uint32, items string) bool {
				if !strings.Contains(items, "INTERNALDATE") {
					return false
				}
				f.mu.Lock()
				asked[uid]++
				undated := c.undated(uid, asked[uid])
				f.mu.Unlock()
				if undated {
					k.say("* %d FETCH (%s)\r\n", uid, answer(uid, strings.Replace(items, "INTERNALDATE", "", 1), letter(int(uid))))
				}
				return undated
			}
			var log bytes.Buffer
			o := mailbox.ReaderOptions{Server: server(t, f.addr, nil), Log: slog.New(slog.NewTextHandler(&log, nil))}
			o.TLS, o.Timeout = mailbox.TLSNone, 20*time.Second
			r := mailbox.NewReader(o)
			defer r.Close()
			heads, err := pass(t, r, 1)
			zero := 0
			for _, h := range heads {
				if h.Err != nil || h.Size == 0 || len(h.Header) == 0 {
					t.Fatalf("head %d: %v", h.UID, h.Err)
				}
				if h.InternalDate.IsZero() {
					zero++
				}
			}
			if err != nil || len(heads) != 1200 || zero != c.zero {
				t.Errorf("%d heads, %d without a date, %v", len(heads), zero, err)
			}
			n := len(f.commands())
			stamps := 0
			if err := r.Stamps(t.Context(), 1, 0, func(mailbox.Stamp) error { stamps++; return nil }); err != nil || stamps != 1200 {
				t.Errorf("%d stamps, %v", stamps, err)
			}
			if n > 12 || len(f.commands()) > n+2 || f.dials != 1 || log.Len() > 0 {
				t.Errorf("%d commands for the heads, %d for the stamps, over %d connections; said %.300s", n, len(f.commands())-n, f.dials, log.String())
			}
		})
	}
}
