package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// The least a screen can be used at; anything smaller is told to be.
const (
	leastWidth  = 60
	leastHeight = 18
)

// screen is what the terminal shows: as many lines as it has, none wider than
// it is. Every text from a letter is made harmless on its way in.
func (m *reviewer) screen() []string {
	if m.columns < leastWidth || m.rows < leastHeight {
		return m.fitted([]string{m.t("review.small", strconv.Itoa(leastWidth), strconv.Itoa(leastHeight))}, nil, nil)
	}
	top, body, bottom := m.head(), m.body(), m.foot()
	return m.fitted(top, body, bottom)
}

// fitted puts the three parts of a screen together: the body gets what the
// others leave, from where it is scrolled to.
func (m *reviewer) fitted(top, body, bottom []string) []string {
	if most := m.rows - len(bottom) - 2; len(top) > most {
		top = top[:max(most, 0)] // in a small window the keys must be seen, and a line of the letter
	}
	room := max(m.rows-len(top)-len(bottom)-1, 1)
	m.scroll = max(min(m.scroll, len(body)-room), 0)
	shown := body[m.scroll:min(m.scroll+room, len(body))]
	lines := append(top, shown...)
	for range room - len(shown) {
		lines = append(lines, "")
	}
	below := len(body) - m.scroll - len(shown)
	rule := strings.Repeat("─", m.columns)
	if below > 0 || m.scroll > 0 {
		mark := "── " + m.t("review.more", below) + " "
		rule = mark + strings.Repeat("─", max(m.columns-utf8.RuneCountInString(mark), 0))
	}
	lines = append(append(lines, rule), bottom...)
	for i := range lines {
		lines[i] = clip(lines[i], m.columns)
	}
	return lines[:min(len(lines), m.rows)]
}

// bodyHeight is how many lines of the letter are seen at once.
func (m *reviewer) bodyHeight() int {
	return max(m.rows-len(m.head())-len(m.foot())-1, 1)
}

// head tells which letter it is, of whom, and what it was taken for and why.
func (m *reviewer) head() []string {
	r := m.now
	place := fmt.Sprintf("%d/%d  %s  ", m.at+1, len(m.numbers), r.Number)
	lines := []string{place + m.t("review.status", m.t("status."+string(r.Status)), m.actByShort(m.d, r))}
	if m.mode == modePreview || m.mode == modeAnswer {
		return append(lines, m.t("review.writing."+map[reviewMode]string{modePreview: "preview", modeAnswer: "text"}[m.mode]), "")
	}
	if len(r.Letters) == 0 {
		return append(lines, "")
	}
	l := r.Letters[0]
	from := nameAndAddress(l.FromName, l.FromAddr)
	lines = append(lines,
		m.t("review.from", templates.Safe(cmp.Or(from, "–")), m.t("trust."+string(l.Trust))),
		m.t("review.subject", templates.Safe(cmp.Or(m.d.SubjectOf(l, r.Kind, m.lang), "–"))),
		m.received(r, l))
	if m.writer() != "" {
		who := wrap(m.t("review.writer", templates.Safe(nameAndAddress(l.WriterName, l.Writer))), m.columns)
		lines = append(lines, who[:min(len(who), 2)]...)
	}
	why := wrap(m.t("review.why", templates.Safe(m.words.Reason(string(m.lang), l.ReasonCode, l.ReasonArgs))), m.columns)
	lines = append(lines, why[:min(len(why), 2)]...)
	if len(r.Possibly) > 0 {
		lines = append(lines, m.t("review.possibly", strings.Join(r.Possibly, ", ")))
	}
	return append(lines, strings.Repeat("─", m.columns))
}

// received tells when the letter came, and what is unusual about it.
func (m *reviewer) received(r store.Request, l store.Letter) string {
	parts := []string{m.t("review.received", templates.DateTime(string(m.lang), l.ReceivedAt.In(m.d.Zone)))}
	if len(l.Attachments) > 0 {
		parts = append(parts, m.t("review.attachments", len(l.Attachments)))
	}
	if l.Junk {
		parts = append(parts, m.t("show.junk"))
	}
	if r.Assignee != "" {
		parts = append(parts, m.t("show.assignee")+": "+templates.Safe(m.d.NameOf(r.Assignee)))
	}
	return strings.Join(parts, " · ")
}

