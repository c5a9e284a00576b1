package templates

import (
	"bytes"
	"compress/flate"
	"embed"
	"encoding/binary"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The catalogue as it is written by hand.
//
//go:embed catalogue
var catalogueFiles embed.FS

// The letters likewise.
//
//go:embed letters
var letterFiles embed.FS

// lettersWritten lists the letters, each behind the name of its file.
func lettersWritten(t *testing.T) (list []string) {
	t.Helper()
	files, err := fs.Glob(letterFiles, "letters/*/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d letters: %v", len(files), err)
	}
	for _, file := range files {
		text, err := letterFiles.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, file, string(text))
	}
	return list
}

// What the program carries is what stands in the files.
func TestCatalogueIsPacked(t *testing.T) {
	keys := slices.Sorted(maps.Keys(written(t, languages[0])))
	packed := map[string][]string{"keys": keys, "letters": lettersWritten(t)}
	for _, lang := range languages {
		c := written(t, lang)
		if has := slices.Sorted(maps.Keys(c)); !slices.Equal(has, keys) {
			t.Fatalf("the catalogue of %s has other keys than that of %s", lang, languages[0])
		}
		for _, key := range keys {
			text := c[key].text
			for _, form := range slices.Sorted(maps.Keys(c[key].forms)) {
				text += form + formEnd + c[key].forms[form] + formEnd
			}
			packed[lang] = append(packed[lang], text)
		}
		if !*update && !reflect.DeepEqual(readCatalogue(lang), c) {
			t.Errorf("the catalogue of %s was changed after it was packed: go test ./templates -run TestCatalogueIsPacked -update", lang)
		}
	}
	for name, entries := range packed {
		whole := strings.Join(entries, entryEnd)
		if *update {
			pack(t, "catalogue/"+name+".z", whole)
		} else if got, err := unpack(name); err != nil || got != whole {
			t.Errorf("%s is packed as something else: go test ./templates -run TestCatalogueIsPacked -update (%v)", name, err)
		}
	}
}

// written is the catalogue of a language as it stands in its files.
func written(t *testing.T, lang Lang) map[string]entry {
	t.Helper()
	files, err := fs.Glob(catalogueFiles, "catalogue/"+lang+"/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d files of %s: %v", len(files), lang, err)
	}
	c := map[string]entry{}
	for _, file := range files {
		b, err := catalogueFiles.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := readTopic(string(b), c); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	return c
}

func pack(t *testing.T, name, text string) {
	t.Helper()
	b := bytes.NewBuffer(binary.LittleEndian.AppendUint32(nil, uint32(len(text))))
	w, err := flate.NewWriter(b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(text))
	w.Close()
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
