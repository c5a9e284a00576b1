package desk

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

const mainCF = `compatibility_level = 3.6
queue_directory = %[1]s/spool
data_directory = %[1]s/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.pometka.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
maillog_file = %[1]s/log
maillog_file_prefixes = %[1]s
smtp_host_lookup = native
virtual_mailbox_domains = one.example, license.kz
virtual_mailbox_base = %[1]s/mail
virtual_mailbox_maps = inline:{ a@one.example=a/, info@license.kz=info/ }
virtual_uid_maps = static:%[2]s
virtual_gid_maps = static:%[3]s
virtual_minimum_uid = 1
relay_domains = gone.example
transport_maps = inline:{ {gone.example = smtp:[127.0.0.1]:%[4]d} }
`

const masterCF = `127.0.0.1:%d inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
smtp unix - - n - - smtp
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
`

// startPostfix starts a Postfix of the test's own, in a folder of its own and
// on loopback, and returns its address and the folder of its mailboxes.
func startPostfix(t *testing.T, gone int) (addr, mail string) {
	t.Helper()
	skip := t.Skipf
	if os.Getenv("POMETKA_REQUIRE_SMTPD") != "" {
		skip = t.Fatalf
	}
	if _, err := os.Stat("/usr/sbin/postfix"); err != nil || os.Geteuid() != 0 {
		skip("needs Postfix and root: apt-get install postfix")
	}
	owner, err := user.Lookup("postfix")
	if err != nil {
		skip("Postfix is there, its user is not: %v", err)
	}
	dir, err := os.MkdirTemp("", "pometka-postfix-")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(owner.Gid)
	conf := filepath.Join(dir, "etc")
	for _, d := range []string{"", "etc", "spool", "data", "mail"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range []string{"data", "mail"} {
		if err := os.Chown(filepath.Join(dir, d), uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	port := freePort(t)
	for name, text := range map[string]string{"main.cf": fmt.Sprintf(mainCF, dir, owner.Uid, owner.Gid, gone), "master.cf": fmt.Sprintf(masterCF, port)} {
		if err := os.WriteFile(filepath.Join(conf, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("/usr/sbin/postfix", "-c", conf, "start").CombinedOutput(); err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "log"))
		t.Fatalf("start Postfix: %v\n%s\n%s", err, out, log)
	}
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Logf("Postfix says:\n%s", log)
		}
		exec.Command("/usr/sbin/postfix", "-c", conf, "abort").Run()
		os.RemoveAll(dir)
	})
	return fmt.Sprintf("127.0.0.1:%d", port), filepath.Join(dir, "mail")
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// nobodyHere is a mail server that knows no recipient.
func nobodyHere(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(c, "220 gone.example\r\n")
			for in := bufio.NewScanner(c); in.Scan(); {
				switch verb := strings.ToUpper(in.Text()); {
				case strings.HasPrefix(verb, "RCPT"), strings.HasPrefix(verb, "DATA"):
					fmt.Fprint(c, "550 5.1.1 no such user\r\n")
				default:
					fmt.Fprint(c, "250 gone.example\r\n")
				}
			}
			c.Close()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// delivered waits for a letter that holds a text in a mailbox of Postfix.
func delivered(t *testing.T, mailbox, text string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		files, _ := filepath.Glob(filepath.Join(mailbox, "new", "*"))
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(raw, []byte(text)) {
				return raw
			}
		}
		select {
		case <-ctx.Done():
			t.Fatalf("nothing arrived in %s", filepath.Base(mailbox))
		case <-tick.C:
		}
	}
}

// A real mail server takes our letters, delivers them with the header they
// were given, refuses an unknown recipient for good, and sends a report that
// turns the letter into a failed one.
func TestPostfix(t *testing.T) {
	addr, mails := startPostfix(t, nobodyHere(t))
	r := newRig(t)
	host, port, _ := strings.Cut(addr, ":")
	n, _ := strconv.Atoi(port)
	r.Sender = mailbox.NewSender(mailbox.SenderOptions{Server: mailbox.Server{Host: host, Port: n, TLS: mailbox.TLSNone, Timeout: 20 * time.Second}, LocalName: "license.kz"})
	for i, from := range []string{"a@one.example", "nobody-here@one.example", "b@gone.example"} {
		r.put(t, "INBOX", mail{from: from, subject: withdrawalMark, body: fmt.Sprintf("Прошу исполнить, %d.", i), id: fmt.Sprintf("%d@pf.example", i)}, now.Add(-time.Hour))
	}
	if p, f := r.pass(t); len(p.Admitted) != 3 || f.Sent != 3 || f.Failed != 1 { // two, and the alarm about the third
		t.Fatalf("pass: %+v %+v", p, f)
	}
	raw := bytes.ReplaceAll(delivered(t, filepath.Join(mails, "a"), ""), []byte("\n"), []byte("\r\n"))
	got := mailbox.Parse(bytes.NewReader(raw))
	if len(got.To) != 1 || got.To[0].Addr != "a@one.example" || !r.isOurs(got.MessageID) || got.Fields["auto-submitted"][0] != "auto-replied" || got.ReturnPath == nil || *got.ReturnPath != account {
		t.Errorf("delivered: %+v", got)
	}
	report := bytes.ReplaceAll(delivered(t, filepath.Join(mails, "info"), "multipart/report"), []byte("\n"), []byte("\r\n"))
	if err := r.box.Put("INBOX", report, now); err != nil {
		t.Fatal(err)
	}
	r.pass(t)
	list, err := r.Store.Outbox(t.Context(), []store.MailState{store.MailFailed})
	if err != nil {
		t.Fatal(err)
	}
	why := map[string]string{}
	for _, m := range list {
		why[m.To] = m.Reason.Code
	}
	if why["b@gone.example"] != store.ReasonBounced || why["nobody-here@one.example"] != store.ReasonSMTP5xx || len(why) != 2 {
		t.Errorf("failed: %v", why)
	}
}
