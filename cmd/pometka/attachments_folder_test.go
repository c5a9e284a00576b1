package main

import (
	"os"
	"path/filepath"
	"testing"
)

// A folder to save files in is made with the first of them.
func TestNoFolderWithoutAttachments(t *testing.T) {
	i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, nil)
	i.call(t, "register", "--paper", "--kind", "claim", "--received", "2026-11-20", "--from", "Орлов", "--why", "почтой").well(t)
	folder := filepath.Join(t.TempDir(), "a", "b")
	i.call(t, "attachments", "1", "--save", folder).well(t)
	if _, err := os.Stat(filepath.Dir(folder)); !os.IsNotExist(err) {
		t.Errorf("the folder is there: %v", err)
	}
}
