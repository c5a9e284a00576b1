//go:build unix

package mailbox_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/mailbox/dovecot"
	"license.kz/pometka/mailbox/network"
)

func real(s *dovecot.Server) mailbox.Server {
	return mailbox.Server{Host: s.Host, Port: s.Port, CA: s.CA, Username: s.Username, Secret: secret(s.Password), Timeout: 20 * time.Second}
}

func realReader(t testing.TB, s *dovecot.Server) *mailbox.Reader {
	t.Helper()
	r := mailbox.NewReader(mailbox.ReaderOptions{Server: real(s)})
	t.Cleanup(func() { r.Close() })
	return r
}

func thousand() (letters []dovecot.Letter) {
	for n := range 1000 {
		letters = append(letters, dovecot.Letter{Raw: letter(n + 1), At: day.Add(time.Duration(n) * time.Minute)})
	}
	return letters
}

func TestDovecotWithAThousandLetters(t *testing.T) {
	s := dovecot.Start(t, dovecot.Options{})
	s.PutAll("INBOX", thousand())
	t.Run("a pass changes nothing", func(t *testing.T) { passChangesNothing(t, s) })
	t.Run("an idle pass is short", func(t *testing.T) { idlePassIsShort(t, s) })
	t.Run("killed in between", func(t *testing.T) { killedInBetween(t, s) })
}

// A pass over a real server: everything is read, with the moment of receipt,
// and nothing is changed.
func passChangesNothing(t *testing.T, s *dovecot.Server) {
	before := s.Flags("INBOX")
	r, ctx := realReader(t, s), t.Context()
	if _, err := r.Examine(ctx, "INBOX"); err != nil {
		t.Fatal(err)
	}
	n := 0
	err := r.Heads(ctx, 1, 0, func(chunk []mailbox.Head) error {
		var uids []uint32
		for _, h := range chunk {
			n++
			if h.Err != nil || h.UID != uint32(n) || h.Size != int64(len(letter(n))) || !h.InternalDate.Equal(day.Add(time.Duration(n-1)*time.Minute)) ||
				!strings.Contains(string(h.Header), fmt.Sprintf("<%d@example.kz>", n)) {
				t.Fatalf("head %d: %+v", n, h)
			}
			uids = append(uids, h.UID)
		}
		texts, err := r.Texts(ctx, uids, 4)
		for _, uid := range uids {
			if string(texts[uid]) != "Text" {
				t.Fatalf("text of %d: %q", uid, texts[uid])
			}
		}
		var raw bytes.Buffer
		if _, cut, err := r.Fetch(ctx, uids[0], &raw); err != nil || cut || !bytes.Equal(raw.Bytes(), letter(int(uids[0]))) {
			t.Errorf("fetch: %q, %v", raw.Bytes(), err)
		}
		return err
	})
	if err != nil || n != 1000 {
		t.Fatalf("%d heads, %v", n, err)
	}
	after := s.Flags("INBOX")
	for uid, flags := range after {
		if slices.Contains(flags, `\Seen`) || !slices.Equal(flags, before[uid]) {
			t.Fatalf("flags of %d were %q, are %q", uid, before[uid], flags)
		}
	}
	if len(after) != 1000 {
		t.Errorf("%d messages left", len(after))
	}
}

func TestDovecotFolders(t *testing.T) {
	s := dovecot.Start(t, dovecot.Options{Folders: []string{"Договоры", "Архив/2026 & др"}, Junk: "Хлам", Sent: "Исходящие"})
	ctx := t.Context()
	r := realReader(t, s)
	got, err := r.Folders(ctx)
	if want := []mailbox.Folder{{Name: "INBOX"}, {Name: "Хлам", Junk: true}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("folders %+v, %v", got, err)
	}
	if name, err := r.SentFolder(ctx); err != nil || name != "Исходящие" {
		t.Errorf("sent folder %q, %v", name, err)
	}
	for _, folder := range []string{"Договоры", "Архив/2026 & др", "Хлам"} {
		s.Put(folder, letter(1), day)
		if st, err := r.Examine(ctx, folder); err != nil || st.Messages != 1 {
			t.Errorf("%s: %+v, %v", folder, st, err)
		}
	}
	for range 2 {
		if err := r.Keep(ctx, "Исходящие", copies(7, 8, 9)); err != nil {
			t.Error(err)
		}
		if st, err := r.Examine(ctx, "Исходящие"); err != nil || st.Messages != 3 {
			t.Errorf("copies: %+v, %v", st, err)
		}
	}
	if flags := s.Flags("Исходящие")[1]; !slices.Contains(flags, `\Seen`) {
		t.Errorf("the copy in Sent has %q", flags)
	}
}

