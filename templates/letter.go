package templates

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"text/template"
	"unicode/utf8"
)

// Letter is a letter in words. Subject is one line without control
// characters. Body is plain text: lines end in LF and are at most 76
// characters long, unless a single word is longer.
type Letter struct{ Subject, Body string }

// letterTemplate is one letter in one language. Subject and body are two
// templates, so that nothing a body is given can end up in the header.
type letterTemplate struct{ subject, body *template.Template }

const subjectMark = "Subject: "

// parseLetter reads the source of one letter; file is named in its errors, and
// in those of the template, together with the line.
func parseLetter(file string, lang Lang, source string) (*letterTemplate, error) {
	if !utf8.ValidString(source) {
		return nil, fmt.Errorf("%s: the file is not UTF-8", file)
	}
	source = strings.ReplaceAll(strings.TrimPrefix(source, "\ufeff"), "\r\n", "\n")
	subject, rest, _ := strings.Cut(source, "\n")
	if !strings.HasPrefix(subject, subjectMark) || strings.TrimSpace(subject) == strings.TrimSpace(subjectMark) {
		return nil, fmt.Errorf("%s:1: want the subject in the first line, as %q", file, subjectMark+"…")
	}
	blank, body, _ := strings.Cut(rest, "\n")
	if strings.TrimSpace(blank) != "" {
		return nil, fmt.Errorf("%s:2: want an empty line between subject and body", file)
	}
	if strings.TrimSpace(body) == "" {
		return nil, fmt.Errorf("%s:3: want the body of the letter", file)
	}
	parse := func(text string) (*template.Template, error) {
		t, err := template.New(file).Option("missingkey=error").Funcs(functions(lang)).Parse(text)
		if err != nil {
			return nil, clear(err)
		}
		return t, nil
	}
	s, serr := parse(subject)
	b, berr := parse("\n\n" + body) // so that lines count as in the file
	return &letterTemplate{s, b}, errors.Join(serr, berr)
}

// clear leaves FILE:LINE in front of an error of text/template.
func clear(err error) error {
	return errors.New(strings.TrimPrefix(err.Error(), "template: "))
}

// fill renders the letter with data that has been tidied.
func (t *letterTemplate) fill(data any, masked bool) (Letter, error) {
	var subject, body strings.Builder
	if err := t.subject.Execute(&subject, data); err != nil {
		return Letter{}, withFields(clear(err), data)
	}
	if err := t.body.Execute(&body, data); err != nil {
		return Letter{}, withFields(clear(err), data)
	}
	l := Letter{
		Subject: oneLine(unglued(strings.TrimPrefix(subject.String(), subjectMark))),
		Body:    manyLines(body.String()),
	}
	if masked {
		l.Subject, l.Body = MaskPII(l.Subject), MaskPII(l.Body)
	}
	if l.Body = wrap(l.Body); l.Subject == "" || l.Body == "\n" {
		return Letter{}, fmt.Errorf("%s: the subject or the body comes out empty", t.body.Name())
	}
	return l, nil
}

// withFields adds to the error of a template what it could have asked for.
func withFields(err error, data any) error {
	t := reflect.TypeOf(data)
	if t == nil || t.Kind() != reflect.Struct || !strings.Contains(err.Error(), "can't evaluate field") {
		return err
	}
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return fmt.Errorf("%w (this letter has: %s)", err, strings.Join(names, ", "))
}

// Join makes one letter of several in different languages: the first one's
// subject, and the bodies one under the other.
func (s *Set) Join(letters ...Letter) Letter {
	if len(letters) == 0 {
		return Letter{}
	}
	bodies := make([]string, len(letters))
	for i, l := range letters {
		bodies[i] = l.Body
	}
	return Letter{Subject: letters[0].Subject, Body: strings.Join(bodies, "\n* * *\n\n")}
}

// tidy returns a copy of data in which every string is one line without
// control characters, or several lines where the field is tagged lines:"many".
// Pointers at the top are followed.
func tidy(data any) any {
	v := reflect.ValueOf(data)
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if !v.IsValid() {
		return nil
	}
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	tidyValue(c, oneLine)
	return c.Interface()
}

func tidyValue(v reflect.Value, clean func(string) string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(clean(v.String()))
	case reflect.Slice:
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(c, v)
		for i := range c.Len() {
			tidyValue(c.Index(i), clean)
		}
		v.Set(c)
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() {
				continue
			}
			how := clean
			if f.Tag.Get("lines") == "many" {
				how = manyLines
			}
			tidyValue(v.Field(i), how)
		}
	}
}
