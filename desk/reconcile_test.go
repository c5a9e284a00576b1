package desk

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

func (r *rig) reconcile(t *testing.T, repair bool) Reconciliation {
	t.Helper()
	found, err := r.Reconcile(t.Context(), repair)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// skip lets the pass believe that some messages are not there, as a server does
// that leaves them out of its answers.
type skipping struct {
	Inbox
	uids map[uint32]bool
}

func (s skipping) Heads(ctx context.Context, from, to uint32, yield func([]mailbox.Head) error) error {
	return s.Inbox.Heads(ctx, from, to, func(heads []mailbox.Head) error {
		var rest []mailbox.Head
		for _, h := range heads {
			if !s.uids[h.UID] {
				rest = append(rest, h)
			}
		}
		return yield(rest)
	})
}

// A folder with everything that is no gap: messages older than its start, and
// ledger rows whose messages were expunged; then one of each kind that is.
func TestReconcile(t *testing.T) {
	r := newRig(t)
	for i := range 3 { // before imap.since
		r.put(t, "INBOX", mail{from: "old@one.example", subject: "Старое", body: "Давно.", id: fmt.Sprintf("old%d@one.example", i)}, now.Add(-100*24*time.Hour))
	}
	for i := range 8 {
		subject := "Вопрос"
		if i == 5 {
			subject = withdrawalMark
		}
		r.put(t, "INBOX", mail{from: fmt.Sprintf("p%d@mail.example", i), subject: subject, body: "Здравствуйте.", id: fmt.Sprintf("%d@mail.example", i)}, now.Add(-time.Duration(20-i)*time.Hour))
	}
	whole := r.Inbox
	r.Inbox = skipping{whole, map[uint32]bool{6: true, 7: true, 9: true}}
	r.pass(t)
	r.Inbox = whole
	if _, err := r.Store.Meta(t.Context(), "cutoff:INBOX"); err != nil {
		t.Fatal(err)
	}
	r.put(t, "INBOX", mail{from: "late@mail.example", subject: "Ещё вопрос", body: "Сейчас.", id: "late@mail.example"}, now)

	got := r.reconcile(t, false)
	want := []Gap{
		{Folder: "INBOX", UID: 6, ReceivedAt: now.Add(-18 * time.Hour)},
		{Folder: "INBOX", UID: 7, ReceivedAt: now.Add(-17 * time.Hour)},
		{Folder: "INBOX", UID: 9, ReceivedAt: now.Add(-15 * time.Hour)},
		{Folder: "INBOX", UID: 12, ReceivedAt: now, New: true},
	}
	if len(got.Gaps) != len(want) || got.Missing != 3 || got.Waiting != 1 {
		t.Fatalf("found %+v", got)
	}
	for i, g := range got.Gaps {
		if g.Folder != want[i].Folder || g.UID != want[i].UID || !g.ReceivedAt.Equal(want[i].ReceivedAt) || g.New != want[i].New || g.Repaired {
			t.Errorf("gap %d is %+v, want %+v", i, g, want[i])
		}
	}
	if f := got.Folders[0]; f != (FolderCheck{Name: "INBOX", FirstUID: 4, Messages: 9, Missing: 3, Waiting: 1}) {
		t.Errorf("folder %+v", f)
	}
	before := facts(t, r).Events
	if again := r.reconcile(t, false); fmt.Sprint(again) != fmt.Sprint(got) || facts(t, r).Events != before {
		t.Errorf("looking changed something: %+v", again)
	}

	repaired := r.reconcile(t, true)
	if repaired.Total() != 4 || repaired.Repaired != 4 || len(repaired.Admitted) != 1 {
		t.Fatalf("repair: %+v", repaired)
	}
	for _, g := range repaired.Gaps {
		if !g.Repaired {
			t.Errorf("not repaired: %+v", g)
		}
	}
	if left := r.reconcile(t, false); left.Total() != 0 || left.Folders[0].Messages != 9 {
		t.Errorf("after the repair: %+v", left)
	}
	p, _ := r.pass(t)
	if len(p.Admitted) != 0 || len(r.all(t)) != 1 {
		t.Errorf("the next pass took in again what was repaired: %+v", p)
	}
	if breaks, err := r.Store.Verify(t.Context()); err != nil || len(breaks) > 0 {
		t.Errorf("history: %v %v", breaks, err)
	}
}

// A folder that no pass has read, or that the server numbered anew, has only
// gaps; the repair is a pass, which takes nothing in twice.
func TestReconcileNeverRead(t *testing.T) {
	r := newRig(t)
	m := mail{from: "a@one.example", subject: withdrawalMark, body: "Прошу.", id: "1@one.example"}
	r.put(t, "INBOX", mail{from: "o@one.example", subject: "Старое", body: "Давно.", id: "o@one.example"}, now.Add(-100*24*time.Hour))
	r.put(t, "INBOX", m, now.Add(-time.Hour))
	if got := r.reconcile(t, false); got.Waiting != 1 || got.Missing != 0 || got.Folders[0].FirstUID != 0 {
		t.Fatalf("never read: %+v", got)
	}
	if cur, found, err := r.Store.Cursor(t.Context(), "INBOX"); found || err != nil {
		t.Errorf("looking began the folder: %+v %v", cur, err)
	}
	got := r.reconcile(t, true)
	if got.Repaired != 1 || len(got.Admitted) != 1 {
		t.Fatalf("repair: %+v", got)
	}
	cur, _, err := r.Store.Cursor(t.Context(), "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	cur.UIDValidity++ // as if another server had numbered it before
	if err := r.Store.SetCursor(t.Context(), cur, now); err != nil {
		t.Fatal(err)
	}
	if got := r.reconcile(t, true); got.Repaired != got.Total() || len(got.Admitted) != 0 || len(r.all(t)) != 1 {
		t.Errorf("numbered anew: %+v", got)
	}
}

// What the nightly run finds is told once when it begins and once when it ends;
// letters that have just come are no trouble.
func TestReconciledIsTold(t *testing.T) {
	r := newRig(t)
	tell := func(x Reconciliation, want int) {
		t.Helper()
		if err := r.Reconciled(t.Context(), x); err != nil {
			t.Fatal(err)
		}
		list, err := r.Troubles(t.Context())
		if err != nil || len(list) != want {
			t.Errorf("troubles %+v %v, want %d", list, err, want)
		}
	}
	tell(Reconciliation{Waiting: 5}, 0)
	tell(Reconciliation{Missing: 3}, 1)
	tell(Reconciliation{Missing: 3}, 1)
	tell(Reconciliation{}, 0)
	mails, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailQueued})
	if err != nil || len(mails) != 2 {
		t.Errorf("%d letters about it, %v; want its beginning and its end", len(mails), err)
	}
}

