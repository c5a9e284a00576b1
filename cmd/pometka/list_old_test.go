package main

import (
	"os"
	"strings"
	"testing"
)

// TestListOfOldRequests: a term that is over for years, and the longest prefix of
// numbers, make no line wider than the screen.
func TestListOfOldRequests(t *testing.T) {
	t.Setenv("COLUMNS", "80")
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, nil)
	config, err := os.ReadFile(i.config)
	if err != nil {
		t.Fatal(err)
	}
	for _, prefix := range []string{"LK", "ABCDEFGH"} {
		i.write(t, "config.yaml", strings.Replace(string(config), "operator:\n", "operator:\n  number_prefix: "+prefix+"\n", 1))
		for _, kind := range []string{"consent_withdrawal", "claim", "data_correction"} {
			i.call(t, "register", "--paper", "--kind", kind, "--received", "2020-01-08", "--from", "Иван Петров", "--why", "из архива").well(t)
		}
		for _, lang := range []string{"ru", "kk", "en"} {
			out := i.call(t, "--lang", lang, "list").well(t).out
			if !strings.Contains(out, prefix+"-") {
				t.Fatalf("%s: %s", prefix, out)
			}
			for line := range strings.Lines(out) {
				if n := columns(strings.TrimSuffix(line, "\n")); n > 80 {
					t.Errorf("%s: %d columns: %s", lang, n, line)
				}
			}
		}
	}
	if out := i.call(t, "--lang", "kk", "stats", "--year", "2020").well(t).out; strings.Contains(out, "…") || !strings.Contains(out, "0/") {
		t.Errorf("a figure is cut off:\n%s", out)
	}
}
