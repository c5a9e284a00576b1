package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// Whoever removed the content may have claimed any name: it harms no screen on
// which a page of the casefile is read.
func TestCasefileOfAClaimedName(t *testing.T) {
	cfg := demoAt(t)
	r := demoList(t, cfg)[0]
	pometka(t, "--config", cfg, "--as", "\x1b[31mBoss\u202e", "forget", r.From, "--yes", "--why", "по решению суда").well(t)
	file := filepath.Join(t.TempDir(), "case.zip")
	pometka(t, "--config", cfg, "casefile", r.Number, "-o", file).well(t)
	for name, text := range unzipped(t, file) {
		if strings.HasSuffix(name, ".txt") && strings.ContainsAny(text, "\x1b\u202e") {
			t.Errorf("%s: %q", name, text)
		}
		if name == "README.txt" && !strings.Contains(text, "Boss") {
			t.Errorf("nobody is named:\n%s", text)
		}
	}
}

// A casefile calls late what was late by the policy or the law, as export and
// stats do: neither a missed target of the operator's own nor an answer that
// followed the closing makes it so.
func TestCasefileClosedInTime(t *testing.T) {
	inRussian(t)
	zone := mustZone("Asia/Almaty")
	day := func(d int) rules.Date { return rules.NewDate(2026, time.December, d) }
	at := func(d int) time.Time { return time.Date(2026, time.December, d, 23, 30, 0, 0, zone) }
	target := store.Term{ID: "target", Source: rules.SourceTarget, Due: day(1)}
	law := store.Term{ID: "law", Source: rules.SourceLaw, Due: day(10)}
	standing := store.Term{ID: "policy", Source: rules.SourcePolicy}
	for _, c := range []struct {
		name   string
		status store.Status
		terms  []store.Term
		events []store.Event
		want   string
	}{
		{"a target missed", store.StatusDone, []store.Term{target, law}, []store.Event{{Code: "closed", At: at(3)}}, ", в срок"},
		{"on the last day", store.StatusRefused, []store.Term{law}, []store.Event{{Code: "closed", At: at(10)}}, ", в срок"},
		{"the law's term missed", store.StatusDone, []store.Term{target, law}, []store.Event{{Code: "closed", At: at(11)}}, ", позже срока"},
		{"answered once more", store.StatusDone, []store.Term{law}, []store.Event{{Code: "closed", At: at(3)}, {Code: "answered", At: at(20)}}, ", в срок"},
		{"closed again", store.StatusDone, []store.Term{law}, []store.Event{{Code: "closed", At: at(3)}, {Code: "reopened", At: at(4)}, {Code: "closed", At: at(12)}}, ", позже срока"},
		{"a target alone", store.StatusDone, []store.Term{target, standing}, []store.Event{{Code: "closed", At: at(20)}}, ""},
		{"dismissed", store.StatusDismissed, []store.Term{law}, []store.Event{{Code: "dismissed", At: at(20)}}, ""},
	} {
		f := &casefile{app: &app{words: mustWords(t), lang: rules.RU}, d: desk.New(desk.Options{Zone: zone})}
		f.Request, f.History = store.Request{Status: c.status, Terms: c.terms, ActBy: day(1)}, c.events
		closed := c.events[len(c.events)-1]
		if closed.Code == "answered" {
			closed = c.events[0]
		}
		if got, want := f.closedText(), f.moment(closed.At, zone)+c.want; got != want {
			t.Errorf("%s: %q, want %q", c.name, got, want)
		}
		if strings.Contains(f.closedText(), "срок") != (c.want != "") {
			t.Errorf("%s: %q", c.name, f.closedText())
		}
	}
}
