package desk

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// That most letters have no date is told once a pass, in numbers.
func TestMostLettersUndated(t *testing.T) {
	for name, c := range map[string]struct {
		undated []uint32
		told    string
	}{
		"most": {[]uint32{1, 2, 3, 5, 8}, "letters=8 undated=5"},
		"half": {[]uint32{1, 2, 3, 8}, ""},
	} {
		r := newRig(t)
		eight(t, r)
		var log bytes.Buffer
		r.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
		r.Inbox = lying{Inbox: r.Inbox, undated: c.undated}
		r.pass(t)
		r.pass(t)
		if said := log.String(); strings.Count(said, "undated") != strings.Count(c.told, "undated") || !strings.Contains(said, c.told) {
			t.Errorf("%s: said %q", name, said)
		}
	}
}
