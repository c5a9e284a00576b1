package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// No field and no method hides another one that an embedded type would lend: a forgotten
// or superfluous step on the way to a name would compile, and mean something else. Only
// what the packages themselves declare is looked at.
func TestNoNameIsHidden(t *testing.T) {
	for room := range rooms {
		types := declared(t, "../../"+room)
		for name := range types {
			for _, found := range types.hidden(name) {
				t.Errorf("%s: %s", room, found)
			}
		}
	}
	probe := structs{}
	probe.add(parsed(t, "package p\ntype a struct{ x int }\nfunc (*a) y() {}\ntype b struct{ *a }\ntype c struct{ b; x bool }\nfunc (c) y() {}\n"))
	if got := probe.hidden("c"); len(got) != 2 {
		t.Errorf("two hidden names are found as %q", got)
	}
}

// structs are the struct types of a package: the names that each has itself, and the
// types that it embeds.
type structs map[string]*struct{ names, embeds []string }

func declared(t *testing.T, room string) structs {
	t.Helper()
	files, err := filepath.Glob(room + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	types := structs{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		types.add(f)
	}
	return types
}

func parsed(t *testing.T, text string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (s structs) add(f *ast.File) {
	of := func(name string) *struct{ names, embeds []string } {
		if s[name] == nil {
			s[name] = new(struct{ names, embeds []string })
		}
		return s[name]
	}
	for _, d := range f.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
			x := of(typeName(f.Recv.List[0].Type))
			x.names = append(x.names, f.Name.Name)
		}
		g, _ := d.(*ast.GenDecl)
		if g == nil {
			continue
		}
		for _, spec := range g.Specs {
			declared, _ := spec.(*ast.TypeSpec)
			if declared == nil {
				continue
			}
			fields, ok := declared.Type.(*ast.StructType)
			if !ok {
				continue
			}
			x := of(declared.Name.Name)
			for _, field := range fields.Fields.List {
				for _, n := range field.Names {
					x.names = append(x.names, n.Name)
				}
				if len(field.Names) == 0 {
					x.names = append(x.names, typeName(field.Type))
					if !ofAnotherPackage(field.Type) {
						x.embeds = append(x.embeds, typeName(field.Type))
					}
				}
			}
		}
	}
}

// typeName is the name of a type without the package, the pointer and the parameters.
func typeName(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.StarExpr:
		return typeName(x.X)
	case *ast.SelectorExpr:
		return x.Sel.Name
	case *ast.IndexExpr:
		return typeName(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}

// ofAnotherPackage reports whether a type is of another package.
func ofAnotherPackage(x ast.Expr) bool {
	if star, ok := x.(*ast.StarExpr); ok {
		x = star.X
	}
	_, ok := x.(*ast.SelectorExpr)
	return ok
}

// hidden lists the names of a type that some embedded type has too.
func (s structs) hidden(name string) (found []string) {
	own := map[string]bool{}
	for _, n := range s[name].names {
		own[n] = true
	}
	seen := map[string]bool{name: true}
	for level := s[name].embeds; len(level) > 0; {
		var deeper []string
		for _, e := range level {
			if s[e] == nil || seen[e] {
				continue
			}
			seen[e] = true
			for _, n := range s[e].names {
				if own[n] && n != "_" {
					found = append(found, name+"."+n+" hides "+e+"."+n)
				}
			}
			deeper = append(deeper, s[e].embeds...)
		}
		level = deeper
	}
	return found
}
