package templates

// Plain is a letter in the words of staff alone: lines end in LF and are
// wrapped as those of every letter, and what could harm its reader's mail
// program is taken out.
func Plain(subject, text string) Letter {
	return Letter{Subject: oneLine(subject), Body: wrap(manyLines(text))}
}

// SafeName makes a file name harmless in a header and on a disk: one line,
// without what is invisible or changes the direction of writing, and without
// the characters that mean something to a file system.
func SafeName(name string) string {
	clean := []rune(oneLine(name))
	for i, r := range clean {
		switch r {
		case '/', '\\', ':', '*', '?', '"', '<', '>', '|':
			clean[i] = '_'
		}
	}
	return string(clean)
}
