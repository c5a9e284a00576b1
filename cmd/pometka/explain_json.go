package main

import (
	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
)

// explainJSON is what explain --json prints.
type explainJSON struct {
	ReceivedOn rules.Date        `json:"received_on"`
	Terms      []explainTermJSON `json:"terms"`
	ActBy      rules.Date        `json:"act_by"`
}

type explainTermJSON struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Source      rules.Source   `json:"source"`
	Basis       string         `json:"basis"`
	Condition   string         `json:"condition"`
	Days        int            `json:"days"`
	Unit        rules.Unit     `json:"unit"`
	DayOne      rules.Date     `json:"day_one"`
	Due         rules.Date     `json:"due"`
	Provisional bool           `json:"provisional"`
	Count       []countDayJSON `json:"count"`
}

// countDayJSON is one day of the count of a term. Number is that of the day in
// the term, 0 for a day that is not counted.
type countDayJSON struct {
	dayJSON
	Act     string `json:"act"`
	Number  int    `json:"number"`
	Waiting bool   `json:"waiting"`
}

func (a *app) explainJSON(t desk.Trace) explainJSON {
	j := explainJSON{ReceivedOn: t.ReceivedOn, ActBy: t.ActBy, Terms: []explainTermJSON{}}
	for _, term := range t.Terms {
		j.Terms = append(j.Terms, explainTermJSON{
			ID: term.ID, Name: term.Name.In(a.lang), Source: term.Source, Basis: term.Basis.In(a.lang), Condition: term.Condition,
			Days: term.Days, Unit: term.Unit, DayOne: term.DayOne, Due: term.Due, Provisional: term.Provisional,
			Count: a.countJSON(term.Count),
		})
	}
	return j
}

func (a *app) countJSON(count desk.Count) []countDayJSON {
	days := make([]countDayJSON, len(count))
	for i, traced := range count {
		d := countedDay(traced)
		days[i] = countDayJSON{
			dayJSON: dayJSON{d.Date, d.Working, d.Kind, d.Name.In(a.lang)},
			Act:     d.Act, Number: traced.Number, Waiting: traced.Waiting,
		}
	}
	return days
}

// countedDay gives a day of a trace what it leaves out as plain.
func countedDay(d desk.TracedDay) rules.Day {
	day := rules.Day{Date: d.Date, Kind: d.Kind, Working: d.Working, Act: d.Act}
	if d.Kind == "" {
		day.Kind, day.Working = rules.DayWorkday, true
	}
	if d.Name != nil {
		day.Name = *d.Name
	}
	return day
}
