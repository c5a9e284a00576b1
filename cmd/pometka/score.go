package main

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"

	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// label is what a manifest says of one letter: what it is, what else it may
// be taken for, and whether it must, may or must never be acknowledged.
type label struct {
	File  string   `json:"file"`
	Label string   `json:"label"` // a kind, "review" or "none"
	Also  []string `json:"also"`
	Ack   string   `json:"ack"` // must, may, never; "" is not scored
}

// readManifest reads the labels of a folder of letters, by file name.
func readManifest(path string) (map[string]label, error) {
	data, err := readData(path)
	if err != nil {
		return nil, usage(phrased("error.read.key", "--manifest", err))
	}
	var list []label
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, usage(phrased("error.manifest", path))
	}
	byFile := make(map[string]label, len(list))
	for _, l := range list {
		byFile[l.File] = l
	}
	return byFile, nil
}

// score counts how classify agrees with a manifest.
type score struct {
	labels                            map[string]label
	judged, right, missed, falseAcks  int
	falseAlarms, missedAcks, reviewed int
	wrong                             []string
}

// add compares one result with its label.
func (s *score) add(a *app, line classified) {
	l, ok := s.labels[filepath.Base(line.Path)]
	if !ok {
		return
	}
	s.judged++
	got := string(line.Verdict)
	if line.Verdict == rules.Request && len(line.Kinds) > 0 {
		got = string(line.Kinds[0])
	}
	var faults []string
	fault := func(counter *int, key string) {
		*counter++
		faults = append(faults, a.t(key))
	}
	if got == string(rules.Review) {
		s.reviewed++
	}
	switch person := l.Label != string(rules.None); {
	case got == l.Label:
		s.right++
	case got == string(rules.None) && person:
		fault(&s.missed, "score.missed")
	case !person && got != string(rules.Review):
		fault(&s.falseAlarms, "score.false_alarm")
	default:
		faults = append(faults, a.t("score.other"))
	}
	if line.Acknowledge && l.Ack == "never" {
		fault(&s.falseAcks, "score.false_ack")
	}
	if !line.Acknowledge && l.Ack == "must" {
		fault(&s.missedAcks, "score.missed_ack")
	}
	if len(faults) > 0 {
		s.wrong = append(s.wrong, a.t("score.wrong", l.File, l.Label, got, strings.Join(faults, ", "), clip(templates.Safe(line.Subject), 60), line.Reason))
	}
}

// print writes every wrong case and the sums, and tells whether all was right.
func (s *score) print(a *app) error {
	slices.Sort(s.wrong)
	for _, w := range s.wrong {
		for i, part := range wrap(w, a.width()-2) {
			if i > 0 {
				part = "  " + part
			}
			a.printf("%s\n", part)
		}
	}
	a.printf("%s\n", a.t("score.sum", s.judged, s.right, s.missed, s.falseAlarms, s.falseAcks, s.missedAcks, s.reviewed))
	if len(s.wrong) > 0 {
		return silently(exitWanting)
	}
	return nil
}
