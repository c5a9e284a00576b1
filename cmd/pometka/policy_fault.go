package main

import (
	"errors"
	"strings"

	"license.kz/pometka/rules"
)

// policyFaults words what is wrong in a policy file, one fault a line; "" for an
// error of another sort.
func policyFaults(err error, lang rules.Lang) string {
	var lines []string
	for _, f := range rules.PolicyFaults(err) {
		lines = append(lines, phrased("policy.line", f.Line, policyFault(f)).in(lang))
	}
	return strings.Join(lines, "\n")
}

// policyFault words one fault of a policy file, without its line.
func policyFault(f *rules.PolicyFault) *phrase {
	switch f.Code {
	case "yaml":
		_, what := syntaxError(errors.New(f.Args[0]), nil)
		return what
	case "second":
		return phrased("config.fault.second")
	case "want":
		return phrased("policy.fault.want", f.Args[0], f.Args[1], policyWant(f.Args[2], f.Args[3:]))
	}
	return phrased("policy.fault."+f.Code, boxed(f.Args)...)
}

func boxed(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// policyWants are the phrases for what a value must be.
var policyWants = map[string]string{
	rules.WantAddress: "config.want.address.alone", rules.WantBIN: "policy.want.bin", rules.WantDay: "config.want.day.real", rules.WantNumber: "policy.want.number",
	rules.WantID: "policy.want.id", rules.WantText: "config.want.text", rules.WantList: "config.want.list", rules.WantKeys: "policy.want.keys",
}

// policyWant words what a value of a policy file must be.
func policyWant(want string, about []string) *phrase {
	if key, ok := policyWants[want]; ok {
		return phrased(key, boxed(about)...)
	}
	return phrased("config.fault.only", want)
}
