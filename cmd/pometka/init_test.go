package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox/dovecot"
	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// newInit is a folder in which nothing is installed yet, and the flags that
// name the servers of a sandbox.
func newInit(t *testing.T, box *sandbox.Sandbox) (installation, []string) {
	t.Helper()
	inRussian(t)
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "ca.pem"), string(box.CA), 0o644)
	return installation{dir, filepath.Join(dir, "config.yaml")}, []string{
		"init", "--provider", "own", "--address", "info@license.kz", "--imap", box.IMAPAddr, "--smtp", box.SMTPAddr,
		"--ca-file", filepath.Join(dir, "ca.pem"),
	}
}

// fed runs a command that reads from stdin.
func (i installation) fed(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), append([]string{"--config", i.config}, args...), streams{in: strings.NewReader(stdin), out: &out, err: &errs})
	return result{code, out.String(), errs.String()}
}

// folder is everything in the folder, by name.
func (i installation) folder(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(i.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		files[e.Name()] = ""
		if !e.IsDir() {
			b, err := os.ReadFile(filepath.Join(i.dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			files[e.Name()] = string(b)
		}
	}
	return files
}

// What flags alone make is whole: the log-ins were tried, the check of the
// configuration and the doctor find nothing wrong, the first letter is
// acknowledged, and the password stands in its files alone.
func TestInitByFlags(t *testing.T) {
	box := startSandbox(t)
	i, flags := newInit(t, box)
	r := i.fed(t, "sandbox\n", append(flags, "--password-stdin")...).well(t)
	fits80(t, "init", r.out+r.err)
	for _, want := range []string{"imap-password", "smtp-password", "config.yaml", "doctor"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("%s is not named:\n%s", want, r.out)
		}
	}
	for name, text := range i.folder(t) {
		secret := strings.HasSuffix(name, "-password")
		if strings.Contains(text, "sandbox") != secret {
			t.Errorf("%s: %q", name, text)
		}
		if fi, err := os.Stat(filepath.Join(i.dir, name)); err != nil || secret && fi.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", name, fi.Mode(), err)
		}
	}
	i.call(t, "config", "check").well(t)
	if err := box.Put("INBOX", withdrawal(1), time.Now()); err != nil {
		t.Fatal(err)
	}
	i.call(t, "run", "--once").well(t)
	sent := slices.DeleteFunc(box.Sent(), func(e sandbox.Envelope) bool { return e.To == "info@license.kz" }) // in office hours staff has its digest
	if len(sent) != 1 || sent[0].To != "person1@mail.example" {
		t.Errorf("sent %d letters", len(sent))
	}
	i.publish(t)
	i.call(t, "doctor").well(t)
}

// Nothing that is there is replaced, and what fails leaves nothing behind.
func TestInitLeavesEverythingAlone(t *testing.T) {
	box := startSandbox(t)
	i, flags := newInit(t, box)
	stdin := append(slices.Clone(flags), "--password-stdin")
	for name, c := range map[string]struct {
		file, stdin string
		args        []string
		code        int
		want        string
	}{
		"configuration there":  {"config.yaml", "sandbox\n", stdin, exitUsage, "уже есть"},
		"secret there":         {"smtp-password", "sandbox\n", stdin, exitUsage, "уже есть"},
		"wrong password":       {"", "hunter2\n", stdin, exitFailed, "ничего не записано"},
		"no password":          {"", "\n", stdin, exitUsage, "--password-stdin"},
		"two lines":            {"", "a\nb\n", stdin, exitUsage, "--password-stdin"},
		"nobody listens":       {"", "sandbox\n", append(stdin, "--imap", closedPort(t)), exitFailed, "ничего не записано"},
		"no provider":          {"", "", []string{"init", "--address", "info@license.kz"}, exitUsage, "--provider"},
		"unknown provider":     {"", "", []string{"init", "--address", "info@license.kz", "--provider", "rambler"}, exitUsage, "hosting"},
		"no address":           {"", "", []string{"init", "--provider", "yandex"}, exitUsage, "--address"},
		"no name":              {"", "", []string{"init", "--provider", "yandex", "--address", "a@b.kz"}, exitUsage, "--name"},
		"no server":            {"", "", []string{"init", "--provider", "own", "--address", "info@license.kz"}, exitUsage, "--imap"},
		"an address that none": {"", "", append(flags, "--officer", "dpo"), exitUsage, "--officer"},
		"a host that is none":  {"", "", append(flags, "--smtp", "a b"), exitUsage, "--smtp"},
		"a port that is none":  {"", "", append(flags, "--smtp", "a:99999"), exitUsage, "--smtp"},
		"no token command":     {"", "", []string{"init", "--provider", "microsoft", "--address", "info@license.kz"}, exitUsage, "--token-command"},
		"no policy file":       {"", "", append(flags, "--policy", "none.yaml"), exitUsage, "none.yaml"},
		"plain to the world":   {"", "sandbox\n", append(stdin, "--imap", "mail.example.kz:143", "--imap-tls", "none"), exitUsage, "imap.tls"},
		"a TLS mode that none": {"", "", append(flags, "--imap-tls", "ssl"), exitUsage, "--imap-tls"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.file != "" {
				path := filepath.Join(i.dir, c.file)
				writeFile(t, path, "was here\n", 0o600)
				defer os.Remove(path)
			}
			before := i.folder(t)
			r := i.fed(t, c.stdin, c.args...)
			if r.code != c.code || !strings.Contains(r.err, c.want) {
				t.Errorf("exit %d, want %d and %q:\n%s%s", r.code, c.code, c.want, r.out, r.err)
			}
			if after := i.folder(t); !maps.Equal(before, after) {
				t.Errorf("the folder changed:\n%q\n%q", before, after)
			}
			if strings.Contains(r.out+r.err, "hunter2") {
				t.Errorf("the password is shown:\n%s%s", r.out, r.err)
			}
		})
	}
}

