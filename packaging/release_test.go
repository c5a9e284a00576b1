package packaging_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sources is a copy of the project, without what is hidden, in another folder, as
// somebody has it whose umask is 077.
func sources(t *testing.T) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "another place")
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && (strings.HasPrefix(path, ".") || strings.HasPrefix(path, "pometka-demo")):
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, path), 0o755)
		case !d.Type().IsRegular():
			return nil
		}
		b, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, path), b, info.Mode().Perm()&0o700)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func sameFiles(t *testing.T, a, b string) {
	t.Helper()
	x, err := os.ReadFile(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := os.ReadFile(b)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(x, y) {
		t.Errorf("%s and %s differ", a, b)
	}
}

// The same sources give the same program and the same package in another folder,
// for another user's umask, language and time zone.
func TestReproducible(t *testing.T) {
	t.Parallel()
	first := binary(t)
	out, err := exec.Command(first, "version").Output()
	if err != nil || len(strings.Fields(string(out))) < 2 {
		t.Fatalf("%s, %v", out, err)
	}
	version := strings.Fields(string(out))[1]
	place := sources(t)
	second := filepath.Join(place, "again", "pometka")
	script(t, nil, filepath.Join(place, "packaging/build"), version, second)
	sameFiles(t, first, second)

	a := deb(t, version)
	b := script(t, []string{"LANG=ru_RU.UTF-8", "TZ=Asia/Almaty"}, "sh", "-c", `umask 077 && exec "$0" "$@"`,
		filepath.Join(place, "packaging/deb"), second, version, arch, t.TempDir())
	sameFiles(t, a, b)

	x, y := filepath.Join(t.TempDir(), "x.tar"), filepath.Join(t.TempDir(), "y.tar")
	script(t, nil, "./image", first, x)
	script(t, nil, "sh", "-c", `umask 077 && exec "$0" "$@"`, filepath.Join(place, "packaging/image"), second, y)
	sameFiles(t, x, y)
}

// A whole release, made twice from nothing in two folders.
func TestRelease(t *testing.T) {
	if os.Getenv("POMETKA_LONG") == "" {
		t.Skip("POMETKA_LONG is not set; TestReproducible is the short form")
	}
	need(t, "dpkg-deb")
	var sums []string
	for range 2 {
		place := sources(t)
		changes := filepath.Join(place, "CHANGELOG.md")
		b, err := os.ReadFile(changes)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(changes, bytes.Replace(b, []byte("## Unreleased"), []byte("## 9.9.9"), 1), 0o644); err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), "release")
		sums = append(sums, script(t, []string{"GOCACHE=" + t.TempDir()}, filepath.Join(place, "packaging/release"), "9.9.9", out))
		check := exec.Command("sha256sum", "-c", "--strict", "SHA256SUMS")
		check.Dir = out
		if said, err := check.CombinedOutput(); err != nil || strings.Count(string(said), ": OK\n") != 6 {
			t.Errorf("%v\n%s", err, said)
		}
	}
	if sums[0] != sums[1] {
		t.Errorf("first\n%s\nsecond\n%s", sums[0], sums[1])
	}
}

// A release that nothing is known of is refused, and so is a version that is none.
func TestReleaseRefuses(t *testing.T) {
	for version, why := range map[string]string{"9.9.9": "CHANGELOG.md says nothing", "latest": "want a version", "1.0": "want a version"} {
		c := exec.Command("./release", version, filepath.Join(t.TempDir(), "out"))
		c.Env = append(os.Environ(), "SOURCE_DATE_EPOCH="+epoch)
		if said, err := c.CombinedOutput(); err == nil || !strings.Contains(string(said), why) {
			t.Errorf("%s: %v\n%s", version, err, said)
		}
	}
}
