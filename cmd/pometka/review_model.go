package main

import (
	"context"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// What is on the screen.
type reviewMode int

const (
	modeLetter  reviewMode = iota // the letter and the keys
	modeReason                    // why it is no request is being typed
	modeAnswer                    // a letter to the person is being typed
	modePreview                   // that letter, whole, before it is agreed to
	modeLeave                     // a decision has been made and the person quits
)

// reviewer goes through the letters that need a decision: keys come in, a
// screen goes out. It touches no terminal.
type reviewer struct {
	*app
	ctx context.Context
	d   *desk.Desk
	who desk.Actor

	numbers []string
	at      int
	now     store.Request // the one on the screen, as last read
	choice  choice
	undo    []choice // what the choice was before each key

	mode    reviewMode
	adding  bool // the next digit is a second kind
	typed   input
	preview []string // lines of the letter that would go out
	scroll  int
	note    string // what was done, or why not

	columns, rows int
	decided       int // letters decided in this run
	left          bool
}

// newReviewer gathers the letters that need a decision, the most urgent first.
func (a *app) newReviewer(ctx context.Context, d *desk.Desk, who desk.Actor) (*reviewer, error) {
	list, err := d.Store.Requests(ctx, store.Filter{Status: []store.Status{store.StatusReview}})
	if err != nil {
		return nil, err
	}
	m := &reviewer{app: a, ctx: ctx, d: d, who: who, columns: narrow, rows: 24}
	for _, r := range list {
		m.numbers = append(m.numbers, r.Number)
	}
	if len(m.numbers) == 0 {
		return m, nil
	}
	return m, m.load(0)
}

// load shows the i-th letter as it stands now.
func (m *reviewer) load(i int) error {
	r, err := m.d.Store.Request(m.ctx, m.numbers[i])
	if err != nil {
		return err
	}
	m.at, m.now = i, r
	m.choice, m.undo, m.scroll, m.mode, m.adding = choice{}, nil, 0, modeLetter, false
	return nil
}

// press takes a key. An error is the register's: the screens end.
func (m *reviewer) press(k key) error {
	if k.name == "ctrl-c" {
		m.left = true
		return nil
	}
	switch m.mode {
	case modeReason, modeAnswer:
		m.typing(k)
		return nil
	case modePreview:
		m.agree(k)
		return nil
	case modeLeave:
		return m.quit(k)
	}
	m.note = ""
	switch k.name {
	case "up", "down", "pgup", "pgdn", "home", "end":
		m.move(k.name)
		return nil
	case "right", "enter":
		return m.leave(1)
	case "left":
		return m.leave(-1)
	case "esc", "paste", "ctrl-l":
		return nil
	}
	switch c := k.command(); c {
	case 'n', ' ':
		return m.leave(1)
	case 'p':
		return m.leave(-1)
	case 'j':
		m.move("down")
	case 'k':
		m.move("up")
	case 'q':
		if !m.choice.empty() {
			m.mode = modeLeave
			return nil
		}
		m.left = true
	default:
		m.decide(c)
	}
	return nil
}

// decide takes the keys that change the choice.
func (m *reviewer) decide(c rune) {
	if m.now.Status != store.StatusReview {
		key := "review.decided"
		if !m.now.Status.Closed() { // there is nothing to reopen
			key = "review.decided.open"
		}
		m.note = m.t(key, m.t("status."+string(m.now.Status)), templates.ShortNumber(m.now.Number), m.t("place.kind"))
		return
	}
	switch {
	case c == 'u' && len(m.undo) > 0:
		m.choice, m.undo = m.undo[len(m.undo)-1], m.undo[:len(m.undo)-1]
	case c == 'u':
		m.note = m.t("review.nothing_to_undo")
	case c == 'y':
		m.suggest()
	case c >= '1' && c <= '9':
		m.pick(int(c - '1'))
	case c == '+', c == '=':
		if m.adding = len(m.choice.kinds) == 1; m.adding {
			m.note = m.t("review.second")
		} else {
			m.note = m.t("review.first")
		}
		return
	case c == 'c':
		m.turnConsumer()
	case c == 's':
		m.turnSender()
	case c == 't':
		m.change(func(ch *choice) { ch.take = !ch.take })
	case c == 'x':
		m.mode, m.typed = modeReason, input{}
	case c == 'a':
		m.mode, m.typed = modeAnswer, input{lines: true, text: []rune(m.choice.answer)}
	}
	m.adding = false
}

// typing takes the keys of a text.
func (m *reviewer) typing(k key) {
	done, gone := m.typed.press(k)
	switch {
	case gone:
		m.mode = modeLetter
	case done && m.mode == modeReason:
		m.change(func(c *choice) { c.dismiss, c.kinds, c.consumer = m.typed.String(), nil, nil })
		m.mode = modeLetter
	case done:
		m.show()
	}
}

// show makes the letter to the person as it would go out.
func (m *reviewer) show() {
	draft, err := m.d.DraftAnswer(m.ctx, m.now.Number, desk.Reply{Text: m.typed.String(), To: m.choice.sender}, m.who)
	if err != nil {
		m.mode, m.note = modeLetter, m.worded(m.answerFailure(m.ctx, m.d, m.now, err))
		return
	}
	m.mode, m.scroll, m.preview = modePreview, 0, splitLines(m.letterText(draft.Raw))
}

// agree takes the keys before the letter that would go out.
func (m *reviewer) agree(k key) {
	switch {
	case k.name == "esc":
		m.mode, m.scroll = modeAnswer, 0
	case k.command() == 'y':
		m.change(func(c *choice) { c.answer = m.typed.String() })
		m.mode, m.scroll = modeLetter, 0
	case k.name != "":
		m.move(k.name)
	}
}

// quit takes the keys after q: a decision that was made is applied or given up.
func (m *reviewer) quit(k key) error {
	switch {
	case k.command() == 'y':
		m.mode = modeLetter
		if !m.apply() {
			return nil
		}
		m.left = true
	case k.command() == 'u':
		m.left = true
	case k.name == "esc":
		m.mode = modeLetter
	}
	return nil
}

// leave applies the choice and goes to the next letter, or the one before.
func (m *reviewer) leave(step int) error {
	if !m.choice.empty() && !m.apply() {
		return nil
	}
	note := m.note
	i := m.at + step
	if i < 0 || i >= len(m.numbers) {
		if note == "" {
			note = m.t("review.end")
		}
		i = m.at
	}
	if err := m.load(i); err != nil {
		return err
	}
	m.note = note
	return nil
}

// move scrolls; how far there is to go is known to the screen.
func (m *reviewer) move(name string) {
	page := max(m.bodyHeight()-1, 1)
	m.scroll += map[string]int{"up": -1, "down": 1, "pgup": -page, "pgdn": page, "home": -1 << 20, "end": 1 << 20}[name]
}
