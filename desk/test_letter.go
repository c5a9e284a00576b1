package desk

import (
	"fmt"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
)

// TestLetter is a letter from the operator to itself that proves the way
// through both mail servers.
type TestLetter struct {
	MessageID string
	Raw       []byte
}

// TestLetter makes one. It bears our loop sign and a Message-ID of ours: the
// intake files it as our own mail.
func (d *Desk) TestLetter(subject, body, language string) (TestLetter, error) {
	now := d.Now()
	id := d.messageID("test." + stamp(now))
	own := mailbox.Address{Addr: rules.SentAddress(d.Operator.Address)}
	raw, err := mailbox.Compose(mailbox.Letter{
		From: mailbox.Address{Addr: rules.SentAddress(d.From)}, To: own, Subject: subject, Body: body, Date: now.In(d.Zone),
		MessageID: id, Language: language, AutoSubmitted: "auto-generated", LoopSign: d.LoopSign(),
	})
	if err != nil {
		return TestLetter{}, fmt.Errorf("make test letter: %w", err)
	}
	return TestLetter{MessageID: id, Raw: raw}, nil
}
