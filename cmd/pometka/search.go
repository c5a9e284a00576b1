package main

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// hitJSON is one element of search --json: a request, where it was found, and
// that text with the found words.
type hitJSON struct {
	requestJSON
	Found foundJSON `json:"found"`
}

type foundJSON struct {
	In    string   `json:"in"` // subject, text, note, from; "": the number
	Text  string   `json:"text"`
	Words []string `json:"words"`
}

// mostHits bounds --limit: who needs more needs a narrower question.
const mostHits = 1000

func (a *app) searchCommand() *cobra.Command {
	limit := 0
	c := a.withJSON(&cobra.Command{
		Use: "search WORDS…", Short: a.t("help.search"), Long: a.t("help.search.long"), Example: a.example("search"), Args: atLeast(1),
		DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			if limit < 1 || limit > mostHits {
				return a.misuse("error.limit", limit, mostHits)
			}
			return a.withDesk(c, func(d *desk.Desk) error { return a.search(c, d, strings.Join(args, " "), limit) })
		},
	})
	c.Flags().IntVar(&limit, "limit", 50, a.t("help.search.limit"))
	return c
}

func (a *app) search(c *cobra.Command, d *desk.Desk, words string, limit int) error {
	hits, more, err := d.Store.Search(c.Context(), words, limit)
	if errors.Is(err, store.ErrNoIndex) {
		if err := a.makeIndex(c, d); err != nil {
			return err
		}
		hits, more, err = d.Store.Search(c.Context(), words, limit)
	}
	switch {
	case errors.Is(err, store.ErrNoWords):
		return a.misuse("search.no_words", templates.Safe(words))
	case err != nil:
		return err
	case a.json:
		return a.searchJSON(d, hits)
	case len(hits) == 0:
		a.say(a.t("search.nothing", templates.Safe(words)))
		return nil
	}
	marks := 0
	for _, h := range hits {
		marks = max(marks, marked(d, []store.Request{h.Request}))
		a.printEntry(d, h.Request, a.width())
		a.printFound(h)
	}
	if more {
		a.say(a.t("search.more", len(hits)))
	} else {
		a.printf("%s\n", a.t("search.count", len(hits)))
	}
	a.explainMark(d, marks)
	return nil
}

// makeIndex makes the index anew, and tells on stderr that it takes a while.
func (a *app) makeIndex(c *cobra.Command, d *desk.Desk) error {
	a.errorf("%s\n", a.t("search.index"))
	return d.Store.MakeIndex(c.Context(), func(done int) {
		if done%10000 == 0 {
			a.errorf("  %s\n", a.t("search.index.done", done))
		}
	})
}

func (a *app) searchJSON(d *desk.Desk, hits []store.Hit) error {
	out := make([]hitJSON, 0, len(hits))
	for _, h := range hits {
		j := hitJSON{a.requestJSON(d, h.Request), foundJSON{h.Where, h.Context, []string{}}}
		for _, m := range h.Marks {
			j.Found.Words = append(j.Found.Words, h.Context[m[0]:m[1]])
		}
		out = append(out, j)
	}
	return a.printJSON(out)
}

// printFound prints the line of context: where the words were met, and the text
// around them, each between ‹ and ›.
func (a *app) printFound(h store.Hit) {
	if h.Where == "" {
		return
	}
	head := strings.Repeat(" ", indent) + a.t("search.in."+h.Where) + ": "
	room := a.width() - columns(head)
	a.printf("%s%s\n", head, a.marked(h, room))
}

// Signs around a found word, so that it can be told without colours.
const (
	markOpen  = "‹"
	markClose = "›"
)

// marked cuts the context around its found words to the columns that there are
// and marks the words.
func (a *app) marked(h store.Hit, room int) string {
	start := contextStart(h, room)
	var b strings.Builder
	used := 0
	if start > 0 {
		b.WriteString("…")
		used = 1
	}
	at := start
	put := func(text string, p paint, open, shut string) bool {
		text = oneSpace(text)
		left := room - used - columns(open+shut) - 1 // a place for the sign of the cut
		if columns(text) > left && left < 3 {
			b.WriteString("…")
			return false
		}
		if columns(text) > left {
			cut := text[:fitting(text, left)]
			b.WriteString(open + a.paint(p, cut) + shut + "…")
			return false
		}
		used += columns(open + text + shut)
		b.WriteString(open + a.paint(p, text) + shut)
		return true
	}
	for _, m := range h.Marks {
		if m[0] < at {
			continue
		}
		if !put(h.Context[at:m[0]], plain, "", "") || !put(h.Context[m[0]:m[1]], bold, markOpen, markClose) {
			return b.String()
		}
		at = m[1]
	}
	put(h.Context[at:], plain, "", "")
	return strings.TrimRight(b.String(), " ")
}

// contextStart is the byte at which the shown part of the context begins: a few
// words before the first found one, where that stands further back.
func contextStart(h store.Hit, room int) int {
	if len(h.Marks) == 0 || columns(h.Context[:h.Marks[0][0]]) < room/2 {
		return 0
	}
	at, back := h.Marks[0][0], 0
	for at > 0 && back < room/3 {
		_, n := utf8.DecodeLastRuneInString(h.Context[:at])
		at -= n
		back++
	}
	if next := strings.IndexFunc(h.Context[at:h.Marks[0][0]], unicode.IsSpace); next >= 0 {
		at += next + 1
	}
	return at
}

// oneSpace makes a piece of a text fit into a line: every run of white space is
// a space, and nothing in it can harm the terminal.
func oneSpace(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		if unicode.IsSpace(r) {
			space = true
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	if space {
		b.WriteByte(' ')
	}
	return templates.Safe(b.String())
}
