package main

import (
	"bytes"
	"compress/flate"
	"io"
)

// Files that few commands need are carried packed, in a third of their size, several of
// them in one. After a change of a file: go test ./cmd/pometka -run TestFilesArePacked -update

// unpackFiles returns the files that were packed together; a zero ends each of them.
func unpackFiles(packed []byte) ([][]byte, error) {
	all, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return nil, err
	}
	files := bytes.Split(all, []byte{0})
	return files[:len(files)-1], nil
}
