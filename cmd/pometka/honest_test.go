package main

import (
	"path/filepath"
	"strings"
	"testing"

	"license.kz/pometka/store"
)

// Of a request whose terms stand still nobody knows how many days are left.
func TestNoDaysLeftWhileTheTermsStand(t *testing.T) {
	i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, nil)
	i.call(t, "register", "--paper", "--kind", "data_correction", "--received", today().String(), "--from", "Орлов", "--why", "пришло почтой").well(t)
	if out := i.call(t, "list", "--json").well(t).out; strings.Contains(out, `"days_left": null`) {
		t.Errorf("while they run: %s", out)
	}
	i.call(t, "wait", "1", "--for", "documents").well(t)
	for _, args := range [][]string{{"list", "--json"}, {"show", "1", "--json"}} {
		if out := i.call(t, args...).well(t).out; !strings.Contains(out, `"act_by": ""`) || !strings.Contains(out, `"days_left": null`) {
			t.Errorf("%v: %s", args, out)
		}
	}
}

// Of a target and a term of the law that end on one day the day is that of the law.
func TestExplainNamesTheActingTerm(t *testing.T) {
	inRussian(t)
	config := filepath.Join(t.TempDir(), "config.yaml")
	writeFile(t, config, "operator: {name: Firma, address: info@firma.kz}\nstore: {path: pometka.db}\ndeadlines: {targets: {claim: 8}}\n", 0o600)
	out := pometka(t, "--config", config, "explain", "--kind", "claim", "--received", "2026-11-23").well(t).out
	if line := lineWith(t, strings.Split(out, "\n"), "сделать не позднее"); !strings.Contains(line, "3 декабря") || !strings.Contains(line, "(закон") || !strings.Contains(out, "Цель: ") {
		t.Errorf("%s", out)
	}
}

// That the time of keeping had passed is said only where the program removed the content
// by itself.
func TestWhoRemovedTheContent(t *testing.T) {
	for actor, want := range map[string]string{store.Machine: "истёк срок его хранения", "root": "по решению оператора"} {
		e := store.Event{Code: store.EventPurged, Actor: actor}
		if text := mustWords(t).T("ru", removedKey(e), "1 мая", actor); !strings.Contains(text, want) || !strings.Contains(text, "кто удалил: "+actor) {
			t.Errorf("%s: %s", actor, text)
		}
	}
}
