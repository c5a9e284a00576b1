package templates

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A fact is something that the person who gets a letter must find in it.
type fact struct {
	name   string   // as the template calls it: «.Requests: .Number»
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
				problems = append(problems, fault(file, "template.fault.fact", f.name, f.worded[0]))
			}
		}
	}
	if n := WordCount(l.Body); n > MostWords {
		problems = append(problems, fault(file, "template.fault.words", strconv.Itoa(n), strconv.Itoa(MostWords), "{{if .Brief}}{{else}}…{{end}}"))
	}
	for line := range strings.SplitSeq(l.Body, "\n") {
		if len(line) > longestLine {
			problems = append(problems, fault(file, "template.fault.line", strconv.Itoa(len(line)), strconv.Itoa(longestLine), strings.ToValidUTF8(line[:40], "")))
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
	all := []fact{{".Received", on(lang, a.Received)}}
	if a.RegisteredLater {
		all = append(all, fact{".Registered", on(lang, a.Registered)})
	}
	for _, r := range a.Requests {
		all = append(all,
			fact{".Requests: .Number", []string{r.Number}},
			fact{".Requests: .What", []string{r.What}},
			fact{".Requests: .Will", []string{r.Will}})
		for _, d := range r.Dates {
			if !d.Passed {
				all = append(all, fact{".Dates: .Due", on(lang, d.Due)})
			}
		}
		if r.Documents {
			all = append(all, fact{".ProofDays", []string{
				DaysOf(lang, r.ProofDays(), r.ProofWorking), Days(lang, r.ProofDays(), r.ProofWorking)}})
		}
	}
	if a.SHA256 != "" {
		all = append(all, fact{".SHA256", []string{a.SHA256}})
	}
	return all
}

func (r Receipt) facts(lang Lang) []fact {
	all := []fact{
		{".Number", []string{r.Number}},
		{".Received", on(lang, r.Received)},
	}
	if r.SHA256 != "" {
		all = append(all, fact{".SHA256", []string{r.SHA256}})
	}
	if !r.DecidePassed {
		all = append(all, fact{".DecideBy", on(lang, r.DecideBy)})
	}
	return all
}

func (d Documents) facts(Lang) []fact { return answerFacts(d.Number, d.Text) }

func (d Done) facts(Lang) []fact { return answerFacts(d.Number, d.Text) }

func answerFacts(number, text string) []fact {
	all := []fact{{".Number", []string{number}}}
	if text != "" {
		all = append(all, fact{".Text", []string{text}})
	}
	return all
}

func (r Refusal) facts(Lang) []fact {
	return []fact{{".Number", []string{r.Number}}, {".Why", []string{r.Why}}}
}
