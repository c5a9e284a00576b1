package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

// The built-in file must parse: BuiltIn panics otherwise.
func TestBuiltInPolicyParses(t *testing.T) {
	p, err := ParsePolicy(BuiltInSource())
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "license.kz" || p.Operator.Address != "info@license.kz" || p.Operator.BIN != "180640028978" {
		t.Errorf("name %q, operator %+v", p.Name, p.Operator)
	}
	if len(p.Digest) != 64 || p.ReviewTarget != 1 {
		t.Errorf("digest %q, review target %d", p.Digest, p.ReviewTarget)
	}
	if len(p.Together) != 1 || p.Together[0] != [2]Kind{"consent_withdrawal", "erasure"} {
		t.Errorf("together %v", p.Together)
	}
	if p.Drafts[KK].RU == "" {
		t.Error("the Kazakh texts are not marked as unread")
	}
}

// The terms of the contract, one line each: kind, id, days, unit, source,
// first day of receipt, condition, until, named.
func TestBuiltInTerms(t *testing.T) {
	var got []string
	for _, k := range BuiltIn().Kinds {
		for _, m := range k.Terms {
			got = append(got, fmt.Sprintf("%s %s %d %s %s from=%s cond=%s until=%s named=%t",
				k.ID, m.ID, m.Days, m.Unit, m.Source, m.ValidFrom, m.Condition, m.Until, m.Named))
			if m.Name.KK == "" || m.Name.EN == "" || m.Basis.KK == "" || m.Basis.EN == "" || m.Waiting == "" {
				t.Errorf("%s %s: a text is missing: %+v", k.ID, m.ID, m)
			}
		}
	}
	want := []string{
		"consent_withdrawal policy 30 working policy from= cond= until= named=true",
		"consent_withdrawal law 15 working law from=2026-01-18 cond= until= named=true",
		"erasure policy 30 working policy from= cond= until= named=true",
		"erasure law 15 working law from=2026-01-18 cond= until= named=true",
		"claim policy 30 working policy from= cond= until= named=true",
		"claim consumer 10 calendar law from= cond=consumer until= named=true",
		"data_correction law 1 working law from= cond=documents until= named=true",
		"data_correction target 1 working target from= cond= until=documents named=false",
		"opt_out target 1 working target from= cond= until= named=false",
		"opt_out law 15 working law from=2026-01-18 cond= until= named=false",
		"access_request law 3 working law from= cond= until= named=true",
		"unlawful_processing law 1 working law from= cond= until= named=true",
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("terms:\n%s\nwant:\n%s", g, w)
	}
}

func TestBuiltInKindsAreComplete(t *testing.T) {
	for _, k := range BuiltIn().Kinds {
		for key, x := range map[string]Text{"name": k.Name, "formal": k.Formal, "will": k.Will, "clause": k.Clause} {
			if x.RU == "" || x.KK == "" || x.EN == "" {
				t.Errorf("%s: %s lacks a language: %+v", k.ID, key, x)
			}
		}
		if len(k.Steps) == 0 {
			t.Errorf("%s: no steps", k.ID)
		}
		if byPerson := k.ID == "access_request" || k.ID == "unlawful_processing"; k.ByPerson != byPerson {
			t.Errorf("%s: by person %t", k.ID, k.ByPerson)
		}
	}
}

const smallPolicy = `policy: small
edition: 2026-01-01
operator: {name: {ru: Оператор}, address: info@op.example}
review: {target: 1}
kinds:
  - id: claim
    register: machine
    name: {ru: претензия}
    formal: {ru: претензия}
    will: {ru: ответим}
    clause: {ru: п. 1}
    marks:
      - {text: Претензия, prescribed: true}
    terms:
      - {id: policy, name: {ru: ответить}, source: policy, days: 30, unit: working, basis: {ru: п. 1}, waiting: runs, named: true}
`

func TestSmallPolicyParses(t *testing.T) {
	if _, err := ParsePolicy([]byte(smallPolicy)); err != nil {
		t.Fatal(err)
	}
}

