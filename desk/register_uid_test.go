package desk

import (
	"context"
	"errors"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// unsaid is a mailbox that is lost when it is asked for its folders.
type unsaid struct {
	Inbox
	err error
}

func (u unsaid) Folders(context.Context) ([]mailbox.Folder, error) { return nil, u.err }
func (u unsaid) IsJunk(context.Context, string) (bool, error)      { return false, u.err }

// A letter that staff registers from the folder for junk is not answered unasked, be the
// folder watched or not. When it cannot be told what the folder is, nothing is registered.
func TestRegisterFromJunk(t *testing.T) {
	r := newRig(t)
	h := ByHand{Kinds: []rules.Kind{"erasure"}}
	for i, subject := range []string{"Вопрос", "Ещё вопрос"} {
		r.put(t, "Junk", mail{from: "x@one.example", subject: subject, body: "Сколько стоит?", id: subject}, now.Add(time.Duration(i-2)*time.Hour))
	}
	inbox, lost := r.Inbox, errors.New("connection reset")
	r.Inbox = unsaid{inbox, lost}
	if done, err := r.RegisterUID(t.Context(), "Junk", 1, h, clerk); !errors.Is(err, lost) || len(r.all(t)) != 0 {
		t.Errorf("of a folder that is not known to be junk: %+v, %v", done, err)
	}
	onlyInbox := mailbox.NewReader(mailbox.ReaderOptions{Server: server(t, r.box.IMAPAddr, r.box.CA), Folders: []string{"INBOX"}})
	t.Cleanup(func() { onlyInbox.Close() })
	for i, box := range []Inbox{inbox, onlyInbox} {
		r.Inbox = box
		done, err := r.RegisterUID(t.Context(), "Junk", uint32(i+1), h, clerk)
		if err != nil {
			t.Fatal(err)
		}
		if ack := r.request(t, done.Numbers[0]).Ack; ack.State != store.MailHeld || ack.Reason.Code != codeJunk {
			t.Errorf("watched: %t, the acknowledgement is %s %s", i == 0, ack.State, ack.Reason.Code)
		}
	}
}
