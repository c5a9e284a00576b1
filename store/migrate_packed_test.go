package store

import (
	"bytes"
	"compress/flate"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "pack the migrations")

// The steps that are carried packed are the files.
func TestMigrationsArePacked(t *testing.T) {
	names, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	b := &bytes.Buffer{}
	w, err := flate.NewWriter(b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, string(text))
		w.Write(append(text, 0))
	}
	w.Close()
	if *update {
		if err := os.WriteFile("migrations.z", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !slices.Equal(migrations(), steps) {
		t.Error("a migration was changed after it was packed: go test ./store -run TestMigrationsArePacked -update")
	}
}
