package desk

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"license.kz/pometka/mailbox/sandbox"
	"license.kz/pometka/store"
)

// The crash test starts this test binary as a child that kills itself with
// SIGKILL at the n-th step, starts it again until it comes through, and then
// looks at what the register and the mail server hold.

// crashSteps are the steps of the pipeline between which a crash can fall.
var crashSteps = []string{"letter spooled", "letter admitted", "chunk recorded", "mail claimed", "mail sent", "mail settled", "reminder queued"}

// anyStep stands for every step and every side of every commit.
const anyStep = "any"

func TestMain(m *testing.M) {
	if step := os.Getenv("POMETKA_CRASH_STEP"); step != "" {
		// The child runs the one test that works as a daemon.
		os.Args = []string{os.Args[0], "-test.run=^TestCrashChild$"}
	}
	os.Exit(m.Run())
}

// TestCrashChild is the body of the child; alone it does nothing.
func TestCrashChild(t *testing.T) {
	step := os.Getenv("POMETKA_CRASH_STEP")
	if step == "" {
		t.Skip("only as the child of TestCrash")
	}
	nth, err := strconv.Atoi(os.Getenv("POMETKA_CRASH_NTH"))
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(os.Getenv("POMETKA_CRASH_CA"))
	if err != nil {
		t.Fatal(err)
	}
	d := openDesk(t, os.Getenv("POMETKA_CRASH_DB"), os.Getenv("POMETKA_CRASH_IMAP"), os.Getenv("POMETKA_CRASH_SMTP"), ca)
	d.Patience = time.Minute           // as a daemon's
	d.Reminders.DaysBefore = []int{15} // so that every request is due for a reminder
	seen := map[string]int{}
	var mu sync.Mutex // letters are read and registered at the same time
	d.testOnlyStep = func(s string) {
		mu.Lock()
		defer mu.Unlock()
		seen[s]++
		seen[anyStep]++
		if step == anyStep && nth == 0 {
			fmt.Printf("point: %s %d\n", s, seen[s])
		}
		if s == step && seen[s] == nth || step == anyStep && seen[anyStep] == nth {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // the signal may take a moment
		}
	}
	d.Store.WatchCommits(d.testOnlyStep)
	ctx := context.Background()
	if _, err := d.Recover(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Poll(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Remind(ctx, false); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Flush(ctx); err != nil {
		t.Fatal(err)
	}
}

// child runs the pipeline once in a process of its own and reports whether it
// was killed on the way.
func child(t *testing.T, box *sandbox.Sandbox, dir, step string, nth int) (killed bool) {
	t.Helper()
	c := crashChild(box, dir, step, nth)
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return false
	case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL:
		return true
	}
	t.Fatalf("child: %v\n%s", err, out)
	return false
}

// crashChild prepares such a process.
func crashChild(box *sandbox.Sandbox, dir, step string, nth int) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(),
		"POMETKA_CRASH_STEP="+step, "POMETKA_CRASH_NTH="+strconv.Itoa(nth),
		"POMETKA_CRASH_DB="+filepath.Join(dir, "pometka.db"), "POMETKA_CRASH_CA="+filepath.Join(dir, "ca.pem"),
		"POMETKA_CRASH_IMAP="+box.IMAPAddr, "POMETKA_CRASH_SMTP="+box.SMTPAddr)
	return c
}

// TestCrash kills the pipeline at each step, on the first and on the second
// letter, starts it again, and finds each letter registered once and
// acknowledged at most once.
func TestCrash(t *testing.T) {
	visits := []int{1, 2}
	if os.Getenv("POMETKA_LONG") != "" {
		visits = []int{1, 2, 3, 4, 5, 6}
	}
	for _, step := range crashSteps {
		for _, nth := range visits {
			if (step == "reminder queued" || step == "chunk recorded") && nth > 1 {
				continue // these steps happen once in a pass
			}
			t.Run(fmt.Sprintf("%s %d", step, nth), func(t *testing.T) {
				t.Parallel()
				crashAt(t, step, nth)
			})
		}
	}
}

// TestCrashAtEveryPoint kills the pipeline before and after every commit and every
// send, and at each step between, one after the other.
func TestCrashAtEveryPoint(t *testing.T) {
	points := crashPoints(t)
	if len(points) < 40 {
		t.Fatalf("only %d points: %v", len(points), points)
	}
	t.Logf("%d points", len(points))
	every := 12
	if os.Getenv("POMETKA_LONG") != "" {
		every = 1
	}
	for n := rand.IntN(every) + 1; n <= len(points); n += every {
		t.Run(points[n-1], func(t *testing.T) {
			t.Parallel()
			crashAt(t, anyStep, n)
		})
	}
}

// crashPoints names every point that the pipeline passes, in order.
func crashPoints(t *testing.T) (points []string) {
	box, dir := crashBox(t)
	c := crashChild(box, dir, anyStep, 0)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("child: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "point: "); ok {
			points = append(points, name)
		}
	}
	return points
}

func crashAt(t *testing.T, step string, nth int) {
	box, dir := crashBox(t)
	if !child(t, box, dir, step, nth) {
		t.Fatalf("the step %q was not reached %d times: the test tests nothing", step, nth)
	}
	if child(t, box, dir, "never", 1) {
		t.Fatal("the second run was killed too")
	}
	checkCrashed(t, box, dir, crashLetters)
}

const crashLetters = 6

// crashBox starts a mail server that holds the letters.
func crashBox(t *testing.T) (*sandbox.Sandbox, string) {
	t.Helper()
	box, err := sandbox.Start(sandbox.Options{Username: account, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), box.CA, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range crashLetters {
		m := mail{from: fmt.Sprintf("person%d@mail.example", i), subject: withdrawalMark, body: fmt.Sprintf("Прошу исполнить. Номер %d.", i), id: fmt.Sprintf("crash-%d@mail.example", i)}
		if err := box.Put("INBOX", m.raw(), now.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	return box, dir
}

// checkCrashed looks at the register and at the mail server after a crash and
// a second run.
func checkCrashed(t *testing.T, box *sandbox.Sandbox, dir string, letters int) {
	db, err := store.Open(t.Context(), filepath.Join(dir, "pometka.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	list, err := db.Requests(t.Context(), store.Filter{All: true})
	if err != nil {
		t.Fatal(err)
	}
	from := map[string]int{}
	for _, r := range list {
		from[r.Letters[0].FromAddr]++
	}
	if len(list) != letters || len(from) != letters {
		t.Errorf("%d requests from %d senders, want %d each", len(list), len(from), letters)
	}
	sent := map[string]int{}
	for _, e := range box.Sent() {
		if strings.HasPrefix(e.To, "person") {
			sent[e.To]++
		}
	}
	mails, err := db.Outbox(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails {
		if m.Purpose != store.PurposeAcknowledgement {
			continue
		}
		switch n := sent[m.To]; {
		case n > 1:
			t.Errorf("mail %d was delivered %d times", m.ID, n)
		case m.State == store.MailSent && n != 1:
			t.Errorf("mail %d counts as sent, but the server has it %d times", m.ID, n)
		case m.State != store.MailSent && m.State != store.MailUncertain:
			t.Errorf("mail %d is %s after the second run", m.ID, m.State)
		}
	}
	breaks, err := db.Verify(t.Context())
	if err != nil || len(breaks) > 0 {
		t.Errorf("history after the crash: %v %v", breaks, err)
	}
}
