package main

import (
	"strings"
	"testing"
)

// Of what came on paper only the day is known: no trace tells a time.
func TestExplainPaper(t *testing.T) {
	inRussian(t)
	i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, nil)
	i.call(t, "register", "--paper", "--kind", "claim", "--received", "2026-11-20", "--from", "Орлов", "--why", "пришло почтой").well(t)
	out := i.call(t, "explain", "1").well(t).out
	if !strings.Contains(out, "получено            20 ноября 2026 г., пятница\n") || strings.Contains(out, "00:00 (") {
		t.Errorf("a time of a paper:\n%s", out)
	}
	i.call(t, "set", "1", "received=2026-11-19", "--why", "штемпель").well(t)
	if out = i.call(t, "explain", "1").well(t).out; !strings.Contains(out, "день получения уточнён; письмо пришло 20 ноября 2026 г.\n") {
		t.Errorf("the day that was corrected:\n%s", out)
	}
}
