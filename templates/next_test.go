package templates

import (
	"strings"
	"testing"
)

// A letter to staff gives of each next step the command that the screen gives, as much of
// it as fits a line. What waits for the person, or is closed, gives none.
func TestNextIsTheSameInLetters(t *testing.T) {
	s := builtIn(t)
	for _, lang := range []Lang{RU, KK, EN} {
		for _, code := range []string{"take", "take.claim", "answer", "answer.claim", "paper", "documents", "answered"} {
			screen := s.T(lang, "next."+code, "2026-7")
			lines := s.Next(lang, code, "LK-2026-000007")
			if len(lines) == 0 || !strings.Contains(screen, lines[len(lines)-1]) || !strings.HasPrefix(lines[len(lines)-1], "pometka ") {
				t.Errorf("%s %s: %q on the screen, %q in a letter", lang, code, screen, lines)
			}
		}
		if got := s.Next(lang, "review", "LK-2026-000007"); strings.Join(got, "") != "pometka review" {
			t.Errorf("%s: a review: %q", lang, got)
		}
		for _, code := range []string{"waiting", "done", "refused", "dismissed"} {
			if got := s.Next(lang, code, "LK-2026-000007"); !s.Has("next."+code) || got != nil {
				t.Errorf("%s: %s: %q", lang, code, got)
			}
		}
	}
}