// What half succeeded is taken away again, so that the next try meets nothing.
func TestInitTakesBack(t *testing.T) {
	box := startSandbox(t)
	i, flags := newInit(t, box)
	before := i.folder(t)
	s := &setup{path: i.config, database: "pometka.db", backups: "backups", imap: account{user: "a", file: "imap-password", password: "x"}}
	s.smtp = account{user: "a", file: "none/smtp-password", password: "x"} // its folder is not there
	if made, err := s.write("operator: {}\n"); err == nil || len(made) > 0 {
		t.Errorf("made %q, %v", made, err)
	}
	if after := i.folder(t); !maps.Equal(before, after) {
		t.Errorf("left behind: %q", after)
	}
	i.fed(t, "sandbox\n", append(flags, "--password-stdin")...).well(t)
}

// A password that already lies in its file is taken from there; one in a file
// of another name, too.
func TestInitSecretIsThere(t *testing.T) {
	box := startSandbox(t)
	i, flags := newInit(t, box)
	for _, name := range []string{"imap-password", "smtp-password"} {
		writeFile(t, filepath.Join(i.dir, name), "sandbox\n", 0o600)
	}
	if r := i.fed(t, "", flags...).well(t); !strings.Contains(r.err, "imap-password") {
		t.Errorf("it is not said which file:\n%s", r.err)
	}
	i.publish(t)
	i.call(t, "doctor").well(t)

	j, flags := newInit(t, box)
	secret := writeFile(t, filepath.Join(t.TempDir(), "mail"), "sandbox\n", 0o600)
	j.fed(t, "", append(flags, "--password-file", secret)...).well(t)
	if text := j.folder(t)["config.yaml"]; strings.Count(text, "password_file: "+secret) != 2 {
		t.Errorf("%s", text)
	}
	writeFile(t, secret, "hunter2\n", 0o600)
	k, flags := newInit(t, box)
	if r := k.fed(t, "", append(flags, "--password-file", secret)...); r.code != exitFailed {
		t.Errorf("exit %d with the wrong password in the file", r.code)
	}
}

// Without any password the file is written, and it is said what is missing.
func TestInitWithoutPassword(t *testing.T) {
	box := startSandbox(t)
	i, flags := newInit(t, box)
	r := i.fed(t, "", flags...).well(t)
	for _, want := range []string{"не проверен", "chmod"} {
		if !strings.Contains(r.out+r.err, want) {
			t.Errorf("%q is missing:\n%s%s", want, r.out, r.err)
		}
	}
	if r := i.call(t, "config", "check"); r.code != exitDone {
		t.Errorf("exit %d:\n%s", r.code, r.err)
	}
	if r := i.call(t, "doctor"); r.code != exitWanting || !strings.Contains(r.out, "imap-password") {
		t.Errorf("exit %d:\n%s", r.code, r.out)
	}
}

// Where nobody named port and TLS, the server is asked how it wants to be
// spoken to.
func TestInitSettles(t *testing.T) {
	r := dovecot.Start(t, dovecot.Options{})
	inRussian(t)
	dir := t.TempDir()
	ca := writeFile(t, filepath.Join(dir, "ca.pem"), string(r.CA), 0o644)
	words, err := templates.New("")
	if err != nil {
		t.Fatal(err)
	}
	a := &app{words: words, lang: rules.RU}
	for port, want := range map[int]string{r.Port: "", r.PlainPort: "starttls"} {
		s := &setup{path: filepath.Join(dir, "config.yaml"), database: "pometka.db", backups: "backups"}
		s.imap = account{section: "imap", host: r.Host, port: port, caFile: ca, user: r.Username, file: "p", guessed: true}
		s.smtp = account{section: "smtp", host: r.Host}
		a.settle(t.Context(), s)
		if s.imap.tls != want || s.imap.guessed {
			t.Errorf("port %d: %q, still guessed %t; want %q", port, s.imap.tls, s.imap.guessed, want)
		}
	}
}
