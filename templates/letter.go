package templates

import (
	"errors"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Letter is a letter in words. Subject is one line without control
// characters. Body is plain text: lines end in LF and are at most 76
// characters long, unless a single word is longer.
type Letter struct{ Subject, Body string }

// letterTemplate is one letter in one language. Subject and body are two
// templates, so that nothing a body is given can end up in the header.
type letterTemplate struct{ subject, body *blank }

const subjectMark = "Subject: "

// parseLetter reads the source of one letter; file is named in its errors, and
// in those of the template, together with the line.
func parseLetter(file string, lang Lang, source string) (*letterTemplate, error) {
	if !utf8.ValidString(source) {
		return nil, fault(file, "config.fault.text")
	}
	source = strings.ReplaceAll(strings.TrimPrefix(source, "\ufeff"), "\r\n", "\n")
	subject, rest, _ := strings.Cut(source, "\n")
	if !strings.HasPrefix(subject, subjectMark) || strings.TrimSpace(subject) == strings.TrimSpace(subjectMark) {
		return nil, fault(file+":1", "template.fault.subject", subjectMark+"…")
	}
	blank, body, _ := strings.Cut(rest, "\n")
	if strings.TrimSpace(blank) != "" {
		return nil, fault(file+":2", "template.fault.blank")
	}
	if strings.TrimSpace(body) == "" {
		return nil, fault(file+":3", "template.fault.body")
	}
	s, serr := parseBlank(file, subject, functions(lang))
	b, berr := parseBlank(file, "\n\n"+body, functions(lang)) // so that lines count as in the file
	return &letterTemplate{s, b}, errors.Join(serr, berr)
}

// fill renders the letter with data that has been tidied.
func (t *letterTemplate) fill(data any, masked bool) (Letter, error) {
	subject, err := t.subject.fill(data)
	if err != nil {
		return Letter{}, withFields(err, data)
	}
	body, err := t.body.fill(data)
	if err != nil {
		return Letter{}, withFields(err, data)
	}
	l := Letter{
		Subject: oneLine(unglued(strings.TrimPrefix(subject, subjectMark))),
		Body:    manyLines(body),
	}
	if masked {
		l.Subject, l.Body = MaskPII(l.Subject), MaskPII(l.Body)
	}
	if l.Body = wrap(l.Body); l.Subject == "" || l.Body == "\n" {
		return Letter{}, fault(t.body.file, "template.fault.empty")
	}
	return l, nil
}

// withFields adds to the fault of a template what it could have asked for.
func withFields(err error, data any) error {
	names := fieldNames(data)
	if f := (*Fault)(nil); errors.As(err, &f) && len(names) > 0 && strings.Contains(f.why, "can't evaluate field") {
		f.args = append(f.args, strings.Join(names, ", "))
	}
	return err
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
