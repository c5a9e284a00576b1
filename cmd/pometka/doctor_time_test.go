package main

import (
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// One letter that a client laid into the mailbox with a moment to come says nothing of this
// machine's clock; what a server wrote down does, and so do several letters.
func TestDoctorAndOddMoments(t *testing.T) {
	const year = 365 * 24 * time.Hour
	type head struct{ received, stamp time.Duration } // from now; stamp 0: no Received
	cfg := new(Config)
	cfg.Calendar.Zone = time.UTC
	for name, c := range map[string]struct {
		heads []head
		wrong bool
	}{
		"none":                       {nil, false},
		"ordinary":                   {[]head{{-year, -year}, {-time.Hour, -time.Hour}, {-time.Minute, 0}}, false},
		"one years ahead":            {[]head{{-year, -year}, {5 * year, 0}}, false},
		"two years ahead":            {[]head{{5 * year, 0}, {5*year + time.Hour, 0}}, true},
		"two, a year apart":          {[]head{{5 * year, 0}, {6 * year, 0}}, false},
		"two, and an ordinary one":   {[]head{{5 * year, 0}, {5*year + time.Hour, 0}, {-time.Hour, 0}}, false},
		"ahead of its Received":      {[]head{{5 * year, -time.Hour}, {6 * year, -time.Minute}}, false},
		"as far ahead as its own":    {[]head{{5 * year, 5 * year}}, true},
		"hours ahead":                {[]head{{-5 * time.Hour, 0}, {3 * time.Hour, 0}}, true},
		"hours ahead of Received":    {[]head{{3 * time.Hour, -time.Minute}}, false},
		"hours ahead, and a dragged": {[]head{{3 * time.Hour, 0}, {-year, 0}}, true},
	} {
		w := &ward{patient: &patient{app: &app{words: mustWords(t), lang: rules.EN, langFlag: "en", cfg: cfg}}, area: "imap"}
		var heads []mailbox.Head
		for _, h := range c.heads {
			m := mailbox.Head{InternalDate: time.Now().Add(h.received)}
			if h.stamp != 0 {
				m.Header = []byte("Received: from a by b; " + time.Now().Add(h.stamp).Format(time.RFC1123Z) + "\r\n\r\n")
			}
			heads = append(heads, m)
		}
		w.newest(heads)
		if wrong := len(w.list) == 1 && w.list[0].Code == "clock.server"; wrong != c.wrong {
			t.Errorf("%s: %+v, want a wrong clock: %v", name, w.list, c.wrong)
		}
	}
}
