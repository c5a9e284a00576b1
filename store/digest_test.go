package store

import (
	"slices"
	"strings"
	"testing"
)

// What can be told of a row that is not as its marks say.
func TestDiffers(t *testing.T) {
	for _, c := range []struct{ was, is, want string }{
		{"a1 b2 c3 d4 e5", "a1 b2 c9 d4 e5", "c"},
		{"a1 b2 c3 d4 e5", "a1 b2 c3 d4 e9", "e"},
		{"a1 b2 c3 d4 e5", "a9 b2 c3 d9 e5", "a d"},
		{"a1 b2 c3 d4 e5", "a1 b2 c- d4 e5", "c"},
		{"a1 b2 c- d4 e5", "a1 b2 c3 d4 e5", "c"},
		{"a1 b2 c3 d4 e-", "a1 b2 c3 d- e-", "d e"},       // either was emptied
		{"a1 b2 c3 d4 e5", "a- b2 c3 d9 e5", "a d"},       // one emptied, one changed
		{"a1 b- c3 d4 e5 f6", "a1 b2 c9 d4 e5 f6", "b c"}, // one filled, one changed
		{"a1 b2 c3 d4", "a1 b9 c8 d7", ""},                // too much
		{"a1 b2 c3 d4 e-", "a6 b7 c8 d9 e-", ""},
		{"a1 b2 c3 salt4", "a1 b2 c3 salt5", "salt"}, // and so each of them
	} {
		row := func(text string) *record {
			var names []string
			var values []any
			for _, f := range strings.Fields(text) {
				names = append(names, f[:len(f)-1])
				switch value := f[len(f)-1:]; {
				case value == "-":
					values = append(values, nil)
				case strings.HasPrefix(f, "salt"):
					values = append(values, []byte(value))
				default:
					values = append(values, value)
				}
			}
			r := newRecord(names)
			r.values = values
			return r
		}
		if got := row(c.is).differs(row(c.was).marks()); !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s, was %s: %v", c.is, c.was, got)
		}
	}
}
