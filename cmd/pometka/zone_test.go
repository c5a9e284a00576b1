package main

import (
	"io/fs"
	"strings"
	"testing"
	"time"
)

// Every zone that the program carries is right on both sides of 1 March 2024,
// when all of Kazakhstan came to +05:00, and is what the host knows by its name.
func TestCarriedZones(t *testing.T) {
	n := 0
	err := fs.WalkDir(zoneFiles, "zones", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		name := strings.TrimPrefix(path, "zones/")
		zone, err := carriedZone(name)
		if err != nil {
			t.Fatal(err)
		}
		for year := 2020; year < 2040; year++ {
			at := time.Date(year, 7, 1, 12, 0, 0, 0, zone)
			_, offset := at.Zone()
			if want := 5 * 60 * 60; year >= 2024 && offset != want {
				t.Errorf("%s is %d s from UTC on %s, want %d", name, offset, at, want)
			}
			host, err := time.LoadLocation(name)
			if err != nil {
				continue // a bare host: that is what they are carried for
			}
			if _, known := at.In(host).Zone(); known != offset {
				t.Errorf("%s in %d: %d s, the host says %d", name, year, offset, known)
			}
		}
		return nil
	})
	if err != nil || n != 7 {
		t.Errorf("%d zones: %v", n, err)
	}
	if zone, err := carriedZone("Asia/Almaty"); err != nil || zone.String() != "Asia/Almaty" {
		t.Errorf("%v, %v", zone, err)
	} else if _, offset := time.Date(2024, 2, 29, 12, 0, 0, 0, zone).Zone(); offset != 6*60*60 {
		t.Errorf("Almaty is %d s from UTC on the last day of +06", offset)
	}
	if _, err := loadZone("Asia/Nowhere"); err == nil || !strings.Contains(err.Error(), "tzdata") {
		t.Errorf("a zone that is nowhere: %v", err)
	}
}
