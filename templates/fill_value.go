package templates

import (
	"errors"
	"fmt"
	"reflect"
	"text/template/parse"
)

var valueType = reflect.TypeFor[reflect.Value]()

// command gives the value of one command of a pipeline; last holds the value
// of the command before it.
func (fl *filling) command(c *parse.CommandNode, dot reflect.Value, last []reflect.Value) reflect.Value {
	first, rest := c.Args[0], c.Args[1:]
	args := func() []reflect.Value {
		var given []reflect.Value
		for _, a := range rest {
			given = append(given, fl.arg(a, dot))
		}
		return append(given, last...)
	}
	switch n := first.(type) {
	case *parse.IdentifierNode:
		return fl.run(n, rest, fl.call[n.Ident], args())
	case *parse.FieldNode:
		return fl.fields(n, rest, dot, n.Ident, args())
	case *parse.VariableNode:
		return fl.fields(n, rest, fl.variable(n), n.Ident[1:], args())
	}
	if len(rest)+len(last) > 0 {
		fl.fail(first, "takes no argument")
	}
	return fl.arg(first, dot)
}

// arg gives the value of one word of a command.
func (fl *filling) arg(n parse.Node, dot reflect.Value) reflect.Value {
	switch n := n.(type) {
	case *parse.DotNode:
		return dot
	case *parse.FieldNode:
		return fl.fields(n, nil, dot, n.Ident, nil)
	case *parse.VariableNode:
		return fl.fields(n, nil, fl.variable(n), n.Ident[1:], nil)
	case *parse.IdentifierNode:
		return fl.run(n, nil, fl.call[n.Ident], nil)
	case *parse.PipeNode:
		return fl.pipe(n, dot)
	case *parse.ChainNode:
		return fl.fields(n, nil, fl.arg(n.Node, dot), n.Field, nil)
	case *parse.StringNode:
		return reflect.ValueOf(n.Text)
	case *parse.BoolNode:
		return reflect.ValueOf(n.True)
	case *parse.NumberNode:
		if n.IsInt {
			return reflect.ValueOf(int(n.Int64))
		}
	}
	fl.fail(n, "has no place in a letter")
	panic("unreachable")
}

// variable finds the innermost variable of that name; the parser has seen to
// it that there is one.
func (fl *filling) variable(n *parse.VariableNode) reflect.Value {
	for i := len(fl.names) - 1; i >= 0; i-- {
		if fl.names[i].name == n.Ident[0] {
			return fl.names[i].value
		}
	}
	fl.fail(n, "is not in sight")
	panic("unreachable")
}

// fields follows names from v; args belong to the last of them.
func (fl *filling) fields(n parse.Node, argNodes []parse.Node, v reflect.Value, names []string, args []reflect.Value) reflect.Value {
	if len(names) == 0 && len(args) > 0 {
		fl.fail(n, "takes no argument")
	}
	for i, name := range names {
		var given []reflect.Value
		if i == len(names)-1 {
			given = args
		}
		v = fl.field(n, argNodes, fl.value(n, v), name, given)
	}
	return v
}

func (fl *filling) field(n parse.Node, argNodes []parse.Node, v reflect.Value, name string, args []reflect.Value) reflect.Value {
	if w, ok := v.Interface().(wording); ok {
		if fn := w.words()[name]; fn != nil {
			return fl.run(n, argNodes, reflect.ValueOf(fn), args)
		}
	}
	var found reflect.Value
	switch v.Kind() {
	case reflect.Struct:
		if f, ok := v.Type().FieldByName(name); ok && f.IsExported() {
			found = v.FieldByIndex(f.Index)
		}
	case reflect.Map:
		if v.Type().Key().Kind() == reflect.String {
			if found = v.MapIndex(reflect.ValueOf(name).Convert(v.Type().Key())); !found.IsValid() {
				fl.fail(n, "map has no entry for key %q", name)
			}
		}
	}
	if !found.IsValid() {
		fl.fail(n, "can't evaluate field %s in type %s", name, v.Type())
	}
	if len(args) > 0 {
		fl.fail(n, "takes no argument")
	}
	return found
}

// run calls fn with args. argNodes are the words that gave the first of them,
// to say which one does not fit.
func (fl *filling) run(n parse.Node, argNodes []parse.Node, fn reflect.Value, args []reflect.Value) reflect.Value {
	t := fn.Type()
	least := t.NumIn()
	if t.IsVariadic() {
		least--
	}
	if len(args) < least || len(args) > least && !t.IsVariadic() {
		fl.fail(n, "takes %d arguments, %d are given", least, len(args))
	}
	for i, a := range args {
		want := t.In(min(i, t.NumIn()-1))
		if t.IsVariadic() && i >= least {
			want = want.Elem()
		}
		var at parse.Node = n
		if i < len(argNodes) {
			at = argNodes[i]
		}
		fit, err := fitting(a, want)
		if err != nil {
			fl.fail(at, "%v", err)
		}
		args[i] = fit
	}
	out := fl.safely(n, fn, args)
	if len(out) == 2 && !out[1].IsNil() {
		fl.fail(n, "%v", out[1].Interface())
	}
	if out[0].Type() == valueType {
		return out[0].Interface().(reflect.Value)
	}
	return out[0]
}

// safely calls fn; that it panics, say on an index far out, is a fault of the
// template that called it so.
func (fl *filling) safely(n parse.Node, fn reflect.Value, args []reflect.Value) (out []reflect.Value) {
	defer func() {
		if r := recover(); r != nil {
			fl.fail(n, "%v", r)
		}
	}()
	return fn.Call(args)
}

// fitting makes a value fit a parameter, without any conversion that could
// change it.
func fitting(v reflect.Value, want reflect.Type) (reflect.Value, error) {
	if want == valueType {
		for v.Kind() == reflect.Interface {
			v = v.Elem()
		}
		return reflect.ValueOf(v), nil
	}
	if !v.IsValid() {
		return v, errors.New("nil data")
	}
	if v.Kind() == reflect.Interface && !v.IsNil() {
		v = v.Elem()
	}
	switch {
	case v.Type().AssignableTo(want):
		return v, nil
	case v.Kind() == want.Kind() && v.Type().ConvertibleTo(want): // a named string is a string
		return v.Convert(want), nil
	}
	return v, fmt.Errorf("wrong type of value: want %s, have %s", want, v.Type())
}
