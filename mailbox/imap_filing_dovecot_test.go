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
			if filed, err := r.File(ctx, "INBOX", st.UIDValidity, []uint32{2, 3}, mailbox.Shelf{Keyword: "$Pometka"}); err != nil || len(filed.Of) != 2 {
				t.Fatalf("keyword: %+v %v", filed, err)
			}
			flags := s.Flags("INBOX")
			if !slices.Contains(flags[2], "$Pometka") || slices.Contains(flags[4], "$Pometka") || slices.Contains(flags[2], `\Seen`) {
				t.Errorf("flags %v", flags)
			}
			for again := range 2 { // the second time there is nothing left to do
				filed, err := r.File(ctx, "INBOX", st.UIDValidity, []uint32{2, 3}, mailbox.Shelf{Folder: "Обращения"})
				if err != nil {
					t.Fatal(err)
				}
				want := mailbox.Fate{UID: 2}
				if again > 0 {
					want = mailbox.Fate{Gone: true}
				}
				if filed.Of[3] != want || again == 0 && filed.UIDValidity == 0 {
					t.Errorf("filed: %+v", filed)
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

// On a real server with all folders below INBOX. the folder is made there.
func TestDovecotFilingBelowPrefix(t *testing.T) {
	s := dovecot.Start(t, dovecot.Options{Prefix: "INBOX."})
	s.Put("INBOX", letter(1), day)
	r, ctx := realReader(t, s), t.Context()
	st, err := r.Examine(ctx, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	if filed, err := r.File(ctx, "INBOX", st.UIDValidity, []uint32{1}, mailbox.Shelf{Folder: "Pometka"}); err != nil || filed.Of[1].Refused == nil {
		t.Fatalf("the test tests nothing: %+v, %v", filed, err)
	}
	for _, made := range []bool{false, true} {
		shelf, err := r.Shelf(ctx, "Pometka")
		if err != nil || shelf != (mailbox.ShelfState{Folder: "INBOX.Pometka", There: made}) {
			t.Fatalf("%+v, %v", shelf, err)
		}
		if !made {
			if _, err := r.File(ctx, "INBOX", st.UIDValidity, []uint32{1}, mailbox.Shelf{Folder: shelf.Folder}); err != nil {
				t.Fatal(err)
			}
		}
		r.Close() // the folders are named anew over the next connection
	}
	if len(s.Messages("INBOX.Pometka")) != 1 || len(s.Messages("INBOX")) != 0 {
		t.Error("the letter was not moved")
	}
}
