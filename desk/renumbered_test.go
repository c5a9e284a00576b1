package desk

import (
	"bytes"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// A folder that the server numbers anew is read anew. The log says so each time, and the
// register counts the letters that it knows once, however often they come.
func TestFolderNumberedAnew(t *testing.T) {
	r := newRig(t)
	box := new(memoryBox)
	box.fill(1, 10)
	box.raw, box.at = append(box.raw, mail{from: "b@two.example", subject: "Вопрос", body: "Откуда у вас мой ИИН? Кто вам его дал?", id: "2@two.example"}.raw()), append(box.at, now)
	validity := uint32(7)
	r.Inbox = misstating{box, func(st *mailbox.FolderState) { st.UIDValidity = validity }}
	var log bytes.Buffer
	r.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	r.pass(t)
	want := map[rules.Verdict]int{rules.Request: 5, rules.Review: 1, rules.None: 5}
	if f := facts(t, r); !reflect.DeepEqual(f.Ledger, want) || log.Len() > 0 {
		t.Fatalf("at first: %v, want %v; log: %s", f.Ledger, want, log.String())
	}
	for _, line := range []string{"folder=INBOX old=7 new=9", "folder=INBOX old=9 new=8", "folder=INBOX old=8 new=12"} {
		log.Reset()
		switch validity {
		case 7:
			validity = 9
		case 9:
			validity = 8
		default:
			validity = 12
		}
		if p, _ := r.pass(t); p.Seen != 11 || p.Registered != 0 {
			t.Fatalf("%s: %+v, want every letter read again", line, p)
		}
		r.pass(t)
		if said := log.String(); strings.Count(said, "level=WARN") != 1 || !strings.Contains(said, line) {
			t.Errorf("want one line with %s, got: %s", line, said)
		}
	}
	if f := facts(t, r); !reflect.DeepEqual(f.Ledger, want) {
		t.Errorf("numbered anew three times: %v, want %v", f.Ledger, want)
	}
	log.Reset()
	slices.Reverse(box.raw) // restored under the same UIDVALIDITY, and no letter where it was
	box.raw, box.at = box.raw[:5], box.at[:5]
	if r.pass(t); strings.Contains(log.String(), "UIDVALIDITY changed") || !strings.Contains(log.String(), "gives UIDs again") {
		t.Errorf("restored: %s", log.String())
	}
	box.fill(21, 23)
	want[rules.Request], want[rules.None] = 6, 7
	if r.pass(t); !reflect.DeepEqual(facts(t, r).Ledger, want) {
		t.Errorf("three more letters: %v, want %v", facts(t, r).Ledger, want)
	}
}
