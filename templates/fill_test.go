package templates

import (
	"maps"
	"strings"
	"testing"
	"text/template"
)

// theirs fills text with the package whose syntax ours follows.
func theirs(text string, lang Lang, data any) (string, error) {
	t, err := template.New("x").Option("missingkey=error").Funcs(functions(lang)).Parse(text)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = t.Execute(&out, data)
	return out.String(), err
}

// Every letter comes out as text/template would fill it, in which operators
// may have written theirs.
func TestFillAgreesWithTextTemplate(t *testing.T) {
	for _, lang := range languages {
		for _, name := range names {
			source, err := letterFiles.ReadFile("letters/" + lang + "/" + name + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			for i, data := range samples(lang)[name] {
				agree(t, string(source), lang, data)
				if t.Failed() {
					t.Fatalf("letter %s %s, sample %d", lang, name, i)
				}
			}
		}
	}
}

func agree(t *testing.T, text string, lang Lang, data any) {
	t.Helper()
	b, err := parseBlank("x", text, functions(lang))
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.fill(data)
	if err != nil {
		t.Fatal(err)
	}
	want, err := theirs(text, lang, data)
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("%s\ngot  %q\nwant %q", text, got, want)
	}
}

func TestFillForms(t *testing.T) {
	data := samples(RU)["acknowledgement"][0].(Acknowledgement)
	for _, text := range []string{
		"{{/* a remark */}}x",
		"{{range .Requests}}{{.Number}}{{else}}none{{end}}",
		"{{range $i, $r := .Requests}}{{$i}} {{$r.Number}} {{$.Number}}{{end}}",
		"{{range $r := .Requests}}{{$r.What | sentence}}{{end}}",
		"{{if .Contact}}a{{else if .Number}}b{{else}}c{{end}}",
		"{{if and .Number (not .Contact)}}a{{else}}b{{end}}{{if or .Contact .Number}}c{{end}}",
		"{{$n := len .Requests}}{{if eq $n 1}}one{{else}}many{{end}}",
		"{{(.).Number}}{{\"quoted\"}}{{`raw`}}{{12}}{{true}}",
		"{{if .Brief}}brief{{end}}{{date .Received}}",
	} {
		agree(t, text, RU, data)
	}
}

// What a letter may not hold is refused when it is read, and what it asks
// wrongly when it is tried, each with its place.
func TestFillRefuses(t *testing.T) {
	data := samples(RU)["acknowledgement"][0]
	for text, want := range map[string]string{
		"{{with .Number}}{{.}}{{end}}":        "x:1:7: {{with .Number}}{{.}}{{end}} has no place in a letter; there are {{if}}, {{range}}",
		"a\n{{template \"y\"}}":               `x:2:11: {{template "y"}} has no place in a letter`,
		"{{define \"y\"}}b{{end}}a":           "{{define}} has no place in a letter",
		"{{range .Requests}}{{break}}{{end}}": "{{break}} has no place in a letter",
		"{{$a := 1}}{{$a = 2}}":               "no new value",
		"{{range .Number}}{{end}}":            "x:1:8: “.Number” does not fit here (is no list)",
		"{{.Number.Length}}":                  "can't evaluate field Length in type string",
		"{{.Number 1}}":                       "takes no argument",
		"{{.Requests}}":                       "has no words of its own",
		"{{.Names}}":                          "takes 1 arguments, 0 are given",
		"{{.Names .Number}}":                  "x:1:9: “.Number” does not fit here (wrong type of value: want templates.AckDate, have string)",
		"{{len 1}}":                           "has no length",
		"{{if eq 1 \"a\"}}{{end}}":            "not alike",
		"{{printf \"%d\" 1}}":                 `function "printf" not defined`,
		"{{call .Number}}":                    `function "call" not defined`,
		"{{1.5}}":                             "has no place in a letter",
		"{{nil}}":                             "has no place in a letter",
		"{{range .Requests}}{{range .Dates}}{{.X}}{{end}}{{end}}": "can't evaluate field X in type templates.AckDate",
	} {
		b, err := parseBlank("x", text, functions(RU))
		if err == nil {
			_, err = b.fill(data)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

// A value that fails is a fault of the template, with its place, and no end of
// the program.
func TestFillFails(t *testing.T) {
	b, err := parseBlank("x", "a\n{{.At 99}}", functions(RU))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.fill(failing{"a"}); err == nil || !strings.Contains(err.Error(), "x:2:2: ") || !strings.Contains(err.Error(), "index out of range") {
		t.Errorf("got %v", err)
	}
}

type failing []string

func (f failing) words() map[string]any {
	return map[string]any{"At": func(i int) string { return f[i] }}
}

// Whatever an operator writes, it is filled as text/template would, or refused:
// the program stands.
func FuzzFill(f *testing.F) {
	for _, name := range names {
		source, err := letterFiles.ReadFile("letters/ru/" + name + ".txt")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(source))
	}
	f.Add("{{range $i, $r := .Requests}}{{range $r.Dates}}{{if $.Names .}}{{$r.What | sentence}}{{end}}{{end}}{{end}}")
	data := samples(RU)["acknowledgement"][0]
	f.Fuzz(func(t *testing.T, text string) {
		funcs := functions(RU)
		b, err := parseBlank("x", text, maps.Clone(funcs))
		if err != nil {
			return
		}
		got, err := b.fill(data)
		if err != nil {
			return
		}
		if want, err := theirs(text, RU, data); err == nil && got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
