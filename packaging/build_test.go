package packaging_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// epoch is a time of release.
const epoch = "1795000000"

// script runs one of the scripts beside this file, in another folder if one is
// named, and returns what it prints.
func script(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Env = append(os.Environ(), "SOURCE_DATE_EPOCH="+epoch)
	c.Env = append(c.Env, env...)
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, errs.String())
	}
	return strings.TrimSuffix(string(out), "\n")
}

// built is what the tests share.
var built = struct {
	sync.Mutex
	path    string
	debs    map[string]string // by version
	folders []string
}{debs: map[string]string{}}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, dir := range built.folders {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// binary is the program as it is released: the one that POMETKA_BINARY names, or
// one that is built now, once.
func binary(t *testing.T) string {
	t.Helper()
	if b := os.Getenv("POMETKA_BINARY"); b != "" {
		return b
	}
	built.Lock()
	defer built.Unlock()
	if built.path == "" {
		dir, err := os.MkdirTemp("", "pometka-build-")
		if err != nil {
			t.Fatal(err)
		}
		built.folders = append(built.folders, dir)
		built.path = filepath.Join(dir, "pometka")
		script(t, nil, "./build", "0.0.1", built.path)
	}
	return built.path
}

// arch is Debian's word for this machine's processor; no other word differs
// from Go's on those that are released.
const arch = runtime.GOARCH

// need skips where a tool is missing; with POMETKA_REQUIRE_MACHINE it fails.
func need(t *testing.T, tool string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		if os.Getenv("POMETKA_REQUIRE_MACHINE") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

// deb makes a package of the program, once for each version.
func deb(t *testing.T, version string) string {
	t.Helper()
	need(t, "dpkg-deb")
	program := binary(t)
	built.Lock()
	defer built.Unlock()
	if built.debs[version] == "" {
		dir, err := os.MkdirTemp("", "pometka-deb-")
		if err != nil {
			t.Fatal(err)
		}
		built.folders = append(built.folders, dir)
		built.debs[version] = script(t, nil, "./deb", program, version, arch, dir)
	}
	return built.debs[version]
}
