package rules

import (
	"cmp"
	"slices"
	"strings"
)

// unreadable reports whether neither subject nor text of a letter could be read.
func unreadable(f *Facts) bool {
	return slices.Contains(f.Troubles, "unreadable")
}

// unread decides on such a letter: a person looks. What its subject demands says how soon.
func (c *letterCase) unread() decision {
	c.readSubject()
	d := decision{verdict: Review, reason: Reason{ReasonUnreadable, c.f.Troubles}}
	for _, e := range strong(c.p, &c.subject) {
		if d.kinds = append(d.kinds, e.kind); d.marker == "" {
			d.marker, d.prescribed = cmp.Or(e.mark, e.words), e.prescribed
		}
	}
	return d
}

// hidden reports whether a demand may stand where nobody looked: behind a
// header that was cut, or in a text that only the holder of a key can read, or
// that lies too deep, or in a form that one mail program alone knows (TNEF); or
// behind a limit that was met before there was a page to read.
func hidden(f *Facts) bool {
	switch {
	case slices.Contains(f.Troubles, "header-long"), strings.HasPrefix(strings.TrimSpace(f.Text), "-----BEGIN PGP MESSAGE-----"):
		return true
	case slices.Contains(f.Troubles, "truncated") && f.Short(), slices.Contains(f.Troubles, "too-many-parts") && visible(f.Text) < enough:
		return true
	}
	return strings.TrimSpace(f.Text) == "" && (slices.Contains(f.Troubles, "encrypted") || slices.Contains(f.Troubles, "too-deep") ||
		f.hasPart("application/ms-tnef", "application/vnd.ms-tnef") != "" ||
		slices.ContainsFunc(f.Attachments, func(name string) bool { return strings.EqualFold(name, "winmail.dat") }))
}
