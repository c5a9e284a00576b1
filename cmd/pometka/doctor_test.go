package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"license.kz/pometka/mailbox/sandbox"
)

// fault is planted for real; the doctor must name it and its remedy.
type fault struct {
	name   string
	plant  func(*site)
	code   string
	remedy string // a part of it
}

// healthy is an installation on which nothing has to be mended: it has run once.
func healthy(t *testing.T) *site {
	t.Helper()
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": outOfHours()})
	i.publish(t)
	if err := os.Chmod(i.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := box.Put("INBOX", withdrawal(0), time.Now().Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	i.call(t, "run", "--once").well(t)
	return &site{T: t, installation: i, box: box}
}

// doctor runs the doctor on the site and reads what it prints.
func (s *site) doctor(args ...string) (doctorJSON, int, string) {
	s.Helper()
	r := s.examine(append([]string{"doctor", "--json"}, args...)...)
	var d doctorJSON
	if err := json.Unmarshal([]byte(r.out), &d); err != nil {
		s.Fatalf("exit %d, no JSON: %v\n%s\n%s", r.code, err, r.out, r.err)
	}
	return d, r.code, r.out + r.err
}

// examine runs a command here, or in a process of its own where the fault
// needs another environment or user.
func (s *site) examine(args ...string) result {
	s.Helper()
	if s.env == nil && s.as == 0 {
		return s.call(s.T, args...)
	}
	c := s.process(s.T, args...)
	c.Env = append(c.Env, s.env...)
	if s.as != 0 {
		c.Path = s.copyOfProgram()
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: s.as, Gid: s.as}}
	}
	var out, errs strings.Builder
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		s.Fatal(err)
	}
	return result{c.ProcessState.ExitCode(), out.String(), errs.String()}
}

// copyOfProgram is this program where another user may run it.
func (s *site) copyOfProgram() string {
	s.Helper()
	to := s.path("program")
	from, err := os.Open(os.Args[0])
	s.must(err)
	defer from.Close()
	f, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	s.must(err)
	_, err = io.Copy(f, from)
	s.must(err)
	s.must(f.Close())
	return to
}

func TestDoctorFindsNothingWrong(t *testing.T) {
	s := healthy(t)
	d, code, out := s.doctor()
	if code != exitDone || !d.Well || d.Mend != 0 {
		t.Fatalf("exit %d:\n%s", code, out)
	}
	for _, ar := range doctorAreas {
		if !slices.ContainsFunc(d.Findings, func(f finding) bool { return f.Area == ar.name }) {
			t.Errorf("nothing is said of %s", ar.name)
		}
	}
	if n := len(s.box.Sent()); n != 1 {
		t.Errorf("%d letters were sent, want the one acknowledgement: the doctor sends nothing unasked", n)
	}
}

// Every fault is named, with its remedy, whatever else is found; and no secret
// is ever shown.
func TestDoctorNamesFaults(t *testing.T) {
	for _, f := range slices.Concat(mailFaults, localFaults, systemFaults) {
		t.Run(f.name, func(t *testing.T) {
			s := healthy(t)
			f.plant(s)
			d, code, out := s.doctor()
			i := slices.IndexFunc(d.Findings, func(x finding) bool { return x.Code == f.code && x.Level == levelMend })
			if code != exitWanting || d.Well || i < 0 {
				t.Fatalf("exit %d, want 4 and %s:\n%s", code, f.code, out)
			}
			if x := d.Findings[i]; !strings.Contains(x.Remedy, f.remedy) || x.Text == "" {
				t.Errorf("%s: %q, to mend it %q, want %q", x.Code, x.Text, x.Remedy, f.remedy)
			}
			if strings.Contains(out, "hunter2") {
				t.Errorf("the secret is shown:\n%s", out)
			}
			for _, ar := range doctorAreas {
				if !slices.ContainsFunc(d.Findings, func(x finding) bool { return x.Area == ar.name }) && ar.name != "access" {
					t.Errorf("the fault hides what there is to say of %s", ar.name)
				}
			}
		})
	}
}

// Many letters from the operator's own domain are pointed out: customers may have
// addresses there.
func TestDoctorSeesItsOwnDomain(t *testing.T) {
	s := healthy(t)
	told := func() bool {
		d, code, out := s.doctor()
		if code != exitDone {
			t.Fatalf("exit %d:\n%s", code, out)
		}
		return slices.ContainsFunc(d.Findings, func(f finding) bool { return f.Code == "store.own" && f.Level == levelNote })
	}
	for n := range 10 {
		raw := fmt.Sprintf("From: client%d@license.kz\r\nTo: info@license.kz\r\nSubject: Hello\r\nMessage-ID: <own%d@license.kz>\r\n\r\nHello.\r\n", n, n)
		s.must(s.box.Put("INBOX", []byte(raw), time.Now()))
		if n == 8 {
			s.call(t, "run", "--once").well(t)
			if told() {
				t.Error("nine letters are many")
			}
		}
	}
	s.call(t, "run", "--once").well(t)
	if !told() {
		t.Error("ten letters from the operator's own domain are not pointed out")
	}
}

