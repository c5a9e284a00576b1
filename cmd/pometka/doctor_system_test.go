package main

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is a user without rights of its own.
const nobody = 65534

// asRoot skips what only root can plant.
func (s *site) asRoot() {
	s.Helper()
	if os.Getuid() != 0 {
		s.Skip("only root can plant this")
	}
}

// systemFaults are those that need another user, disk or environment.
var systemFaults = []fault{
	{"read-only register", func(s *site) {
		s.must(os.Chmod(s.path("pometka.db"), 0o440))
		if os.Getuid() == 0 {
			s.openTo(nobody)
			s.as = nobody
		}
	}, "store.readonly", "0660"},
	{"register of another owner", func(s *site) {
		s.asRoot()
		s.must(os.Chown(s.path("pometka.db"), nobody, nobody))
	}, "access.owner", "chown"},
	{"secret of another owner", func(s *site) {
		s.asRoot()
		s.must(os.Chown(s.path("password"), nobody, nobody))
	}, "secret.owner", "chown"},
	{"full disk", func(s *site) {
		s.asRoot()
		disk := s.path("disk")
		s.must(os.Mkdir(disk, 0o770))
		if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=1m"); err != nil {
			s.Skipf("no file system can be mounted here: %v", err)
		}
		s.Cleanup(func() { syscall.Unmount(disk, 0) })
		writeFile(s.T, filepath.Join(disk, "ballast"), strings.Repeat("x", 900<<10), 0o600)
		s.edit("store:", "path: pometka.db", "path: disk/pometka.db")
	}, "disk.full", "500 МБ"},
	{"read-only disk", func(s *site) {
		s.asRoot()
		disk := s.path("disk")
		s.must(os.Mkdir(disk, 0o770))
		if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_RDONLY, ""); err != nil {
			s.Skipf("no file system can be mounted here: %v", err)
		}
		s.Cleanup(func() { syscall.Unmount(disk, 0) })
		s.edit("store:", "path: pometka.db", "path: disk/pometka.db")
	}, "store.readonly", "для записи"},
	{"old time zone data", func(s *site) {
		s.must(os.MkdirAll(s.path("zone/Asia"), 0o755))
		s.must(os.WriteFile(s.path("zone/Asia/Almaty"), zoneFile(6*60*60, "+06"), 0o644))
		s.env = []string{"ZONEINFO=" + s.path("zone")}
	}, "time.zone", "tzdata"},
	{"second daemon", func(s *site) {
		other := filepath.Join(s.TempDir(), "copy")
		s.must(os.Mkdir(other, 0o700))
		for _, name := range []string{"config.yaml", "ca.pem", "password", "calendar.csv"} {
			b, err := os.ReadFile(s.path(name))
			s.must(err)
			writeFile(s.T, filepath.Join(other, name), string(b), 0o600)
		}
		d := installation{other, filepath.Join(other, "config.yaml")}.start(s.T)
		d.waitFor("pometka started", 1)
	}, "daemon.second", "Остановите лишнюю"},
}

// openTo lets another user come as far as the site.
func (s *site) openTo(uid int) {
	s.Helper()
	for dir := s.dir; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		s.must(os.Chmod(dir, 0o755))
	}
	s.must(os.Chmod(s.config, 0o644))
	s.must(os.Chmod(s.path("ca.pem"), 0o644))
	s.must(os.Chown(s.path("password"), uid, uid))
}

// zoneFile is a file of time zone data (RFC 8536, version 1) with one offset.
func zoneFile(offset int32, name string) []byte {
	b := append([]byte("TZif"), make([]byte, 16)...)
	for _, n := range []uint32{0, 0, 0, 0, 1, uint32(len(name) + 1)} { // isut, isstd, leap, time, type, char
		b = binary.BigEndian.AppendUint32(b, n)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(offset))
	b = append(b, 0, 0) // no daylight saving, name at 0
	return append(append(b, name...), 0)
}

// What is planted above is a zone file indeed.
func TestZoneFile(t *testing.T) {
	if b := zoneFile(6*60*60, "+06"); len(b) != 44+6+4 || string(b[:4]) != "TZif" {
		t.Errorf("%d bytes", len(b))
	}
}
