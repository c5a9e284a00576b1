package desk

import (
	"testing"

	"license.kz/pometka/mailbox"
)

// How much of a text is asked for at first follows from what the letter can hold.
func TestFirstStretch(t *testing.T) {
	short, longer := textSteps[0], textSteps[1]
	for name, c := range map[string]struct {
		kind string
		size int64
		want int64
	}{
		"a short text":                {"text/plain", 6 << 10, short},
		"a long text":                 {"text/plain", 20 << 10, longer},
		"HTML alone":                  {"text/html", 20 << 10, longer},
		"a text and its HTML":         {"multipart/alternative", 12 << 10, short},
		"a long text and its HTML":    {"multipart/alternative", 40 << 10, longer},
		"a text and files":            {"multipart/mixed", 4 << 20, short},
		"of a size that nobody knows": {"text/plain", 0, short},
	} {
		l := &letter{msg: &mailbox.Message{ContentType: c.kind}, head: mailbox.Head{Size: c.size}}
		if got := l.next(); got != c.want {
			t.Errorf("%s: %d bytes are asked for, not %d", name, got, c.want)
		}
		l.known = c.want // where that was not enough, the next step follows
		if got := l.next(); got <= c.want {
			t.Errorf("%s: then up to %d bytes, of which %d are known", name, got, c.want)
		}
	}
	if l := (&letter{report: true, head: mailbox.Head{Size: 1 << 20}}); l.next() != firstText {
		t.Errorf("of a report %d bytes are asked for, not %d", l.next(), int64(firstText))
	}
}
