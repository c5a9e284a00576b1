package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
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
	{"a candidate more", replaced("case.json", `"candidates": [`, `"candidates": ["claim"`)},
	{"a removal more", replaced("case.json", `"content_removed_at": [`, `"content_removed_at": ["2026-11-23T10:00:00+05:00"`)},
	{"an outcome told otherwise", replaced("case.json", "прекращена", "продолжена")},
	{"an outcome told otherwise on the page", replaced("index.html", "прекращена", "продолжена")},
	{"a sentence told otherwise", replaced("history.json", `"sentence": "`, `"sentence": "не `)},
	{"a line of the history left out", without("history.txt", "прекращена")},
	{"a date counted otherwise", replaced("dates.txt", ".20", ".30")},
	{"no policy", func(f map[string]string) { delete(f, "policy/policy.yaml") }},
	{"a file more", func(f map[string]string) { f["policy/order.txt"] = "x" }},
	{"no seal", func(f map[string]string) { f["proof/seal.jsonl"] = "" }},
	{"the seal cut off", without("proof/chain.jsonl", `"code":"casefile"`)},
	{"another seal", replaced("proof/seal.jsonl", `sha256sums\":\"`, `sha256sums\":\"0`)},
	{"another check", func(f map[string]string) { f["proof/check.py"] += "\n" }},
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
		summed(forged)
		if said, whole := checked(t, unpack(t, forged)); whole || !strings.Contains(said, "not as they were written") {
			t.Errorf("%s: %s", c.name, said)
		}
	}
}

// summed makes SHA256SUMS anew, in the order in which it is, and returns what a
// seal keeps of it.
func summed(f map[string]string) (sealed string) {
	var sums, kept strings.Builder
	known := map[string]bool{"SHA256SUMS": true}
	names := strings.Fields(f["SHA256SUMS"])
	for _, name := range append(names, slices.Sorted(maps.Keys(f))...) {
		text, there := f[name]
		if !there || known[name] {
			continue
		}
		known[name] = true
		line := fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte(text)), name)
		sums.WriteString(line)
		if name != "proof/chain.jsonl" && name != "proof/seal.jsonl" {
			kept.WriteString(line)
		}
	}
	f["SHA256SUMS"] = sums.String()
	return fmt.Sprintf("%x", sha256.Sum256([]byte(kept.String())))
}

// Whoever makes the seal anew, too, is found out by the head that was printed
// when the casefile was made; and the register knows only that one.
func TestCasefileForgedWhole(t *testing.T) {
	cfg := demoAt(t)
	path := filepath.Join(t.TempDir(), "case.zip")
	made := pometka(t, "--config", cfg, "casefile", "1", "-o", path).well(t)
	head := regexp.MustCompile(`[0-9a-f]{64}`).FindString(made.err)
	files := unzipped(t, path)
	was := summed(maps.Clone(files))
	if said, whole := checked(t, unpack(t, files), head); !whole || !strings.Contains(said, "whole, head "+head) {
		t.Fatalf("with its head %s: %s", head, said)
	}
	files["index.html"] += " "
	files["proof/seal.jsonl"] = strings.ReplaceAll(files["proof/seal.jsonl"], was, summed(files))
	chain := strings.SplitAfter(strings.TrimSuffix(files["proof/chain.jsonl"], "\n"), "\n")
	last := len(chain) - 1
	forged := resealed(t, files["proof/seal.jsonl"], chain[last])
	chain[last] = forged.line
	files["proof/chain.jsonl"] = strings.Join(chain, "") + "\n"
	summed(files)
	if said, whole := checked(t, unpack(t, files)); !whole || !strings.Contains(said, "whole, head "+forged.head) {
		t.Errorf("a whole new seal: %s", said)
	}
	if said, whole := checked(t, unpack(t, files), head); whole {
		t.Errorf("a whole new seal against the head: %s", said)
	}
	if r := pometka(t, "--config", cfg, "audit", "verify", "--quick", "--head", head); r.code != 0 {
		t.Errorf("the register does not know its head: %s", r.out+r.err)
	}
	if r := pometka(t, "--config", cfg, "audit", "verify", "--quick", "--head", forged.head); r.code != exitWanting {
		t.Errorf("the register knows the forger's head: %s", r.out+r.err)
	}
}

type forgedSeal struct{ line, head string }

// resealed makes the last event of a chain vouch for another detail.
func resealed(t *testing.T, seal, event string) forgedSeal {
	t.Helper()
	var detail struct {
		Row struct {
			Body string
			Salt struct{ Hex string }
		}
	}
	var last struct {
		Table string         `json:"table"`
		Row   map[string]any `json:"row"`
	}
	if err := errors.Join(json.Unmarshal([]byte(seal), &detail), json.Unmarshal([]byte(event), &last)); err != nil {
		t.Fatal(err)
	}
	salt, err := hex.DecodeString(detail.Row.Salt.Hex)
	if err != nil {
		t.Fatal(err)
	}
	last.Row["detail"] = fmt.Sprintf("%x", sha256.Sum256(append(salt, detail.Row.Body...)))
	var text bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(last.Row)) {
		form, value := "t", fmt.Sprint(last.Row[name])
		switch v := last.Row[name].(type) {
		case float64:
			form, value = "i", fmt.Sprint(int64(v))
		case map[string]any:
			b, err := hex.DecodeString(v["hex"].(string))
			if err != nil {
				t.Fatal(err)
			}
			form, value = "b", string(b)
		}
		if name != "digest" {
			fmt.Fprintf(&text, "%s\t%s\t%d\t%s\n", name, form, len(value), value)
		}
	}
	head := fmt.Sprintf("%x", sha256.Sum256(text.Bytes()))
	last.Row["digest"] = head
	line, err := json.Marshal(last)
	if err != nil {
		t.Fatal(err)
	}
	return forgedSeal{string(line), head}
}
