package desk

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"license.kz/pometka/store"
)

// clockRig is a desk that looks at its mailbox every minute, on a clock that can
// be wrong; the server's never is.
type clockRig struct {
	*rig
	t      *testing.T
	server time.Time
	skew   time.Duration
	n      int
	heard  *[]Alert
}

func newClockRig(t *testing.T) *clockRig {
	c := &clockRig{rig: staffed(t), t: t, server: now}
	c.Now = func() time.Time { return c.server.Add(c.skew) }
	c.heard = c.rig.heard()
	c.pass()
	return c
}

// pass is a minute with what came in it, each letter so long after it was
// received.
func (c *clockRig) pass(age ...time.Duration) {
	c.t.Helper()
	c.server = c.server.Add(time.Minute)
	for _, a := range age {
		c.n++
		c.put(c.t, "INBOX", mail{from: "a@b.example", subject: "Счёт", body: "Счёт во вложении.", id: fmt.Sprintf("%d@b.example", c.n)}, c.server.Add(-a))
	}
	c.look()
}

// lay lays the request n into a folder.
func (c *clockRig) lay(folder string, n int, received time.Time) {
	c.t.Helper()
	c.put(c.t, folder, mail{from: fmt.Sprintf("a@%d.example", n), subject: withdrawalMark, body: "Прошу.", id: fmt.Sprintf("%d@b.example", n)}, received)
}

