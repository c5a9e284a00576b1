package rules

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"encoding/binary"
	"flag"
	"os"
	"reflect"
	"slices"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// The calendar and the policy as they are written by hand.
var (
	//go:embed calendar-kz.csv
	calendarKZ []byte
	//go:embed calendar-kz-yearly.csv
	calendarKZYearly []byte
	//go:embed policy-license-kz.yaml
	policyKZ []byte
)

var update = flag.Bool("update", false, "pack the calendar and the policy anew")

// What the program carries is what stands in the files.
func TestDataIsPacked(t *testing.T) {
	for name, c := range map[string]struct{ packed, whole []byte }{
		"calendar-kz.csv": {packedKZ, calendarKZ}, "calendar-kz-yearly.csv": {packedKZYearly, calendarKZYearly},
		"policy-license-kz.yaml": {packedPolicy, policyKZ},
	} {
		if *update {
			if err := os.WriteFile(name+".z", packed(t, c.whole), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if !bytes.Equal(unpacked(c.packed), c.whole) {
			t.Errorf("%s was changed after it was packed: go test ./rules -run TestDataIsPacked -update", name)
		}
	}
}

// packed makes of a file what unpacked takes apart.
func packed(t *testing.T, whole []byte) []byte {
	number := map[rune]byte{}
	var letters, text []byte
	for _, r := range string(whole) {
		if r < utf8.RuneSelf {
			text = append(text, byte(r))
			continue
		}
		if _, ok := number[r]; !ok {
			if len(number) == utf8.RuneSelf {
				t.Fatal("more letters than a byte tells apart")
			}
			number[r] = byte(utf8.RuneSelf + len(number))
			letters = utf8.AppendRune(letters, r)
		}
		text = append(text, number[r])
	}
	single := slices.Concat(letters, []byte("\n"), text)
	b := bytes.NewBuffer(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, uint32(len(whole))), uint32(len(single))))
	w, err := flate.NewWriter(b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(single)
	w.Close()
	return b.Bytes()
}

// What the program carries of its calendar is what it makes of the files. After a change
// of them, once they are packed, or of how days are laid over the weeks:
// go test ./rules -run TestUsualCalendarIsCarried -update
func TestUsualCalendarIsCarried(t *testing.T) {
	c, err := CalendarOptions{}.calendar(5)
	if err != nil {
		t.Fatal(err)
	}
	var work []byte
	for _, w := range c.work.bits {
		work = binary.LittleEndian.AppendUint64(work, w)
	}
	if !*update {
		if c.digest != usualDigest || !bytes.Equal(work, usualWork) || !reflect.DeepEqual(c.work, usualCalendar().work) {
			t.Errorf("the calendar was changed after its working days were counted: go test ./rules -run %s -update", t.Name())
		}
		return
	}
	for name, data := range map[string][]byte{"calendar-kz.sha256": []byte(c.digest), "calendar-kz.work": work} {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// The built-in policy is read in two parts, which are the whole.
func TestBuiltInIsReadInParts(t *testing.T) {
	read := func(raw *rawPolicy, text []byte) {
		t.Helper()
		dec := yaml.NewDecoder(bytes.NewReader(text))
		dec.KnownFields(true)
		if err := dec.Decode(raw); err != nil {
			t.Fatal(err)
		}
	}
	first, later := cutWords(policyKZ)
	var whole, parts rawPolicy
	read(&whole, policyKZ)
	read(&parts, first)
	if k := parts.Kinds[0]; len(later) < 4*len(first) || len(parts.Words)+len(k.Demands)+len(k.Examples) > 0 {
		t.Errorf("%d bytes are for letters alone, %d are not: %+v", len(later), len(first), k)
	}
	read(&parts, later)
	if !reflect.DeepEqual(whole, parts) {
		t.Error("the parts are not the whole")
	}
	p, err := ParsePolicy(policyKZ)
	if err != nil || !reflect.DeepEqual(p.Kinds, BuiltIn().Kinds) {
		t.Errorf("the kinds are others without their words: %v", err)
	}
}
