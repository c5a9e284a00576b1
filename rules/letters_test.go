package rules

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var letterLabels = map[string]string{
	"consent_withdrawal": "W", "erasure": "E", "opt_out": "O", "data_correction": "D", "claim": "C", "review": "R", "none": "N",
}

// labelledLetter is a line of testdata/letters.txt.
type labelledLetter struct {
	line   string
	labels []string
	facts  Facts
}

func readLetters(t testing.TB) []labelledLetter {
	file, err := os.Open("testdata/letters.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out []labelledLetter
	for s := bufio.NewScanner(file); s.Scan(); {
		line := s.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		c := append(strings.SplitN(line, "|", 4), "", "", "")
		f := letterFrom(strings.TrimSpace(c[1]), strings.ReplaceAll(strings.TrimSpace(c[2]), `\n`, "\n"))
		f.Fields = map[string][]string{}
		for field := range strings.SplitSeq(c[3], ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(field), ":")
			value = strings.TrimSpace(value)
			switch name {
			case "":
			case "from":
				f.From[0].Addr = value
			case "rp":
				f.ReturnPath = &value
			case "ct":
				f.ContentType = value
			case "att":
				f.Attachments = append(f.Attachments, value)
				f.Parts = append(f.Parts, partOf(value))
			case "txt":
				f.Attachments = append(f.Attachments, "file.txt")
				f.Parts = append(f.Parts, "text/plain")
				f.Forwarded = append(f.Forwarded, Forwarded{Text: strings.ReplaceAll(value, `\n`, "\n"), Behind: true, File: true})
			default:
				f.Fields[name] = append(f.Fields[name], value)
			}
		}
		out = append(out, labelledLetter{line, strings.Split(strings.TrimSpace(c[0]), ","), f})
	}
	if len(out) < 900 {
		t.Fatalf("only %d letters", len(out))
	}
	return out
}

// partOf returns the media type that mail programs give a file of this name.
func partOf(name string) string {
	if slices.Contains([]string{".jpg", ".png", ".heic"}, strings.ToLower(filepath.Ext(name))) {
		return "image/jpeg"
	}
	return "application/octet-stream"
}

func label(f Finding) string {
	if f.Verdict != Request {
		return letterLabels[string(f.Verdict)]
	}
	var kinds []string
	for _, k := range f.Kinds {
		kinds = append(kinds, letterLabels[string(k)])
	}
	return strings.Join(kinds, "+")
}

// Every letter of the collection gets its label.
func TestLetters(t *testing.T) {
	p := BuiltIn()
	reviews := 0
	letters := readLetters(t)
	for _, l := range letters {
		f := p.Classify(l.facts, p.Own())
		if !slices.Contains(l.labels, label(f)) {
			t.Errorf("%s\n\tgot %s %v %v", l.line, label(f), f.Kinds, f.Reason)
		}
		if f.Verdict == Review {
			reviews++
		}
	}
	if reviews*100 > 18*len(letters) {
		t.Errorf("%d of %d letters go to a person", reviews, len(letters))
	}
}

// What Triage promises holds: a letter of which it needs nothing more gets
// the same verdict from its header alone.
func TestTriageKeepsItsPromise(t *testing.T) {
	p := BuiltIn()
	for _, l := range readLetters(t) {
		whole := p.Classify(l.facts, p.Own())
		head := l.facts
		head.Text, head.Forwarded, head.Parts, head.Attachments = "", nil, nil, nil
		switch need := p.Triage(head, p.Own()); {
		case need == NeedNothing && p.Classify(head, p.Own()).Verdict != whole.Verdict:
			t.Errorf("%s: triage needs nothing, the whole letter is %s", l.line, whole.Verdict)
		case need == NeedNothing && whole.Verdict != None:
			t.Errorf("%s: triage needs nothing of a %s", l.line, whole.Verdict)
		}
	}
}

// Every reason that the collection provokes is in the list that the catalogue
// words.
func TestReasonsAreListed(t *testing.T) {
	p := BuiltIn()
	codes := ReasonCodes()
	met := map[string]bool{}
	for _, l := range readLetters(t) {
		f := p.Classify(l.facts, p.Own())
		met[f.Reason.Code] = true
		if !slices.Contains(codes, f.Reason.Code) {
			t.Errorf("%s: reason %q is not in ReasonCodes", l.line, f.Reason.Code)
		}
		if f.Verdict != None && f.Confidence == "" || f.Verdict == None && (f.Confidence != "" || len(f.Kinds) > 0) {
			t.Errorf("%s: verdict %s with confidence %q and kinds %v", l.line, f.Verdict, f.Confidence, f.Kinds)
		}
	}
	for _, c := range codes {
		if !met[c] && c[0] >= 'a' && c != ReasonOurs && c != ReasonUnreadable {
			t.Errorf("no letter of the collection provokes %q", c)
		}
	}
}

// Of the letters for a person, the receipt goes to those whose subject holds a
// mark; what the text says is weighed, not answered.
func TestPrescribedIsWhatTheSubjectHolds(t *testing.T) {
	p := BuiltIn()
	for _, k := range p.Kinds {
		for _, m := range k.Marks {
			other := "Верните деньги, это претензия."
			if k.ID == "claim" {
				other = "Удалите все мои персональные данные."
			}
			in := p.Classify(letterFrom("Мои данные", m.Text+". "+other), p.Own())
			on := p.Classify(letterFrom(m.Text, other), p.Own())
			if in.Verdict != Review || in.Prescribed {
				t.Errorf("%q in the text: %s, prescribed %v", m.Text, in.Verdict, in.Prescribed)
			}
			if on.Verdict == Review && on.Prescribed != m.Prescribed {
				t.Errorf("%q in the subject: prescribed %v, want %v", m.Text, on.Prescribed, m.Prescribed)
			}
		}
	}
}
