package templates

import (
	"reflect"
	"testing"
	"text/template/parse"
)

// The embedded letters hold no logic beyond if and range.
func TestTemplatesHoldNoLogic(t *testing.T) {
	s := builtIn(t)
	for _, lang := range languages {
		for _, name := range s.Names() {
			walk(t, s, lang, name, func(n parse.Node) {
				switch n := n.(type) {
				case *parse.WithNode, *parse.TemplateNode:
					t.Errorf("%s %s: %s", lang, name, n)
				case *parse.IdentifierNode:
					if _, ours := functions(lang)[n.Ident]; !ours && n.Ident != "len" {
						t.Errorf("%s %s calls %s", lang, name, n.Ident)
					}
				}
			})
		}
	}
}

// Every field that a letter is given is told in every language, by itself or
// by the method that stands for it.
func TestTemplatesUseEveryField(t *testing.T) {
	standsFor := map[string]string{"DocumentDays": "ProofDays", "Claim": "Text", "Earlier": "WorkedBy", "Source": "Law"}
	s := builtIn(t)
	for _, lang := range languages {
		for _, name := range s.Names() {
			used := map[string]bool{}
			walk(t, s, lang, name, func(n parse.Node) {
				switch n := n.(type) {
				case *parse.FieldNode:
					for _, id := range n.Ident {
						used[id] = true
					}
				case *parse.VariableNode:
					for _, id := range n.Ident[1:] {
						used[id] = true
					}
				}
			})
			for _, field := range fields(reflect.TypeOf(samples(lang)[name][0])) {
				if !used[field] && !used[standsFor[field]] {
					t.Errorf("%s %s does not tell %s", lang, name, field)
				}
			}
		}
	}
}

func fields(t reflect.Type) (names []string) {
	for t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t.PkgPath() == "time" {
		return nil
	}
	for _, f := range reflect.VisibleFields(t) {
		names = append(append(names, f.Name), fields(f.Type)...)
	}
	return names
}

func walk(t *testing.T, s *Set, lang Lang, name string, visit func(parse.Node)) {
	t.Helper()
	l, err := s.template(lang, name)
	if err != nil {
		t.Fatal(err)
	}
	var into func(n parse.Node)
	list := func(ls ...*parse.ListNode) {
		for _, nodes := range ls {
			if nodes != nil {
				for _, n := range nodes.Nodes {
					into(n)
				}
			}
		}
	}
	into = func(n parse.Node) {
		visit(n)
		switch n := n.(type) {
		case *parse.ActionNode:
			into(n.Pipe)
		case *parse.IfNode:
			into(n.Pipe)
			list(n.List, n.ElseList)
		case *parse.RangeNode:
			into(n.Pipe)
			list(n.List, n.ElseList)
		case *parse.PipeNode:
			for _, c := range n.Cmds {
				for _, a := range c.Args {
					into(a)
				}
			}
		}
	}
	list(l.subject.tree.Root, l.body.tree.Root)
}
