package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// recheck is how old the last look at a clause of the law may be before it is
// worth another.
const recheck = 365 * 24 * time.Hour

// policy reads the policy, lets it prove itself by its own examples, and looks
// at when its clauses were last compared with the law.
func (w *ward) policy(context.Context) {
	if !w.whole("policy", "deadlines") {
		return
	}
	p, name := rules.BuiltIn(), BuiltInPolicy
	if w.cfg.Policy != BuiltInPolicy && w.cfg.Policy != "" {
		name = w.cfg.Policy
		data, err := readData(name)
		if err != nil {
			w.add(levelMend, "policy.unreadable", name, w.unwrapped(err))
			return
		}
		if p, err = rules.ParsePolicy(data); err != nil {
			w.add(levelMend, "policy.wrong", name, splitLines(worded(err, w.lang))[0])
			return
		}
	}
	problems := p.Check()
	for i, x := range problems {
		if i == 5 {
			break
		}
		w.add(levelMend, "policy.example", name, strconv.Itoa(x.Line), policyFault(x).in(w.lang))
	}
	for _, k := range slices.Sorted(maps.Keys(w.cfg.Deadlines.Targets)) {
		if _, ok := p.Kind(k); !ok {
			w.add(levelMend, "policy.target", string(k), name)
		}
	}
	if p.Edition.After(rules.DateIn(time.Now(), w.cfg.Calendar.Zone)) {
		w.add(levelNote, "policy.ahead", templates.Date(string(w.lang), p.Edition.Time()))
	}
	w.checked(p)
	for _, lang := range slices.Sorted(maps.Keys(p.Drafts)) {
		w.add(levelNote, "policy.draft", string(lang), p.Drafts[lang].In(w.lang))
	}
	if len(problems) == 0 {
		w.add(levelGood, "policy.good", p.Name, templates.Date(string(w.lang), p.Edition.Time()), len(p.Kinds))
	}
}

// checked names the kinds whose terms of the law nobody has compared with the
// text in force, or not for a year: letters then name no article.
func (w *ward) checked(p *rules.Policy) {
	if !w.cfg.Deadlines.Statutory {
		return
	}
	var never, old []string
	for _, k := range p.Kinds {
		for _, t := range k.Terms {
			switch {
			case t.Source != rules.SourceLaw:
			case t.Checked.IsZero():
				never = appendNew(never, string(k.ID))
			case time.Since(t.Checked.Time()) > recheck:
				old = appendNew(old, string(k.ID))
			}
		}
	}
	if len(never) > 0 {
		w.add(levelNote, "policy.unchecked", strings.Join(never, ", "))
	}
	if len(old) > 0 {
		w.add(levelNote, "policy.stale", strings.Join(old, ", "))
	}
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// templates tries every letter of the operator's own with sample data.
func (w *ward) templates(context.Context) {
	if !w.whole("acknowledge") {
		return
	}
	dir := w.cfg.Acknowledge.Templates
	w.wordy(dir)
	if dir == "" {
		w.add(levelGood, "templates.builtin")
		return
	}
	_, err := templates.New(dir)
	if err == nil {
		w.add(levelGood, "templates.good", dir)
		return
	}
	var all interface{ Unwrap() []error }
	if !errors.As(err, &all) {
		w.add(levelMend, "templates.wrong", worded(err, w.lang))
		return
	}
	for _, e := range all.Unwrap() {
		w.add(levelMend, "templates.wrong", worded(e, w.lang))
	}
}

// wordy tells when the operator's name and contact leave no room in the longest
// acknowledgement.
func (w *ward) wordy(dir string) {
	words, err := templates.New(dir)
	if err != nil {
		return // told as such
	}
	o, err := w.deskOptions(w.cfg)
	if err != nil {
		return // told of the section it stems from
	}
	o.Words = words
	long, err := o.LongestAcknowledgement()
	if err == nil && long.Words > templates.MostWords {
		w.add(levelNote, "templates.long", templates.MostWords, long.Words-templates.MostWords, fmt.Sprint(long.Kinds), string(long.Lang))
	}
}
