package main

import (
	"bytes"
	"compress/flate"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "pack the files that are carried packed")

// What is carried packed is what stands in the files.
func TestFilesArePacked(t *testing.T) {
	letters, err := filepath.Glob("demo/*.eml")
	if err != nil || len(letters) == 0 {
		t.Fatal(letters, err)
	}
	var presets []string
	for _, id := range presetOrder {
		presets = append(presets, "presets/"+id+".yaml")
	}
	if on, err := filepath.Glob("presets/*"); err != nil || len(on) != len(presets) {
		t.Errorf("presets: %v, in order: %v (%v)", on, presets, err)
	}
	for packed, c := range map[string]struct {
		carried []byte
		names   []string
	}{
		"casefile/check.py.z": {packedCheck, []string{"casefile/check.py"}},
		"presets.z":           {presetFiles, presets},
		"demo.z":              {demoLetters, letters},
	} {
		var files [][]byte
		for _, name := range c.names {
			data, err := os.ReadFile(name)
			if err != nil || bytes.IndexByte(data, 0) >= 0 {
				t.Fatalf("%s: %v, or it holds a zero", name, err)
			}
			files = append(files, data)
		}
		if *update {
			pack(t, packed, files)
			continue
		}
		if got, err := unpackFiles(c.carried); err != nil || !slices.EqualFunc(got, files, bytes.Equal) {
			t.Errorf("a file of %s was changed after it was packed: go test ./cmd/pometka -run TestFilesArePacked -update (%v)", packed, err)
		}
	}
}

func pack(t *testing.T, name string, files [][]byte) {
	b := &bytes.Buffer{}
	w, err := flate.NewWriter(b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		w.Write(append(f, 0))
	}
	w.Close()
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
