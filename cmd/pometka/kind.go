package main

import (
	"errors"
	"strings"

	"license.kz/pometka/desk"
	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// kindsNamed are the kinds that words mean: the ids of the policy, or the names
// that the screens show, in any language and letter case. A word that means none
// stays as it is, for the policy to refuse.
func kindsNamed(p *rules.Policy, words []string) []rules.Kind {
	if k, ok := kindNamed(p, strings.Join(words, " ")); ok {
		return []rules.Kind{k} // a name of two words without quotes
	}
	kinds := make([]rules.Kind, len(words))
	for i, w := range words {
		kinds[i], _ = kindNamed(p, w)
	}
	return kinds
}

func kindNamed(p *rules.Policy, word string) (rules.Kind, bool) {
	word = strings.Join(strings.Fields(word), " ")
	for _, k := range p.Kinds {
		for _, name := range []string{string(k.ID), k.Name.RU, k.Name.KK, k.Name.EN} {
			if strings.EqualFold(name, word) && word != "" {
				return k.ID, true
			}
		}
	}
	return rules.Kind(word), false
}

// kindError names the kinds that can be confirmed, each with its meaning.
func (a *app) kindError(d *desk.Desk, kinds []rules.Kind) error {
	named := make([]string, len(kinds))
	for i, k := range kinds {
		named[i] = templates.Safe(string(k))
	}
	lines := []string{a.t("error.kind.none")}
	if len(kinds) > 0 {
		lines[0] = a.t("error.kind.of", strings.Join(named, ", "))
	}
	for _, k := range d.Policy.Kinds {
		lines = append(lines, "  "+pad(string(k.ID), 22)+k.Name.In(a.lang))
	}
	return usage(errors.New(strings.Join(lines, "\n")))
}

// kindList lists the kinds of a policy, each with its meaning.
func (a *app) kindList(p *rules.Policy) string {
	var list []string
	for _, k := range p.Kinds {
		list = append(list, string(k.ID)+" ("+k.Name.In(a.lang)+")")
	}
	return strings.Join(list, ", ")
}
