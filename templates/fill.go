package templates

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"text/template/parse"
)

// A blank is a parsed subject or body. The syntax is that of text/template, and
// so is the parser; what may stand in a letter is less: text, values, if, range
// and the functions of formats.go. The package text/template itself would find
// methods by their names, for which the linker keeps every exported method of
// every type in the program: a tenth of the binary, for a dozen methods.
type blank struct {
	file string
	tree *parse.Tree // nil: nothing but comments
	call map[string]reflect.Value
}

// A wording is data with values of its own beside its fields: functions by the
// name under which a template calls them.
type wording interface{ words() map[string]any }

// A badBlank is a fault found while a blank is filled.
type badBlank struct{ err error }

// parseBlank reads text; file is named in its errors, which begin with
// FILE:LINE.
func parseBlank(file, text string, funcs map[string]any) (*blank, error) {
	trees, err := parse.Parse(file, text, "", "", funcs, logic)
	if err != nil {
		return nil, parserFault(file, err)
	}
	f := &blank{file: file, tree: trees[file], call: map[string]reflect.Value{}}
	for name, fn := range logic {
		f.call[name] = reflect.ValueOf(fn)
	}
	for name, fn := range funcs {
		f.call[name] = reflect.ValueOf(fn)
	}
	for name, tree := range trees {
		if name != file {
			return nil, fault(where(tree, tree.Root), "template.fault.not_here", "{{define}}", allowedActions)
		}
	}
	if f.tree == nil {
		return f, nil
	}
	return f, f.allowed(f.tree.Root)
}

// allowed refuses what a letter may not hold, wherever it stands.
func (f *blank) allowed(list *parse.ListNode) error {
	if list == nil {
		return nil
	}
	for _, n := range list.Nodes {
		var err error
		switch n := n.(type) {
		case *parse.TextNode, *parse.ActionNode, *parse.CommentNode:
		case *parse.IfNode:
			err = errors.Join(f.allowed(n.List), f.allowed(n.ElseList))
		case *parse.RangeNode:
			err = errors.Join(f.allowed(n.List), f.allowed(n.ElseList))
		default:
			err = fault(where(f.tree, n), "template.fault.not_here", n.String(), allowedActions)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// allowedActions are what may stand in the braces of a letter.
const allowedActions = "{{if}}, {{range}}, {{.…}}"

// fill puts data into the blank.
func (f *blank) fill(data any) (s string, err error) {
	if f.tree == nil {
		return "", nil
	}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case badBlank:
			err = r.err
		default:
			panic(r)
		}
	}()
	top := reflect.ValueOf(data)
	fl := &filling{blank: f, names: []binding{{"$", top}}}
	fl.list(f.tree.Root, top)
	return fl.out.String(), nil
}

// where is FILE:LINE:COLUMN of a node.
func where(tree *parse.Tree, n parse.Node) string {
	place, _ := tree.ErrorContext(n)
	return place
}

type binding struct {
	name  string
	value reflect.Value
}

// A filling is one blank being filled.
type filling struct {
	*blank
	out   strings.Builder
	names []binding // the variables in sight, the innermost last
}

func (fl *filling) fail(n parse.Node, format string, args ...any) {
	bad := fault(where(fl.tree, n), "template.fault.value", n.String())
	bad.why = fmt.Sprintf(format, args...)
	panic(badBlank{bad})
}

func (fl *filling) list(list *parse.ListNode, dot reflect.Value) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			fl.out.Write(n.Text)
		case *parse.ActionNode:
			v := fl.pipe(n.Pipe, dot)
			if len(n.Pipe.Decl) == 0 {
				fl.write(n, v)
			}
		case *parse.IfNode:
			fl.either(n, dot)
		case *parse.RangeNode:
			fl.each(n, dot)
		}
	}
}

func (fl *filling) either(n *parse.IfNode, dot reflect.Value) {
	defer fl.forget(len(fl.names))
	if filled(fl.pipe(n.Pipe, dot)) {
		fl.list(n.List, dot)
	} else {
		fl.list(n.ElseList, dot)
	}
}

// forget ends the sight of the variables named since there were n.
func (fl *filling) forget(n int) { fl.names = fl.names[:n] }

