package main

import (
	"strings"

	"license.kz/pometka/desk"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// next names the commands that are useful now, as they can be typed: with the
// kind that the letter was taken for, with what an answer of this kind needs.
func (a *app) next(d *desk.Desk, r store.Request) string {
	return strings.Join(choices(a.nextText(d, r), a.width()), "\n")
}

func (a *app) nextText(d *desk.Desk, r store.Request) string {
	n := templates.ShortNumber(r.Number)
	next := d.NextOf(&r)
	if next == desk.NextDecide {
		return a.nextReview(r, n)
	}
	return a.t("next."+string(next), n)
}

// nextReview names what can be decided about a letter.
func (a *app) nextReview(r store.Request, n string) string {
	kind := a.t("place.kind")
	if len(r.Candidates) == 1 {
		kind = string(r.Candidates[0])
	}
	switch {
	case len(r.Letters) > 0 && r.Letters[0].Writer != "" && r.Sender == "":
		return a.t("next.review.forwarded", n, templates.Safe(r.Letters[0].Writer), kind)
	case len(r.Possibly) > 0:
		return a.t("next.review.possibly", n, kind, templates.ShortNumber(r.Possibly[0]))
	}
	return a.t("next.review", n, kind)
}

// choices breaks a text that is wider than the screen between the commands that
// it names, which stand two spaces apart. A command that is wider still goes on
// behind a backslash, so that it can be copied.
func choices(text string, width int) []string {
	if columns(text) <= width {
		return []string{text}
	}
	var lines []string
	for part := range strings.SplitSeq(text, "  ") {
		if last := len(lines) - 1; last >= 0 && columns(lines[last]+"  "+part) <= width {
			lines[last] += "  " + part
			continue
		}
		const in = "    "
		for columns(part) > width {
			at := strings.LastIndex(part[:fitting(part, width-2)], " --")
			if at <= len(in) {
				break
			}
			lines, part = append(lines, part[:at]+` \`), in+part[at+1:]
		}
		lines = append(lines, part)
	}
	return lines
}
