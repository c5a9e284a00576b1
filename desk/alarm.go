package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// letterAlarm is the template of the mail that tells staff of trouble with the
// outbox or the caps.
const letterAlarm = "alarm"

// Alarms of the desk: the catalogue has a sentence under "alarm.CODE" and what
// to do under "alarm.CODE.do".
const (
	alarmCaps    = "caps"    // acknowledgements went over a cap
	alarmFailed  = "failed"  // letters of ours failed; that letters wait for long is TroubleOutbox
	alarmBounced = "bounced" // letters came back
	alarmMistake = "mistake" // a bug of this program kept it from doing a piece of its work
)

// How long an alarm of the same code is not repeated: one mail tells of the
// first excess of a cap, and a bad day of the mail server fills no mailbox.
const (
	capsAgain    = 24 * time.Hour
	failedAgain  = time.Hour
	mistakeAgain = 24 * time.Hour
)

// alarmData is what an alarm is worded from.
type alarmData struct {
	Code    string    `json:"code"`
	Count   int       `json:"count"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
	At      time.Time `json:"at,omitzero"`     // when it ended
	Lasts   bool      `json:"lasts,omitempty"` // another letter tells of its end
}

// moment is an alarm that was raised. It tells of what happened at an instant; a
// Trouble, in contrast, lasts and ends.
type moment struct {
	Data alarmData `json:"data"`
	Mail int64     `json:"mail"` // the letter of the outbox that tells of it
	Told bool      `json:"told"` // that letter went out, or staff was told otherwise
}

// moments lists the codes of these alarms.
var moments = []string{alarmFailed, alarmBounced, alarmCaps, alarmMistake}

// momentKey is where the register keeps the last alarm of a code.
func momentKey(code string) string { return store.MetaAlarm + code }

// alarm tells staff of what happened, by one mail and beside it, unless one of
// the same code was raised within the span before. The Message-ID of the mail is
// ours and it carries our loop sign, so that it is no letter to the desk even
// where it goes to the operator's own address.
func (d *Desk) alarm(ctx context.Context, code string, again time.Duration, count int, command string) error {
	now := d.Now()
	last, err := d.moment(ctx, code)
	since := last.Data.Since // may lie ahead: then the clock was wrong
	if err != nil || !since.After(now) && now.Before(since.Add(again)) {
		return err
	}
	m := moment{Data: alarmData{Code: code, Count: count, Command: command, Since: now}}
	if m.Mail, err = d.queueAlarm(ctx, letterAlarm, m.Data, now); err != nil {
		return err
	}
	if err := d.keepMoment(ctx, m); err != nil {
		return err
	}
	return d.alert(m.Data, Alert{Code: code})
}

// Mistaken tells staff of a mistake of this program that ended a piece of work.
func (d *Desk) Mistaken(ctx context.Context) error {
	return d.alarm(ctx, alarmMistake, mistakeAgain, 1, "pometka status")
}

// moment is the last alarm of a code; the zero value: there was none.
func (d *Desk) moment(ctx context.Context, code string) (m moment, err error) {
	text, err := d.Store.Meta(ctx, momentKey(code))
	if err != nil || text == "" || json.Unmarshal([]byte(text), &m) != nil {
		return moment{}, err // of another version: it is told of again
	}
	return m, nil
}

func (d *Desk) keepMoment(ctx context.Context, m moment) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return d.Store.SetMeta(ctx, momentKey(m.Data.Code), string(text))
}

// queueAlarm queues a letter to whoever is told of alarms, or to the deputy of a member
// who is absent.
func (d *Desk) queueAlarm(ctx context.Context, template string, a alarmData, now time.Time) (int64, error) {
	to := d.readerAt(cmp.Or(d.Alarm, d.Reminders.To, d.Operator.Address), d.Today())
	data, err := dataOf(template, a)
	if err != nil {
		return 0, err
	}
	label := template + "." + a.Code + "." + stamp(now)
	id, err := d.Store.Enqueue(ctx, store.NewMail{
		Purpose: store.PurposeAlarm, State: store.MailQueued, To: to.addr, Language: string(to.lang), Data: data,
		MessageID: func(string) string { return d.messageID(label) }, Keys: capKeys(to.addr),
	}, nil, now)
	if err != nil {
		return 0, fmt.Errorf("queue %s of %s: %w", template, a.Code, err)
	}
	return id, nil
}

// alarmLetter words an alarm, or the end of one.
func (d *Desk) alarmLetter(data mailData, lang rules.Lang) (templates.Letter, error) {
	var a alarmData
	if err := json.Unmarshal(data.Lines, &a); err != nil {
		return templates.Letter{}, fmt.Errorf("read data of alarm: %w", err)
	}
	if data.Template == letterRecovered {
		return d.recoveredWords(a, lang)
	}
	return d.alarmWords(a, lang)
}

func (d *Desk) alarmWords(a alarmData, lang rules.Lang) (templates.Letter, error) {
	return d.Words.Letter(letterAlarm, string(lang), templates.Alarm{
		Operator: d.Operator.Name.In(lang), Command: a.Command, Since: a.Since.In(d.Zone), Lasts: a.Lasts,
		What: d.Words.T(string(lang), sentence(a.Code, a.Count), a.Count), Do: d.Words.T(string(lang), "alarm."+a.Code+".do"),
	})
}
