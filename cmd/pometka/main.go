// Command pometka is the request desk of an operator of personal data: it
// watches a mailbox, registers the letters by which people use their rights,
// acknowledges them and reminds staff of every deadline.
//
// This room holds what touches the person at the terminal and the system:
// argv, the configuration file, signals, cron, screens and exit codes. No
// rule, no query and no mail protocol stands here.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

func main() {
	runtime.MemProfileRate = 0 // its table would take a megabyte
	swift()
	syscall.Umask(0o007) // the register is for its group alone
	// Package os/user believes it where /etc/passwd does not know the user; the
	// history would then name whomever the caller likes.
	os.Unsetenv("USER")
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr})
	stop()
	os.Exit(code)
}
