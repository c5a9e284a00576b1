package desk

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// shutting lists a folder that the server will not open, before all others but INBOX.
type shutting struct {
	Inbox
	name string // "": there is none
}

func (s *shutting) Folders(ctx context.Context) ([]mailbox.Folder, error) {
	all, err := s.Inbox.Folders(ctx)
	if s.name != "" {
		all = slices.Insert(all, 1, mailbox.Folder{Name: s.name})
	}
	return all, err
}

// A folder that the server does not open keeps no other from being read, nor letters from
// being filed, and the pass counts. Staff is told when that lasts, once, and of its end.
func TestFolderThatIsShut(t *testing.T) {
	r := newRig(t)
	r.filing(FileMove)
	at := now
	r.Now = func() time.Time { return at }
	box := &shutting{r.Inbox, "Nowhere"}
	r.Inbox = box
	r.put(t, "INBOX", mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}, now.Add(-time.Hour))
	r.put(t, "Junk", mail{from: "b@two.example", subject: withdrawalMark, body: "Прошу.", id: "2@two.example"}, now.Add(-time.Hour))
	p, err := r.Poll(t.Context())
	var shut *mailbox.ShutError
	if !errors.Is(err, ErrUnread) || !errors.As(err, &shut) || shut.Name != "Nowhere" {
		t.Errorf("the folder is not named: %v", err)
	}
	if len(p.Admitted) != 2 || r.inFolder(t, "INBOX") != 0 || !facts(t, r).LastPass.Equal(now) {
		t.Errorf("pass %+v, %d letters left in INBOX, last pass %v", p, r.inFolder(t, "INBOX"), facts(t, r).LastPass)
	}
	begun := func() bool {
		t.Helper()
		if _, err := r.Poll(t.Context()); err != nil && !errors.Is(err, ErrUnread) {
			t.Fatal(err)
		}
		list, err := r.Troubles(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(list, func(t Trouble) bool { return t.Code == TroubleFolder && t.Since.Equal(now) })
	}
	if at = at.Add(unreadPatience - time.Second); begun() {
		t.Error("a server that is at work on a folder is trouble")
	}
	r.Desk = New(r.Options) // as a process that makes one pass
	if at = at.Add(time.Second); !begun() {
		t.Error("a folder that stays unread is no trouble")
	}
	if box.name = ""; begun() {
		t.Error("a folder that is read again stays trouble")
	}
}

// lacking misses folders beside those that are there.
type lacking struct {
	Inbox
	names []string
}

func (l *lacking) Folders(ctx context.Context) ([]mailbox.Folder, error) {
	all, err := l.Inbox.Folders(ctx)
	for _, name := range l.names {
		err = errors.Join(err, &mailbox.FolderError{Name: name})
	}
	return all, err
}

// One more folder that is not read is told anew after its own patience, while another stays
// unread, also across a restart; each once.
func TestOneMoreFolderUnread(t *testing.T) {
	r := staffed(t)
	at := now
	r.Now = func() time.Time { return at }
	box := &lacking{r.Inbox, []string{"Obr"}}
	r.Inbox = box
	told := func(after time.Duration, want ...string) {
		t.Helper()
		before := len(r.subjects(t))
		at = at.Add(after)
		if _, err := r.Poll(t.Context()); err != nil && !errors.Is(err, ErrUnread) {
			t.Fatal(err)
		}
		if got := r.subjects(t)[before:]; !slices.Equal(got, want) {
			t.Errorf("after %v: told %q, want %q", after, got, want)
		}
	}
	one := "Тревога pometka: Не удаётся прочитать 1 папку почты: новые письма в ней не видны."
	two := "Тревога pometka: Не удаётся прочитать 2 папки почты: новые письма в них не видны."
	told(0)
	told(unreadPatience, one)
	box.names = []string{"Zayavki", "Obr", "Obr"}
	told(time.Minute)
	told(unreadPatience - time.Minute)
	r.Desk = New(r.Options)
	told(time.Minute, two)
	told(time.Hour)
	box.names = []string{"Zayavki"}
	told(time.Hour)
	box.names = nil
	told(time.Minute, "Устранено: Не удаётся прочитать 1 папку почты: новые письма в ней не видны.")
}

// Where no folder at all is opened, the pass has failed.
func TestAllFoldersShut(t *testing.T) {
	r := newRig(t)
	reader := mailbox.NewReader(mailbox.ReaderOptions{Server: server(t, r.box.IMAPAddr, r.box.CA), Folders: []string{"Junk"}})
	t.Cleanup(func() { reader.Close() })
	r.Inbox = renaming{reader}
	if _, err := r.Poll(t.Context()); err == nil || !facts(t, r).LastPass.IsZero() {
		t.Errorf("that counts as a pass: %v", err)
	}
}

// renaming lists every folder under a name that it has not.
type renaming struct{ Inbox }

func (s renaming) Folders(ctx context.Context) ([]mailbox.Folder, error) {
	all, err := s.Inbox.Folders(ctx)
	for i := range all {
		all[i].Name += "?"
	}
	return all, err
}

// A folder that is not opened keeps no other from being compared and repaired.
func TestReconcileFolderThatIsShut(t *testing.T) {
	r := newRig(t)
	r.put(t, "Junk", mail{from: "b@two.example", subject: withdrawalMark, body: "Прошу.", id: "2@two.example"}, now.Add(-time.Hour))
	r.Inbox = &shutting{r.Inbox, "Nowhere"}
	found := r.reconcile(t, true)
	if found.Repaired != 1 || len(found.Folders) != 2 || !errors.Is(found.Unread, ErrUnread) {
		t.Errorf("%+v", found)
	}
	r.Inbox = renaming{r.Inbox}
	if _, err := r.Reconcile(t.Context(), false); err == nil {
		t.Error("no folder was compared, and all is well")
	}
}
