package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// fill learns everything that the configuration must say: from the flags, and
// where there is a terminal by asking. all: also what may be left out.
func (a *app) fill(ctx context.Context, s *setup, f initFlags, d *dialogue, all bool) error {
	if d != nil && all && a.langFlag == "" {
		if err := a.askLanguage(d); err != nil {
			return err
		}
	}
	if err := a.fillPolicy(s, f.policy); err != nil {
		return err
	}
	for _, step := range []func(context.Context, *setup, initFlags, *dialogue, bool) error{
		a.fillOperator, a.fillProvider, a.fillServers, a.fillSecret, a.fillOfficer,
	} {
		if err := step(ctx, s, f, d, all); err != nil {
			return err
		}
	}
	return nil
}

// want is one thing to be learnt: from its flag, else by asking, else from the
// fallback.
type want struct {
	flag     string // its name, and that of its words in the catalogue
	value    string // of the flag
	fallback string
	key      string // the key of the configuration whose rules it must keep
	optional bool
}

// learn finds out one thing.
func (a *app) learn(d *dialogue, w want, ask bool) (string, error) {
	wrong := func(v string) string {
		if v == "" && w.optional || v != "" && fits(w.key, v) {
			return ""
		}
		return a.t("init.wrong."+w.flag, templates.Safe(v))
	}
	switch {
	case w.value != "":
		if fault := wrong(w.value); fault != "" {
			return "", usage(errors.New("--" + w.flag + ": " + fault))
		}
		return w.value, nil
	case d != nil && ask:
		return d.until(a.t("init.ask."+w.flag), w.fallback, wrong)
	case w.fallback != "" || w.optional:
		return w.fallback, nil
	}
	return "", a.misuse("init.missing", "--"+w.flag)
}

// lineOfText is a key whose value may be any line of text, as a user's name: that
// key itself wants a secret beside it.
const lineOfText = "operator.contact"

// fits reports whether a value may stand under a key of the configuration.
func fits(key, value string) bool {
	text := value
	for words := strings.Split(key, "."); len(words) > 0; words = words[:len(words)-1] {
		if text == value {
			text = strconv.Quote(value)
		}
		text = "{" + words[len(words)-1] + ": " + text + "}"
	}
	_, problems := parseConfig("/config.yaml", []byte(text), nil)
	return !slices.ContainsFunc(problems, func(p Problem) bool { return p.Key == key || p.Key == "" })
}

// askLanguage asks in all three, since nobody knows yet which one is read.
func (a *app) askLanguage(d *dialogue) error {
	var words []string
	for _, l := range []rules.Lang{rules.RU, rules.KK, rules.EN} {
		words = append(words, a.words.T(string(l), "init.ask.language"))
	}
	question := strings.Join(words, " / ") + " (ru, kk, en)"
	lang, err := d.until(question, string(a.lang), func(v string) string {
		if fits("language", v) {
			return ""
		}
		return question
	})
	if err == nil {
		a.lang = rules.Lang(lang)
	}
	return err
}

// fillPolicy reads the operator's own policy, which also knows the operator.
func (a *app) fillPolicy(s *setup, file string) error {
	if file == "" || file == BuiltInPolicy {
		return nil
	}
	data, err := readData(file)
	if err != nil {
		return usage(phrased("error.read.policy", err))
	}
	p, err := rules.ParsePolicy(data)
	if err != nil || len(p.Check()) > 0 {
		return a.misuse("init.wrong.policy", templates.Safe(file))
	}
	s.policy, s.policyFile = s.named(file), p
	return nil
}

func (a *app) fillOperator(_ context.Context, s *setup, f initFlags, d *dialogue, all bool) (err error) {
	own := s.policyFile.Operator
	known := own.Address // of a policy of one's own it may well be true
	if s.policy == "" && !all {
		known = ""
	}
	if s.address, err = a.learn(d, want{flag: "address", value: f.address, fallback: known, key: "operator.address"}, true); err != nil {
		return err
	}
	if d != nil && all && s.policy == "" && !strings.EqualFold(s.address, own.Address) {
		a.say(a.t("init.foreign", own.Name.In(a.lang)))
		for {
			file, err := d.line(a.t("init.ask.policy"), "")
			if err != nil {
				return err
			}
			if err = a.fillPolicy(s, file); err == nil {
				break
			}
			a.say(a.errorText(err))
		}
		own = s.policyFile.Operator
	}
	name := ""
	if strings.EqualFold(s.address, own.Address) {
		name = own.Name.In(a.lang)
	}
	if s.name, err = a.learn(d, want{flag: "name", value: f.name, fallback: name, key: "operator.name"}, true); err != nil {
		return err
	}
	s.prefix, err = a.learn(d, want{flag: "prefix", value: f.prefix, fallback: prefixOf(s.address), key: "operator.number_prefix"}, all)
	return err
}

// prefixOf proposes what numbers begin with: two letters of the domain.
func prefixOf(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	if domain == "license.kz" {
		return DefaultConfig().Operator.NumberPrefix
	}
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return -1
	}, strings.ToLower(domain))
	return cmp.Or(letters[:min(2, len(letters))], "PD")
}

// fillProvider says which provider keeps the mailbox, and tells what it wants
// done before anybody can log in.
func (a *app) fillProvider(ctx context.Context, s *setup, f initFlags, d *dialogue, _ bool) error {
	list, err := presets()
	if err != nil {
		return err
	}
	byName := func(id string) string {
		for i, p := range list {
			if id == p.id || id == strconv.Itoa(i+1) {
				s.preset = p
				return ""
			}
		}
		return a.t("init.wrong.provider", templates.Safe(id), strings.Join(presetOrder, ", "))
	}
	switch {
	case f.provider != "":
		if fault := byName(f.provider); fault != "" {
			return usage(errors.New("--provider: " + fault))
		}
	case d == nil:
		return a.misuse("init.missing", "--provider")
	default:
		a.printf("\n%s\n", a.t("init.providers"))
		for i, p := range list {
			a.printf("  %d  %s\n", i+1, p.Name[a.lang])
		}
		if _, err := d.until(a.t("init.ask.provider"), a.keeper(ctx, s.address), byName); err != nil {
			return err
		}
	}
	a.errorf("\n%s\n", strings.Join(wrap(a.t("init.needs", s.preset.Name[a.lang]), a.width()), "\n"))
	for _, need := range s.preset.Needs[a.lang] {
		for i, line := range wrap(need, a.width()-4) {
			a.errorf("  %s %s\n", map[bool]string{true: "-", false: " "}[i == 0], line)
		}
	}
	a.errorf("\n")
	return nil
}

// keeper guesses who keeps the mail of an address by the servers that take it:
// the number in the list, "" where nobody is recognised.
func (a *app) keeper(ctx context.Context, address string) string {
	_, domain, _ := strings.Cut(address, "@")
	list, err := presets()
	if err != nil {
		return ""
	}
	for _, host := range mailbox.MailHosts(ctx, domain) {
		for i, p := range list {
			if slices.ContainsFunc(p.MX, func(end string) bool { return host == end || strings.HasSuffix(host, "."+end) }) {
				return strconv.Itoa(i + 1)
			}
		}
	}
	return ""
}

func (a *app) fillOfficer(_ context.Context, s *setup, f initFlags, d *dialogue, all bool) (err error) {
	s.officer, err = a.learn(d, want{flag: "officer", value: f.officer, key: "reminders.officer", optional: true}, all)
	return err
}
