package main

import (
	"errors"
	"fmt"
	"io/fs"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// A phrase is a sentence of the catalogue that is said later, in the language
// of whoever reads it. As an error it speaks English, as the log does.
type phrase struct {
	key  string
	args []any // texts, numbers, phrases; an error is the cause, and is said too
}

// phrased is not put into its callers: they are hundreds.
//
//go:noinline
func phrased(key string, args ...any) *phrase { return &phrase{key, args} }

// mustBe says what a value must be: the phrase names that alone.
//
//go:noinline
func mustBe(what *phrase) *phrase { return phrased("config.fault.want", what) }

func (p *phrase) Error() string { return p.in(rules.EN) }

// Unwrap returns the cause, nil where the phrase has none.
func (p *phrase) Unwrap() error {
	for _, a := range p.args {
		if err, ok := a.(error); ok {
			return err
		}
	}
	return nil
}

func (p *phrase) in(lang rules.Lang) string {
	args := make([]any, len(p.args))
	for i, a := range p.args {
		switch v := a.(type) {
		case error:
			args[i] = worded(v, lang)
		default: // numbers as the file has them: they are ports, lines and limits, no amounts
			args[i] = templates.Safe(fmt.Sprint(v))
		}
	}
	return templates.T(string(lang), p.key, args...)
}

// plainFaults are errors that code compares, with what they say to people.
var plainFaults = map[error]string{
	fs.ErrNotExist: "error.file.missing", fs.ErrPermission: "error.file.denied", fs.ErrExist: "system.exists", errEmptySecret: "secret.fault.empty",
	errNotRegular: "secret.fault.regular", errNoRegister: "doctor.send.no_register", mailbox.ErrRecreated: "error.recreated",
}

// registerFault finds the phrase for a fault of the register.
func registerFault(err error) (key string, ok bool) {
	for known, key := range registerFaults {
		if errors.Is(err, known) {
			return key, true
		}
	}
	return "", false
}

// registerFaults are those of the register, with what to do about them.
var registerFaults = map[error]string{
	store.ErrNewerSchema: "store.fault.newer", store.ErrReadOnly: "store.fault.read_only", store.ErrNotRegister: "store.fault.other",
	store.ErrDamaged: "store.fault.damaged", store.ErrBusy: "store.fault.busy", store.ErrFull: "store.fault.full", store.ErrNoFolder: "store.fault.folder",
	store.ErrNoRegister: "store.fault.missing", store.ErrCopying: "store.fault.copying", store.ErrDisk: "system.fault",
}
