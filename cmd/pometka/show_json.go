package main

import (
	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// showJSON is show --json: what list tells of the request, and the rest of the
// page.
type showJSON struct {
	requestJSON
	Text        string         `json:"text"`
	ReasonCode  string         `json:"reason_code"`
	Reason      string         `json:"reason"`
	Troubles    []string       `json:"troubles"`
	Cut         bool           `json:"cut"` // only the beginning of its first letter is here
	Attachments []fileJSON     `json:"attachments"`
	Outcome     string         `json:"outcome"`
	Notes       []noteJSON     `json:"notes"`
	Mail        []mailBrief    `json:"mail"`
	SameSender  []relativeJSON `json:"same_sender"`
	History     []eventJSON    `json:"history"`
}

type noteJSON struct {
	At    string `json:"at"`
	Actor string `json:"actor"`
	Text  string `json:"text"`
}

type mailBrief struct {
	ID      int64           `json:"id"`
	Purpose store.Purpose   `json:"purpose"`
	To      string          `json:"to"`
	State   store.MailState `json:"state"`
	SentAt  string          `json:"sent_at"`
	Reason  string          `json:"reason"`
}

type relativeJSON struct {
	Number     string       `json:"number"`
	Kind       rules.Kind   `json:"kind"`
	Status     store.Status `json:"status"`
	ReceivedOn rules.Date   `json:"received_on"`
}

func (a *app) showJSON(d *desk.Desk, p requestPage) showJSON {
	j := showJSON{
		requestJSON: a.requestJSON(d, p.Request), Troubles: []string{}, Attachments: p.files, Notes: []noteJSON{},
		Mail: []mailBrief{}, SameSender: []relativeJSON{}, History: a.historyJSON(d, p.history),
	}
	if len(p.Letters) > 0 {
		l := p.Letters[0]
		j.Text, j.ReasonCode, j.Reason = l.Text, l.ReasonCode, a.words.Reason(string(a.lang), l.ReasonCode, l.ReasonArgs)
		j.Troubles, j.Cut = append(j.Troubles, l.Troubles...), l.Cut
	}
	if p.Outcome.Code != "" {
		j.Outcome = a.words.Reason(string(a.lang), p.Outcome.Code, p.Outcome.Args)
	}
	for _, n := range p.Notes {
		j.Notes = append(j.Notes, noteJSON{stamp(n.At, d.Zone), n.Actor, n.Text})
	}
	for _, m := range p.mail {
		x := mailBrief{ID: m.ID, Purpose: m.Purpose, To: m.To, State: m.State, SentAt: stamp(m.SentAt, d.Zone)}
		if m.Reason.Code != "" {
			x.Reason = a.words.Reason(string(a.lang), m.Reason.Code, m.Reason.Args)
		}
		j.Mail = append(j.Mail, x)
	}
	for _, x := range p.relatives {
		j.SameSender = append(j.SameSender, relativeJSON{x.Number, x.Kind, x.Status, x.ReceivedOn})
	}
	return j
}
