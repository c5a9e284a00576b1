package templates

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed letters
var letterFiles embed.FS

// A Set is the letters in all languages and the catalogue of the screens. It
// does not change once made and is safe for concurrent use.
type Set struct {
	letters map[Lang]map[string]*letterTemplate
}

// maxTemplate is far more than any letter needs, and stops a wrong file early.
const maxTemplate = 64 << 10

// New parses every letter and tries it with sample data. Of the embedded
// letters each can be replaced by dir/LANG/NAME.txt; dir "" replaces none. The
// error tells all that is wrong, each with file and line. A name or language
// that does not exist is wrong too: it would be a letter that nobody gets.
func New(dir string) (*Set, error) {
	s := &Set{letters: make(map[Lang]map[string]*letterTemplate)}
	problems := s.read(letterFiles, "letters", "")
	if dir != "" {
		if _, err := os.ReadDir(dir); err != nil {
			return nil, fmt.Errorf("read folder of templates: %w", err)
		}
		problems = append(problems, s.read(os.DirFS(dir), ".", dir)...)
	}
	for _, lang := range languages {
		for _, name := range s.Names() {
			if t := s.letters[lang][name]; t != nil {
				problems = append(problems, s.try(lang, name)...)
			}
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return s, nil
}

// read takes over the letters of one tree. shown is put before their paths in
// errors.
func (s *Set) read(tree fs.FS, root, shown string) (problems []error) {
	bad := func(format string, a ...any) { problems = append(problems, fmt.Errorf(format, a...)) }
	err := fs.WalkDir(tree, root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			bad("read folder of templates: %w", err)
			return fs.SkipDir
		}
		// A mounted folder carries "..data", an editor leaves ".x.txt.swp".
		if path != root && strings.HasPrefix(e.Name(), ".") {
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if e.IsDir() || filepath.Ext(path) != ".txt" {
			return nil
		}
		file := filepath.Join(shown, path)
		parts := strings.Split(path, "/")
		if root != "." {
			parts = parts[1:]
		}
		if len(parts) != 2 || !slices.Contains(languages, parts[0]) {
			bad("%s: want the file in one of the folders %s", file, strings.Join(languages, ", "))
			return nil
		}
		lang, name := parts[0], strings.TrimSuffix(parts[1], ".txt")
		if !slices.Contains(s.Names(), name) {
			bad("%s: there is no letter %q; there are %s", file, name, strings.Join(s.Names(), ", "))
			return nil
		}
		source, err := fs.ReadFile(tree, path)
		if err == nil && len(source) > maxTemplate {
			err = fmt.Errorf("longer than %d bytes", maxTemplate)
		}
		if err != nil {
			bad("%s: read template: %w", file, err)
			return nil
		}
		t, err := parseLetter(file, lang, string(source))
		if err != nil {
			problems = append(problems, err)
			t = nil
		}
		if s.letters[lang] == nil {
			s.letters[lang] = make(map[string]*letterTemplate)
		}
		s.letters[lang][name] = t
		return nil
	})
	if err != nil {
		bad("read folder of templates: %w", err)
	}
	return problems
}

// try fills a letter with all its sample data, so that a branch that is seldom
// taken fails now and not before a person who waits for an answer.
func (s *Set) try(lang Lang, name string) (problems []error) {
	for _, data := range samples(lang)[name] {
		if _, err := s.Letter(name, lang, data); err != nil {
			if !slices.ContainsFunc(problems, func(p error) bool { return p.Error() == err.Error() }) {
				problems = append(problems, err)
			}
		}
	}
	return problems
}

// Letter words the letter name in lang. data is the value that belongs to it
// (Acknowledgement for "acknowledgement", and so on), or a pointer to one; a
// required field that is empty is an error, and so is a zero date.
func (s *Set) Letter(name string, lang Lang, data any) (Letter, error) {
	lang = known(lang)
	t := s.letters[lang][name]
	if t == nil {
		return Letter{}, fmt.Errorf("find letter %q: there are %s", name, strings.Join(s.Names(), ", "))
	}
	data = tidy(data)
	if r, ok := data.(interface{ required() map[string]bool }); ok {
		var missing []string
		for field, filled := range r.required() {
			if !filled {
				missing = append(missing, field)
			}
		}
		if len(missing) > 0 {
			slices.Sort(missing)
			return Letter{}, fmt.Errorf("fill letter %q: %s missing", name, strings.Join(missing, ", "))
		}
	}
	return t.fill(data, staff[name])
}

// Names lists the letters: to the public first, then to staff.
func (s *Set) Names() []string { return slices.Clone(names) }

var names = []string{
	"acknowledgement", "receipt", "documents", "done", "refusal",
	"reminder", "digest", "escalation", "alarm", "recovered",
}

// staff marks the letters to staff, in which identification and telephone
// numbers are masked.
var staff = map[string]bool{"reminder": true, "digest": true, "escalation": true, "alarm": true, "recovered": true}

// Sample returns data with which the letter name can be previewed in Russian,
// nil for an unknown name. SampleIn gives it in another language.
func (s *Set) Sample(name string) any { return s.SampleIn(RU, name) }

// SampleIn is Sample in the words of lang.
func (s *Set) SampleIn(lang Lang, name string) any {
	if all := samples(lang)[name]; len(all) > 0 {
		return all[0]
	}
	return nil
}
