package main

import (
	"context"
	"strings"
	"testing"
	"time"
)

// A register that is not well says of itself why, in each language.
func TestStatusSaysWhatIsWrong(t *testing.T) {
	s := newShelf(t)
	for _, c := range []struct {
		ago     time.Duration
		healthy bool
	}{{time.Minute, true}, {26 * time.Hour, false}} {
		if err := s.db.SetPass(context.Background(), time.Now().Add(-c.ago)); err != nil {
			t.Fatal(err)
		}
		for _, lang := range []string{"ru", "kk", "en"} {
			r := s.call(t, "--lang", lang, "status")
			if said := strings.Contains(strings.Join(strings.Fields(r.out), " "), "pometka run"); said == c.healthy || (r.code == exitDone) != c.healthy {
				t.Errorf("%s, the last pass %v ago: exit %d\n%s", lang, c.ago, r.code, r.out)
			}
		}
	}
}