func (fl *filling) each(n *parse.RangeNode, dot reflect.Value) {
	defer fl.forget(len(fl.names))
	many := fl.value(n.Pipe, fl.commands(n.Pipe, dot))
	if k := many.Kind(); k != reflect.Slice && k != reflect.Array {
		fl.fail(n.Pipe, "is no list")
	}
	if many.Len() == 0 {
		fl.list(n.ElseList, dot)
		return
	}
	inside := len(fl.names)
	for i := range many.Len() {
		one := many.Index(i)
		switch decl := n.Pipe.Decl; len(decl) {
		case 1:
			fl.names = append(fl.names, binding{decl[0].Ident[0], one})
		case 2:
			fl.names = append(fl.names, binding{decl[0].Ident[0], reflect.ValueOf(i)}, binding{decl[1].Ident[0], one})
		}
		fl.list(n.List, one)
		fl.forget(inside)
	}
}

// pipe gives the value of a pipeline and its name, where it has one.
func (fl *filling) pipe(p *parse.PipeNode, dot reflect.Value) reflect.Value {
	v := fl.commands(p, dot)
	for _, d := range p.Decl {
		if p.IsAssign {
			fl.fail(p, "a letter gives no new value to a variable")
		}
		fl.names = append(fl.names, binding{d.Ident[0], v})
	}
	return v
}

func (fl *filling) commands(p *parse.PipeNode, dot reflect.Value) (v reflect.Value) {
	for i, c := range p.Cmds {
		var last []reflect.Value
		if i > 0 {
			last = []reflect.Value{v}
		}
		v = fl.command(c, dot, last)
	}
	return v
}

func (fl *filling) write(n parse.Node, v reflect.Value) {
	v = fl.value(n, v)
	if k := v.Kind(); k == reflect.Struct || k == reflect.Slice || k == reflect.Map || k == reflect.Func {
		fl.fail(n, "a %s has no words of its own", v.Type())
	}
	fmt.Fprint(&fl.out, v)
}

// value refuses what is nothing at all, and looks into interfaces and pointers.
func (fl *filling) value(n parse.Node, v reflect.Value) reflect.Value {
	for v.IsValid() && (v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer) {
		v = v.Elem()
	}
	if !v.IsValid() {
		fl.fail(n, "nil data")
	}
	return v
}

// filled is what {{if}} asks: not empty, not zero, not false. A struct is.
func filled(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Invalid:
		return false
	case reflect.Slice, reflect.Map, reflect.String:
		return v.Len() > 0
	case reflect.Struct:
		return true
	}
	return !v.IsZero()
}

// logic are the functions of every template language that a letter may need.
var logic = map[string]any{
	"len": func(v reflect.Value) (int, error) {
		switch v.Kind() {
		case reflect.Slice, reflect.Map, reflect.String:
			return v.Len(), nil
		}
		return 0, errors.New("has no length")
	},
	"not": func(v reflect.Value) bool { return !filled(v) },
	"and": func(v ...reflect.Value) reflect.Value { return firstOr(v, false) },
	"or":  func(v ...reflect.Value) reflect.Value { return firstOr(v, true) },
	"eq": func(a, b reflect.Value) (bool, error) {
		if !a.IsValid() || !b.IsValid() || a.Type() != b.Type() || !a.Comparable() {
			return false, errors.New("compares two things that are not alike")
		}
		return a.Equal(b), nil
	},
}

// firstOr is the first value that is filled or not, else the last.
func firstOr(v []reflect.Value, want bool) reflect.Value {
	for _, one := range v {
		if filled(one) == want {
			return one
		}
	}
	if len(v) == 0 {
		return reflect.ValueOf(want)
	}
	return v[len(v)-1]
}

// fieldNames lists what a template can ask of data: its fields and words.
func fieldNames(data any) (names []string) {
	t := reflect.TypeOf(data)
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range reflect.VisibleFields(t) {
		names = append(names, f.Name)
	}
	if w, ok := data.(wording); ok {
		names = slices.AppendSeq(names, maps.Keys(w.words()))
	}
	slices.Sort(names)
	return names
}
