package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func writeFile(t testing.TB, path, text string, mode os.FileMode) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask is
		t.Fatal(err)
	}
	return path
}

func TestFindConfig(t *testing.T) {
	dir := t.TempDir()
	good := writeFile(t, filepath.Join(dir, "config.yaml"), "language: ru\n", 0o644)
	open := writeFile(t, filepath.Join(dir, "open.yaml"), "language: ru\n", 0o666)
	group := writeFile(t, filepath.Join(dir, "group.yaml"), "language: ru\n", 0o664)
	system := writeFile(t, filepath.Join(dir, "system.yaml"), "language: ru\n", 0o644)
	none := filepath.Join(dir, "none.yaml")
	link, toOpen := filepath.Join(dir, "link.yaml"), filepath.Join(dir, "to-open.yaml")
	for name, target := range map[string]string{link: good, toOpen: open} {
		if err := os.Symlink(target, name); err != nil {
			t.Fatal(err)
		}
	}
	me := os.Geteuid()
	for _, tt := range []struct {
		name   string
		flag   string
		places configPlaces
		want   string
		err    string
	}{
		{"the flag comes first", none, configPlaces{env: good, local: good, system: system, uid: me}, none, ""},
		{"then the environment", "", configPlaces{env: none, local: good, system: system, uid: me}, none, ""},
		{"then the current folder", "", configPlaces{local: good, system: system, uid: me}, good, ""},
		{"then the system", "", configPlaces{local: none, system: system, uid: me}, system, ""},
		{"a link", "", configPlaces{local: link, system: system, uid: me}, link, ""},
		{"a link to an unsafe file", "", configPlaces{local: toOpen, system: system, uid: me}, system, ""},
		{"writable by everybody", "", configPlaces{local: open, system: system, uid: me}, system, ""},
		{"writable by the group", "", configPlaces{local: group, system: system, uid: me}, system, ""},
		{"a folder", "", configPlaces{local: dir, system: system, uid: me}, system, ""},
		{"none", "", configPlaces{local: none, system: none, uid: me}, "", "none.yaml (not there)"},
		{"none but an unsafe one", "", configPlaces{local: open, system: none, uid: me}, "", "others may write it: run chmod go-w"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.places.find(tt.flag)
			if got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
			if (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
			if err != nil && (!errors.Is(err, ErrNoConfig) || !strings.Contains(err.Error(), "pometka init")) {
				t.Errorf("error %v does not say what to do", err)
			}
		})
	}
}

// The caller owns none of these files, and the owner is not root.
func TestFindConfigOfAnotherUser(t *testing.T) {
	dir := t.TempDir()
	path := writeFile(t, filepath.Join(dir, "config.yaml"), "language: ru\n", 0o644)
	if os.Geteuid() == 0 {
		if err := os.Chown(path, 65534, 65534); err != nil {
			t.Skip("cannot give a file away: ", err)
		}
	}
	places := configPlaces{local: path, system: filepath.Join(dir, "none"), uid: 12345}
	if _, err := places.find(""); err == nil || !strings.Contains(err.Error(), "it belongs to another user") {
		t.Errorf("error %v, want one about the owner", err)
	}
}

func TestFindConfigEnvironment(t *testing.T) {
	t.Setenv("POMETKA_CONFIG", "/somewhere/config.yaml")
	if got, err := FindConfig(""); got != "/somewhere/config.yaml" || err != nil {
		t.Errorf("found %q, %v", got, err)
	}
}
