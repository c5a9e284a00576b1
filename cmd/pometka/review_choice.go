package main

import (
	"slices"

	"license.kz/pometka/rules"
)

// choice is what a person has decided about the letter on the screen. It is
// applied on leaving it, by the same actions as the commands.
type choice struct {
	kinds    []rules.Kind
	dismiss  string // why it is no request
	consumer *bool
	sender   string // whose letter it is, of one that staff passed on
	take     bool
	answer   string
}

func (c choice) empty() bool {
	return len(c.kinds) == 0 && c.dismiss == "" && c.consumer == nil && c.sender == "" && !c.take && c.answer == ""
}

// change alters the choice and remembers what it was. Whether somebody is a
// consumer is of no account once no kind asks for it.
func (m *reviewer) change(f func(*choice)) {
	m.undo = append(m.undo, m.choice)
	m.choice.kinds = slices.Clone(m.choice.kinds)
	f(&m.choice)
	if !m.asksConsumer() {
		m.choice.consumer = nil
	}
}

// suggest confirms what the letter was taken for.
func (m *reviewer) suggest() {
	if len(m.now.Candidates) == 0 {
		m.note = m.t("review.no_candidate")
		return
	}
	m.change(func(c *choice) {
		c.kinds, c.dismiss = slices.Clone(m.now.Candidates[:min(len(m.now.Candidates), 2)]), ""
	})
}

// pick chooses the i-th kind of the policy, or makes it the second of two.
func (m *reviewer) pick(i int) {
	if i >= len(m.d.Policy.Kinds) {
		return
	}
	k := m.d.Policy.Kinds[i].ID
	m.change(func(c *choice) {
		c.dismiss = ""
		if m.adding && !slices.Contains(c.kinds, k) {
			c.kinds = append(c.kinds, k)
			return
		}
		c.kinds = []rules.Kind{k}
	})
}

// asksConsumer reports whether a chosen kind has a term for consumers.
func (m *reviewer) asksConsumer() bool {
	return slices.ContainsFunc(m.choice.kinds, func(k rules.Kind) bool {
		rule, ok := m.d.Policy.Kind(k)
		return ok && slices.ContainsFunc(rule.Terms, func(t rules.Term) bool { return t.Condition == rules.ConditionConsumer })
	})
}

// turnConsumer goes from not known to consumer, to business and back. Only kinds
// with a term for consumers ask.
func (m *reviewer) turnConsumer() {
	if !m.asksConsumer() {
		m.note = m.t("review.no_consumer")
		return
	}
	m.change(func(c *choice) {
		yes, no := true, false
		switch {
		case c.consumer == nil:
			c.consumer = &yes
		case *c.consumer:
			c.consumer = &no
		default:
			c.consumer = nil
		}
	})
}

// writer is who wrote the letter on the screen by what the letter inside says,
// where staff passed it on and nobody has found that out yet.
func (m *reviewer) writer() string {
	if len(m.now.Letters) == 0 || m.now.Sender != "" {
		return ""
	}
	return m.now.Letters[0].Writer
}

// turnSender agrees that the letter is the proposed writer's, or takes it back.
func (m *reviewer) turnSender() {
	writer := m.writer()
	if writer == "" {
		m.note = m.t("review.no_writer")
		return
	}
	m.change(func(c *choice) {
		if c.sender != "" {
			writer = ""
		}
		c.sender = writer
	})
}
