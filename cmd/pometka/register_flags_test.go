package main

import (
	"strings"
	"testing"
)

// Flags of register that contradict each other, or lack one another, are told
// before anything is opened, and nothing is registered.
func TestRegisterFlags(t *testing.T) {
	cfg := demoAt(t)
	before := len(demoList(t, cfg))
	paper := []string{"--paper", "--kind", "claim", "--received", "2026-11-23", "--from", "Иванов"}
	for want, args := range map[string][]string{
		"--send без --email": append([]string{"--send"}, paper...),
		"--kind, --received": {"--paper", "--from", "Иванов"},
		"--received":         {"--paper", "--kind", "claim", "--from", "Иванов"},
		"--from":             {"--paper", "--kind", "claim", "--received", "2026-11-23", "--from", " "},
		"--via pigeon":       append([]string{"--via", "pigeon"}, paper...),
		"--via file":         append([]string{"--via", "file"}, paper...),
		"--via Post":         append([]string{"--via", "Post"}, paper...),
		"--text":             {"--uid", "INBOX/1", "--text", "x"},
		"--email":            {"letter.eml", "--email", "a@one.example"},
		"--uid":              {"letter.eml", "--uid", "INBOX/1"},
		"FILE":               {},
	} {
		r := pometka(t, append([]string{"--config", cfg, "register"}, args...)...)
		if r.code != exitUsage || want != "FILE" && !strings.Contains(r.err, want) {
			t.Errorf("%q: exit %d, %s, want %s", args, r.code, r.err, want)
		}
	}
	if after := len(demoList(t, cfg)); after != before {
		t.Errorf("%d requests became %d", before, after)
	}
}
