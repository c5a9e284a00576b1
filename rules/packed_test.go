package rules

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"flag"
	"os"
	"testing"
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
			var b bytes.Buffer
			w, err := flate.NewWriter(&b, flate.BestCompression)
			if err != nil {
				t.Fatal(err)
			}
			w.Write(c.whole)
			w.Close()
			if err := os.WriteFile(name+".z", b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if !bytes.Equal(unpacked(c.packed), c.whole) {
			t.Errorf("%s was changed after it was packed: go test ./rules -run TestDataIsPacked -update", name)
		}
	}
}
