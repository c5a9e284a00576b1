package main

import (
	"errors"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
)

// apply does what was chosen, by the actions of the commands and one after the
// other. It reports whether all of it was done; what was not is told, and the
// letter is shown again as it stands.
func (m *reviewer) apply() bool {
	seen := m.now
	fresh, err := m.d.Store.Request(m.ctx, seen.Number)
	switch {
	case err != nil:
	case fresh.Revision != seen.Revision:
		err = store.ErrStale
	default:
		err = m.do(m.choice)
	}
	if err == nil {
		if len(m.choice.kinds) > 0 || m.choice.dismiss != "" {
			m.decided++
		}
		m.note = m.did(m.choice)
		m.choice, m.undo = choice{}, nil
		return true
	}
	note := m.worded(m.failure(m.ctx, m.d, seen.Number, err))
	if m.load(m.at) != nil {
		m.now = seen
	}
	m.note = note
	return false
}

// do runs the actions of a choice.
func (m *reviewer) do(c choice) error {
	n := m.now.Number
	if c.take {
		if _, err := m.d.Take(m.ctx, n, m.who); err != nil && !errors.Is(err, desk.ErrSame) {
			return err
		}
	}
	if c.sender != "" { // before the confirmation, which writes to the person
		if _, err := m.d.Set(m.ctx, n, desk.Setting{Sender: &c.sender}, "", m.who); err != nil && !errors.Is(err, desk.ErrSame) {
			return err
		}
	}
	if c.consumer != nil { // before it too: a second request takes it over, and the person is told the right days
		if _, err := m.d.Set(m.ctx, n, desk.Setting{Consumer: c.consumer}, "", m.who); err != nil && !errors.Is(err, desk.ErrSame) {
			return err
		}
	}
	if len(c.kinds) > 0 {
		if _, _, err := m.d.Confirm(m.ctx, n, c.kinds, m.who); err != nil {
			return err
		}
	}
	if c.answer != "" { // before a dismissal: nobody answers a letter that is none
		draft, err := m.d.DraftAnswer(m.ctx, n, desk.Reply{Text: c.answer}, m.who)
		if err != nil {
			return m.answerFailure(m.ctx, m.d, m.now, err)
		}
		if _, err := m.d.SendAnswer(m.ctx, draft); err != nil {
			return err
		}
	}
	if c.dismiss != "" {
		_, err := m.d.Dismiss(m.ctx, n, c.dismiss, m.who)
		return err
	}
	return nil
}

// did words what was done.
func (m *reviewer) did(c choice) string {
	return m.t("review.done", m.now.Number, m.chosen(c))
}

// worded is an error in the reader's words, on one line.
func (m *reviewer) worded(err error) string {
	var d decided
	if errors.As(err, &d) {
		return splitLines(d.Error())[0]
	}
	return splitLines(m.errorText(err))[0]
}
