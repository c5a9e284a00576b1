package templates

// Fault is one thing that is wrong in a file of the operator's own letters. In
// words it for a person; Error, for the log, is In English.
type Fault struct {
	where string // FILE, FILE:LINE or FILE:LINE:COLUMN
	key   string // of the catalogue
	args  []any
	why   string // what the parser or the program says of it, in English
}

//go:noinline
func fault(where, key string, args ...any) *Fault { return &Fault{where: where, key: key, args: args} }

func (f *Fault) Error() string {
	s := f.In(EN)
	if f.why != "" {
		s += " (" + Safe(f.why) + ")"
	}
	return s
}

// In words the fault in a language: where it is and what is wrong.
func (f *Fault) In(lang Lang) string {
	args := make([]any, len(f.args))
	for i, a := range f.args {
		if args[i] = a; a != nil {
			if s, ok := a.(string); ok {
				args[i] = Safe(s)
			}
		}
	}
	return Safe(f.where) + ": " + text(lang, f.key, args...)
}

var (
	parserPlace = lazily(`^template: (.+?:\d+): (.*)$`)
	parserQuote = lazily(`"[^"]+"|<[^>]+>|\{\{[^}]*\}\}`)
)

// parserFault makes a fault of an error of the parser, which names a place and
// often quotes what it stumbles over.
func parserFault(file string, err error) *Fault {
	f := fault(file, "template.fault.syntax", "{{…}}", "")
	f.why = err.Error()
	if g := parserPlace().FindStringSubmatch(f.why); g != nil {
		f.where, f.why = g[1], g[2]
	}
	f.args[1] = parserQuote().FindString(f.why)
	if f.why == "unexpected EOF" {
		f.args[1] = "{{end}}?"
	}
	return f
}
