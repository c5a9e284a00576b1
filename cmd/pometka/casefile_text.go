package main

import (
	"slices"
	"strings"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// readme is the page in plain text that says what is what.
func (f *casefile) readme() string {
	var b strings.Builder
	line := func(text string) {
		for _, part := range wrap(templates.Safe(text), narrow) { // whose name is claimed with --as is anybody's word
			b.WriteString(part + "\n")
		}
	}
	line(f.t("casefile.title", f.Request.Number))
	b.WriteString("\n")
	line(f.what())
	line(f.zone())
	line(f.t("casefile.start"))
	for _, e := range f.Removed {
		b.WriteString("\n")
		line(f.removedText(e))
	}
	for i := range f.letters {
		if text := f.cutLetter(i); text != "" {
			b.WriteString("\n")
			line(text)
		}
	}
	b.WriteString("\n")
	for _, name := range []string{"letters", "sent", "history", "dates", "policy", "case", "proof", "sums"} {
		label, text, _ := strings.Cut(f.t("casefile.file."+name), ": ")
		if strings.HasSuffix(label, "/") && !slices.ContainsFunc(f.sums, func(line string) bool { return strings.Contains(line, "  "+label) }) {
			continue // all of it was removed
		}
		b.WriteString(labelled(label, text, narrow))
	}
	for _, text := range f.howToCheck() {
		b.WriteString("\n")
		line(text)
	}
	return b.String()
}

// caseJSON is the summary for programs.
type caseJSON struct {
	Number       string           `json:"number"`
	Kind         rules.Kind       `json:"kind"`
	Candidates   []rules.Kind     `json:"candidates"`
	Status       store.Status     `json:"status"`
	ReceivedAt   string           `json:"received_at"`
	ReceivedOn   rules.Date       `json:"received_on"`
	RegisteredAt string           `json:"registered_at"`
	ActBy        rules.Date       `json:"act_by"`
	Terms        []termJSON       `json:"terms"`
	Outcome      string           `json:"outcome"`
	Steps        []store.StepDone `json:"steps"`
	Assignee     string           `json:"assignee"`
	Policy       policyRefJSON    `json:"policy"`
	Letters      []caseLetterJSON `json:"letters"`
	Sent         []caseMailJSON   `json:"sent"`
	Removed      []string         `json:"content_removed_at"`
	Head         headJSON         `json:"head"`
}

type policyRefJSON struct {
	Name    string     `json:"name"`
	Edition rules.Date `json:"edition"`
	SHA256  string     `json:"sha256"`
}

type caseLetterJSON struct {
	File       string `json:"file"`
	ReceivedAt string `json:"received_at"`
	From       string `json:"from"`
	Name       string `json:"name"`
	Subject    string `json:"subject"`
	MessageID  string `json:"message_id"`
	Folder     string `json:"folder"`
	UID        uint32 `json:"uid"`
	SHA256     string `json:"sha256"`
	Cut        bool   `json:"cut"` // the file holds only the beginning of the letter
	Text       string `json:"text"`
}

type caseMailJSON struct {
	File      string          `json:"file"`
	Purpose   store.Purpose   `json:"purpose"`
	State     store.MailState `json:"state"`
	To        string          `json:"to"`
	MessageID string          `json:"message_id"`
	Attempts  int             `json:"attempts"`
	SentAt    string          `json:"sent_at"`
	Reply     string          `json:"reply"`
	SHA256    string          `json:"sha256"`
}

func (f *casefile) caseJSON() caseJSON {
	r := f.Request
	short := f.requestJSON(f.d, r)
	j := caseJSON{
		Number: r.Number, Kind: r.Kind, Candidates: short.Candidates, Status: r.Status, ReceivedAt: short.ReceivedAt, ReceivedOn: r.ReceivedOn,
		RegisteredAt: stamp(r.RegisteredAt, f.d.Zone), ActBy: r.ActBy, Terms: short.Terms, Steps: append([]store.StepDone{}, r.Steps...), Assignee: r.Assignee,
		Policy:  policyRefJSON{r.Policy.Name, r.Policy.Edition, r.Policy.Digest},
		Letters: []caseLetterJSON{}, Sent: []caseMailJSON{}, Removed: []string{},
		Head: headJSON{f.Head.Seq, stamp(f.Head.At, f.d.Zone), f.Head.Digest},
	}
	j.Outcome = f.outcomeText()
	for i := range j.Terms { // whether a term has passed by now is no fact of the case
		j.Terms[i].Overdue = false
	}
	for _, l := range f.letters {
		j.Letters = append(j.Letters, caseLetterJSON{
			l.file, stamp(l.ReceivedAt, f.d.Zone), l.FromAddr, l.FromName, l.Subject, l.MessageID, l.Place.Folder, l.Place.UID, l.RawSHA256, l.Cut, l.Text,
		})
	}
	for _, m := range f.mails {
		j.Sent = append(j.Sent, caseMailJSON{m.file, m.Purpose, m.State, m.To, m.MessageID, m.Attempts, stamp(m.SentAt, f.d.Zone), m.Reply, m.RawSHA256})
	}
	for _, e := range f.Removed {
		j.Removed = append(j.Removed, stamp(e.At, f.d.Zone))
	}
	return j
}
