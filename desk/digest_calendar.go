package desk

import (
	"cmp"
	"context"
	"strings"
	"time"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// calendarAgain is how many days after staff was told that a year's calendar is missing
// they are told again.
const calendarAgain = 7

// addCalendar adds to every letter that the calendar of this year, or from October on of
// the next, is not published. Once a week that alone is a reason for a letter: to the
// officer or, where there is none, to the address for reminders.
func (d *Desk) addCalendar(ctx context.Context, b book, p *pile, wake func(*letterTo)) error {
	year := b.today.Year
	if !d.Calendar.Provisional(year) {
		if year++; b.today.Month < time.October || !d.Calendar.Provisional(year) {
			return nil
		}
	}
	l := p.to(d.readerAt(cmp.Or(d.Reminders.Officer, d.Reminders.To), b.today))
	for _, each := range p.letters {
		each.data.NoCalendar = year
	}
	told, err := d.Store.Meta(ctx, store.MetaCalendarTold)
	if err != nil {
		return err
	}
	last, err := rules.ParseDate(told)
	if err != nil || last.After(b.today) || b.today.Sub(last) >= calendarAgain {
		wake(l)
		return nil
	}
	digests, err := d.Store.DigestsSince(ctx, d.DayBegins(last))
	if untoldCalendar(digests, l.addr) {
		wake(l)
	}
	return err
}

// untoldCalendar reports whether, of the digests that say so, none has gone out, and that to
// an address is lost, or one waits still: it gives way to the letters of today.
func untoldCalendar(digests []store.Mail, addr string) (untold bool) {
	for i := range digests {
		m := &digests[i]
		if !strings.Contains(m.Data, `"NoCalendar":`) {
			continue
		}
		if m.State == store.MailSent {
			return false
		}
		untold = untold || m.State == store.MailQueued || lost(m.State) && fold(m.To) == fold(addr)
	}
	return untold
}
