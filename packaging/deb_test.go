package packaging_test

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"license.kz/pometka/mailbox/sandbox"
)

const (
	account  = "info@license.kz"
	password = "hunter2-Ж-packaging"
)

// site is a machine with the mail servers of an operator beside it.
type site struct {
	*machine
	box   *sandbox.Sandbox
	taken chan string // recipients of what the SMTP server took

	mu     sync.Mutex
	copies map[string]int // how many letters each of them got
}

func newSite(t *testing.T) *site {
	t.Helper()
	box, err := sandbox.Start(sandbox.Options{Username: account, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	s := &site{machine: startMachine(t), box: box, taken: make(chan string, 100), copies: map[string]int{}}
	box.SMTP.OnDot = func(e sandbox.Envelope) error {
		s.mu.Lock()
		s.copies[e.To]++ // before anybody hears of it
		s.mu.Unlock()
		s.taken <- e.To
		return nil
	}
	return s
}

// letter puts the letter of a person into the mailbox. It comes a second from
// now: after a restore, what came before it waits for a person.
func (s *site) letter(from string) {
	s.Helper()
	raw := fmt.Sprintf("Return-Path: <%[1]s>\r\nFrom: %[1]s\r\nTo: %[2]s\r\nSubject: =?utf-8?B?0J7RgtC30YvQsiDRgdC+0LPQu9Cw0YHQuNGPINC90LAg0L7QsdGA0LDQsdC+0YLQutGDIA==?=\r\n"+
		" =?utf-8?B?0L/QtdGA0YHQvtC90LDQu9GM0L3Ri9GFINC00LDQvdC90YvRhQ==?=\r\nMessage-ID: <1.%[1]s>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nПрошу исполнить.\r\n", from, account)
	if err := s.box.Put("INBOX", []byte(raw), time.Now().Add(time.Second)); err != nil {
		s.Fatal(err)
	}
}

// answered waits until somebody got a letter.
func (s *site) answered(to string) {
	s.Helper()
	for late := time.After(patience); ; {
		select {
		case got := <-s.taken:
			if got == to {
				return
			}
		case <-late:
			s.Fatalf("%s got no answer\n%s", to, s.do("systemctl status pometka --no-pager -l -n 50 || true"))
		}
	}
}

// configure does what "pometka init" does.
func (s *site) configure() {
	s.Helper()
	host := func(addr string) string {
		return strings.Replace("{host: H, port: P, ca_file: ca.pem, username: "+account, "H, port: P", hostPort(s.T, addr), 1)
	}
	for _, f := range []struct{ name, text, mode string }{
		{"ca.pem", string(s.box.CA), "644"},
		{"imap-password", password + "\n", "600"},
		{"smtp-password", password + "\n", "600"},
		{"config.yaml", "operator: {name: \"ТОО «I-License»\", address: " + account + "}\n" +
			"imap: " + host(s.box.IMAPAddr) + ", password_file: imap-password}\n" +
			"smtp: " + host(s.box.SMTPAddr) + ", password_file: smtp-password, save_sent: false}\n" +
			"store: {path: /var/lib/pometka/pometka.db}\n", "640"},
	} {
		if err := os.WriteFile(s.path("/tmp/"+f.name), []byte(f.text), 0o600); err != nil {
			s.Fatal(err)
		}
		s.do("install -m " + f.mode + " -o root -g pometka /tmp/" + f.name + " /etc/pometka/" + f.name + "; rm /tmp/" + f.name)
	}
}

func hostPort(t *testing.T, addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return host + ", port: " + port
}

// The package is installed, started, used by staff, upgraded, removed and purged.
func TestPackage(t *testing.T) {
	t.Parallel()
	first, second := deb(t, "0.0.1"), deb(t, "0.0.2")
	s := newSite(t)
	s.put(first, "/tmp/first.deb", 0o644)
	s.put(second, "/tmp/second.deb", 0o644)
	s.do("(" + traces + ") >/tmp/before")
	if said := s.do("dpkg -i /tmp/first.deb"); !strings.Contains(said, "pometka init") {
		t.Errorf("the installation does not say what comes next:\n%s", said)
	}
	s.installed()
	s.do("systemctl start pometka") // nothing to do without a configuration
	s.want("systemctl is-failed pometka || true", "inactive")
	s.configure()
	s.letter("person1@mail.example")
	if out, err := s.try("systemctl enable --now pometka"); err != nil {
		s.Fatalf("%v\n%s\n%s", err, out, s.do("journalctl --no-pager -o short-precise"))
	}
	s.answered("person1@mail.example")
	s.running()
	s.secrets()
	s.staff()
	s.reloaded()
	s.upgraded()
	s.watched()
	s.purged()
}

// traces is what a package may leave behind anywhere, but in the backups.
const traces = "cd /run/changes; find . -path './var/backups/*' -prune -o -path ./var/log -prune -o -path ./var/cache -prune -o -type f -iname '*pometka*' -print; getent passwd; getent group"

// installed checks what lies where, and who may see it.
func (s *site) installed() {
	s.Helper()
	s.want("stat -c '%A %U:%G %n' /usr/bin/pometka /usr/lib/systemd/system/pometka.service /etc/pometka /var/lib/pometka",
		"-rwxr-xr-x root:root /usr/bin/pometka\n-rw-r--r-- root:root /usr/lib/systemd/system/pometka.service\ndrwxr-x--- root:pometka /etc/pometka\ndrwxrws--- pometka:pometka /var/lib/pometka")
	s.want("dpkg --verify pometka", "")
	s.want("getent passwd pometka | cut -d: -f1,6,7", "pometka:/var/lib/pometka:/usr/sbin/nologin")
	s.want("source /usr/share/bash-completion/completions/pometka; complete -p pometka", "complete -o default -F __start_pometka pometka")
	s.want("pometka __complete doc 2>/dev/null | cut -f1 | head -n 1", "doctor")
	s.want("zcat /usr/share/man/man1/pometka.1.gz | head -n 1", ".TH POMETKA 1")
	s.want("grep -Ec '^(The Go standard library|modernc.org/sqlite v|github.com/emersion/go-imap/v2 v).*' /usr/share/doc/pometka/copyright | sed 's/[3-9]/enough/'", "enough")
	s.want("systemctl is-enabled pometka || true", "disabled")
	s.want("systemd-analyze verify pometka.service", "")
	// 2.0 of 10 at most: what a drop-in would have to argue with.
	s.do("systemd-analyze security --offline=true --threshold=20 --no-pager /usr/lib/systemd/system/pometka.service")
}

// running checks the process and what it makes.
func (s *site) running() {
	s.Helper()
	s.want("systemctl show -p ActiveState,SubState,NotifyAccess,Result,User pometka | sort", "ActiveState=active\nNotifyAccess=main\nResult=success\nSubState=running\nUser=pometka")
	s.want("stat -c '%a %U:%G %n' /var/lib/pometka /var/lib/pometka/pometka.db*",
		"2770 pometka:pometka /var/lib/pometka\n660 pometka:pometka /var/lib/pometka/pometka.db\n660 pometka:pometka /var/lib/pometka/pometka.db-shm\n"+
			"660 pometka:pometka /var/lib/pometka/pometka.db-wal\n660 pometka:pometka /var/lib/pometka/pometka.db.lock")
	s.want("grep -E '^(Umask|CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/$(systemctl show -P MainPID pometka)/status | tr -s '\\t ' ' '",
		"Umask: 0007\nCapEff: 0000000000000000\nCapBnd: 0000000000000000\nNoNewPrivs: 1\nSeccomp: 2")
	s.want("awk '$5 == \"/\" {print substr($6, 1, 3)}' /proc/$(systemctl show -P MainPID pometka)/mountinfo", "ro,")
}

// secrets looks for the password where it must not be: it is a file of root's,
// and nothing that others see names it.
func (s *site) secrets() {
	s.Helper()
	s.want("pid=$(systemctl show -P MainPID pometka); cat /proc/$pid/cmdline /proc/$pid/environ | grep -c hunter || true", "0")
	s.want("journalctl -o export --no-pager | grep -ac hunter || true", "0")
	s.want("grep -rlI hunter /etc/pometka /var/lib/pometka | sort", "/etc/pometka/imap-password\n/etc/pometka/smtp-password")
	s.want("grep -c hunter /var/lib/pometka/* || true", "/var/lib/pometka/pometka.db:0\n/var/lib/pometka/pometka.db-shm:0\n/var/lib/pometka/pometka.db-wal:0\n/var/lib/pometka/pometka.db.lock:0")
	// Nor does a refusal repeat what was refused.
	s.do("cp -p /etc/pometka/imap-password /tmp/right; echo hunter3-wrong >/etc/pometka/imap-password; systemctl restart pometka")
	s.await("refused the password")
	s.want("journalctl -o export --no-pager | grep -ac hunter3 || true", "0")
	s.want("(pometka status; pometka run --once; true) 2>&1 | grep -c hunter3 || true", "0")
	s.do("cp -p /tmp/right /etc/pometka/imap-password; rm /tmp/right; systemctl restart pometka")
	for _, as := range []string{"pometka", "nobody"} {
		if out, err := s.try("runuser -u " + as + " -- cat /etc/pometka/imap-password"); err == nil {
			s.Errorf("%s reads the password: %s", as, out)
		}
	}
	for _, path := range []string{"/var/lib/pometka", "/var/lib/pometka/pometka.db", "/etc/pometka/config.yaml"} {
		if out, err := s.try("runuser -u nobody -- head -c 1 " + path); err == nil || !strings.Contains(out, "Permission denied") {
			s.Errorf("nobody reads %s: %s", path, out)
		}
	}
}

// staff checks that a member of the group works with the register, whether the
// daemon runs or not, and gets nothing more.
func (s *site) staff() {
	s.Helper()
	s.do("useradd --groups pometka akim")
	as := "runuser -u akim -- "
	s.want(as+"pometka list --json | grep -c LK-", "1")
	s.do(as + "pometka take 1")
	s.do("systemctl stop pometka")
	s.do(as + "pometka note 1 'while the daemon was down'")
	s.do("systemctl start pometka")
	s.want("systemctl is-active pometka", "active")
	s.want(as+"pometka history 1 | grep -c 'while the daemon was down'", "1")
	if out, err := s.try(as + "cat /etc/pometka/smtp-password"); err == nil {
		s.Errorf("staff reads the password: %s", out)
	}
	s.letter("person2@mail.example")
	s.answered("person2@mail.example")
	s.want("find /var/lib/pometka -type f \\( ! -group pometka -o ! -perm 660 \\)", "")
}

func (s *site) reloaded() {
	s.Helper()
	before := s.do("systemctl show -P MainPID pometka")
	s.do("systemctl reload pometka; systemctl is-active pometka")
	s.await("configuration reloaded")
	s.want("systemctl show -P MainPID pometka", before)
}

// await waits until the service's log holds a text.
func (s *site) await(text string) {
	s.Helper()
	s.do("timeout " + strconv.Itoa(int(patience/time.Second)) + " grep -qm1 -- '" + text + "' <(journalctl -fu pometka -n 1000 -o cat)")
}

// upgraded checks that a new version runs at once, on the same register, and
// answers nobody again.
func (s *site) upgraded() {
	s.Helper()
	before := s.do("systemctl show -P MainPID pometka; pometka list --json; cat /etc/pometka/config.yaml")
	s.do("dpkg -i /tmp/second.deb")
	after := s.do("systemctl show -P MainPID pometka; pometka list --json; cat /etc/pometka/config.yaml")
	pid, list, _ := strings.Cut(after, "\n")
	if oldPID, oldList, _ := strings.Cut(before, "\n"); oldPID == pid || oldList != list {
		s.Errorf("before the upgrade\n%s\nafter it\n%s", before, after)
	}
	s.want("dpkg-query -W -f '${Version}' pometka; systemctl is-active pometka", "0.0.2active")
	s.letter("person3@mail.example")
	s.answered("person3@mail.example")
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := range 3 {
		if to := fmt.Sprintf("person%d@mail.example", n+1); s.copies[to] != 1 {
			s.Errorf("%s got %d letters", to, s.copies[to])
		}
	}
}

// watched freezes the daemon: systemd's watchdog ends it and starts another. It must
// not be so short that it strikes who only waits for a processor.
func (s *site) watched() {
	s.Helper()
	s.do("mkdir -p /etc/systemd/system/pometka.service.d; printf '[Service]\\nWatchdogSec=3s\\nTimeoutAbortSec=500ms\\nRestartSec=0\\n' >/etc/systemd/system/pometka.service.d/quick.conf; systemctl daemon-reload; systemctl restart pometka")
	s.do("kill -STOP $(systemctl show -P MainPID pometka)")
	s.await("Watchdog timeout")
	s.letter("person4@mail.example")
	s.answered("person4@mail.example")
	s.do("test $(systemctl show -P NRestarts pometka) -ge 1")
	s.do("rm -r /etc/systemd/system/pometka.service.d; systemctl daemon-reload")
}

// purged checks that removing keeps what is the operator's, and purging leaves
// the register alone, for root.
func (s *site) purged() {
	s.Helper()
	s.do("dpkg --remove pometka")
	s.want("systemctl is-active pometka || true; ls /etc/pometka /var/lib/pometka | tr '\\n' ' '",
		"inactive\n/etc/pometka: ca.pem config.yaml imap-password smtp-password  /var/lib/pometka: pometka.db pometka.db.lock ")
	s.do("dpkg -i /tmp/second.deb; systemctl start pometka; systemctl is-active pometka") // as if nothing had happened
	s.do("pometka backup /var/lib/pometka/copy.db")
	if said := s.do("dpkg --purge pometka"); !strings.Contains(said, "/var/backups/pometka-purged-1") {
		s.Errorf("the purge does not say where the register is:\n%s", said)
	}
	s.want("find /var/backups/pometka-purged-1 -printf '%M %u:%g %f\\n' | sort", "-rw------- root:root copy.db\n-rw------- root:root pometka.db\ndrwx------ root:root pometka-purged-1")
	s.do("userdel akim")
	s.want("diff /tmp/before <("+traces+") || true", "")
}
