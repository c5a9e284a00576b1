package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"license.kz/pometka/desk"
	"license.kz/pometka/mailbox"
)

const (
	// refusals is how many log-ins in a row may be refused, and refusedPause
	// how long none is tried after that: more would lock the account at many
	// providers, one an hour at none. SIGHUP ends the pause.
	refusals     = 3
	refusedPause = time.Hour
	// refusedAgain lies between the first of them where letters go out: there are
	// several tries in a turn, and a server that begins anew may refuse everybody
	// for some seconds. Letters are fetched once in imap.poll.
	refusedAgain = time.Minute
	lastPause    = 5 * time.Minute
	// longPause is the longest where the server lets nobody in for now, and putOffTimes how many
	// times firstPause the first is: that is read out of its words, and a wrong password may
	// once stand behind them.
	longPause   = 15 * time.Minute
	putOffTimes = 4
)

// firstPause follows the first failure of another kind, and each further one
// doubles it up to lastPause: most servers are back soon, and one that is not
// needs nobody at its door. Each is up to a fifth shorter, by chance, lest all
// who lost a server come back to it at once. Tests are less patient.
var (
	firstPause  = 5 * time.Second
	pauseJitter = rand.Float64 // in [0, 1)
)

// route is what the daemon knows of its way to one mail server, from exchanges
// with it. The zero value knows nothing yet.
type route struct {
	worked  bool      // the last exchange
	refused int       // log-ins in a row
	since   time.Time // when the last of refusals came; zero: it has not
	failed  int       // other failures in a row
	next    time.Time // before which nothing is tried; zero: at once
	lost    time.Time // when the last failure came
}

// open reports whether nothing speaks against using it.
func (l *route) open() bool { return l.refused == 0 && l.failed == 0 }

// login is what staff is told of.
func (l *route) login() desk.Login { return desk.Login{Refused: l.since, Worked: l.worked} }

// note takes the outcome of an exchange in.
func (l *route) note(err error, now time.Time) {
	if errors.Is(err, desk.ErrStopping) {
		return
	}
	if errors.Is(err, desk.ErrUnread) { // the other folders were read
		err = nil
	}
	l.worked, l.lost = err == nil, now
	switch {
	case err == nil:
		*l = route{worked: true}
	case !errors.Is(err, mailbox.ErrLogin):
		first, last := firstPause, lastPause
		if errors.Is(err, mailbox.ErrNotNow) {
			first, last = putOffTimes*firstPause, longPause
		}
		pause := min(first<<min(l.failed, 10), last)
		l.next = now.Add(pause - time.Duration(pauseJitter()*float64(pause)/5))
		l.failed++
	default:
		l.refused++
		if l.refused >= refusals {
			l.next = now.Add(refusedPause)
		}
		if l.refused >= refusals && l.since.IsZero() {
			l.since = now
		}
	}
}

func (l *route) paused(now time.Time) bool { return now.Before(l.next) }

// wait shortens a wait to the end of the pause.
func (l *route) wait(wait time.Duration, now time.Time) time.Duration {
	if l.paused(now) {
		return min(wait, l.next.Sub(now))
	}
	return wait
}

// memory is what remember brings back of refused log-ins, "" where none was refused: how many
// in a row, since when it is for good, and when the last was, in nanoseconds of Unix time.
func (l *route) memory() string {
	if l.refused == 0 {
		return ""
	}
	since := int64(0)
	if !l.since.IsZero() {
		since = l.since.UnixNano()
	}
	return fmt.Sprint(l.refused, " ", since, " ", l.lost.UnixNano())
}

func (l *route) remember(text string) {
	var n [3]int64
	for i, f := range strings.Fields(text) {
		v, err := strconv.ParseInt(f, 10, 64)
		if err != nil || i >= len(n) {
			return
		}
		n[i] = v
	}
	if n[0] == 0 {
		return
	}
	if l.refused, l.lost = int(n[0]), time.Unix(0, n[2]); l.refused >= refusals {
		l.since, l.next = time.Unix(0, n[1]), l.lost.Add(refusedPause)
	}
}
