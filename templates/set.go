package templates

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// A Set is the letters in all languages and the catalogue of the screens. It
// does not change once made and is safe for concurrent use.
type Set struct {
	letters map[Lang]map[string]source
}

// A source gives the parsed letter. An embedded one is parsed when it is first
// asked for: most commands print no letter at all.
type source func() (*letterTemplate, error)

// maxTemplate is far more than any letter needs, and stops a wrong file early.
const maxTemplate = 64 << 10

// New returns the embedded letters, each replaced by dir/LANG/NAME.txt where
// there is such a file; dir "" replaces none. What replaces a letter is parsed
// and tried with sample data at once, so that a branch that is seldom taken
// fails now and not before a person who waits for an answer. The error tells
// all that is wrong, each with file and line. A name or language that does not
// exist is wrong too: it would be a letter that nobody gets.
func New(dir string) (*Set, error) {
	s := &Set{letters: make(map[Lang]map[string]source)}
	for _, lang := range languages {
		s.letters[lang] = make(map[string]source)
		for _, name := range names {
			s.letters[lang][name] = sync.OnceValues(func() (*letterTemplate, error) {
				file := "letters/" + lang + "/" + name + ".txt"
				return parseLetter(file, lang, letterTexts()[file])
			})
		}
	}
	if dir == "" {
		return s, nil
	}
	if err := errors.Join(s.replace(dir)...); err != nil {
		return nil, err
	}
	return s, nil
}

// replace takes over the letters of the folder dir.
func (s *Set) replace(dir string) (problems []error) {
	files, err := templateFiles(dir)
	if err != nil {
		return []error{fmt.Errorf("read folder of templates: %w", err)}
	}
	for _, file := range files {
		lang, name := filepath.Base(filepath.Dir(file)), strings.TrimSuffix(filepath.Base(file), ".txt")
		switch {
		case filepath.Dir(filepath.Dir(file)) != filepath.Clean(dir) || !slices.Contains(languages, lang):
			problems = append(problems, fault(file, "template.fault.folder", strings.Join(languages, ", ")))
			continue
		case !slices.Contains(names, name):
			problems = append(problems, fault(file, "error.letter.name", name, strings.Join(names, ", ")))
			continue
		}
		t, err := readLetter(file, lang)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		s.letters[lang][name] = func() (*letterTemplate, error) { return t, nil }
		problems = append(problems, s.try(file, lang, name)...)
	}
	return problems
}

// templateFiles lists the .txt files in dir and its folders. Links are followed;
// hidden files and folders do not count: an editor leaves .x.txt.swp, a mounted
// folder carries ..data.
func templateFiles(dir string) (files []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch info, serr := os.Stat(path); {
		case strings.HasPrefix(e.Name(), "."):
		case serr != nil:
			err = errors.Join(err, serr)
		case filepath.Ext(path) == ".txt":
			files = append(files, path)
		case info.IsDir():
			inside, gerr := os.ReadDir(path)
			err = errors.Join(err, gerr)
			for _, f := range inside {
				if filepath.Ext(f.Name()) == ".txt" && !strings.HasPrefix(f.Name(), ".") {
					files = append(files, filepath.Join(path, f.Name()))
				}
			}
		}
	}
	return files, err
}

func readLetter(file string, lang Lang) (*letterTemplate, error) {
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() { // a pipe would be waited for for ever
		return nil, fault(file, "secret.fault.regular")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxTemplate+1))
	if err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	if len(text) > maxTemplate {
		return nil, fault(file, "template.fault.large", strconv.Itoa(maxTemplate>>10))
	}
	return parseLetter(file, lang, string(text))
}

// try fills the letter of file with all its sample data and tells each fault once.
func (s *Set) try(file string, lang Lang, name string) (problems []error) {
	told := map[string]bool{}
	for _, data := range samples(lang)[name] {
		l, err := s.Letter(name, lang, data)
		found := []error{err}
		if err == nil && !staff[name] {
			found = faults(file, lang, data, l)
		}
		for _, err := range found {
			if err == nil {
				continue
			}
			about, _, _ := strings.Cut(err.Error(), ", as ")
			about = withoutDigits(about) // 125 words with one sample, 130 with another
			if !told[about] {
				told[about] = true
				problems = append(problems, err)
			}
		}
	}
	return problems
}

func withoutDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, s)
}

// Letter words the letter name in lang. data is the value that belongs to it
// (Acknowledgement for "acknowledgement", and so on), or a pointer to one; a
// required field that is empty is an error, and so is a zero date.
func (s *Set) Letter(name string, lang Lang, data any) (Letter, error) {
	lang = known(lang)
	t, err := s.template(lang, name)
	if err != nil {
		return Letter{}, err
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
	l, err := t.fill(data, staff[name])
	for err == nil && WordCount(l.Body) > MostWords {
		long, ok := data.(interface{ shorter() (any, bool) })
		if !ok {
			break
		}
		if data, ok = long.shorter(); !ok {
			break
		}
		l, err = t.fill(data, staff[name])
	}
	return l, err
}

func (s *Set) template(lang Lang, name string) (*letterTemplate, error) {
	parsed, ok := s.letters[lang][name]
	if !ok {
		return nil, fmt.Errorf("find letter %q: there are %s", name, strings.Join(names, ", "))
	}
	return parsed()
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

// Sample returns data with which the letter name can be previewed in the words of
// lang, nil for an unknown name.
func (s *Set) Sample(lang Lang, name string) any {
	if all := samples(lang)[name]; len(all) > 0 {
		return all[0]
	}
	return nil
}

// WordCount is the number of words of a letter: what stands between spaces.
func WordCount(body string) int { return len(strings.Fields(body)) }
