package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// TestSameVerdict holds the way over IMAP, which reads as little of a letter
// as it can, against classify, which reads all of it: both give every letter
// the same verdict. POMETKA_EXAMPLES=DIR adds the letters of DIR/eml.
func TestSameVerdict(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"imap": "  since: all\n", "": "acknowledge:\n  enabled: false\n"})
	raws := append(verdictLetters(t), hardLetters()...)
	for _, raw := range raws {
		if err := box.Put("INBOX", raw, time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	i.call(t, "run", "--once").well(t)
	var list []requestJSON
	if err := json.Unmarshal([]byte(i.call(t, "list", "--json", "--all").well(t).out), &list); err != nil {
		t.Fatal(err)
	}
	got := map[uint32][]rules.Kind{} // kinds or candidates by UID
	for _, r := range list {
		for _, l := range r.Letters {
			got[l.UID] = append(append(got[l.UID], r.Candidates...), r.Kind)
		}
	}
	c, err := (&app{words: mustWords(t), lang: rules.RU, configFlag: i.config}).newClassifier()
	if err != nil {
		t.Fatal(err)
	}
	for n, raw := range raws {
		line := c.message(mailbox.Parse(bytes.NewReader(raw)))
		kinds, registered := got[uint32(n+1)]
		if registered != (line.Verdict != rules.None) {
			t.Errorf("letter %d %q: registered %v over IMAP, %s by classify (%s)", n+1, line.Subject, registered, line.Verdict, line.ReasonCode)
			continue
		}
		for _, k := range line.Kinds {
			if !slices.Contains(kinds, k) {
				t.Errorf("letter %d %q: %v over IMAP, %v by classify", n+1, line.Subject, kinds, line.Kinds)
			}
		}
	}
}

func verdictLetters(t *testing.T) [][]byte {
	t.Helper()
	names, err := filepath.Glob("demo/*.eml")
	if err != nil || len(names) == 0 {
		t.Fatal("no letters of the demo", err)
	}
	if dir := os.Getenv("POMETKA_EXAMPLES"); dir != "" {
		more, err := filepath.Glob(filepath.Join(dir, "eml", "*.eml"))
		if err != nil || len(more) == 0 {
			t.Fatalf("no letters in %s/eml: %v", dir, err)
		}
		names = append(names, more...)
	}
	raws := make([][]byte, len(names))
	for i, name := range names {
		if raws[i], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return raws
}
