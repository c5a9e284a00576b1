package desk

import (
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// Sentence names the phrase of the catalogue that says what the trouble is at the moment
// now, and the number in it. Minutes without a pass go on, and so do the days that a
// certificate has left.
func (t Trouble) Sentence(now time.Time) (key string, count int) {
	count = t.Count
	switch lasts := now.Sub(t.Since); t.Code {
	case TroubleNoPass:
		count = max(count, int(lasts/time.Minute))
	case TroubleCertificate:
		count = max(count-int(lasts/(24*time.Hour)), 0)
	}
	return sentence(t.Code, count), count
}

func sentence(code string, count int) string {
	if count == 0 && (code == TroubleCertificate || code == TroubleReconcile) { // it is over, or was not done
		return "alarm." + code + ".over"
	}
	return "alarm." + code
}

// words is the data that a letter about a trouble is worded from.
func (t Trouble) words(now time.Time) alarmData {
	return alarmData{Code: t.Code, Count: t.Count, Command: commands[t.Code], Since: t.Since, At: now, Lasts: true}
}

// alert words an alarm for those who are told otherwise than by mail.
func (d *Desk) alert(data alarmData, a Alert) (err error) {
	if d.Alert == nil {
		return nil
	}
	word := d.alarmWords
	if a.Recovered {
		word = d.recoveredWords
	}
	if a.Letter, err = word(data, d.Language); err != nil {
		return err
	}
	d.Alert(a)
	return nil
}

func (d *Desk) recoveredWords(a alarmData, lang rules.Lang) (templates.Letter, error) {
	return d.Words.Letter(letterRecovered, string(lang), templates.Recovered{
		Operator: d.Operator.Name.In(lang), What: d.Words.T(string(lang), sentence(a.Code, a.Count), a.Count),
		Since: a.Since.In(d.Zone), At: a.At.In(d.Zone),
	})
}
