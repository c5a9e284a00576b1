package main

import (
	"errors"
	"fmt"
	"go/ast"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
)

// quoted are the words of a server.
var quoted = regexp.MustCompile(`«[^»]*»`)

// sayNoEnglish runs a command in Russian and in Kazakh: it must fail, and say
// why in that language alone.
func (i installation) sayNoEnglish(t *testing.T, name string, args ...string) {
	t.Helper()
	for _, lang := range []string{"ru", "kk"} {
		r := i.call(t, append([]string{"--lang", lang}, args...)...)
		said := quoted.ReplaceAllString(strings.ReplaceAll(r.out+r.err, "pometka ", ""), "")
		if r.code == exitDone || english.MatchString(said) || strings.Contains(said, "…)") || !cyrillic().MatchString(r.out+r.err) {
			t.Errorf("%s, %s: exit %d: %s", name, lang, r.code, r.out+r.err)
		}
	}
}

// Trouble with a mail server is told in the reader's language.
func TestServerTroubleIsWorded(t *testing.T) {
	box, other := startSandbox(t), startSandbox(t)
	quiet := map[string]string{"": outOfHours()}
	missing := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"imap": "  folders: [INBOX, Nowhere]\n", "": quiet[""]})
	missing.sayNoEnglish(t, "no folder", "run", "--once")
	closed := install(t, closedPort(t), box.SMTPAddr, box.CA, quiet)
	closed.begun(t)
	for _, args := range [][]string{{"run", "--once"}, {"reconcile"}, {"register", "--uid", "INBOX/1"}, {"doctor"}} {
		closed.sayNoEnglish(t, "nobody listens", args...)
	}
	install(t, box.IMAPAddr, box.SMTPAddr, other.CA, quiet).sayNoEnglish(t, "foreign certificate", "run", "--once")
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, quiet)
	i.write(t, "password", "wrong\n")
	i.sayNoEnglish(t, "wrong password", "run", "--once")
	install(t, plainServer(t, "* OK ready\r\n"), box.SMTPAddr, box.CA, quiet).sayNoEnglish(t, "no TLS", "run", "--once")
	if err := os.Remove(filepath.Join(i.dir, "password")); err != nil {
		t.Fatal(err)
	}
	i.sayNoEnglish(t, "no password", "run", "--once")
}

// A folder that was made anew is no fault of anybody's, and is told in plain words.
func TestFolderMadeAnewIsWorded(t *testing.T) {
	err := fmt.Errorf("take in letters: %w", fmt.Errorf("read folder %q: %w", "INBOX", mailbox.ErrRecreated))
	for _, lang := range []rules.Lang{rules.RU, rules.KK} {
		if text, whole := inWords(err, lang); !whole || !cyrillic().MatchString(text) || english.MatchString(quoted.ReplaceAllString(text, "")) {
			t.Errorf("%s: %s", lang, text)
		}
	}
}

// Each fault of a server that is told apart has its words and its remedy.
func TestServerFaultsAreWorded(t *testing.T) {
	keys := catalogueKeys(t)
	_, files := sources(t, "mailbox")
	var faults []string
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
				if of, ok := spec.Type.(*ast.Ident); ok && of.Name == "Fault" {
					faults = append(faults, strings.Trim(spec.Values[0].(*ast.BasicLit).Value, `"`))
				}
			}
			return true
		})
	}
	if len(faults) < 15 {
		t.Fatalf("only %q: is the type still called Fault?", faults)
	}
	for _, fault := range faults {
		key := "doctor.mail." + fault
		if !keys[key] || !keys[key+".do"] && mailbox.Fault(fault) != mailbox.FaultSecret {
			t.Errorf("%s has no words, or no remedy", fault)
		}
	}
}

// A copy that cannot be made says why, and where.
func TestCopyTroubleIsWorded(t *testing.T) {
	i := withLetters(t, "")
	nowhere := filepath.Join(i.dir, "nowhere", "copy.db")
	i.sayNoEnglish(t, "no folder", "backup", nowhere)
	i.sayNoEnglish(t, "no folder", "restore", filepath.Join(i.dir, "p.db"), "--to", nowhere)
	i.sayNoEnglish(t, "no register", "restore", i.config, "--to", filepath.Join(i.dir, "new.db"))
	i.sayNoEnglish(t, "no copy", "restore", nowhere, "--to", filepath.Join(i.dir, "new.db"))
	left := i.write(t, ".copy.db.part", "")
	i.sayNoEnglish(t, "interrupted", "backup", filepath.Join(i.dir, "copy.db"))
	if r := i.call(t, "backup", filepath.Join(i.dir, "copy.db")); !strings.Contains(r.err, left) {
		t.Errorf("the file that is in the way is not named: %s", r.err)
	}
	if r := i.call(t, "backup", nowhere); !strings.Contains(r.err, filepath.Dir(nowhere)+": нет такой папки") {
		t.Errorf("the folder that is missing is not named: %s", r.err)
	}
}

