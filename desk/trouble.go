package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// Trouble is a state of the program or of what it depends on that staff is told
// of once when it begins and once when it ends, also across restarts. What
// happens at an instant, as a letter that failed, is an alarm (alarm.go).

// The codes of trouble; the catalogue has the words under "alarm.CODE".
const (
	TroubleNoPass      = "no_pass"     // no pass over the mailbox has ended for long
	TroubleLogin       = "login"       // a mail server refuses the log-in
	TroubleOutbox      = "outbox"      // letters of ours do not go out
	TroubleQuarantine  = "quarantine"  // a letter that only a person can read
	TroubleDisk        = "disk"        // hardly any room is left
	TroubleClock       = "clock"       // the clock is not that of the register or of the mail server
	TroubleCertificate = "certificate" // of a mail server, about to expire
	TroubleChain       = "chain"       // the history is not as it was written
	TroubleAudit       = "audit"       // a row or a letter is not
	TroubleBackup      = "backup"      // the daily copy could not be made
	TroubleReconcile   = "reconcile"   // letters of the mailbox are not in the ledger
)

// troubles lists all codes, in the order in which they are looked at.
var troubles = []string{
	TroubleDisk, TroubleClock, TroubleLogin, TroubleNoPass, TroubleOutbox, TroubleQuarantine, TroubleCalendar, TroubleCertificate, TroubleChain, TroubleAudit, TroubleBackup, TroubleReconcile,
}

// letterRecovered is the template of the mail that ends an alarm.
const letterRecovered = "recovered"

// mailPatience is how long the mail about a trouble may take before it counts
// as lost, and another way to tell of it is tried.
const mailPatience = 5 * time.Minute

// Trouble is one that has begun and not ended.
type Trouble struct {
	Code  string
	Count int // what its sentence counts: minutes, letters, days
	Since time.Time
	Mail  int64 // the letter of the outbox that tells of it; 0: it could not be queued
	Loud  bool  // told by other means than mail
}

// Alert is what goes to those who are told of trouble by other means than mail.
type Alert struct {
	Code       string
	Recovered  bool
	MailBroken bool // mail does not tell of it: somebody must be told otherwise
	templates.Letter
}

// troubleKey is where the register keeps a trouble.
func troubleKey(code string) string { return "trouble:" + code }

// Troubles lists what has begun and not ended.
func (d *Desk) Troubles(ctx context.Context) ([]Trouble, error) {
	var out []Trouble
	for _, code := range troubles {
		t, found, err := d.trouble(ctx, code)
		if err != nil {
			return nil, err
		}
		if found {
			out = append(out, t)
		}
	}
	return out, nil
}

func (d *Desk) trouble(ctx context.Context, code string) (t Trouble, found bool, err error) {
	text, err := d.Store.Meta(ctx, troubleKey(code))
	if err != nil || text == "" {
		return Trouble{}, false, err
	}
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return Trouble{}, false, nil // of another version: it is told of again
	}
	return t, true, nil
}

func (d *Desk) keepTrouble(ctx context.Context, t Trouble) error {
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return d.Store.SetMeta(ctx, troubleKey(t.Code), string(text))
}

// Raise tells of a trouble, unless it was told of before and has not ended.
// since is when it began. Where the register itself cannot be written, those
// who are told by other means are told all the same, once.
func (d *Desk) Raise(ctx context.Context, code string, count int, since time.Time) error {
	_, known, err := d.trouble(ctx, code)
	if known || err != nil && d.raised[code] {
		return err
	}
	t := Trouble{Code: code, Count: count, Since: since}
	if err == nil {
		t.Mail, err = d.mailTrouble(ctx, t, letterAlarm)
	}
	if err == nil {
		err = d.keepTrouble(ctx, t)
	}
	d.raised[code] = err != nil
	return errors.Join(err, d.alert(t, false, err != nil))
}

// Clear says that a trouble has ended, if it had begun.
func (d *Desk) Clear(ctx context.Context, code string) error {
	t, known, err := d.trouble(ctx, code)
	if err != nil || !known {
		return err
	}
	delete(d.raised, code)
	if _, err := d.mailTrouble(ctx, t, letterRecovered); err != nil {
		return err
	}
	if err := d.Store.SetMeta(ctx, troubleKey(code), ""); err != nil {
		return err
	}
	return d.alert(t, true, t.Loud)
}

// state raises or clears.
func (d *Desk) state(ctx context.Context, code string, on bool, count int, since time.Time) error {
	if on {
		return d.Raise(ctx, code, count, since)
	}
	return d.Clear(ctx, code)
}

// shout tells by other means of what mail did not tell in time.
func (d *Desk) shout(ctx context.Context) error {
	list, err := d.Troubles(ctx)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.Loud || d.Now().Sub(t.Since) < mailPatience {
			continue
		}
		m, err := d.Store.Mail(ctx, t.Mail)
		if err != nil {
			return err
		}
		if m.State == store.MailSent || d.Now().Sub(m.CreatedAt) < mailPatience {
			continue
		}
		t.Loud = true
		if err := d.keepTrouble(ctx, t); err != nil {
			return err
		}
		if err := d.alert(t, false, true); err != nil {
			return err
		}
	}
	return nil
}

