package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// forgeries are what somebody may do to a casefile who can also make its
// SHA256SUMS anew.
var forgeries = []struct {
	name string
	make func(f map[string]string)
}{
	{"a letter changed", func(f map[string]string) { f["letters/1.eml"] += " " }},
	{"a letter left out", func(f map[string]string) { delete(f, "letters/1.eml") }},
	{"a letter more", func(f map[string]string) { f["letters/2.eml"] = f["letters/1.eml"] }},
	{"a sent letter left out", func(f map[string]string) { delete(f, "sent/1-acknowledgement.eml") }},
	{"a row changed", replaced("proof/rows.jsonl", `"status":"done"`, `"status":"open"`)},
	{"a row left out", without("proof/rows.jsonl", `"table":"notes_private"`)},
	{"a term left out", without("proof/rows.jsonl", `"term":"law"`)},
	{"a detail changed", replaced("proof/details.jsonl", "прекращена", "продолжена")},
	{"a detail left out", without("proof/details.jsonl", "прекращена")},
	{"an event changed", replaced("proof/chain.jsonl", `"code":"closed"`, `"code":"opened"`)},
	{"the first event left out", without("proof/chain.jsonl", `"code":"registered"`)},
	{"an entry left out", without("proof/entries.jsonl", `"tbl":"notes"`)},
	{"a row with an entry of no event", func(f map[string]string) {
		sum := sha256.Sum256([]byte("actor\tt\t1\tx\nat\tt\t1\tx\nevent\ti\t6\t900000\nid\ti\t3\t900\nrequest\ti\t1\t1\n"))
		f["proof/rows.jsonl"] += `{"table":"notes","row":{"id":900,"event":900000,"request":1,"at":"x","actor":"x"}}` + "\n"
		f["proof/entries.jsonl"] += `{"table":"event_rows","row":{"event":900000,"tbl":"notes","row":900,"digest":"` + hex.EncodeToString(sum[:]) + `","marks":{"hex":""}}}` + "\n"
	}},
	{"the history told otherwise", replaced("history.json", `"code": "closed"`, `"code": "opened"`)},
	{"a reason told otherwise", replaced("history.json", "прекращена", "продолжена")},
	{"a date told otherwise", replaced("case.json", `"act_by": "2`, `"act_by": "3`)},
	{"a letter told otherwise", replaced("case.json", `"text": "`, `"text": "x`)},
	{"another policy", func(f map[string]string) { f["policy/policy.yaml"] += "\n" }},
	{"nothing to read", func(f map[string]string) { f["proof/chain.jsonl"] = "{" }},
}

func replaced(file, old, with string) func(map[string]string) {
	return func(f map[string]string) { f[file] = strings.Replace(f[file], old, with, 1) }
}

// without leaves out the first line that holds a text.
func without(file, text string) func(map[string]string) {
	return func(f map[string]string) {
		lines := strings.SplitAfter(f[file], "\n")
		if i := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, text) }); i >= 0 {
			f[file] = strings.Join(slices.Delete(lines, i, i+1), "")
		}
	}
}

// The check in a casefile names what was changed, left out or added, and what
// is told otherwise than it is proved; and it says what is proved.
func TestCasefileForged(t *testing.T) {
	cfg := demoAt(t)
	list := demoList(t, cfg)
	r := list[slices.IndexFunc(list, func(r requestJSON) bool { return r.Kind == "consent_withdrawal" })]
	pometka(t, "--config", cfg, "note", r.Number, "звонили").well(t)
	pometka(t, "--config", cfg, "close", r.Number, "done", "--step", "all", "--why", "прекращена").well(t)
	path := filepath.Join(t.TempDir(), "case.zip")
	pometka(t, "--config", cfg, "casefile", r.Number, "-o", path).well(t)
	files := unzipped(t, path)
	said, whole := checked(t, unpack(t, files))
	if !whole || !strings.Contains(said, r.Number+" consent_withdrawal done received "+r.ReceivedOn.String()) || !strings.Contains(said, " closed ") {
		t.Fatalf("as it was made: %s", said)
	}
	for _, c := range forgeries {
		forged := maps.Clone(files)
		c.make(forged)
		if maps.Equal(forged, files) {
			t.Errorf("%s: nothing to change", c.name)
		}
		delete(forged, "SHA256SUMS")
		var sums strings.Builder
		for name, text := range forged {
			fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256([]byte(text)), name)
		}
		forged["SHA256SUMS"] = sums.String()
		if said, whole := checked(t, unpack(t, forged)); whole || !strings.Contains(said, "not as they were written") {
			t.Errorf("%s: %s", c.name, said)
		}
	}
	changed := maps.Clone(files) // what is told in words only is known by its digest
	changed["index.html"] += " "
	if said, whole := checked(t, unpack(t, changed)); whole || !strings.Contains(said, "index.html") {
		t.Errorf("the page changed: %s", said)
	}
}
