package main

import (
	"bytes"
	"compress/flate"
	"flag"
	"io"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "pack casefile/check.py")

// What the program puts into a casefile is what stands in the file.
func TestCheckIsPacked(t *testing.T) {
	written, err := os.ReadFile("casefile/check.py")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		b := &bytes.Buffer{}
		w, err := flate.NewWriter(b, flate.BestCompression)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(written)
		w.Close()
		if err := os.WriteFile("casefile/check.py.z", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := io.ReadAll(flate.NewReader(bytes.NewReader(packedCheck))); err != nil || !bytes.Equal(got, written) {
		t.Errorf("check.py was changed after it was packed: go test ./cmd/pometka -run TestCheckIsPacked -update (%v)", err)
	}
}
