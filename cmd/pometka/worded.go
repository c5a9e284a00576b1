package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// worded words an error in a language as far as it is made of phrases, of what
// the system says of files, and of what a room tells apart. The rest stays as it
// is.
//
//go:noinline
func worded(err error, lang rules.Lang) string {
	text, _ := inWords(err, lang)
	return text
}

// inWords also reports whether the whole text is in the language.
func inWords(err error, lang rules.Lang) (text string, whole bool) {
	switch e := err.(type) {
	case interface{ in(rules.Lang) string }: // *phrase, *ConfigError
		return e.in(lang), true
	case *fs.PathError:
		return aboutFile(e, lang)
	case *os.LinkError: // of what is renamed or linked, the new place is what people named
		return aboutFile(&fs.PathError{Path: e.New, Err: e.Err}, lang)
	case syscall.Errno:
		return systemText(e, lang), true
	case coded:
		if e.err != nil {
			return inWords(e.err, lang)
		}
	case interface{ In(string) string }: // of the templates
		return e.In(string(lang)), true
	case *mailbox.FolderError:
		return folderText(e, lang), true
	case *mailbox.UnlistedError:
		return unlistedText(e, lang), true
	case *mailbox.ShutError:
		return phrased("doctor.imap.shut", e.Name, mailbox.ServerWords(e)).in(lang) + " " + phrased("doctor.imap.shut.do").in(lang), true
	}
	if text := toldApart(err, lang); text != "" {
		return text, true
	}
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		return joined(err, all.Unwrap(), lang)
	}
	inner := errors.Unwrap(err)
	if inner == nil { // what a command words itself is in the language already
		return safeLines(err.Error()), lang == rules.EN || cyrillic().MatchString(err.Error())
	}
	text, whole = inWords(inner, lang)
	// What stands before the cause names the step, in English, or the place; the
	// cause tells enough.
	before, ok := strings.CutSuffix(err.Error(), inner.Error())
	switch {
	case !ok:
		return safeLines(err.Error()), lang == rules.EN
	case whole && lang != rules.EN && step().MatchString(before):
		return text, true
	}
	return safeLines(before) + text, whole
}

// step is what an error says of what was being done, in words; a number, a file
// or a flag is none.
var step = lazily(`^[a-z]+( .*)?: $`)

var cyrillic = lazily(`\p{Cyrillic}`)

// toldApart words what a room gives codes to or compares, "" for the rest.
func toldApart(err error, lang rules.Lang) string {
	if faults := faultText(err, lang); faults != "" {
		return phrased("error.calendar").in(lang) + "\n" + faults
	}
	if faults := policyFaults(err, lang); faults != "" {
		return faults
	}
	for known, key := range plainFaults {
		if err == known {
			return phrased(key).in(lang)
		}
	}
	if key, ok := registerFault(err); ok {
		return phrased(key).in(lang)
	}
	if section, addr := mailbox.FaultPlace(err); section != "" && lang != rules.EN && !isJoined(err) {
		return serverText(err, section, addr, lang)
	}
	return ""
}

// serverText words trouble with a server as the doctor does.
func serverText(err error, section, addr string, lang rules.Lang) string {
	fault := mailbox.FaultOf(err)
	if secret, ok := errors.AsType[*phrase](err); ok && fault == mailbox.FaultSecret {
		return secret.in(lang)
	}
	key := "doctor.mail." + string(fault)
	text := phrased(key, section, addr, mailbox.ServerWords(err)).in(lang)
	if fault != mailbox.FaultSecret {
		text += " " + phrased(key+".do", section).in(lang)
	}
	return text
}

func folderText(e *mailbox.FolderError, lang rules.Lang) string {
	key := "doctor.imap.folder"
	if e.Name == "" {
		key = "doctor.imap.no_sent"
	}
	return phrased(key, e.Name, e.Has).in(lang) + " " + phrased(key+".do").in(lang)
}

//go:noinline
func unlistedText(e *mailbox.UnlistedError, lang rules.Lang) string {
	key := unlistedKey(e)
	return phrased(key, mailbox.ServerWords(e)).in(lang) + " " + phrased(key+".do").in(lang)
}

func unlistedKey(e *mailbox.UnlistedError) string {
	if e.Hidden {
		return "doctor.imap.hidden"
	}
	return "doctor.imap.unlisted"
}

// aboutFile words what the system says of a file. That it is not there means
// its folder where that is missing.
func aboutFile(e *fs.PathError, lang rules.Lang) (string, bool) {
	path, what := e.Path, ""
	whole := true
	if folder := filepath.Dir(path); errors.Is(e.Err, fs.ErrNotExist) && folder != "." {
		if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
			path, what = folder, phrased("system.missing").in(lang)
		}
	}
	if what == "" {
		what, whole = inWords(e.Err, lang)
	}
	return templates.Safe(path) + ": " + what, whole
}

// joined words several errors, each once on a line of its own; of an error that
// wraps several, the first that is known speaks for it.
func joined(err error, all []error, lang rules.Lang) (string, bool) {
	if !isJoined(err) {
		for _, e := range all {
			if text, whole := inWords(e, lang); whole && lang != rules.EN {
				return text, true
			}
		}
		return safeLines(err.Error()), lang == rules.EN
	}
	var lines []string
	every := true
	for _, e := range all {
		text, whole := inWords(e, lang)
		if every = every && whole; !slices.Contains(lines, text) {
			lines = append(lines, text)
		}
	}
	return strings.Join(lines, "\n"), every
}

// isJoined tells errors.Join from an error that wraps several in one sentence.
func isJoined(err error) bool {
	all, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return false
	}
	var texts []string
	for _, e := range all.Unwrap() {
		texts = append(texts, e.Error())
	}
	return strings.Join(texts, "\n") == err.Error()
}
