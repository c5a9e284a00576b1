//go:build unix

package mailbox_test

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/dovecot"
)

// On a real server, with MOVE and with UIDPLUS alone: the letter lies in the
// other folder byte for byte, and what a person had marked as deleted is where
// it was.
func TestDovecotFiling(t *testing.T) {
	for name, capability := range map[string]string{"move": "", "uidplus": "IMAP4rev1 SASL-IR LITERAL+ UIDPLUS"} {
		t.Run(name, func(t *testing.T) {
			s := dovecot.Start(t, dovecot.Options{Capability: capability})
			for n := range 4 {
				s.Put("INBOX", letter(n+1), day)
			}
			s.Mark("INBOX", 1, `\Deleted`)
			r, ctx := realReader(t, s), t.Context()
			st, err := r.Examine(ctx, "INBOX")
			if err != nil {
				t.Fatal(err)
			}
			if filed, err := r.File(ctx, "INBOX", st.UIDValidity, []uint32{2, 3}, mailbox.Shelf{Keyword: "$Pometka"}); err != nil || len(filed.Done) != 2 {
				t.Fatalf("keyword: %+v %v", filed, err)
			}
			flags := s.Flags("INBOX")
			if !slices.Contains(flags[2], "$Pometka") || slices.Contains(flags[4], "$Pometka") || slices.Contains(flags[2], `\Seen`) {
				t.Errorf("flags %v", flags)
			}
			for range 2 { // the second time there is nothing left to do
				if _, err := r.File(ctx, "INBOX", st.UIDValidity, []uint32{2, 3}, mailbox.Shelf{Folder: "Обращения"}); err != nil {
					t.Fatal(err)
				}
			}
			left, moved := s.Messages("INBOX"), s.Messages("Обращения")
			if got := slices.Sorted(maps.Keys(left)); !slices.Equal(got, []uint32{1, 4}) {
				t.Errorf("INBOX holds %v", got)
			}
			if len(moved) != 2 || !bytes.Equal(moved[1], letter(2)) || !bytes.Equal(moved[2], letter(3)) {
				t.Errorf("%d letters moved", len(moved))
			}
		})
	}
}
