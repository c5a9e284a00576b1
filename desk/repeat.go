package desk

import (
	"context"
	"slices"
	"strings"

	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// repeats lists the requests of which the letter repeats another one: in its words and in
// what it quotes, with a subject of the same meaning, and with no file in the place of
// another. A letter that staff passed on is compared by the letter inside.
func (d *Desk) repeats(ctx context.Context, l *letter, f rules.Facts, person string) ([]string, error) {
	text, subject, enclosed := l.finding.NewText, l.msg.Subject, ""
	inside, passed := written{}, false
	if d.byStaff(l.msg) {
		inside, passed = d.passedOn(l.msg)
	}
	if passed {
		text, subject = inside.text, inside.subject
	} else {
		enclosed = rules.Enclosed(f)
	}
	files := filesOf(l.msg)
	return d.Store.SameText(ctx, fold(person), text, enclosed, d.Now().Add(-sameTextSpan), func(s string, old []store.Attachment) bool {
		return rules.SameMatter(subject, s) && (filesWithin(files, old) || filesWithin(old, files))
	})
}

// filesWithin reports whether all files that can hold a demand are among the others.
func filesWithin(files, others []store.Attachment) bool {
	for _, f := range files {
		if weighs(f) && !slices.ContainsFunc(others, func(o store.Attachment) bool {
			return o.Size == f.Size && (o.Sum == f.Sum || o.Sum == 0 || f.Sum == 0)
		}) {
			return false
		}
	}
	return true
}

// weighs reports whether a file can hold a demand: it is no part of the text, no logo, and
// none of those that mail programs make anew for each letter.
func weighs(f store.Attachment) bool {
	switch kind, rest, _ := strings.Cut(f.Type, "/"); kind {
	case "text", "message", "multipart":
		return false
	case "image":
		return f.Size >= leastPicture
	default:
		return !strings.Contains(rest, "pkcs7") && !strings.HasPrefix(rest, "pgp") && rest != "ms-tnef"
	}
}
