package desk

import (
	"fmt"
	"testing"
	"time"
)

const fiveYears = 5 * 365 * 24 * time.Hour

// lies lays a letter with a moment of receipt, of which its topmost Received says
// another one; zero: it has no such field.
func (c *clockRig) lies(subject string, received, stamp time.Time) {
	c.t.Helper()
	c.n++
	m := mail{from: fmt.Sprintf("a@%d.example", c.n), subject: subject, body: "Текст письма.", id: fmt.Sprintf("%d@b.example", c.n)}
	raw := m.raw()
	if !stamp.IsZero() {
		raw = letterOn(m, stamp)
	}
	if err := c.box.Put("INBOX", raw, received); err != nil {
		c.t.Fatal(err)
	}
}

// One letter that bears a moment years ahead says nothing of our clock, nor do several
// that each bear another, be they requests or not.
func TestClockAndOddLetter(t *testing.T) {
	for _, subject := range []string{"Счёт", withdrawalMark} {
		for _, stamp := range []time.Duration{0, -10 * time.Second} {
			t.Run(fmt.Sprint(subject, stamp), func(t *testing.T) {
				c := newClockRig(t)
				c.pass(time.Second)
				at := time.Time{}
				for i, years := range []time.Duration{1, 1, 3, 2} {
					if stamp != 0 {
						at = c.server.Add(time.Minute + stamp)
					}
					c.lies(subject, now.Add(years*fiveYears), at)
					c.pass()
					c.want(false, 0, fmt.Sprint("odd letter ", i+1))
				}
				c.pass(time.Second)
				c.lies(subject, now.Add(fiveYears), at)
				c.pass(time.Second)
				c.want(false, 0, "beside an ordinary one")
				c.lies(subject, now.Add(fiveYears+time.Minute), at)
				c.pass()
				c.want(false, 0, "at the pace of that one")
			})
		}
	}
}

// Hours ahead one letter is enough, unless the server that took it in wrote down that it came
// just now.
func TestClockAndLetterOfOddZone(t *testing.T) {
	for stamp, wrong := range map[time.Duration]bool{0: true, -10 * time.Second: false, 5 * time.Hour: true, -fiveYears: true} {
		c := newClockRig(t)
		at := time.Time{}
		if stamp != 0 {
			at = c.server.Add(time.Minute + stamp)
		}
		c.lies(withdrawalMark, c.server.Add(5*time.Hour), at)
		c.pass()
		alerts := 0
		if wrong {
			alerts = 1
		}
		c.want(wrong, alerts, fmt.Sprint("Received ", stamp))
	}
}

// A clock that is years behind is found where nothing else tells: by the topmost Received of
// one letter, or by two letters that keep the same distance.
func TestClockYearsBehind(t *testing.T) {
	for _, stamped := range []bool{true, false} {
		for _, subject := range []string{"Счёт", withdrawalMark} {
			t.Run(fmt.Sprint(subject, stamped), func(t *testing.T) {
				c := newClockRig(t)
				c.Options.Store = freshRegister(t)
				c.Desk = New(c.Options)
				c.skew = -fiveYears
				c.pass()
				c.pass()
				letter := func() {
					at := time.Time{}
					if stamped {
						at = c.server.Add(time.Minute)
					}
					c.lies(subject, c.server.Add(time.Minute), at)
					c.pass()
				}
				letter()
				if !stamped || subject != withdrawalMark { // of no other letter that field is asked for
					c.want(false, 0, "one letter")
					c.pass()
					letter()
				}
				c.want(true, 1, "enough letters")
				c.skew = 0
				c.pass(time.Second)
				c.want(false, 2, "set right")
			})
		}
	}
}
