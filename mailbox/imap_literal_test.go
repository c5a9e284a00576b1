package mailbox

import "testing"

func TestAnnouncement(t *testing.T) {
	for _, c := range []struct {
		line, plain string
		size        int64
		ok          bool
	}{
		{"* 1 FETCH (BODY[] {12}\r\n", "* 1 FETCH (BODY[] {12}\r\n", 12, true},
		{"* 1 FETCH (BODY[] {12}\n", "* 1 FETCH (BODY[] {12}\n", 12, true},
		{"* 1 FETCH (BODY[] {0}\r\n", "* 1 FETCH (BODY[] {0}\r\n", 0, true},
		{"* 1 FETCH (BODY[] {12+}\r\n", "* 1 FETCH (BODY[] {12}\r\n", 12, true},
		{"* 1 FETCH (BODY[] {12+}\n", "* 1 FETCH (BODY[] {12}\r\n", 12, true},
		{"* 1 FETCH (BINARY[1] ~{007}\r\n", "* 1 FETCH (BINARY[1] {7}\r\n", 7, true},
		{"~{3+}\r\n", "{3}\r\n", 3, true},
		{"{123456789012345678}\r\n", "{123456789012345678}\r\n", 123456789012345678, true},
		{line: "{1234567890123456789}\r\n"},
		{line: "* 1 FETCH (BODY[] {12}"},
		{line: "* 1 FETCH (BODY[] {12} \r\n"},
		{line: "* 1 FETCH (BODY[] {}\r\n"},
		{line: "* 1 FETCH (BODY[] {-1}\r\n"},
		{line: "* 1 FETCH (BODY[] {1a}\r\n"},
		{line: "12}\r\n"},
		{line: "}\r\n"},
		{line: "\r\n"},
		{line: ""},
	} {
		if !c.ok {
			c.plain = c.line
		}
		size, ok := announced([]byte(c.line))
		if plain := string(plainLiteral([]byte(c.line))); size != c.size || ok != c.ok || plain != c.plain {
			t.Errorf("%q announces %d, %v; plainly %q", c.line, size, ok, plain)
		}
	}
}
