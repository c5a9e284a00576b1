package rules

import (
	"errors"
	"strconv"
	"strings"
)

// PolicyFault is one thing that is wrong in a policy file. Error is for a log:
// whoever shows it to people words Code and Args.
type PolicyFault struct {
	Line int
	Code string // see PolicyFaultCodes
	Args []string
}

// PolicyFaultCodes are the codes that a PolicyFault can have, with what its
// arguments are.
var PolicyFaultCodes = map[string][]string{
	"yaml":        {"words of the parser"},
	"unknown_key": {"key"},
	"key_twice":   {"key", "line"},
	"second":      nil, // document
	"missing":     {"key"},
	"want":        {"key", "value", "what is wanted: see WantAddress, else it is the text itself"}, // least and most of a number
	"text":        {"key", "language"},                                                             // that of operator.name, in which each text must stand
	"twice":       {"key", "value"},
	"unknown":     {"key", "name of a kind or group"},
	"wordless":    {"key", "pattern or entry"},
	"named":       nil, // a target that letters would name
	"from_to":     {"first day", "last day"},
	"checked":     nil, // without checked_by, or the other way round
	"example":     {"letter", "kind", "what becomes of it"},
	"doubtful":    {"letter", "kind", "what becomes of it"},
	"not":         {"letter", "kind", "what becomes of it"},
	"alike":       {"mark", "kind", "other mark", "its kind"},
	"never":       {"pattern"},
	"unproved":    {"kind"},
	"unused":      {"group"},
}

// What a fault of the code want may ask for.
const (
	WantAddress = "address"
	WantBIN     = "bin" // its last digit controls the others
	WantDay     = "day"
	WantNumber  = "number" // two more arguments follow: from, to; or none
	WantID      = "id"     // small Latin letters, digits and _
	WantText    = "text"
	WantList    = "list"
	WantKeys    = "keys"
)

func (f *PolicyFault) Error() string {
	return "line " + strconv.Itoa(f.Line) + ": " + strings.Join(append([]string{f.Code}, f.Args...), ", ")
}

// PolicyFaults returns the faults that an error of ParsePolicy joins, in their
// order; nil for another error.
func PolicyFaults(err error) (list []*PolicyFault) {
	if f := (*PolicyFault)(nil); errors.As(err, &f) {
		list = []*PolicyFault{f}
	}
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		list = nil
		for _, one := range all.Unwrap() {
			list = append(list, PolicyFaults(one)...)
		}
	}
	return list
}

var (
	reUnknownKey = lazily(`field (.+) not found in type \S+`)
	reWrongType  = lazily("cannot unmarshal (\\S+) ?(`[^`]*`)? ?into (\\S+)")
	reKeyTwice   = lazily(`mapping key "(.+)" already defined at line (\d+)`)
	reErrorLine  = lazily(`^(?:yaml: )?line (\d+): `)
)

// yamlFault makes a fault of an error of the yaml package, for a person who has
// never seen Go.
func yamlFault(s string) *PolicyFault {
	f := &PolicyFault{Line: 1, Code: "yaml"}
	if g := reErrorLine.FindStringSubmatch(s); g != nil {
		f.Line, _ = strconv.Atoi(g[1])
	}
	if g := reUnknownKey.FindStringSubmatch(s); g != nil {
		f.Code, f.Args = "unknown_key", []string{g[1]}
		return f
	}
	if g := reKeyTwice.FindStringSubmatch(s); g != nil {
		f.Code, f.Args = "key_twice", []string{g[1], g[2]}
		return f
	}
	if g := reWrongType.FindStringSubmatch(s); g != nil {
		want := WantText
		switch {
		case g[3] == "int":
			want = WantNumber
		case g[3] == "bool":
			want = "true/false"
		case strings.HasPrefix(g[3], "[]"):
			want = WantList
		case strings.HasPrefix(g[3], "rules.") || strings.HasPrefix(g[3], "map"), strings.HasPrefix(g[3], "struct"):
			want = WantKeys
		}
		f.Code, f.Args = "want", []string{"", strings.Trim(g[2], "`"), want}
		return f
	}
	f.Args = []string{s}
	return f
}
