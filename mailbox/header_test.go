package mailbox

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSplitHeader(t *testing.T) {
	for name, c := range map[string]struct {
		block string
		names string
		rest  string
		bad   bool
	}{
		"plain":                   {"A: 1\r\nB: 2\r\n\r\nbody", "a b", "", false},
		"bare line feeds":         {"A: 1\nB: 2\n\nbody", "a b", "", false},
		"folded":                  {"A: 1\r\n 2\r\n\t3\r\nB: 4\r\n", "a b", "", false},
		"mbox":                    {"From a@b.kz Mon Jan  5 10:00:00 2026\r\nA: 1\r\n", "a", "", true},
		"quoted mbox":             {">From a@b.kz Mon Jan  5 10:00:00 2026\r\nA: 1\r\n", "a", "", true},
		"no colon":                {"A: 1\r\nnonsense\r\nB: 2\r\n", "a b", "", true},
		"no colon, folded":        {"A: 1\r\nnonsense\r\n more\r\nB: 2\r\n", "a b", "", true},
		"blank in the name":       {"A: 1\r\nMy Field: x\r\nB: 2\r\n", "a b", "", true},
		"8-bit name":              {"A: 1\r\n\xd2\xe5\xec\xe0: x\r\nB: 2\r\n", "a b", "", true},
		"blanks before the colon": {"A : 1\r\nB\t: 2\r\n", "a b", "", false},
		"no name":                 {": 1\r\nB: 2\r\n", "b", "", true},
		"leading blank":           {" A: 1\r\nB: 2\r\n", "a b", "", false},
		"no blank line":           {"A: 1\r\nGood day,\r\nthis is it.\r\n", "a", "Good day,\r\nthis is it.\r\n", true},
		"empty value":             {"A:\r\nB: 2\r\n", "a b", "", false},
		"nothing":                 {"", "", "", false},
		"no line end":             {"A: 1", "a", "", false},
	} {
		fields, rest, bad := splitHeader([]byte(c.block))
		var names []string
		for _, f := range fields {
			names = append(names, f.name)
		}
		if strings.Join(names, " ") != c.names || string(rest) != c.rest || bad != c.bad {
			t.Errorf("%s: fields %v, rest %q, bad %v", name, names, rest, bad)
		}
	}
}

func TestHeaderValues(t *testing.T) {
	m := ParseHeader([]byte(letter(
		"Return-Path: <>",
		"Received: from a by b (x; y) ; Mon, 05 Jan 2026 10:00:00 +0500 (ALMT)",
		"X-Two: one",
		"x-two: =?utf-8?B?0LTQstCw?=",
		"List-Unsubscribe: <https://example.kz/u>,",
		"\t<mailto:u@example.kz>",
		"Message-ID: <with blank@example.kz >",
		"References: <a@b> <c@d>",
		" broken <e",
		" @f>",
		"In-Reply-To: Your message of \"Mon\" <a@b> <c@d>",
		"", "A: not a field",
	)))
	if m.ReturnPath == nil || *m.ReturnPath != "" {
		t.Errorf("null return path is %v", m.ReturnPath)
	}
	if got := m.Fields["x-two"]; !slices.Equal(got, []string{"one", "два"}) {
		t.Errorf("x-two is %q", got)
	}
	if got := m.Fields["list-unsubscribe"]; !slices.Equal(got, []string{"<https://example.kz/u>,\t<mailto:u@example.kz>"}) &&
		!slices.Equal(got, []string{"<https://example.kz/u>, <mailto:u@example.kz>"}) {
		t.Errorf("list-unsubscribe is %q", got)
	}
	if m.MessageID != "<withblank@example.kz>" || m.InReplyTo != "<a@b>" || !slices.Equal(m.References, []string{"<a@b>", "<c@d>", "<e@f>"}) {
		t.Errorf("ids %q %q %q", m.MessageID, m.InReplyTo, m.References)
	}
	if want := time.Date(2026, 1, 5, 5, 0, 0, 0, time.UTC); !m.ReceivedAt.Equal(want) {
		t.Errorf("received %v", m.ReceivedAt)
	}
	if _, ok := m.Fields["a"]; ok {
		t.Error("a line behind the header is taken for a field")
	}
	if m := ParseHeader([]byte("Message-ID: 123 456\r\nSubject: x\r\n\r\n")); m.MessageID != "123 456" || m.ReturnPath != nil {
		t.Errorf("id without brackets is %q, missing return path %v", m.MessageID, m.ReturnPath)
	}
	if m := ParseHeader(nil); !slices.Contains(m.Troubles, TroubleUnreadable) {
		t.Errorf("an empty header has troubles %v", m.Troubles)
	}
}

