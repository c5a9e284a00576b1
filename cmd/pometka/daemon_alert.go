package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"license.kz/pometka/desk"
)

// alertPatience is how long alarm.command may take.
const alertPatience = 30 * time.Second

// tell writes an alarm and its end to the log, and, where mail does not tell of
// it, gives the text to alarm.command on its standard input.
func (s *serving) tell(a desk.Alert) {
	switch {
	case a.Recovered:
		s.log.Warn("recovered", "alarm", a.Code)
	case a.Again:
		s.log.Error("mail does not tell of the alarm", "alarm", a.Code)
	default:
		s.log.Error("alarm", "alarm", a.Code, "mail_broken", a.MailBroken)
	}
	if !a.MailBroken || len(s.cfg.Alarm.Command) == 0 {
		return
	}
	state := "begun"
	if a.Recovered {
		state = "ended"
	}
	env := append(s.cfg.harmless(os.Environ()), "POMETKA_ALARM="+a.Code, "POMETKA_ALARM_STATE="+state)
	command, text, log := s.cfg.Alarm.Command, a.Subject+"\n\n"+a.Body, s.log
	s.calls.add(func(patience time.Duration) {
		if err := runAlarm(command, env, text, patience); err != nil {
			log.Error("alarm.command failed", "error", err)
		}
	})
}

// alarmCalls runs alarm.command beside the passes, one call after the other in the order of
// the alarms: a gateway that does not answer holds up no letter.
type alarmCalls struct {
	mu      sync.Mutex
	waiting []func(patience time.Duration) // the first of them runs
	ends    time.Time                      // when the process wants to; zero: it goes on
	working sync.WaitGroup
}

func (c *alarmCalls) add(call func(patience time.Duration)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting = append(c.waiting, call); len(c.waiting) == 1 {
		c.working.Go(c.work)
	}
}

// work makes the calls until there are no more.
func (c *alarmCalls) work() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for ; len(c.waiting) > 0; c.waiting = c.waiting[1:] {
		call, patience := c.waiting[0], alertPatience
		if !c.ends.IsZero() {
			patience = max(min(patience, time.Until(c.ends)), time.Second)
		}
		c.mu.Unlock()
		call(patience)
		c.mu.Lock()
	}
}

// finish waits for the calls that are still to be made, all of which get as long as one.
func (c *alarmCalls) finish() {
	c.mu.Lock()
	c.ends = time.Now().Add(alertPatience)
	c.mu.Unlock()
	c.working.Wait()
}

// harmless takes out of an environment what is meant for this program alone: the
// secrets, and the way to systemd.
func (c *Config) harmless(env []string) []string {
	ours := []string{"CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", c.IMAP.Secret.Env, c.SMTP.Secret.Env}
	return slices.DeleteFunc(slices.Clone(env), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(ours, name)
	})
}

// runAlarm runs the program without a shell. When its time is over, it is killed
// with everything that it started. What it prints is nobody's: it may quote what
// it was given.
func runAlarm(argv, env []string, text string, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, argv[0], argv[1:]...)
	c.Env, c.Stdin = env, strings.NewReader(text)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	c.WaitDelay = time.Second // somebody may hold the pipe who left the group
	err := c.Run()
	switch {
	case ctx.Err() != nil:
		return phrased("system.alarm_slow", argv[0], formatDuration(patience))
	case errors.Is(err, exec.ErrWaitDelay):
		return nil // it has ended well; what it left in the background is its own affair
	case err != nil:
		return fmt.Errorf("run %s: %w", argv[0], err)
	}
	return nil
}
