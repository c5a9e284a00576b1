package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
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
	if err := runAlarm(s.cfg.Alarm.Command, env, a.Subject+"\n\n"+a.Body, alertPatience); err != nil {
		s.log.Error("alarm.command failed", "error", err)
	}
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
