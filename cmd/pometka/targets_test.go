package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"license.kz/pometka/rules"
)

// Of several kinds that the policy does not have each is told, in the same order.
func TestUnknownTargetsInOrder(t *testing.T) {
	inRussian(t)
	config := filepath.Join(t.TempDir(), "config.yaml")
	writeFile(t, config, "operator: {name: Firma, address: info@firma.kz}\nstore: {path: pometka.db}\ndeadlines:\n  targets: {c: 1, b: 2, a: 3, e: 4, d: 5}\n", 0o600)
	for range 8 {
		r := pometka(t, "--config", config, "explain", "--kind", "claim", "--received", "2026-11-30")
		var named []string
		for _, m := range regexp.MustCompile(`:4: deadlines\.targets\.(.): `).FindAllStringSubmatch(r.err, -1) {
			named = append(named, m[1])
		}
		if r.code != exitUsage || !slices.Equal(named, []string{"a", "b", "c", "d", "e"}) {
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
