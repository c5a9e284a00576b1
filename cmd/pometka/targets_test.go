package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"license.kz/pometka/rules"
)

// Of several kinds that the policy does not have the same one is told each time.
func TestUnknownTargetsInOrder(t *testing.T) {
	inRussian(t)
	config := filepath.Join(t.TempDir(), "config.yaml")
	writeFile(t, config, "operator: {name: Firma, address: info@firma.kz}\nstore: {path: pometka.db}\ndeadlines:\n  targets: {c: 1, b: 2, a: 3, e: 4, d: 5}\n", 0o600)
	for range 8 {
		if r := pometka(t, "--config", config, "explain", "--kind", "claim", "--received", "2026-11-30"); r.code != exitUsage || !strings.Contains(r.err, "deadlines.targets.a:") {
			t.Fatalf("exit %d, %s", r.code, r.err)
		}
		w := &ward{patient: (&app{words: mustWords(t), lang: rules.EN, langFlag: "en", configFlag: config}).admit(t.Context()), area: "policy"}
		w.policy(t.Context())
		var kinds []string
		for _, f := range w.list {
			if f.Code == "policy.target" {
				kinds = append(kinds, strings.Fields(f.Text)[4])
			}
		}
		if !slices.Equal(kinds, []string{"a,", "b,", "c,", "d,", "e,"}) {
			t.Fatalf("the doctor names %q", kinds)
		}
	}
}
