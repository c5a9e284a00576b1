package templates

import (
	"bytes"
	"compress/flate"
	"embed"
	"encoding/binary"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// The catalogue as it is written by hand.
//
//go:embed catalogue
var catalogueFiles embed.FS

// What the program carries is what stands in the files.
func TestCatalogueIsPacked(t *testing.T) {
	for _, lang := range languages {
		files, err := fs.Glob(catalogueFiles, "catalogue/"+lang+"/*.json")
		if err != nil || len(files) == 0 {
			t.Fatalf("found %d files of %s: %v", len(files), lang, err)
		}
		var topics []string
		for _, file := range files {
			b, err := catalogueFiles.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			topics = append(topics, string(b))
		}
		whole := strings.Join(topics, topicEnd)
		if *update {
			pack(t, "catalogue/"+lang+".z", whole)
			continue
		}
		if got, err := unpacked(lang); err != nil || got != whole {
			t.Errorf("the catalogue of %s was changed after it was packed: go test ./templates -run TestCatalogueIsPacked -update (%v)", lang, err)
		}
	}
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