// A broken section hides no other: the servers are still tried.
func TestDoctorLooksOn(t *testing.T) {
	s := healthy(t)
	s.add("reminders:\n  shedule: x\n")
	writeFile(t, s.path("password"), "hunter2\n", 0o600)
	d, _, out := s.doctor()
	for _, code := range []string{"config.wrong", "imap.login", "smtp.login", "people.skipped"} {
		if !slices.ContainsFunc(d.Findings, func(f finding) bool { return f.Code == code }) {
			t.Errorf("%s is missing:\n%s", code, out)
		}
	}
}

// A name and a contact that leave no room in the longest acknowledgement are
// told, and no others.
func TestDoctorCountsWords(t *testing.T) {
	s := healthy(t)
	long := func() bool {
		d, _, _ := s.doctor()
		return slices.ContainsFunc(d.Findings, func(f finding) bool {
			return f.Code == "templates.long" && f.Level == levelNote
		})
	}
	s.edit("operator:", "address: info@license.kz", "address: info@license.kz\n  contact: 'Айгуль Сапарова, info@license.kz, +7 (727) 123-45-67'")
	if long() {
		t.Error("a contact of six words is too long")
	}
	s.edit("operator:", "Айгуль Сапарова", "Айгуль Сапарова, ответственная за обработку персональных данных, Алматы, улица Абая 1")
	if !long() {
		t.Error("a contact of many words is not told")
	}
}

// The screens fit 80 columns in each language, with and without faults.
func TestDoctorScreens(t *testing.T) {
	s := healthy(t)
	for _, broken := range []bool{false, true} {
		if broken {
			s.server("imap", closedPort(t), nil)
			s.add("acknowledge:\n  shedule: x\n")
		}
		for _, lang := range []string{"ru", "kk", "en"} {
			r := s.call(t, "--lang", lang, "doctor")
			for _, line := range strings.Split(r.out, "\n") {
				if utf8.RuneCountInString(line) > 80 {
					t.Errorf("%s: %q is too wide", lang, line)
				}
				if strings.Contains(line, "doctor.") || strings.Contains(line, "{") {
					t.Errorf("%s: %q is not worded", lang, line)
				}
			}
			if broken != strings.Contains(r.out, "  ! ") {
				t.Errorf("%s, broken %t:\n%s", lang, broken, r.out)
			}
		}
	}
}

// The test letter goes out once, comes back, bears our sign, and is never taken
// for a request; where it does not come back, that is said.
func TestDoctorSends(t *testing.T) {
	s := healthy(t)
	comesBack := true
	s.box.SMTP.OnDot = func(e sandbox.Envelope) error {
		if !comesBack {
			return nil
		}
		return s.box.Put("INBOX", e.Raw, time.Now())
	}
	before := s.call(t, "list", "--json", "--all").well(t).out
	d, code, out := s.doctor("--send")
	if sent := s.box.Sent(); len(sent) != 2 || sent[1].To != "info@license.kz" {
		t.Fatalf("sent %d letters:\n%s", len(sent), out)
	}
	if code != exitDone || !slices.ContainsFunc(d.Findings, func(f finding) bool { return f.Code == "send.arrived" }) {
		t.Errorf("exit %d:\n%s", code, out)
	}
	s.call(t, "run", "--once").well(t)
	if after := s.call(t, "list", "--json", "--all").well(t).out; after != before {
		t.Errorf("the test letter was registered:\n%s", after)
	}
	if os.Getenv("POMETKA_LONG") == "" {
		return // the next waits as long as a slow provider may take
	}
	comesBack = false
	d, code, out = s.doctor("--send")
	if code != exitWanting || !slices.ContainsFunc(d.Findings, func(f finding) bool { return f.Code == "send.lost" }) {
		t.Errorf("exit %d: nobody brought the letter into the mailbox:\n%s", code, out)
	}
}

func TestDaemonsAreKnown(t *testing.T) {
	s := healthy(t)
	d := s.start(t)
	d.waitFor("pometka started", 1)
	found, _, out := s.doctor()
	if !slices.ContainsFunc(found.Findings, func(f finding) bool { return f.Code == "daemon.good" }) {
		t.Errorf("the daemon is not seen:\n%s", out)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "pometka.db.lock")); err != nil {
		t.Fatal(err)
	}
	d.stop()
}
