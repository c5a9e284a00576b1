// Package sandbox starts IMAP and SMTP servers inside the process, on loopback
// only, for the demo and for tests.
package sandbox
