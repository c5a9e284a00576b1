package templates

import (
	"compress/flate"
	"embed"
	"encoding/binary"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// The catalogue is carried packed, a quarter of its size: the keys once, and the sentences
// of each language in the order of the keys; so are the letters, each behind the name
// of its file. After a change of a file:
// go test ./templates -run TestCatalogueIsPacked -update
//
//go:embed catalogue/*.z
var packedCatalogues embed.FS

// An entry is one sentence, or one for each plural form of its language.
type entry struct {
	text  string
	forms map[string]string
}

// A catalogue is read when it is first asked for. Only a broken embedded file
// can make that panic, and a test proves that none is.
var catalogues = map[Lang]func() map[string]entry{
	RU: sync.OnceValue(func() map[string]entry { return readCatalogue(RU) }),
	KK: sync.OnceValue(func() map[string]entry { return readCatalogue(KK) }),
	EN: sync.OnceValue(func() map[string]entry { return readCatalogue(EN) }),
}

// letterTexts are the letters by the names of their files.
var letterTexts = sync.OnceValue(func() map[string]string {
	list := unpacked("letters")
	texts := make(map[string]string, len(list)/2)
	for i := 0; i+1 < len(list); i += 2 {
		texts[list[i]] = list[i+1]
	}
	return texts
})

// readCatalogue reads the sentences of a language.
func readCatalogue(lang Lang) map[string]entry {
	keys, sentences := unpacked("keys"), unpacked(lang)
	c := make(map[string]entry, len(keys))
	for i, key := range keys {
		e := entry{text: sentences[i]}
		if forms := strings.Split(e.text, formEnd); len(forms) > 1 {
			e = entry{forms: map[string]string{}}
			for ; len(forms) > 1; forms = forms[2:] {
				e.forms[forms[0]] = forms[1]
			}
		}
		c[key] = e
	}
	return c
}

// What stands between the keys, or the sentences, of a packed file; and in place of a
// sentence that has plural forms behind the name of each form and each of them.
const (
	entryEnd = "\x00"
	formEnd  = "\x01"
)

// unpacked gives what a packed file holds. It begins with its size unpacked, in bytes.
func unpacked(name string) []string {
	all, err := unpack(name)
	if err != nil {
		panic(fmt.Errorf("unpack catalogue %s: %w", name, err))
	}
	return strings.Split(all, entryEnd)
}

func unpack(name string) (string, error) {
	f, err := packedCatalogues.Open("catalogue/" + name + ".z")
	if err != nil {
		return "", err
	}
	defer f.Close()
	var size [4]byte
	if _, err := io.ReadFull(f, size[:]); err != nil {
		return "", err
	}
	var all strings.Builder
	all.Grow(int(binary.LittleEndian.Uint32(size[:])))
	_, err = io.Copy(&all, flate.NewReader(f))
	return all.String(), err
}

// T is Set.T: sentences need no templates of the operator's.
func T(lang Lang, key string, args ...any) string { return text(lang, key, args...) }

// T returns the sentence of the catalogue under key, with {0}, {1} and so on
// replaced by args; the first integer among them chooses the plural form.
// Integers are written as by Number, a time.Time as by Date, so what is an
// identifier and no quantity must come as a string. A missing or empty argument
// shows as «…»; where its place stands in [square brackets], that whole part is
// left out. A sentence missing in lang is given in Russian, and an unknown key
// is returned itself.
//
//go:noinline
func (s *Set) T(lang Lang, key string, args ...any) string { return text(lang, key, args...) }

// Has reports whether the catalogue knows key.
func (s *Set) Has(key string) bool { return has(key) }

func has(key string) bool {
	_, ok := catalogues[RU]()[key]
	return ok
}

// Next says in a letter to staff what is to be done next about a request: commands, each
// on a line of its own so that it can be copied, and what stands before them. Empty where
// nothing can be done.
func (s *Set) Next(lang Lang, code, number string) []string { return nextLines(lang, code, number) }

func nextLines(lang Lang, code, number string) []string {
	key := "digest.next." + code
	if !has(key) {
		return nil
	}
	return strings.Split(text(lang, key, ShortNumber(number)), "\n")
}

// Reason words a reason as the rules and the store keep it: a code and its
// arguments, which may quote a letter and are therefore made Safe. A code that
// has no sentence gives a general one that names it.
func (s *Set) Reason(lang Lang, code string, args []string) string {
	key := "reason." + code
	if !s.Has(key) {
		return text(lang, "reason.unknown", Safe(code))
	}
	given := make([]any, len(args))
	for i, a := range args {
		given[i] = Safe(a)
		if n, err := strconv.Atoi(a); err == nil && strconv.Itoa(n) == a {
			given[i] = n
		}
	}
	return text(lang, key, given...)
}

func text(lang Lang, key string, args ...any) string {
	lang = known(lang)
	e, ok := catalogues[lang]()[key]
	if !ok {
		lang = RU
		if e, ok = catalogues[RU]()[key]; !ok {
			return key
		}
	}
	pattern := e.text
	if e.forms != nil {
		pattern = e.forms[form(lang, quantity(args))]
	}
	return fill(lang, pattern, args)
}

// quantity is the first integer among args, and 0 where there is none.
func quantity(args []any) int {
	for _, a := range args {
		if v := reflect.ValueOf(a); v.CanInt() {
			return int(v.Int())
		} else if v.CanUint() {
			return int(v.Uint())
		}
	}
	return 0
}

// form names the plural form of n by the rules of Unicode CLDR: one, few and
// many in Russian, one and other in Kazakh and English.
func form(lang Lang, n int) string {
	n = max(n, -n)
	last, teen := n%10, n/10%10 == 1
	switch russian := known(lang) == RU; {
	case n == 1, russian && last == 1 && !teen:
		return "one"
	case russian && last > 1 && last < 5 && !teen:
		return "few"
	case russian:
		return "many"
	}
	return "other"
}
