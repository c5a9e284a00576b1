package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"license.kz/pometka/mailbox/sandbox"
)

// slander is what a server may say of people in its answers.
const slander = `Mailbox of "Иван Петров" Petrov Ivan <ivan@mail.example> tel 87012345678, +7 701 234 56 78, IIN 870412300999 locked`

var slandered = regexp.MustCompile(`(?i)petrov|ivan|Иван|Петров|\\u04|mail\.example|87012345678|234 56 78|870412300999|locked`)

// heckler stands before a server of the sandbox, without TLS, and answers in its stead
// what a test wants it to.
type heckler struct {
	greeting string                               // instead of the server's, and the end
	answer   func(tag, cmd string) (string, bool) // "": the server answers; and whether the connection ends then
}

func (h *heckler) start(t *testing.T, target string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { h.serve(c, target) })
		}
	})
	t.Cleanup(func() { l.Close(); serving.Wait() })
	return l.Addr().String()
}

func (h *heckler) serve(c net.Conn, target string) {
	defer c.Close()
	if h.greeting != "" {
		io.WriteString(c, h.greeting+"\r\n")
		return
	}
	s, err := tls.Dial("tcp", target, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	defer s.Close()
	var mu sync.Mutex // of what goes to c
	say := func(text string) { mu.Lock(); defer mu.Unlock(); io.WriteString(c, text) }
	go func() {
		defer c.Close()
		for in := bufio.NewReader(s); ; {
			line, err := in.ReadString('\n')
			say(strings.Replace(line, "PIPELINING", "X-NOTHING", 1)) // so that replies keep their order
			if err != nil {
				return
			}
		}
	}()
	for in := bufio.NewReader(c); ; {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		tag, cmd, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		if h.answer != nil {
			if reply, end := h.answer(tag, cmd); reply != "" {
				if say(reply + "\r\n"); end {
					return
				}
				continue
			}
		}
		if _, err := io.WriteString(s, line); err != nil {
			return
		}
	}
}

// inIMAP answers commands that begin so; %s in reply stands for the tag.
func inIMAP(begin, reply string) heckler {
	return heckler{answer: func(tag, cmd string) (string, bool) {
		if !strings.HasPrefix(cmd, begin) {
			return "", false
		}
		return strings.Replace(reply, "%s", tag, 1), strings.HasPrefix(reply, "* BYE")
	}}
}

// inSMTP likewise.
func inSMTP(begin, reply string) heckler {
	return heckler{answer: func(verb, rest string) (string, bool) {
		if !strings.HasPrefix(strings.TrimSpace(verb+" "+rest), begin) {
			return "", false
		}
		return reply, strings.HasPrefix(reply, "421")
	}}
}

// TestServersWordsStayOutOfTheLog: whatever a server says where, in refusals, good-byes and
// names of folders, the log of the daemon holds the code and the number of folders, and
// nothing else of it.
func TestServersWordsStayOutOfTheLog(t *testing.T) {
	odd := []string{"Petrov Ivan 870412300999", "ivan@mail.example", "Иван Петров"}
	for name, c := range map[string]struct {
		imap, smtp heckler
		config     string   // of imap
		folders    []string // of the sandbox; nil: the usual ones
		says       []string // in the log; k=v stands for a value in either format
	}{
		"greeting BYE":       {imap: heckler{greeting: "* BYE [UNAVAILABLE] " + slander}, says: []string{"BYE [UNAVAILABLE]", "127.0.0.1:"}},
		"greeting no IMAP":   {imap: heckler{greeting: slander}, says: []string{"pass failed", "127.0.0.1:"}},
		"log-in":             {imap: inIMAP("AUTHENTICATE", "%s NO [AUTHENTICATIONFAILED] "+slander), says: []string{"refused the password (NO [AUTHENTICATIONFAILED])", "doctor"}},
		"log-in without":     {imap: inIMAP("AUTHENTICATE", "%s NO "+slander), says: []string{"refused the password (NO)"}},
		"log-in out of":      {imap: inIMAP("AUTHENTICATE", "%s NO [UNAVAILABLE] "+slander), says: []string{"out of order (NO [UNAVAILABLE])"}},
		"EXAMINE NO":         {imap: inIMAP("EXAMINE", "%s NO [UNAVAILABLE] "+slander), says: []string{"NO [UNAVAILABLE]", "doctor"}},
		"EXAMINE odd code":   {imap: inIMAP("EXAMINE", "%s NO [PETROV] "+slander), says: []string{"the server said NO;", "doctor"}},
		"EXAMINE BAD":        {imap: inIMAP("EXAMINE", "%s BAD "+slander), says: []string{"the server said BAD;", "doctor"}},
		"EXAMINE BYE":        {imap: inIMAP("EXAMINE", "* BYE [UNAVAILABLE] "+slander), says: []string{"hung up (BYE [UNAVAILABLE])"}},
		"EXAMINE no IMAP":    {imap: inIMAP("EXAMINE", "* STATUS ("+slander), says: []string{"pass failed"}},
		"EXAMINE other type": {imap: inIMAP("EXAMINE", "%s Petrov"), says: []string{"pass failed"}},
		"FETCH NO":           {imap: inIMAP("UID FETCH", "%s NO [SERVERBUG] "+slander), says: []string{"NO [SERVERBUG]"}},
		"FETCH BYE":          {imap: inIMAP("UID FETCH", "* BYE "+slander), says: []string{"hung up (BYE)"}},
		"FETCH no IMAP":      {imap: inIMAP("UID FETCH", "%s PETROV "+slander), says: []string{"pass failed"}},
		"LIST NO":            {imap: inIMAP("LIST", "%s NO [CANNOT] "+slander), says: []string{"does not list its folders", "NO [CANNOT]"}},
		"IDLE BYE":           {imap: inIMAP("IDLE", "* BYE [INUSE] "+slander), says: []string{"waiting for letters failed", "hung up (BYE [INUSE])"}},
		"filing NO":          {imap: inIMAP("SELECT", "%s NO [NOPERM] "+slander), config: "  filing: keyword\n", says: []string{"letters not filed", "NO [NOPERM]"}},
		"no Sent":            {folders: odd, says: []string{"the Sent folder cannot be read", "4 folders", "doctor"}},
		"no such folder":     {folders: odd, config: "  folders: [INBOX, Ivanov]\n", says: []string{"pass failed", "4 folders", "doctor"}},
		"SMTP greeting":      {smtp: heckler{greeting: "554 5.3.2 " + slander}, says: []string{"554 5.3.2", "doctor"}},
		"SMTP no SMTP":       {smtp: heckler{greeting: slander}, says: []string{"pass failed"}},
		"EHLO":               {smtp: inSMTP("EHLO", "421 4.7.0 "+slander), says: []string{"421 4.7.0"}},
		"AUTH":               {smtp: inSMTP("AUTH", "535 5.7.8 "+slander), says: []string{"refused the password (535 5.7.8)"}},
		"AUTH later":         {smtp: inSMTP("AUTH", "454 4.7.0 "+slander), says: []string{"454"}},
		"MAIL":               {smtp: inSMTP("MAIL", "550 5.1.8 "+slander), says: []string{"code=550"}},
		"RCPT":               {smtp: inSMTP("RCPT", "550 5.1.1 "+slander), says: []string{"code=550"}},
		"RCPT out of turn":   {smtp: inSMTP("RCPT", "299 "+slander), says: []string{"answered 299 out of turn"}},
		"RCPT no SMTP":       {smtp: inSMTP("RCPT", slander), says: []string{"pass failed"}},
		"DATA":               {smtp: inSMTP("DATA", "421 4.3.2 "+slander), says: []string{"code=421"}},
		"dot":                {smtp: inSMTP(".", "554 5.7.1 "+slander), says: []string{"code=554"}},
		"dot later":          {smtp: inSMTP(".", "451 4.2.0 "+slander), says: []string{"code=451"}},
	} {
		for _, format := range []string{"text", "json"} {
			t.Run(name+" "+format, func(t *testing.T) {
				box, err := sandbox.Start(sandbox.Options{Username: "info@license.kz", Password: "sandbox", Folders: c.folders})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { box.Close() })
				i := install(t, c.imap.start(t, box.IMAPAddr), c.smtp.start(t, box.SMTPAddr), box.CA, map[string]string{
					"imap": "  tls: none\n  poll: 200ms\n" + c.config, "smtp": "  tls: none\n", "": "log: {level: debug, format: " + format + "}\n" + outOfHours()})
				if err := box.Put("INBOX", withdrawal(1), time.Now()); err != nil {
					t.Fatal(err)
				}
				log, stop := i.within(t)
				o := &outage{t: t, log: log}
				for _, text := range c.says {
					if key, value, ok := strings.Cut(text, "="); ok && format == "json" {
						text = fmt.Sprintf("%q:%s", key, value)
					}
					o.says(text, 1)
				}
				stop()
				for line := range strings.Lines(log.text.String()) {
					if found := slandered.FindString(line); found != "" {
						t.Errorf("the log holds %q: %s", found, line)
					}
				}
			})
		}
	}
}

// TestServersWordsAreOnTheScreen: what stays out of the log is what a person is told who
// asks, by a command.
func TestServersWordsAreOnTheScreen(t *testing.T) {
	box := startSandbox(t)
	h := inIMAP("EXAMINE", "%s NO [UNAVAILABLE] "+slander)
	i := install(t, h.start(t, box.IMAPAddr), box.SMTPAddr, box.CA, map[string]string{"imap": "  tls: none\n", "": outOfHours()})
	r := i.call(t, "run", "--once")
	if r.code != exitFailed || !strings.Contains(r.err, "Petrov Ivan") {
		t.Errorf("run --once ended with %d: %s", r.code, r.err)
	}
	if r := i.call(t, "doctor"); r.code != exitWanting || !strings.Contains(r.out, "Petrov Ivan") {
		t.Errorf("doctor ended with %d: %s", r.code, r.out)
	}
}
