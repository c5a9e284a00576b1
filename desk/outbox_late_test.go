package desk

import (
	"context"
	"database/sql"
	"testing"

	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/store"
)

// That a letter was sent is written down as soon as the disk takes it again, and the letter is
// not sent a second time.
func TestSettledLate(t *testing.T) {
	r := outboxRig(t)
	db, err := sql.Open("sqlite", "file:"+r.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	sql := func(query string) {
		if _, err := db.ExecContext(context.Background(), query); err != nil {
			t.Error(err)
		}
	}
	sent := 0
	r.box.SMTP.OnDot = func(e sandbox.Envelope) error {
		if sent++; sent == 1 {
			sql(`CREATE TRIGGER staged BEFORE UPDATE ON outbox WHEN NEW.state = 'sent' BEGIN SELECT RAISE(ABORT, 'staged'); END`)
		}
		return nil
	}
	for range 2 {
		if f, err := r.Flush(t.Context()); err == nil || f.Sent != 0 || r.Awaited() != nil || r.Answered() {
			t.Fatalf("flush that cannot write: %+v, %v", f, err)
		}
	}
	sql(`DROP TRIGGER staged`)
	if f, err := r.Flush(t.Context()); err != nil || f.Sent != sent {
		t.Fatalf("flush after it: %+v, %v, %d sent", f, err, sent)
	}
	if left, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailSending, store.MailQueued, store.MailUncertain}); err != nil || len(left) != 0 {
		t.Errorf("left: %+v, %v", left, err)
	}
}