// What is found missing is told where the comparison could not be made before, and where
// less was missing; of as much or less nobody hears again.
func TestReconciledIsWorse(t *testing.T) {
	r := staffed(t)
	tell := func(missing, count int, want ...string) {
		t.Helper()
		before := len(r.subjects(t))
		if err := r.Reconciled(t.Context(), Reconciliation{Missing: missing}); err != nil {
			t.Fatal(err)
		}
		list, err := r.Troubles(t.Context())
		if err != nil || len(list) != 1 || list[0].Count != count {
			t.Errorf("troubles %+v, %v; want %d missing", list, err, count)
		}
		if got := r.subjects(t)[before:]; !slices.Equal(got, want) {
			t.Errorf("%d missing: told %q, want %q", missing, got, want)
		}
	}
	if err := r.NotReconciled(t.Context()); err != nil {
		t.Fatal(err)
	}
	tell(5, 5, "Устранено: Уже больше суток не удаётся сверить ящик с учётом.", "Тревога pometka: Сверка с ящиком: 5 писем нет в учёте.")
	tell(5, 5)
	tell(1, 1)
	tell(300, 300, "Тревога pometka: Сверка с ящиком: 300 писем нет в учёте.")
	tell(300, 300)
	if err := r.NotReconciled(t.Context()); err != nil {
		t.Fatal(err)
	}
	tell(300, 300)
}

// A ledger row that nobody needs any more must not slow or fool the comparison:
// most of a folder's history is expunged mail.
func TestReconcileOverExpunged(t *testing.T) {
	r := newRig(t)
	r.put(t, "INBOX", mail{from: "a@one.example", subject: "Вопрос", body: "Первый.", id: "1@one.example"}, now.Add(-time.Hour))
	r.pass(t)
	cur, _, err := r.Store.Cursor(t.Context(), "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	var rows []store.Seen
	for uid := uint32(1000); uid < 9000; uid++ {
		rows = append(rows, store.Seen{UID: uid, Verdict: rules.None, ReasonCode: "plain"})
	}
	if err := r.Store.RecordMissed(t.Context(), "INBOX", cur.UIDValidity, rows, now); err != nil {
		t.Fatal(err)
	}
	if got := r.reconcile(t, false); got.Total() != 0 || got.Folders[0].Messages != 1 {
		t.Errorf("found %+v", got)
	}
}

// What comes while gaps are repaired does not hide that they were.
func TestReconcileBesideNew(t *testing.T) {
	r := newRig(t)
	for i := range 2 {
		r.put(t, "INBOX", mail{from: "a@one.example", subject: "Вопрос", body: "Здравствуйте.", id: fmt.Sprintf("%d@one.example", i)}, now.Add(-time.Hour))
	}
	whole, looks := r.Inbox, 0
	r.Inbox = skipping{whole, map[uint32]bool{2: true}}
	r.pass(t)
	r.Inbox = orderedInbox{whole, func(folder string) {
		if looks++; looks == 4 { // both folders were compared, and one is repaired
			r.put(t, "INBOX", mail{from: "b@two.example", subject: "Вопрос", body: "Пришло сейчас.", id: "new@two.example"}, now)
		}
	}}
	if got := r.reconcile(t, true); got.Missing != 1 || got.Repaired != 1 || !got.Gaps[0].Repaired {
		t.Errorf("%+v", got)
	}
}