func (c *clockRig) look() {
	c.t.Helper()
	if _, err := c.Poll(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	if err := c.CheckHealth(c.t.Context(), Vitals{}); err != nil {
		c.t.Fatal(err)
	}
	c.subjects(c.t) // the letters go out
}

// wrong reports whether the clock is a trouble now.
func (c *clockRig) wrong() bool {
	list, err := c.Troubles(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return slices.ContainsFunc(list, func(t Trouble) bool { return t.Code == TroubleClock })
}

func (c *clockRig) want(wrong bool, alerts int, when string) {
	c.t.Helper()
	heard := 0
	for _, a := range *c.heard {
		if a.Code == TroubleClock {
			heard++
		}
	}
	if c.wrong() != wrong || heard != alerts {
		c.t.Errorf("%s: wrong %v after %d alerts, want %v after %d", when, c.wrong(), heard, wrong, alerts)
	}
}

// A letter received tomorrow says that the clock is behind.
func TestClockBehindServer(t *testing.T) {
	c := newClockRig(t)
	c.Options.Store = freshRegister(t) // which cannot tell
	c.skew = -3 * time.Hour
	c.pass()
	c.pass()
	c.want(false, 0, "nothing came")
	c.pass(10 * time.Second)
	c.want(true, 1, "one letter")
	c.Desk = New(c.Options) // a restart forgets nothing, and knows nothing better
	c.pass()
	c.pass()
	c.want(true, 1, "restarted")
	c.skew = 0
	c.pass(10 * time.Second)
	c.want(false, 2, "set right")
}

// Letters that were all received long ago by the same span say that the clock is
// ahead; letters that a person moved do not.
func TestClockAheadOfServer(t *testing.T) {
	c := newClockRig(t)
	c.pass(3*time.Hour, 5*time.Hour)
	c.pass(26 * time.Hour)
	c.pass(40 * 24 * time.Hour)
	c.pass(5 * time.Second)
	c.pass(90 * time.Minute)
	c.want(false, 0, "moved letters")
	c.skew = 48 * time.Hour
	c.pass() // the test's clock counts the jump into this minute
	c.pass(2 * time.Second)
	c.want(false, 0, "one letter")
	c.pass(9 * time.Second)
	c.want(true, 1, "two letters")
	c.pass(time.Second, 4*time.Hour)
	c.want(true, 1, "more letters")
	c.skew = 0
	c.pass()
	c.want(true, 1, "set right, and nobody says so yet")
	c.pass(time.Second)
	c.want(false, 2, "set right")
	c.pass(time.Second)
	c.pass()
	c.want(false, 2, "afterwards")
}

// Staff drags letters that came hours ago into the inbox, one after the other, so that
// each pass sees one. However close together they were received, the clock is right:
// whether the register knows them from the junk folder, or has never seen them.
func TestClockAndDraggedLetters(t *testing.T) {
	for _, c := range []struct {
		name  string
		from  string          // the folder where they lay; "": one that is not watched
		pause time.Duration   // between two drags
		ages  []time.Duration // before the first drag
	}{
		{"known from junk", "Junk", 4 * time.Second, []time.Duration{180 * time.Minute, 179 * time.Minute}},
		{"known, at the pace of their receipt", "Junk", time.Minute, []time.Duration{180 * time.Minute, 179 * time.Minute, 178 * time.Minute}},
		{"never seen", "", 4 * time.Second, []time.Duration{180 * time.Minute, 179 * time.Minute, 178 * time.Minute, 177 * time.Minute}},
		{"of one moment", "", 4 * time.Second, []time.Duration{3 * time.Hour, 3 * time.Hour, 3 * time.Hour, 3 * time.Hour}},
		{"seconds apart, at the pace of their receipt", "", 4 * time.Second, []time.Duration{3 * time.Hour, 3*time.Hour - 4*time.Second, 3*time.Hour - 8*time.Second}},
		{"of one moment, each a minute later", "", time.Minute, []time.Duration{3 * time.Hour, 3 * time.Hour, 3 * time.Hour, 3 * time.Hour}},
		{"the newest first", "", time.Minute, []time.Duration{178 * time.Minute, 179 * time.Minute, 180 * time.Minute}},
		{"minutes apart", "", time.Minute, []time.Duration{180 * time.Minute, 177 * time.Minute, 175 * time.Minute}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newClockRig(t)
			r.pass()
			r.server = r.server.Add(4 * time.Hour) // in which nothing else came
			first := r.server
			for i, age := range c.ages {
				if c.from != "" {
					r.lay(c.from, 100+i, first.Add(-age))
				}
			}
			r.look()
			for i, age := range c.ages {
				r.server = r.server.Add(c.pause)
				r.lay("INBOX", 100+i, first.Add(-age))
				r.look()
				r.want(false, 0, fmt.Sprint("letter ", i+1))
			}
		})
	}
}

// Letters that were received at the pace at which they are dragged look like those of a
// wrong clock, unless the inbox got a newer one before.
func TestClockAndOlderLetters(t *testing.T) {
	c := newClockRig(t)
	c.pass(time.Second)
	c.server = c.server.Add(4 * time.Hour)
	c.pass(time.Second)
	for range 4 {
		c.pass(3 * time.Hour)
	}
	c.want(false, 0, "older letters")
}

// Passes that find letters soon or late after their receipt hide no wrong clock for long.
func TestClockAheadOfSlowPasses(t *testing.T) {
	c := newClockRig(t)
	c.skew = 30 * time.Hour
	c.pass()
	for _, age := range []time.Duration{58, 2, 40, 20, 55} {
		c.pass(age * time.Second)
	}
	c.want(true, 1, "five letters")
}

// A first pass and an outage bring old letters, and prove nothing.
func TestClockAfterOutage(t *testing.T) {
	c := newClockRig(t)
	c.server = c.server.Add(72 * time.Hour)
	c.pass(70*time.Hour, 3*time.Hour)
	c.pass(time.Second)
	c.server = c.server.Add(24 * time.Hour)
	c.pass(20 * time.Hour)
	c.want(false, 0, "after outages")
}

// An event from the future, written by whatever process, says that the clock is
// behind now; after a day it is believed.
func TestClockBehindRegister(t *testing.T) {
	c := newClockRig(t)
	if err := c.Store.Record(t.Context(), store.Cursor{Folder: "INBOX", UIDValidity: 1, FirstUID: 1}, []store.Seen{{UID: 900, Verdict: "none", ReasonCode: "x", InternalDate: now}}, c.server.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	c.pass()
	c.want(true, 1, "an event of the next hour")
	for range 30 {
		c.pass()
	}
	c.want(true, 1, "half an hour later")
	for range 40 {
		c.pass()
	}
	c.want(false, 2, "when its hour has come")
}

func freshRegister(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), t.TempDir()+"/other.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
