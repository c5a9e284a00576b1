package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// vitals are what the system says of a process.
type vitals struct {
	rss        int // kB
	files      int
	goroutines int
	cpu        time.Duration
}

func (v vitals) String() string {
	return fmt.Sprintf("RSS %.1f MB, %d open files, %d goroutines, %v of CPU", float64(v.rss)/1024, v.files, v.goroutines, v.cpu)
}

// ticks is how many clock ticks of /proc a second has; Linux never says another
// number to a program (USER_HZ).
const ticks = 100

// vitalsOf reads /proc, and asks the process for what only it knows.
func vitalsOf(t *testing.T, pid int, health string) (v vitals) {
	t.Helper()
	read := func(name string) string {
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	number := func(text, pattern string) int {
		m := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("no %s in:\n%s", pattern, text)
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	v.rss = number(read("status"), `VmRSS:\s+(\d+) kB`)
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	v.files = len(files)
	_, body := get(t, health)
	v.goroutines = number(body, `(?m)^go_goroutines (\d+)$`)
	v.cpu = cpuOf(t, pid)
	return v
}

// cpuOf reads what a process has used, and costs it nothing.
func cpuOf(t *testing.T, pid int) (used time.Duration) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	f := strings.Fields(after)
	for _, i := range []int{11, 12} { // utime, stime
		n, err := strconv.Atoi(f[i])
		if err != nil {
			t.Fatal(err)
		}
		used += time.Duration(n) * time.Second / ticks
	}
	return used
}

// newsletter is a letter of the kind that fills a mailbox.
func newsletter(n int) []byte {
	return fmt.Appendf(nil, "Return-Path: <news@shop%[2]d.example>\r\nFrom: news@shop%[2]d.example\r\nTo: info@license.kz\r\nSubject: Offer %[1]d\r\nList-Id: <news.shop%[2]d.example>\r\n"+
		"Message-ID: <%[1]d@shop%[2]d.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%[3]s\r\n", n, n%40, strings.Repeat("Buy one, get another. ", 200))
}

// TestSoak sends ten letters a second to a daemon in a process of its own, one
// in ten a request, and looks at what the process holds at the first tenth and
// at the end; then it leaves it alone and looks at what it uses. In
// POMETKA_LONG=1 it is the program as it is delivered, for a quarter of an hour
// and then five minutes, and the goals hold: 40 MB, a thousandth of a processor.
func TestSoak(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("there is no /proc")
	}
	letters, quiet, binary := 30, time.Second, ""
	long := os.Getenv("POMETKA_LONG") != ""
	if long {
		letters, quiet, binary = 9000, 5*time.Minute, delivered(t)
	}
	box := startSandbox(t)
	sent := accepted(box)
	addr := closedPort(t)
	i := install(t, box.IMAPAddr, box.SMTPAddr, box.CA, map[string]string{"": "http: {listen: " + addr + "}\nacknowledge:\n  caps: {domain_hour: 1000000, total_hour: 1000000}\n"})
	d := i.startBinary(t, binary)
	d.waitFor("pometka started", 1)
	look := func() vitals { // some goroutines are about to end at any moment: the least of a few counts
		v := vitalsOf(t, d.Process.Pid, "http://"+addr+"/metrics")
		for range 9 {
			v.goroutines = min(v.goroutines, vitalsOf(t, d.Process.Pid, "http://"+addr+"/metrics").goroutines)
		}
		return v
	}
	pace := time.NewTicker(100 * time.Millisecond)
	defer pace.Stop()
	var first vitals
	requests := 0
	for n := range letters {
		<-pace.C
		raw := newsletter(n)
		if n%10 == 0 {
			raw = withdrawal(n)
			requests++
		}
		if err := box.Put("INBOX", raw, time.Now()); err != nil {
			t.Fatal(err)
		}
		if n == letters/10 {
			first = look()
		}
	}
	for n := range requests {
		select {
		case <-sent:
		case <-time.After(patience):
			t.Fatalf("%d of %d requests acknowledged:\n%s", n, requests, d.log())
		}
	}
	last := look()
	t.Logf("after %d letters: %v", letters/10, first)
	t.Logf("after %d letters: %v", letters, last)
	// What grows does not come back: the copies in Sent of the last batch may be under way, what leaks stays.
	for by := time.Now().Add(patience); last.goroutines > first.goroutines+5 || last.files > first.files+4; last = look() {
		if time.Now().After(by) {
			t.Errorf("goroutines or open files grew and stay: %v", last)
			break
		}
	}
	idle := idleShare(quiet, func() time.Duration { return cpuOf(t, d.Process.Pid) })
	t.Logf("idle: %.3f %% of a processor; %v", 100*idle, look())
	d.stop()
	if !long {
		return
	}
	if last.rss > 40<<10 || last.rss > first.rss+first.rss/3 {
		t.Errorf("memory: %v", last)
	}
	if idle > 0.001 {
		t.Errorf("%.3f %% of a processor while idle", 100*idle)
	}
}

// idleShare is the part of a processor that is used for nothing: over two turns
// of the loop at least once it has settled.
func idleShare(span time.Duration, used func() time.Duration) float64 {
	settled := time.NewTimer(span / 5)
	<-settled.C
	before, at := used(), time.Now()
	settled.Reset(span)
	<-settled.C
	return float64(used()-before) / float64(time.Since(at))
}

// delivered builds the program as it is delivered.
func delivered(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pometka")
	c := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, ".")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}
