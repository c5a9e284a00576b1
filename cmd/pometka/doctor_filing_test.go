package main

import (
	"bytes"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// The doctor says whether letters can be filed as configured, and files none.
func TestDoctorLooksAtFiling(t *testing.T) {
	weak := func(said []byte) []byte {
		for _, word := range []string{" MOVE", " UIDPLUS", " IMAP4rev2"} {
			said = bytes.ReplaceAll(said, []byte(word), nil)
		}
		return said
	}
	shut := func(said []byte) []byte {
		return bytes.ReplaceAll(said, []byte(`* LIST () "/" INBOX`), []byte(`* LIST (\NoInferiors) "/" INBOX`))
	}
	for name, c := range map[string]struct {
		extra, code string
		level       level
		change      func([]byte) []byte
		text        string
	}{
		"to be made":       {"filing: move", "imap.shelf_new", levelGood, nil, "Pometka"},
		"there":            {"filing: move\n  filing_folder: Junk", "imap.shelf", levelGood, nil, "Junk"},
		"cannot be moved":  {"filing: move", "imap.no_move", levelMend, weak, "UIDPLUS"},
		"cannot be made":   {"filing: move\n  filing_folder: INBOX/Pometka", "imap.shelf_shut", levelMend, shut, "INBOX/Pometka"},
		"can be marked":    {"filing: keyword", "imap.keywords_kept", levelGood, nil, "$Pometka"},
		"cannot be marked": {"filing: keyword", "imap.keywords", levelMend, func(said []byte) []byte { return bytes.ReplaceAll(said, []byte(`\*`), []byte(`\Seen`)) }, "keyword"},
		"nobody can say":   {"filing: keyword\n  sent_folder: Nowhere", "imap.keywords_unknown", levelNote, nil, "отправленных"},
	} {
		t.Run(name, func(t *testing.T) {
			s := healthy(t)
			if c.change != nil {
				cert, ca := certificateFor(t, time.Now().AddDate(1, 0, 0), nil, net.IPv4(127, 0, 0, 1))
				s.server("imap", front(t, cert, s.box.IMAPAddr, c.change), ca)
			}
			s.edit("imap:", "ca_file", c.extra+"\n  ca_file")
			d, _, out := s.doctor()
			i := slices.IndexFunc(d.Findings, func(f finding) bool { return f.Code == c.code })
			if i < 0 || d.Findings[i].Level != c.level || !strings.Contains(d.Findings[i].Text, c.text) || (c.level == levelMend) != (d.Findings[i].Remedy != "") {
				t.Fatalf("want %s, %s:\n%s", c.code, c.level, out)
			}
			if again, _, _ := s.doctor(); !slices.ContainsFunc(again.Findings, func(f finding) bool { return f.Code == c.code }) {
				t.Error("the doctor has changed the mailbox")
			}
		})
	}
}
