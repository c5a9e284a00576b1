package templates

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// readTopic reads one file of a catalogue into c: a JSON object whose values are
// sentences, or objects with a sentence for each plural form. Package encoding/json reads
// the same, but lets a key stand in an object twice. A key that stands in c already is a
// fault, since it would depend on the names of the files which counts.
func readTopic(text string, c map[string]entry) error {
	r := topicReader{rest: text}
	err := r.object(func(key string) error {
		if _, twice := c[key]; twice {
			return fmt.Errorf("the key %s stands in the catalogue twice", key)
		}
		e, err := r.entry()
		c[key] = e
		return err
	})
	if err == nil && r.next() != 0 {
		err = errTopic
	}
	return err
}

var errTopic = errors.New("no JSON object of sentences")

// topicReader reads from the front of rest. Sentences are parts of it.
type topicReader struct{ rest string }

// next returns the first byte that is no space, 0 at the end.
func (r *topicReader) next() byte {
	r.rest = strings.TrimLeft(r.rest, " \t\r\n")
	if r.rest == "" {
		return 0
	}
	return r.rest[0]
}

// take takes the byte b away, and reports whether it stood there.
func (r *topicReader) take(b byte) bool {
	if r.next() != b {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// object reads an object and calls value where the value of each key begins.
func (r *topicReader) object(value func(key string) error) error {
	if !r.take('{') {
		return errTopic
	}
	if r.take('}') {
		return nil
	}
	for {
		key, err := r.string()
		if err != nil {
			return err
		}
		if !r.take(':') {
			return errTopic
		}
		if err := value(key); err != nil {
			return err
		}
		if r.take('}') {
			return nil
		}
		if !r.take(',') {
			return errTopic
		}
	}
}

func (r *topicReader) entry() (e entry, err error) {
	if r.next() == '"' {
		e.text, err = r.string()
		return e, err
	}
	e.forms = map[string]string{}
	return e, r.object(func(form string) error {
		e.forms[form], err = r.string()
		return err
	})
}

// string reads a string; one with escapes is left to encoding/json.
func (r *topicReader) string() (string, error) {
	if r.next() != '"' {
		return "", errTopic
	}
	escapes := false
	for i := 1; i < len(r.rest); i++ {
		switch r.rest[i] {
		case '\\':
			escapes = true
			i++
		case '"':
			quoted := r.rest[:i+1]
			r.rest = r.rest[i+1:]
			if !escapes {
				return quoted[1:i], nil
			}
			var s string
			err := json.Unmarshal([]byte(quoted), &s)
			return s, err
		}
	}
	return "", errTopic
}
