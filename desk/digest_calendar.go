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
	if last, err := rules.ParseDate(told); err != nil || last.After(b.today) || b.today.Sub(last) >= calendarAgain {
		wake(l)
		return nil
	}
	waiting, err := d.Store.Outbox(ctx, []store.MailState{store.MailQueued})
	for i := range waiting { // one that says so gives way to the letters of today
		if waiting[i].Purpose == store.PurposeDigest && strings.Contains(waiting[i].Data, `"NoCalendar":`) {
			wake(l)
		}
	}
	return err
}
