package main

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A machine whose zone files are older than March 2024 puts a receipt before
// 01:00 on the wrong day: no date is counted there, with a configuration or
// without one.
func TestOldZoneFilesCountNothing(t *testing.T) {
	zones := t.TempDir()
	if err := os.Mkdir(filepath.Join(zones, "Asia"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(zones, "Asia", "Almaty"), fixedZone(6*60*60, "+06"), 0o600); err != nil {
		t.Fatal(err)
	}
	i := install(t, "127.0.0.1:1", "127.0.0.1:1", nil, nil)
	for _, args := range [][]string{
		{"explain", "--kind", "claim", "--received", "2026-11-22T18:30:00Z"},
		{"calendar", "2026"},
		{"list", "--config", i.config},
	} {
		c := exec.CommandContext(t.Context(), os.Args[0], args...)
		c.Dir = t.TempDir()
		c.Env = append(os.Environ(), "POMETKA_TEST_MAIN=1", "ZONEINFO="+zones, "POMETKA_CONFIG=")
		var out, errs strings.Builder
		c.Stdout, c.Stderr = &out, &errs
		_ = c.Run() // its exit code is looked at
		if c.ProcessState.ExitCode() != exitUsage || out.Len() > 0 || !strings.Contains(errs.String(), "tzdata") {
			t.Errorf("%v: exit %d, want %d and the package to update:\n%s%s", args, c.ProcessState.ExitCode(), exitUsage, out.String(), errs.String())
		}
	}
}

// fixedZone is a zone file (RFC 9636, version 1) with one offset for all times.
func fixedZone(seconds int32, name string) []byte {
	b := append([]byte("TZif"), make([]byte, 16)...)
	for _, count := range []uint32{0, 0, 0, 0, 1, uint32(len(name) + 1)} {
		b = binary.BigEndian.AppendUint32(b, count)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(seconds))
	return append(b, "\x00\x00"+name+"\x00"...)
}