// body is the text that can be scrolled.
func (m *reviewer) body() []string {
	switch m.mode {
	case modeAnswer:
		lines := m.typed.shown(m.columns - 2)
		if room := m.bodyHeight(); len(lines) > room {
			m.scroll = len(lines) - room // where one types is always seen
		}
		return lines
	case modePreview:
		var lines []string
		for _, line := range m.preview {
			lines = append(lines, wrap(line, m.columns-2)...)
		}
		return lines
	}
	if len(m.now.Letters) == 0 {
		return []string{m.t("review.no_text")}
	}
	lines := m.letterLines(m.now.Letters[0])
	for _, l := range m.now.Letters[1:] {
		lines = append(lines, "", m.t("review.further", templates.DateTime(string(m.lang), l.ReceivedAt.In(m.d.Zone))), "")
		lines = append(lines, m.letterLines(l)...)
	}
	return lines
}

// letterLines is the text of a letter, made harmless.
func (m *reviewer) letterLines(l store.Letter) []string {
	text := strings.TrimSpace(l.Text)
	if text == "" {
		return []string{m.t("review.no_text")}
	}
	var lines []string
	for _, line := range splitLines(text) {
		lines = append(lines, wrap(templates.Safe(line), m.columns)...)
	}
	return lines
}

// splitLines parts a text into its lines.
func splitLines(s string) []string {
	return strings.Split(strings.ReplaceAll(strings.TrimRight(s, "\r\n"), "\r\n", "\n"), "\n")
}

// foot tells what was chosen, what was done last, and the keys.
func (m *reviewer) foot() []string {
	switch m.mode {
	case modeReason:
		lines := wrap(m.t("review.reason")+" "+string(m.typed.text)+"▏", m.columns)
		return append(lines[max(len(lines)-3, 0):], m.t("review.keys.reason"))
	case modeAnswer:
		return []string{m.t("review.keys.answer")}
	case modePreview:
		return []string{m.t("review.keys.preview", keyName('y'))}
	case modeLeave:
		return []string{m.t("review.leave", m.chosen(m.choice)), m.t("review.keys.leave", keyName('y'), keyName('u'))}
	}
	chosen := m.t("review.undecided")
	if !m.choice.empty() {
		chosen = m.t("review.chosen", m.chosen(m.choice))
	}
	lines := wrap(chosen, m.columns)
	lines = lines[:min(len(lines), 2)]
	note := wrap(m.note, m.columns)
	lines = append(lines, note[:min(len(note), 2)]...)
	if m.now.Status == store.StatusReview {
		var kinds []string
		for i, k := range m.d.Policy.Kinds[:min(len(m.d.Policy.Kinds), 9)] {
			kinds = append(kinds, fmt.Sprintf("%d %s", i+1, k.Name.In(m.lang)))
		}
		lines = append(lines, tokens(kinds, m.columns)...)
	}
	return append(lines, tokens(m.keys(), m.columns)...)
}

// keys are the keys that work now, each with what it does.
func (m *reviewer) keys() []string {
	var keys []string
	for _, k := range "yxcstaunpq" {
		if m.now.Status != store.StatusReview && !strings.ContainsRune("npq", k) || k == 's' && m.writer() == "" {
			continue
		}
		keys = append(keys, keyName(k)+" "+m.t("review.key."+string(k)))
	}
	if len(m.choice.kinds) == 1 {
		keys = append(keys, "+ "+m.t("review.key.second"))
	}
	return keys
}

// keyName names a key in both layouts: «y/н».
func keyName(latin rune) string { return string(latin) + "/" + string(cyrillicOf(latin)) }

// chosen words a choice.
func (m *reviewer) chosen(c choice) string {
	var parts []string
	if len(c.kinds) > 0 {
		parts = append(parts, m.t("review.is", m.kindNames(m.d.Policy, c.kinds)))
	}
	if c.dismiss != "" {
		parts = append(parts, m.t("review.is_none", templates.Safe(c.dismiss)))
	}
	if c.consumer != nil {
		parts = append(parts, m.t(map[bool]string{true: "history.consumer.yes", false: "history.consumer.no"}[*c.consumer]))
	}
	if c.sender != "" {
		parts = append(parts, m.t("review.sender", templates.Safe(c.sender)))
	}
	if c.take {
		parts = append(parts, m.t("review.taken"))
	}
	if c.answer != "" {
		parts = append(parts, m.t("review.answered"))
	}
	return strings.Join(parts, "; ")
}

// tokens lays out short texts side by side, none broken in two.
func tokens(list []string, width int) []string {
	var lines []string
	line := ""
	for _, s := range list {
		if line != "" && utf8.RuneCountInString(line)+3+utf8.RuneCountInString(s) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += "   "
		}
		line += s
	}
	return append(lines, line)
}
