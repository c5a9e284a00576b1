package main

import (
	"os"
	"strings"

	"go.yaml.in/yaml/v3"

	"license.kz/pometka/rules"
)

// languageOf finds the language of the screens before the command line is
// parsed, since the help texts need it: --lang, else the configuration's, else
// the locale, else Russian.
func languageOf(args []string, getenv func(string) string) rules.Lang {
	if v, ok := flagIn(args, "--lang"); ok {
		return rules.Lang(v)
	}
	config, _ := flagIn(args, "--config")
	if l := languageIn(config); l != "" {
		return l
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		v := getenv(name)
		if v == "" {
			continue
		}
		switch l := rules.Lang(v[:min(2, len(v))]); l {
		case rules.RU, rules.KK, rules.EN:
			return l
		}
		break
	}
	return rules.RU
}

// flagIn is the value of a flag in a command line that is not parsed yet. As
// in the parsed one, of several the last counts, and behind "--" there is none.
func flagIn(args []string, flag string) (value string, found bool) {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if v, ok := strings.CutPrefix(arg, flag+"="); ok {
			value, found = v, true
		}
		if arg == flag && i+1 < len(args) {
			value, found = args[i+1], true
		}
	}
	return value, found
}

// languageIn is the language of the screens that the configuration asks for, ""
// where it asks for none or cannot be read: what is wrong with it is told when it is
// read in earnest. Only a file is read ahead, since a pipe can be read but once.
func languageIn(flag string) rules.Lang {
	path, err := FindConfig(flag)
	if err != nil {
		return ""
	}
	if fi, err := os.Stat(path); err != nil || !fi.Mode().IsRegular() {
		return ""
	}
	_, data, err := readConfig(path)
	var c struct {
		Language rules.Lang
	}
	if err != nil || len(data) > maxConfigSize || yaml.Unmarshal(data, &c) != nil {
		return ""
	}
	switch c.Language {
	case rules.RU, rules.KK, rules.EN:
		return c.Language
	}
	return ""
}