// Every fault is reported with the line on which it stands.
func TestPolicyFaultsHaveLines(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"edition: 2026-01-01", "edition: 2026-02-30", "line 2: want, edition, 2026-02-30, day"},
		{"policy: small", "polcy: small", "line 1: unknown_key, polcy"},
		{"address: info@op.example", "address: info", "line 3: want, operator.address, info, address"},
		{"review: {target: 1}", "review: {target: 0}", "line 4: want, review.target, 0, number, 1"},
		{"review: {target: 1}", "review: {target: soon}", "line 4: want, , soon, number"},
		{"- id: claim", "- id: Claim!", "line 6: want, id, Claim!, id"},
		{"register: machine", "register: robot", "line 7: want, register, robot, machine, person"},
		{"will: {ru: ответим}", "will: {en: we will}", "line 10: text, will, ru"},
		{"text: Претензия,", "text: '  ',", "line 13: missing, marks"},
		{"days: 30", "days: 0", "line 15: want, days, 0, number, 1, 366"},
		{"unit: working", "unit: weeks", "line 15: want, unit, weeks, working, calendar"},
		{"source: policy", "source: target", "line 15: named"},
		{"waiting: runs", "waiting: sleeps", "line 15: want, waiting, sleeps, runs, stops, restarts"},
		{"waiting: runs", "waiting: runs, checked: 2026-01-01", "line 15: checked"},
		{"waiting: runs", "waiting: runs, from: 2026-02-01, to: 2026-01-01", "line 15: from_to, 2026-02-01, 2026-01-01"},
		{"operator:", "together: [[claim, erasure]]\noperator:", "line 3: unknown, together, erasure"},
		{"operator:", "operator: {}\noperator:", "key_twice, operator, 3"},
		{"kinds:", "kinds: 3 #", "line 5: want, , 3, list"},
	} {
		src := strings.Replace(smallPolicy, c.old, c.new, 1)
		if strings.HasPrefix(c.new, "kinds: 3") {
			src = src[:strings.Index(src, "  - id")]
		}
		_, err := ParsePolicy([]byte(src))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v, want %q", c.new, err, c.want)
		}
	}
}

// All problems come at once, in the order of the file.
func TestPolicyReportsAllProblemsAtOnce(t *testing.T) {
	src := strings.NewReplacer("edition: 2026-01-01", "edition: ''", "days: 30", "days: 3000", "register: machine", "regster: machine").Replace(smallPolicy)
	_, err := ParsePolicy([]byte(src))
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[0], "line 2:") || !strings.HasPrefix(lines[3], "line 15:") {
		t.Errorf("got:\n%s", err)
	}
}

func TestPolicyOddFiles(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"", "missing, policy"}, {"# only a comment\n", "missing, policy"}, {"- a\n- b\n", "keys"},
		{"a: [", "line 1:"}, {smallPolicy + "---\npolicy: two\n", "second"}, {"\x00\xff", "line 1:"},
	} {
		if _, err := ParsePolicy([]byte(c.src)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q: error %v, want %q", c.src, err, c.want)
		}
	}
}

func TestBIN(t *testing.T) {
	for s, want := range map[string]bool{
		"180640028978": true, "191040027803": true, "200740026248": true, "000101500001": true,
		"000101500206": true, "180640028979": false, "18064002897": false, "18064002897x": false, "": false,
	} {
		if validBIN(s) != want {
			t.Errorf("validBIN(%q) = %t", s, !want)
		}
	}
}

// A mistake in the words ends nobody's process but is told to whoever needs them.
func TestLearnIsGuarded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := false
		p := &Policy{recognition: &recognition{recognise: sync.OnceFunc(func() { begun = true; panic("staged") })}}
		p.Learn()
		synctest.Wait()
		if !begun {
			t.Error("nothing was learnt beside")
		}
		defer func() {
			if recover() != "staged" {
				t.Error("who needs the words does not hear of it")
			}
		}()
		p.Classify(Facts{}, Own{})
	})
}

// The text of the built-in policy is at hand behind its reading, and is what its digest is
// over.
func TestBuiltInKeepsItsSource(t *testing.T) {
	p := BuiltIn()
	if sum := sha256.Sum256(p.Source()); hex.EncodeToString(sum[:]) != p.Digest {
		t.Error("the source is not that of the digest")
	}
}