func TestParseDate(t *testing.T) {
	at := func(h, min int) time.Time { return time.Date(2026, 1, 5, h, min, 0, 0, time.UTC) }
	for v, want := range map[string]time.Time{
		"Mon, 5 Jan 2026 10:00:00 +0500":              at(5, 0),
		"5 Jan 2026 10:00:00 +0500":                   at(5, 0),
		"Mon, 05 Jan 2026 10:00 +0500":                at(5, 0),
		"Mon, 5 Jan 2026 10:00:00 +0500 (ALMT)":       at(5, 0),
		"Mon, 5 Jan 2026 10:00:00 ALMT":               at(5, 0),
		"Mon, 5 Jan 2026 08:00:00 MSK":                at(5, 0),
		"Mon, 5 Jan 2026 05:00:00 GMT":                at(5, 0),
		"Mon, 5 Jan 2026 05:00:00 UT":                 at(5, 0),
		"Mon, 5 Jan 2026 00:00:00 EST":                at(5, 0),
		"Mon,  5  Jan 2026  10:00:00  +0500":          at(5, 0),
		"Mon Jan 5 10:00:00 2026 +0500":               at(5, 0),
		"2026-01-05T10:00:00+05:00":                   at(5, 0),
		"2026-01-05 10:00:00 +0500":                   at(5, 0),
		"Mon, 5 Jan 2026 10:00:00 GMT+0500":           at(5, 0),
		"Mon, 5 Jan 2026 05:00:00":                    at(5, 0),
		"Mon, 5 Jan 2026 05:00:00 GMTUTC":             at(5, 0), // two names, and nothing behind them
		"Fri, 5 Jan 2024 11:00:00 ALMT":               time.Date(2024, 1, 5, 5, 0, 0, 0, time.UTC),
		"Пн, 5 янв 2026 10:00:00 +0500":               {},
		"yesterday":                                   {},
		"":                                            {},
		"Mon, 5 Jan 2026 10:00:00 +0500 (a (b) c) (d": at(5, 0),
		"32 Jan 2026 10:00:00 +0500":                  {},

		"Thu, 31 Dec 9998 23:59:59 +0000": time.Date(9998, 12, 31, 23, 59, 59, 0, time.UTC),
		"Thu, 31 Dec 9998 23:59:59 -0500": {}, // years that have not four digits everywhere
		"Fri, 31 Dec 9999 23:59:59 -0500": {},
		"9999-12-31T23:59:59-23:59":       {},
		"0000-01-01T00:00:00+05:00":       {},
		"0001-01-01T00:00:00+05:00":       {},
		"0000-06-01 00:00:00":             {},
	} {
		if got := parseDate(v); !got.Equal(want) {
			t.Errorf("%q is read as %v, want %v", v, got, want)
		}
	}
}

// The fetched fields of a letter say what the whole header says.
func TestHeaderFields(t *testing.T) {
	names := HeaderFields()
	for _, must := range []string{"From", "Reply-To", "Sender", "Subject", "Message-ID", "In-Reply-To", "References", "Date",
		"Return-Path", "Auto-Submitted", "List-Id", "List-Unsubscribe", "Precedence", "X-Auto-Response-Suppress", "Content-Type",
		"Content-Transfer-Encoding", "X-Pometka-Loop", "X-Failed-Recipients"} {
		if !slices.Contains(names, must) {
			t.Errorf("%s is not fetched", must)
		}
	}
	names[0] = "changed"
	if HeaderFields()[0] == "changed" {
		t.Error("a caller can change the list")
	}
}
