package templates

import (
	"strings"
	"testing"
)

// A letter of the operator's own that would keep from a person what he must be
// told, or that nobody reads to its end, is refused before anybody gets it; the
// built-in words of the same letter are not.
func TestOverrideMustTell(t *testing.T) {
	for _, lang := range languages {
		for name, c := range map[string]struct{ letter, old, new, want string }{
			"nothing changed":    {letter: "acknowledgement"},
			"no number":          {"acknowledgement", "{{.Number}}: {{.What}}", "{{.What}}", "does not tell .Requests: .Number, as “LK-2026-000124”"},
			"nothing recognised": {"acknowledgement", "{{.What}}", "…", "does not tell .Requests: .What, as"},
			"nothing to be done": {"acknowledgement", "{{sentence .Will}}.", "…", "does not tell .Requests: .Will, as"},
			"no receipt":         {"acknowledgement", ".Received}}", ".Registered}}", "does not tell .Received, as"},
			"no registration":    {"acknowledgement", "{{if .RegisteredLater}}", "{{if false}}", "does not tell .Registered, as"},
			"dates of the first": {"acknowledgement", "$j, $d := .Dates", "$j, $d := (len .Number)", "is no list"},
			"a last day":         {"acknowledgement", "{{until .Due}}", "…", "does not tell .Dates: .Due, as"},
			"no proof":           {"acknowledgement", "{{.SHA256}}", "…", "does not tell .SHA256, as"},
			"no term of proof":   {"acknowledgement", "{{daysof .ProofDays .ProofWorking}}", "…", "does not tell .ProofDays, as"},
			"too many words":     {"acknowledgement", "{{.Operator}}", "{{.Operator}}" + strings.Repeat(" мы", 60), "words with sample data, 120 are the most"},
			"a line too long":    {"acknowledgement", "{{.Operator}}", "{{.Operator}} " + strings.Repeat("м", 500), "has a line of 1000 bytes that cannot be broken, 998 are the most"},
			"receipt unnumbered": {"receipt", "{{.Number}}", "…", "does not tell .Number, as"},
			"receipt undated":    {"receipt", ".DecideBy}}", ".Received}}", "does not tell .DecideBy, as"},
			"answer unanswered":  {"done", "{{.Text}}", "…", "does not tell .Text, as"},
			"refusal unfounded":  {"refusal", "{{.Why}}", "…", "does not tell .Why, as"},
			"documents of whom":  {"documents", "{{.Number}}", "…", "does not tell .Number, as"},
		} {
			source, err := letterFiles.ReadFile("letters/" + lang + "/" + c.letter + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			changed := strings.ReplaceAll(string(source), c.old, c.new)
			if c.old != "" && changed == string(source) {
				t.Errorf("%s %s: the letter has no %q", lang, name, c.old)
			}
			file := lang + "/" + c.letter + ".txt"
			_, err = New(folder(t, map[string]string{file: changed}))
			switch {
			case c.want == "" && err != nil:
				t.Errorf("%s %s: %v", lang, name, err)
			case c.old == "{{.Operator}}" && err != nil && strings.Contains(err.Error(), "\n"):
				t.Errorf("%s %s: told more than once: %v", lang, name, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), c.want)):
				t.Errorf("%s %s: got %v, want %q", lang, name, err, c.want)
			}
		}
	}
}

// A letter that tells the dates of its first request alone is found out, since
// sample data hold two with different dates.
func TestOverrideTellsEachRequest(t *testing.T) {
	const text = `Subject: {{.Number}}

{{datetime .Received}} {{date .Registered}} {{.SHA256}}
{{range $i, $r := .Requests}}{{.Number}} {{.What}} {{.Will}}{{if $i}}{{else}}{{range .Dates}} {{until .Due}}{{end}}{{end}}{{if .Documents}} {{daysof .ProofDays .ProofWorking}}{{end}}
{{end}}`
	_, err := New(folder(t, map[string]string{"ru/acknowledgement.txt": text}))
	if err == nil || !strings.Contains(err.Error(), "does not tell .Dates: .Due") || strings.Count(err.Error(), "\n") > 0 {
		t.Errorf("got %v", err)
	}
	if _, err := New(folder(t, map[string]string{"ru/acknowledgement.txt": strings.Replace(text, "{{if $i}}{{else}}{{range .Dates}} {{until .Due}}{{end}}{{end}}", "{{range .Dates}} {{until .Due}}{{end}}", 1)})); err != nil {
		t.Errorf("told in full: %v", err)
	}
}