func TestDovecotSeesWhatComesAndGoes(t *testing.T) {
	s := dovecot.Start(t, dovecot.Options{})
	r, ctx := realReader(t, s), t.Context()
	next := uint32(1)
	for n := range 15 {
		s.Put("INBOX", letter(n), day)
		s.Put("Junk", letter(n), day)
		if n%5 == 4 {
			s.Delete("INBOX", next-2)
		}
		for _, folder := range []string{"INBOX", "Junk"} {
			st, err := r.Examine(ctx, folder)
			if err != nil || st.UIDNext != next+1 {
				t.Fatalf("%s after %d: %+v, %v", folder, next, st, err)
			}
			var got []uint32
			err = r.Heads(ctx, next, 0, func(chunk []mailbox.Head) error {
				for _, h := range chunk {
					got = append(got, h.UID)
				}
				return nil
			})
			if err != nil || len(got) != 1 || got[0] != next {
				t.Fatalf("%s: new %v, %v", folder, got, err)
			}
		}
		next++
	}
	old, err := r.Examine(ctx, "Junk")
	if err != nil {
		t.Fatal(err)
	}
	s.Recreate("Junk")
	s.Put("Junk", letter(1), day)
	// The open folder is another now, which Dovecot does not say: a full look
	// finds it after some short ones.
	for look := 1; ; look++ {
		st, err := r.Examine(ctx, "Junk")
		if err == nil && st.UIDValidity != old.UIDValidity {
			break
		}
		if look > 12 {
			t.Fatalf("recreated folder: %+v, was %+v, %v", st, old, err)
		}
	}
}

// Nothing new costs one short round trip, at any size of the folder.
func idlePassIsShort(t *testing.T, s *dovecot.Server) {
	p := new(network.Network).Start(t, s.Addr())
	conf := real(s)
	conf.Port = p.Port
	r := mailbox.NewReader(mailbox.ReaderOptions{Server: conf})
	defer r.Close()
	for _, folder := range []string{"INBOX", "Junk"} {
		if _, err := r.Examine(t.Context(), folder); err != nil {
			t.Fatal(err)
		}
	}
	const passes = 40
	bytesBefore, tripsBefore := p.Bytes.Load(), p.Trips.Load()
	for range passes {
		folders, err := r.Folders(t.Context())
		if err != nil || len(folders) != 2 {
			t.Fatalf("%v, %v", folders, err)
		}
		for _, f := range folders {
			if _, err := r.Examine(t.Context(), f.Name); err != nil {
				t.Fatal(err)
			}
		}
	}
	perLook := float64(p.Bytes.Load()-bytesBefore) / (2 * passes)
	trips := float64(p.Trips.Load()-tripsBefore) / (2 * passes)
	t.Logf("%.0f bytes and %.2f round trips a look", perLook, trips)
	if perLook > 200 || trips > 1.06 { // over TLS, which adds some 22 bytes a record
		t.Errorf("%.0f bytes and %.2f round trips a look", perLook, trips)
	}
}

func TestDovecotTLSModes(t *testing.T) {
	s := dovecot.Start(t, dovecot.Options{})
	s.Put("INBOX", letter(1), day)
	for _, mode := range []mailbox.TLSMode{mailbox.TLSImplicit, mailbox.TLSStart, mailbox.TLSNone} {
		conf := real(s)
		if conf.TLS = mode; mode != mailbox.TLSImplicit {
			conf.Port = s.PlainPort
		}
		r := mailbox.NewReader(mailbox.ReaderOptions{Server: conf})
		if heads, err := pass(t, r, 1); err != nil || len(heads) != 1 {
			t.Errorf("%s: %d heads, %v", mode, len(heads), err)
		}
		r.Close()
	}
	conf := real(s)
	conf.Secret = secret("wrong")
	if _, err := mailbox.NewReader(mailbox.ReaderOptions{Server: conf}).Folders(t.Context()); err == nil || !strings.Contains(err.Error(), "refused the password") {
		t.Errorf("wrong password: %v", err)
	}
}

// The server is killed five times while it is being read.
func killedInBetween(t *testing.T, s *dovecot.Server) {
	r := realReader(t, s)
	next, kills := uint32(1), 0
	for passes := 0; next <= 1000; passes++ {
		if passes > 20 {
			t.Fatalf("stuck at %d", next)
		}
		_, err := r.Examine(t.Context(), "INBOX")
		if err != nil {
			s.Restart()
			continue
		}
		err = r.Heads(t.Context(), next, next+249, func(chunk []mailbox.Head) error {
			for _, h := range chunk {
				if h.UID != next || h.Err != nil {
					t.Fatalf("got %d, want %d: %v", h.UID, next, h.Err)
				}
				next++
			}
			if kills < 5 {
				kills++
				s.Kill()
				if _, err := r.Texts(t.Context(), []uint32{1}, 10); err == nil {
					t.Error("a dead server answered")
				}
			}
			return nil
		})
		if err != nil && !strings.Contains(err.Error(), s.Addr()) {
			t.Fatal(err)
		}
	}
}
