package desk

import (
	"cmp"
	"context"
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
	for _, m := range b.unsent { // that it said so, nobody has read
		if said, ok := bulletinOf(m); ok && said.NoCalendar == year {
			wake(l)
			return nil
		}
	}
	told, err := d.Store.Meta(ctx, store.MetaCalendarTold)
	if err != nil {
		return err
	}
	if last, err := rules.ParseDate(told); err == nil && !last.After(b.today) && b.today.Sub(last) < calendarAgain {
		return nil
	}
	wake(l)
	return nil
}
