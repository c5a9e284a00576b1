package mailbox

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestExamples reads a folder of labelled letters (manifest.json, eml/) and
// compares what the parser sees with what the labels say.
func TestExamples(t *testing.T) {
	dir := os.Getenv("POMETKA_EXAMPLES")
	if dir == "" {
		t.Skip("POMETKA_EXAMPLES names no folder of labelled letters")
	}
	data, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var letters []struct {
		File, Subject, ID string
		MessageID         string `json:"message_id"`
		From              string `json:"from_addr"`
		Probe             string `json:"text_probe"`
		Attachments       int
		SubjectMode       string `json:"subject_mode"`
		BodyMode          string `json:"body_mode"`
	}
	if err := json.Unmarshal(data, &letters); err != nil {
		t.Fatal(err)
	}
	for _, want := range letters {
		raw, err := os.ReadFile(filepath.Join(dir, "eml", want.File))
		if err != nil {
			t.Fatal(err)
		}
		m := Parse(strings.NewReader(string(raw)))
		name := want.File + " " + want.SubjectMode + " " + want.BodyMode
		if m.Subject != want.Subject && plainWords(m.Subject) != plainWords(want.Subject) {
			t.Errorf("%s: subject %q, want %q", name, m.Subject, want.Subject)
		}
		if len(m.From) != 1 || m.From[0].Addr != want.From {
			t.Errorf("%s: from %v, want %s", name, m.From, want.From)
		}
		if m.MessageID != want.MessageID {
			t.Errorf("%s: message-id %q, want %q", name, m.MessageID, want.MessageID)
		}
		if !strings.Contains(plainWords(m.Text), plainWords(want.Probe)) {
			t.Errorf("%s: text %q lacks %q", name, m.Text, want.Probe)
		}
		if len(m.Attachments) != want.Attachments {
			t.Errorf("%s: attachments %v, want %d", name, m.Attachments, want.Attachments)
		}
		if !utf8.ValidString(m.Text) {
			t.Errorf("%s: text is not valid UTF-8", name)
		}
		if m.ReceivedAt.IsZero() || m.Date.IsZero() {
			t.Errorf("%s: received %v, date %v", name, m.ReceivedAt, m.Date)
		}
		if testing.Verbose() {
			t.Logf("%s: %v\n%s", name, m.Troubles, m.Text)
		}
	}
}

// plainWords evens out what the labels do not speak of: invisible characters,
// quotes at the ends, white space, case.
func plainWords(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == 0xad, r >= 0x200b && r <= 0x200f, r == 0x2060, r == 0xfeff:
			return -1
		}
		return r
	}, s)
	return strings.ToLower(strings.Trim(strings.Join(strings.Fields(s), " "), `"`))
}
