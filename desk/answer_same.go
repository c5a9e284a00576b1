package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// ErrRepeated says that the same answer to the same person waits in the outbox, or has gone
// out within the last day. Nothing was written.
var ErrRepeated = errors.New("the same answer is on its way already")

// repeatable is how long the same answer does not go out again.
const repeatable = 24 * time.Hour

// sameAnswer tells answers apart: two that have it in common say the same to the same person.
func sameAnswer(to string, words templates.Letter, reply Reply) string {
	h := sha256.New()
	h.Write([]byte(fold(to) + "\x00" + words.Subject + "\x00" + words.Body))
	for _, f := range reply.Files {
		h.Write([]byte("\x00" + f.Name + "\x00"))
		h.Write(f.Data)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// notRepeated is ErrRepeated, about a letter of ours, where the same answer to a request
// would be given twice.
func (d *Desk) notRepeated(ctx context.Context, number, same string) error {
	mails, err := d.Store.MailsTo(ctx, number)
	if err != nil {
		return err
	}
	for i := range mails {
		m := &mails[i]
		out := m.State == store.MailQueued || m.State == store.MailSending ||
			m.State == store.MailSent && d.Now().Sub(m.SentAt) < repeatable
		if out && m.Purpose == store.PurposeAnswer && m.Data == same {
			return &store.About{What: strconv.FormatInt(m.ID, 10), Err: ErrRepeated}
		}
	}
	return nil
}
