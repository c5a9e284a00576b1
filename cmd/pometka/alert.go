package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"license.kz/pometka/desk"
)

// alertPatience is how long alarm.command may take.
const alertPatience = 30 * time.Second

// tell writes an alarm and its end to the log, and, where mail does not tell of
// it, gives the text to alarm.command on its standard input.
func (d *daemon) tell(a desk.Alert) {
	switch {
	case a.Recovered:
		d.log.Warn("recovered", "alarm", a.Code)
	default:
		d.log.Error("alarm", "alarm", a.Code, "mail_broken", a.MailBroken)
	}
	if !a.MailBroken || len(d.serving.cfg.Alarm.Command) == 0 {
		return
	}
	if err := runAlarm(d.serving.cfg.Alarm.Command, a.Subject+"\n\n"+a.Body); err != nil {
		d.log.Error("alarm.command failed", "error", err.Error())
	}
}

// runAlarm runs the program without a shell.
func runAlarm(argv []string, text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), alertPatience)
	defer cancel()
	c := exec.CommandContext(ctx, argv[0], argv[1:]...)
	c.Stdin = strings.NewReader(text)
	c.WaitDelay = time.Second // a child of it may hold the pipes
	if err := c.Run(); err != nil {
		return fmt.Errorf("run %s: %w", argv[0], err)
	}
	return nil
}