// Everything that can be wrong in a policy file is told in the reader's language.
func TestPolicyFaultsAreWorded(t *testing.T) {
	builtIn := string(rules.BuiltInSource())
	seen := map[string]bool{}
	for _, c := range []struct{ old, new string }{
		{builtIn, "# nothing\n"},
		{builtIn, "a: [\n"},
		{builtIn, builtIn + "---\na: b\n"},
		{"edition: ", "editions: "},
		{"\nkinds:\n", "\nreview: {}\nkinds:\n"},
		{"\nkinds:\n", "\nkinds: []\nkindz:\n"},
		{"register: machine", "register: robot"},
		{"    marks:\n", "    marks:\n      - text: ''\n"},
		{"id: claim\n", "id: erasure\n"},
		{"together:\n", "together:\n  - [nope, claim]\n"},
	} {
		if !strings.Contains(builtIn, c.old) {
			t.Errorf("the policy has no %q", c.old)
		}
		_, err := rules.ParsePolicy([]byte(strings.Replace(builtIn, c.old, c.new, 1)))
		faults := rules.PolicyFaults(err)
		if len(faults) == 0 {
			t.Errorf("%q: %v", c.new, err)
		}
		for _, f := range faults {
			seen[f.Code] = true
		}
	}
	for code, args := range rules.PolicyFaultCodes {
		f := &rules.PolicyFault{Line: 7, Code: code}
		for n := range args {
			f.Args = append(f.Args, fmt.Sprintf("арг%d", n))
		}
		for _, lang := range []rules.Lang{rules.RU, rules.KK, rules.EN} {
			said := worded(errors.Join(f), lang)
			if lang != rules.EN && english.MatchString(said) || strings.Contains(said, "…") || strings.Contains(said, "policy.fault.") || !strings.Contains(said, "7") {
				t.Errorf("%s %s: %s", lang, code, said)
			}
			for n := range args {
				if given := fmt.Sprintf("арг%d", n); code != "yaml" && !strings.Contains(said, given) {
					t.Errorf("%s %s: %q does not tell %s", lang, code, said, given)
				}
			}
		}
	}
	for _, code := range []string{"missing", "yaml", "second", "unknown_key", "key_twice", "want", "twice", "unknown"} {
		if !seen[code] {
			t.Errorf("nothing gave a fault %q: %v", code, seen)
		}
	}
	for _, want := range []string{rules.WantAddress, rules.WantBIN, rules.WantDay, rules.WantNumber, rules.WantID, rules.WantText, rules.WantList, rules.WantKeys} {
		if _, ok := policyWants[want]; !ok {
			t.Errorf("%s has no words", want)
		}
	}
}

// A letter of the operator's own that is wrong is told of in the language.
func TestTemplateFaultsAreWorded(t *testing.T) {
	box := startSandbox(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": "acknowledge: {templates: letters}\n"})
	if err := os.MkdirAll(filepath.Join(i.dir, "letters", "ru"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"x", "Subject: x\n\n{{if}}", "Subject: x\n\n{{.Nope}}", "Subject: x\n\nно ничего не сказано"} {
		i.write(t, "letters/ru/receipt.txt", text)
		i.sayNoEnglish(t, text, "templates", "preview", "receipt")
		i.sayNoEnglish(t, text, "doctor")
	}
}

// An error keeps the place that it names and the words of its cause, whatever
// steps stand between; what nobody has words for is shown as such.
func TestWorded(t *testing.T) {
	missing := &fs.PathError{Op: "open", Path: "/x.csv", Err: fs.ErrNotExist}
	for _, c := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("read copies: %w", missing), "/x.csv: нет такого файла"},
		{fmt.Errorf("--password-file: %w", missing), "--password-file: /x.csv: нет такого файла"},
		{errors.Join(fmt.Errorf("take in: %w", missing), fmt.Errorf("send: %w", missing)), "/x.csv: нет такого файла"},
		{fmt.Errorf("open: %w: %w", errors.New("odd thing here"), missing), "/x.csv: нет такого файла"},
		{fmt.Errorf("write it: %w", store.ErrFull), "на диске нет места: освободите его"},
		{errors.New("some odd thing"), "непредвиденное: some odd thing"},
	} {
		a := &app{words: mustWords(t), lang: rules.RU}
		if got := a.errorText(c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
		a.lang = rules.EN
		if got := a.errorText(c.err); cyrillic().MatchString(got) {
			t.Errorf("%v: %q", c.err, got)
		}
	}
}
