package packaging_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// image is what the Dockerfile says of containers.
type image struct {
	uid                       int
	entrypoint, cmd, health   []string
	workdir, volume, archives string
	env                       []string
}

func readDockerfile(t *testing.T, path string) (i image) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	words := func(s string) (list []string) {
		if err := json.Unmarshal([]byte(s), &list); err != nil {
			t.Errorf("%s: not the form of a JSON list, which needs no shell: %v", s, err)
		}
		return list
	}
	for line := range strings.Lines(string(b)) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch name {
		case "", "#", "FROM":
			if name == "FROM" && rest != "scratch" {
				t.Errorf("the image is made of %s: whose is that?", rest)
			}
		case "ADD":
			i.archives = strings.TrimSuffix(rest, " /")
		case "USER":
			user, _, _ := strings.Cut(rest, ":")
			if i.uid, err = strconv.Atoi(user); err != nil || i.uid == 0 {
				t.Errorf("USER %s: want a number that is not root's", rest)
			}
		case "WORKDIR":
			i.workdir = rest
		case "VOLUME":
			i.volume = rest
		case "ENV":
			i.env = append(i.env, rest)
		case "ENTRYPOINT":
			i.entrypoint = words(rest)
		case "CMD":
			i.cmd = words(rest)
		case "HEALTHCHECK":
			_, rest, _ = strings.Cut(rest, " CMD ")
			i.health = words(rest)
		default:
			t.Errorf("nothing here understands %s", line)
		}
	}
	return i
}

// The image holds all that the program needs: it is tried as a container would
// run it, without Docker, in its own file system and as its user.
func TestImage(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can change the root")
	}
	work := t.TempDir()
	file := filepath.Join(work, "image.tar")
	script(t, nil, "./image", binary(t), file)
	script(t, nil, "tar", "-xf", file, "-C", work)
	i := readDockerfile(t, filepath.Join(work, "Dockerfile"))
	root := filepath.Join(work, "root")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	script(t, nil, "tar", "-xpf", filepath.Join(work, i.archives), "-C", root)
	for dir := work; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		"/usr/bin/pometka": "755 0", "/var/lib/pometka": "2770 " + strconv.Itoa(i.uid), "/etc/pometka": "755 0", "/tmp": "1777 0", "/etc/ssl/certs/ca-certificates.crt": "644 0",
	} {
		if got := script(t, nil, "stat", "-c", "%a %u", root+path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if i.volume != "/var/lib/pometka" || i.workdir != i.volume {
		t.Errorf("volume %s, folder %s", i.volume, i.workdir)
	}

	inside := func(argv ...string) (string, int) {
		c := exec.Command(argv[0], argv[1:]...)
		c.Dir, c.Env = i.workdir, i.env
		c.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: uint32(i.uid), Gid: uint32(i.uid)}}
		out, err := c.CombinedOutput()
		if c.ProcessState == nil {
			t.Fatalf("%v: %v", argv, err)
		}
		return string(out), c.ProcessState.ExitCode()
	}
	if out, code := inside(append(i.entrypoint, "demo", "--dir", "/var/lib/pometka/demo")...); code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	// With the configuration where the image has it, the check of health works.
	config, err := os.ReadFile(root + "/var/lib/pometka/demo/config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if out, code := inside(i.health...); code != 2 || !strings.Contains(out, "/etc/pometka/config.yaml") {
		t.Errorf("without a configuration: exit %d\n%s", code, out)
	}
	for _, name := range []string{"ca.pem", "password"} {
		script(t, nil, "cp", "-p", root+"/var/lib/pometka/demo/"+name, root+"/etc/pometka/")
	}
	text := strings.Replace(string(config), "path: pometka.db", "path: /var/lib/pometka/demo/pometka.db", 1)
	if err := os.WriteFile(root+"/etc/pometka/config.yaml", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, code := inside(append(i.health, "--json")...); code > 1 || !strings.Contains(out, `"requests_open": 10`) {
		t.Errorf("exit %d\n%s", code, out)
	}
	// An operator elsewhere finds the zone there, and nobody one that is nowhere.
	for zone, want := range map[string]int{"Europe/Istanbul": 0, "Asia/Nowhere": 2} {
		if err := os.WriteFile(root+"/etc/pometka/zone.yaml", []byte(text+"\ncalendar:\n  timezone: "+zone+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, code := inside(append(i.entrypoint, "config", "check", "--config", "/etc/pometka/zone.yaml")...); code != want {
			t.Errorf("%s: exit %d\n%s", zone, code, out)
		}
	}
	// Nothing answers where that configuration points to; the program gets there.
	if out, code := inside(append(append(i.entrypoint, i.cmd...), "--once")...); code != 1 || !strings.Contains(out, "Сервер не принимает соединения") {
		t.Errorf("exit %d\n%s", code, out)
	}
}
