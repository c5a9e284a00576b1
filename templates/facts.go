package templates

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A fact is something that the person who gets a letter must find in it.
type fact struct {
	name   string   // as the template calls it: «.Number of each of .Requests»
	worded []string // any of these says it
}

// telling is data of which some facts must appear in the letter.
type telling interface{ facts(lang Lang) []fact }

// longestLine is the length of a line, in bytes, that a mail server must still
// take (RFC 5322, 2.1.1).
const longestLine = 998

// faults says what is wrong with a letter to the public that came out of file: a
// fact that the person must be told is missing, or it is longer than anybody
// reads or a server takes.
func faults(file string, lang Lang, data any, l Letter) (problems []error) {
	if t, ok := tidy(data).(telling); ok {
		said := flat(l.Subject + "\n" + l.Body)
		for _, f := range t.facts(lang) {
			if !slices.ContainsFunc(f.worded, func(w string) bool { return strings.Contains(said, flat(w)) }) {
				problems = append(problems, fmt.Errorf("%s: the letter does not tell %s, as %q: write it into the template", file, f.name, f.worded[0]))
			}
		}
	}
	if n := WordCount(l.Body); n > MostWords {
		problems = append(problems, fmt.Errorf("%s: the letter has %d words with sample data, %d are the most: shorten it (what stands in {{if .Brief}}{{else}}…{{end}} is left out of a long letter)", file, n, MostWords))
	}
	for line := range strings.SplitSeq(l.Body, "\n") {
		if len(line) > longestLine {
			problems = append(problems, fmt.Errorf("%s: the letter has a line of %d bytes that cannot be broken, %d are the most: put spaces into it, from %q on", file, len(line), longestLine, strings.ToValidUTF8(line[:40], "")))
		}
	}
	return problems
}

// flat is s in small letters with single spaces, however its lines are broken.
func flat(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// on are the ways to word a day: in full, as the last day of a term, in a table.
func on(lang Lang, d time.Time) []string {
	return []string{Date(lang, d), Until(lang, d), ShortDate(lang, d)}
}

func (a Acknowledgement) facts(lang Lang) []fact {
	all := []fact{{"when the letter was received (.Received)", on(lang, a.Received)}}
	if a.RegisteredLater {
		all = append(all, fact{"when it was registered, if on another day (.Registered)", on(lang, a.Registered)})
	}
	for _, r := range a.Requests {
		all = append(all,
			fact{"the number of each request (.Number of .Requests)", []string{r.Number}},
			fact{"what was recognised (.What of .Requests)", []string{r.What}},
			fact{"what will be done (.Will of .Requests)", []string{r.Will}})
		for _, d := range r.Dates {
			if !d.Passed {
				all = append(all, fact{"the last day of each term (.Due of .Dates)", on(lang, d.Due)})
			}
		}
		if r.Documents {
			all = append(all, fact{"the term that runs from the documents (.ProofDays)", []string{
				DaysOf(lang, r.ProofDays(), true), Days(lang, r.ProofDays(), true)}})
		}
	}
	if a.SHA256 != "" {
		all = append(all, fact{"the digest of the letter (.SHA256)", []string{a.SHA256}})
	}
	return all
}

func (r Receipt) facts(lang Lang) []fact {
	all := []fact{
		{"the number (.Number)", []string{r.Number}},
		{"when the letter was received (.Received)", on(lang, r.Received)},
		{"the digest of the letter (.SHA256)", []string{r.SHA256}},
	}
	if !r.DecidePassed {
		all = append(all, fact{"the day by which a person decides (.DecideBy)", on(lang, r.DecideBy)})
	}
	return all
}

func (d Documents) facts(Lang) []fact {
	return []fact{{"the number (.Number)", []string{d.Number}}}
}

func (d Done) facts(Lang) []fact {
	all := []fact{{"the number (.Number)", []string{d.Number}}}
	if d.Text != "" {
		all = append(all, fact{"the answer (.Text)", []string{d.Text}})
	}
	return all
}

func (r Refusal) facts(Lang) []fact {
	return []fact{{"the number (.Number)", []string{r.Number}}, {"the reason of the refusal (.Why)", []string{r.Why}}}
}