// mailTrouble queues the letter that a trouble begins or ends with.
func (d *Desk) mailTrouble(ctx context.Context, t Trouble, template string) (int64, error) {
	now := d.Now()
	to := d.readerAt(cmp.Or(d.Alarm, d.Reminders.To, d.Operator.Address), d.Today())
	lines, err := json.Marshal(alarmData{Code: t.Code, Count: t.Count, Command: "pometka status", Since: t.Since, At: now})
	if err != nil {
		return 0, err
	}
	data, err := json.Marshal(mailData{Template: template, Lines: string(lines)})
	if err != nil {
		return 0, err
	}
	label := template + "." + t.Code + "." + now.UTC().Format("20060102150405.000")
	id, err := d.Store.Enqueue(ctx, store.NewMail{
		Purpose: store.PurposeAlarm, State: store.MailQueued, To: to.addr, Language: string(to.lang), Data: string(data),
		MessageID: func(string) string { return d.messageID(label) }, Keys: capKeys(to.addr),
	}, nil, now)
	if err != nil {
		return 0, fmt.Errorf("queue %s of %s: %w", template, t.Code, err)
	}
	return id, nil
}

// alert words a trouble for those who are told otherwise than by mail.
func (d *Desk) alert(t Trouble, recovered, broken bool) error {
	a := alarmData{Code: t.Code, Count: t.Count, Command: "pometka status", Since: t.Since, At: d.Now()}
	word := d.alarmWords
	if recovered {
		word = d.recoveredWords
	}
	l, err := word(a, d.Language)
	if err != nil {
		return err
	}
	if d.Alert != nil {
		d.Alert(Alert{Code: t.Code, Recovered: recovered, MailBroken: broken, Letter: l})
	}
	return nil
}

func (d *Desk) recoveredWords(a alarmData, lang rules.Lang) (templates.Letter, error) {
	return d.Words.Letter(letterRecovered, string(lang), templates.Recovered{
		Operator: d.Operator.Name.In(lang), What: d.Words.T(string(lang), "alarm."+a.Code, a.Count),
		Since: a.Since.In(d.Zone), At: a.At.In(d.Zone),
	})
}

// Vitals is what the desk cannot see itself.
type Vitals struct {
	Started    time.Time     // of this process: what happened before is no fault of it
	Late       time.Duration // after which time without a pass there is trouble; 0: never
	LoginSince time.Time     // since when a log-in is refused for good; zero: it is not
	Free       uint64        // bytes on the disk of the register; 0: not known
}

// Bounds of what is no trouble yet.
const (
	leastFree  = 500 << 20 // bytes; enough for days of letters
	stuckAfter = time.Hour // that a letter of ours may wait
)

// CheckHealth raises and clears what can be seen at once. It is cheap enough
// for every pass.
func (d *Desk) CheckHealth(ctx context.Context, v Vitals) error {
	now := d.Now()
	if err := d.state(ctx, TroubleDisk, v.Free > 0 && v.Free < leastFree, 0, now); err != nil {
		return err
	}
	f, err := d.Store.Status(ctx)
	if err != nil {
		return err
	}
	if err := d.checkClock(ctx, now, f.LastEvent); err != nil {
		return err
	}
	if err := d.state(ctx, TroubleLogin, !v.LoginSince.IsZero(), 0, v.LoginSince); err != nil {
		return err
	}
	last := f.LastPass
	if last.Before(v.Started) {
		last = v.Started
	}
	late := now.Sub(last)
	switch {
	case v.Late > 0 && late >= v.Late && v.LoginSince.IsZero(): // a refused log-in is its own trouble
		err = d.Raise(ctx, TroubleNoPass, int(late/time.Minute), last)
	case f.LastPass.After(v.Started) && late < v.Late:
		err = d.Clear(ctx, TroubleNoPass)
	}
	if err != nil {
		return err
	}
	stuck := !f.OldestQueue.IsZero() && now.Sub(f.OldestQueue) > stuckAfter
	if err := d.state(ctx, TroubleOutbox, stuck, f.Outbox[store.MailQueued], f.OldestQueue); err != nil {
		return err
	}
	if f.Events != d.looked {
		if err := d.checkQuarantine(ctx, now); err != nil {
			return err
		}
		d.looked = f.Events
	}
	return d.shout(ctx)
}

// checkQuarantine looks for letters that could not be read and that nobody has
// decided on.
func (d *Desk) checkQuarantine(ctx context.Context, now time.Time) error {
	list, err := d.Store.Requests(ctx, store.Filter{Status: []store.Status{store.StatusReview}})
	if err != nil {
		return err
	}
	unread := slices.ContainsFunc(list, func(r store.Request) bool {
		return len(r.Letters) > 0 && slices.Contains(r.Letters[0].Troubles, mailbox.TroubleUnreadable)
	})
	return d.state(ctx, TroubleQuarantine, unread, 0, now)
}

// Audit is what the nightly verification found.
func (d *Desk) Audit(ctx context.Context, breaks []store.Break) error {
	chain := slices.ContainsFunc(breaks, func(b store.Break) bool { return b.Table == "events" || b.Table == "meta" })
	if err := d.state(ctx, TroubleChain, chain, 0, d.Now()); err != nil {
		return err
	}
	return d.state(ctx, TroubleAudit, len(breaks) > 0 && !chain, 0, d.Now())
}

// certificateDays is how many days before its end a certificate is trouble.
const certificateDays = 14

// CheckCertificate is told until when the first of the mail servers'
// certificates to expire is valid; zero when there is none.
func (d *Desk) CheckCertificate(ctx context.Context, end time.Time) error {
	left := end.Sub(d.Now())
	return d.state(ctx, TroubleCertificate, !end.IsZero() && left < certificateDays*24*time.Hour, max(int(left/(24*time.Hour)), 0), d.Now())
}

// BackedUp notes whether the copy of the register that was due could be made.
func (d *Desk) BackedUp(ctx context.Context, made bool) error {
	return d.state(ctx, TroubleBackup, !made, 0, d.Now())
}
