package desk

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// Trouble is a state of the program or of what it depends on that staff is told
// of once when it begins and once when it ends, also across restarts. What
// happens at an instant, as a letter that failed, is an alarm (alarm.go).

// The codes of trouble; the catalogue has the words under "alarm.CODE".
const (
	TroubleNoPass      = "no_pass"     // no pass over the mailbox has ended for long
	TroubleLogin       = "login"       // the IMAP server refuses the log-in
	TroubleSendLogin   = "login_smtp"  // the SMTP server does
	TroubleFolder      = "folder"      // a watched folder is not read
	TroubleOutbox      = "outbox"      // letters of ours do not go out
	TroubleMute        = "mute"        // none does, when it was told before that some do not
	TroubleQuarantine  = "quarantine"  // a letter that only a person can read
	TroubleDisk        = "disk"        // hardly any room is left
	TroubleClock       = "clock"       // the clock is not that of the register or of the mail server
	TroubleCertificate = "certificate" // of a mail server, about to expire
	TroubleChain       = "chain"       // the history is not as it was written
	TroubleAudit       = "audit"       // a row or a letter is not
	TroubleBackup      = "backup"      // the daily copy could not be made
	TroubleReconcile   = "reconcile"   // letters of the mailbox are not in the ledger
	TroubleCalendar    = "calendar"    // the calendar of the register cannot be followed: see Follow
)

// troubles lists all codes, in the order in which they are looked at.
var troubles = []string{
	TroubleDisk, TroubleClock, TroubleLogin, TroubleSendLogin, TroubleNoPass, TroubleFolder, TroubleOutbox, TroubleMute, TroubleQuarantine, TroubleCalendar, TroubleCertificate, TroubleChain, TroubleAudit, TroubleBackup, TroubleReconcile,
}

// commands are those that show more of a trouble than pometka status does.
var commands = map[string]string{
	TroubleNoPass: "pometka doctor", TroubleFolder: "pometka reconcile", TroubleLogin: "pometka doctor", TroubleSendLogin: "pometka doctor", TroubleCertificate: "pometka doctor",
	TroubleDisk: "pometka doctor", TroubleClock: "pometka doctor", TroubleBackup: "pometka doctor", TroubleCalendar: "pometka doctor",
	TroubleOutbox: "pometka outbox", TroubleMute: "pometka doctor", TroubleQuarantine: "pometka list --status review", TroubleReconcile: "pometka reconcile",
	TroubleChain: "pometka audit verify", TroubleAudit: "pometka audit verify",
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
	Loud  bool  // staff was told of it by other means, since mail did not tell
}

// Alert is what goes to those who are told of trouble by other means than mail.
type Alert struct {
	Code       string
	Recovered  bool
	MailBroken bool // mail does not tell of it: somebody must be told otherwise
	Again      bool // it was told of before, when mail still might have
	templates.Letter
}

// troubleKey is where the register keeps a trouble.
func troubleKey(code string) string { return store.MetaTrouble + code }

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
	if now := d.Now(); t.Since.After(now) { // told by a clock that was ahead
		t.Since = now
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
// since is when it began. Where the register cannot be written, as on a full
// disk, those who are told by other means are told all the same, once.
func (d *Desk) Raise(ctx context.Context, code string, count int, since time.Time) error {
	_, known, err := d.trouble(ctx, code)
	if known {
		return err
	}
	t, told := d.unwritten[code]
	if !told {
		now := d.Now()
		t = Trouble{Code: code, Count: count, Since: now.Add(since.Sub(now))} // by the clock as it is put now
	}
	if err == nil && t.Mail == 0 {
		t.Mail, err = d.mailTrouble(ctx, t, letterAlarm)
	}
	if err == nil {
		err = d.keepTrouble(ctx, t)
	}
	if err == nil {
		delete(d.unwritten, code)
	} else {
		t.Loud = true
		d.unwritten[code] = t
	}
	if told {
		return err
	}
	return errors.Join(err, d.alert(t.words(d.Now()), Alert{Code: code, MailBroken: err != nil}))
}

// raiseMore is Raise for a trouble that can grow: staff is told anew when its count is higher
// than it was.
func (d *Desk) raiseMore(ctx context.Context, code string, count int, since time.Time) error {
	t, known, err := d.trouble(ctx, code)
	switch {
	case err != nil || !known:
	case t.Count > count:
		t.Count = count
		return d.keepTrouble(ctx, t)
	case t.Count < count:
		if err := d.Store.SetMeta(ctx, troubleKey(code), ""); err != nil {
			return err
		}
		since = t.Since
	}
	return d.Raise(ctx, code, count, since)
}

// Clear says that a trouble has ended, if it had begun.
func (d *Desk) Clear(ctx context.Context, code string) error {
	t, known, err := d.trouble(ctx, code)
	if err != nil {
		return err
	}
	if !known {
		if t, known = d.unwritten[code]; !known {
			return nil
		}
	}
	if t.Mail != 0 { // else no letter told of its beginning
		if _, err := d.mailTrouble(ctx, t, letterRecovered); err != nil {
			return err
		}
	}
	if err := d.Store.SetMeta(ctx, troubleKey(code), ""); err != nil {
		return err
	}
	delete(d.unwritten, code)
	return d.alert(t.words(d.Now()), Alert{Code: code, Recovered: true, MailBroken: t.Loud})
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
		_, late, err := d.delivery(ctx, t.Mail)
		if err != nil {
			return err
		}
		if !late {
			continue
		}
		t.Loud = true
		err = d.once(troubleKey(t.Code), d.keepTrouble(ctx, t), func() error {
			return d.alert(t.words(d.Now()), Alert{Code: t.Code, MailBroken: true, Again: true})
		})
		if err != nil {
			return err
		}
	}
	return d.shoutMoments(ctx)
}

// shoutMoments is shout for what does not end.
func (d *Desk) shoutMoments(ctx context.Context) error {
	for _, code := range moments {
		m, err := d.moment(ctx, code)
		if err != nil {
			return err
		}
		if m.Mail == 0 || m.Told {
			continue
		}
		sent, late, err := d.delivery(ctx, m.Mail)
		if err != nil {
			return err
		}
		if !sent && !late {
			continue
		}
		m.Told = true
		err = d.once(momentKey(code), d.keepMoment(ctx, m), func() error {
			if sent {
				return nil
			}
			return d.alert(m.Data, Alert{Code: code, MailBroken: true, Again: true})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// once calls tell, unless it was called for the same key before and that could not be written
// down. kept is the error of writing it down this time: if it is not nil, the register will
// ask to tell again, and d.told remembers that it was done.
func (d *Desk) once(key string, kept error, tell func() error) error {
	told := d.told[key]
	d.told[key] = kept != nil
	if told {
		return kept
	}
	return errors.Join(kept, tell())
}

// delivery reports whether a letter of ours went out, and if not, whether it should have by
// now. One that a person dropped counts as sent: somebody knows of it.
func (d *Desk) delivery(ctx context.Context, id int64) (sent, late bool, err error) {
	m, err := d.Store.Mail(ctx, id)
	if err != nil {
		return false, false, err
	}
	sent = m.State == store.MailSent || m.State == store.MailDropped
	return sent, !sent && d.Now().Sub(m.CreatedAt) >= mailPatience, nil
}

// mailTrouble queues the letter that tells of the beginning or the end of a trouble.
func (d *Desk) mailTrouble(ctx context.Context, t Trouble, template string) (int64, error) {
	now := d.Now()
	return d.queueAlarm(ctx, template, t.words(now), now)
}
