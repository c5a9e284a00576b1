package main

import (
	"database/sql"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox/sandbox"
)

// site is an installation on which faults are planted.
type site struct {
	*testing.T
	installation
	box *sandbox.Sandbox
	env []string // of the doctor; set: it runs in a process of its own
	as  uint32   // the user that the doctor runs as; 0: this one
}

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }

// edit replaces a text of the configuration after a mark; a new last line needs
// neither.
func (s *site) edit(after, old, with string) {
	s.Helper()
	replaceIn(s.T, s.config, after, old, with)
}

func (s *site) add(lines string) {
	s.Helper()
	b, err := os.ReadFile(s.config)
	s.must(err)
	writeFile(s.T, s.config, string(b)+lines, 0o600)
}

func (s *site) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// server points a section at another address with another authority.
func (s *site) server(section, addr string, ca []byte) {
	s.Helper()
	_, port, err := net.SplitHostPort(addr)
	s.must(err)
	_, was, err := net.SplitHostPort(map[string]string{"imap": s.box.IMAPAddr, "smtp": s.box.SMTPAddr}[section])
	s.must(err)
	s.edit(section+":", "port: "+was, "port: "+port)
	if ca != nil {
		writeFile(s.T, s.path("other.pem"), string(ca), 0o600)
		s.edit(section+":", "ca.pem", "other.pem")
	}
}

// damage runs SQL on the register behind the program's back.
func (s *site) damage(query string) {
	s.Helper()
	db, err := sql.Open("sqlite", "file:"+s.path("pometka.db"))
	s.must(err)
	defer db.Close()
	_, err = db.Exec(query)
	s.must(err)
}

func refuseMail(string) error { return sandbox.Reply(550, "5.7.1", "sender not allowed") }

// mailFaults are those of the mail servers.
var mailFaults = []fault{
	{"wrong password", func(s *site) { writeFile(s.T, s.path("password"), "hunter2\n", 0o600) }, "imap.login", "пароль"},
	{"closed port", func(s *site) { s.server("imap", closedPort(s.T), nil) }, "imap.refused", "imap.port"},
	{"unknown host", func(s *site) { s.edit("imap:", "host: 127.0.0.1", "host: nowhere.invalid\n  timeout: 2s") }, "imap.name", "DNS"},
	{"expired certificate", func(s *site) {
		cert, ca := loopbackCertificate(s.T, time.Now().AddDate(0, -1, 0))
		s.server("imap", front(s.T, cert, s.box.IMAPAddr, nil), ca)
	}, "imap.expired", "обновить"},
	{"self-signed certificate", func(s *site) {
		cert, _ := loopbackCertificate(s.T, time.Now().AddDate(1, 0, 0))
		s.server("imap", front(s.T, cert, s.box.IMAPAddr, nil), nil)
	}, "imap.authority", "imap.ca_file"},
	{"certificate for another host", func(s *site) {
		cert, ca := certificateFor(s.T, time.Now().AddDate(1, 0, 0), []string{"mail.example.kz"})
		s.server("imap", front(s.T, cert, s.box.IMAPAddr, nil), ca)
	}, "imap.wrongname", "imap.host"},
	{"certificate expires soon", func(s *site) {
		cert, ca := loopbackCertificate(s.T, time.Now().AddDate(0, 0, 5))
		s.server("imap", front(s.T, cert, s.box.IMAPAddr, nil), ca)
	}, "imap.certificate", "заранее"},
	{"TLS where the server speaks plain", func(s *site) { s.server("imap", plainServer(s.T, "* OK ready\r\n"), nil) }, "imap.mixed", "imap.tls: starttls"},
	{"STARTTLS where the server speaks TLS", func(s *site) { s.edit("imap:", "ca_file", "tls: starttls\n  timeout: 1s\n  ca_file") }, "imap.mixed", "imap.tls: implicit"},
	{"silent server", func(s *site) {
		s.server("imap", plainServer(s.T, ""), nil)
		s.edit("imap:", "ca_file", "timeout: 1s\n  ca_file")
	}, "imap.silent", "сетевым экраном"},
	{"missing folder", func(s *site) { s.edit("imap:", "ca_file", "folders: [INBOX, Обращения]\n  ca_file") }, "imap.folder", "imap.folders"},
	{"folder that is not opened", func(s *site) {
		cert, ca := loopbackCertificate(s.T, time.Now().AddDate(1, 0, 0))
		s.server("imap", front(s.T, cert, s.box.IMAPAddr, spam), ca)
	}, "imap.shut", "imap.folders"},
	{"missing folder of sent mail", func(s *site) { s.edit("imap:", "ca_file", "sent_folder: Исходящие\n  ca_file") }, "imap.sent_folder", "auto"},
	{"authserv-id of another server", func(s *site) {
		raw := "Authentication-Results: mx.example.kz; dkim=pass header.d=example.com\r\n" + string(withdrawal(1))
		s.must(s.box.Put("INBOX", []byte(raw), time.Now()))
		s.add("acknowledge:\n  authserv_id: mx.other.kz\n")
	}, "imap.auth_other", "из этого списка"},
	{"clock behind the mail server's", func(s *site) { s.must(s.box.Put("INBOX", withdrawal(2), time.Now().Add(3*time.Hour))) }, "clock.server", "timedatectl"},
	{"SMTP port closed", func(s *site) { s.server("smtp", closedPort(s.T), nil) }, "smtp.refused", "smtp.port"},
	{"SMTP password wrong", func(s *site) {
		writeFile(s.T, s.path("smtp-password"), "hunter2\n", 0o600)
		s.edit("smtp:", "password_file: password", "password_file: smtp-password")
	}, "smtp.login", "smtp.username"},
	{"SMTP certificate expired", func(s *site) {
		cert, ca := loopbackCertificate(s.T, time.Now().AddDate(0, -1, 0))
		s.server("smtp", front(s.T, cert, s.box.SMTPAddr, nil), ca)
	}, "smtp.expired", "обновить"},
	{"SMTP refuses the sender", func(s *site) { s.box.SMTP.OnMail = refuseMail }, "smtp.sender", "smtp.from"},
	{"SMTP refuses somebody of the staff", func(s *site) {
		s.box.SMTP.OnRcpt = func(to string) error {
			if strings.HasPrefix(to, "gone@") {
				return sandbox.Reply(550, "5.1.1", "no such user")
			}
			return nil
		}
		s.add("staff:\n  - {name: Ким, address: gone@license.kz}\n")
	}, "smtp.recipient", "staff"},
	{"SMTP takes small letters only", func(s *site) {
		cert, ca := loopbackCertificate(s.T, time.Now().AddDate(1, 0, 0))
		s.server("smtp", front(s.T, cert, s.box.SMTPAddr, limited), ca)
	}, "smtp.size", "предел"},
}

// localFaults are those of this machine.
var localFaults = []fault{
	{"no configuration", func(s *site) { s.must(os.Remove(s.config)) }, "config.none", "pometka init"},
	{"misspelt key", func(s *site) { s.add("reminders:\n  shedule: x\n") }, "config.wrong", "config check"},
	{"broken YAML", func(s *site) { s.add("imap: [\n") }, "config.wrong", "config check"},
	{"plain text to another host", func(s *site) { s.edit("smtp:", "host: 127.0.0.1", "host: mail.example.kz\n  tls: none") }, "config.wrong", "config check"},
	{"configuration open to others", func(s *site) { s.must(os.Chmod(s.config, 0o666)) }, "config.open", "chmod go-w"},
	{"secret open to others", func(s *site) { s.must(os.Chmod(s.path("password"), 0o644)) }, "secret.open", "chmod 600"},
	{"secret missing", func(s *site) { s.must(os.Remove(s.path("password"))) }, "secret.missing", "chmod 600"},
	{"secret is a folder", func(s *site) {
		s.must(os.Remove(s.path("password")))
		s.must(os.Mkdir(s.path("password"), 0o700))
	}, "secret.folder", "chmod 600"},
	{"configuration is a folder", func(s *site) {
		s.must(os.Remove(s.config))
		s.must(os.Mkdir(s.config, 0o700))
	}, "config.folder", "pometka init"},
	{"register is a folder", func(s *site) { s.edit("store:", "path: pometka.db", "path: .") }, "store.foreign", "store.path"},
	{"register lost beside its copies", func(s *site) {
		s.must(os.Mkdir(s.path("copies"), 0o700))
		s.call(s.T, "backup", s.path("copies/pometka-20261128T213000Z.db")).well(s.T)
		s.edit("store:", "path: pometka.db", "path: pometka.db\n  backup: {dir: copies}")
		s.must(os.Remove(s.path("pometka.db")))
	}, "store.lost", "pometka restore"},
	{"register emptied beside its copies", func(s *site) {
		s.must(os.Mkdir(s.path("copies"), 0o700))
		s.call(s.T, "backup", s.path("copies/pometka-20261128T213000Z.db")).well(s.T)
		s.edit("store:", "path: pometka.db", "path: pometka.db\n  backup: {dir: copies}")
		s.must(os.Truncate(s.path("pometka.db"), 0))
	}, "store.lost", "pometka restore"},
	{"health on an address of nobody here", func(s *site) { s.add("http:\n  listen: \"192.0.2.1:9180\"\n") }, "daemon.listen", "http.listen"},
	{"secret empty", func(s *site) { writeFile(s.T, s.path("password"), "\n", 0o600) }, "secret.empty", "пароль приложения"},
	{"secret of two lines", func(s *site) { writeFile(s.T, s.path("password"), "a\nb\n", 0o600) }, "secret.wrong", "одна строка"},
	{"secret command fails", func(s *site) { s.edit("imap:", "password_file: password", "password_command: [/bin/false]") }, "secret.wrong", "без ошибки"},
	{"no authorities in the file", func(s *site) { writeFile(s.T, s.path("ca.pem"), "nothing", 0o600) }, "imap.ca", "BEGIN CERTIFICATE"},
	{"no folder for the register", func(s *site) { s.edit("store:", "path: pometka.db", "path: none/pometka.db") }, "store.folder", "install -d"},
	{"register damaged", func(s *site) {
		f, err := os.OpenFile(s.path("pometka.db"), os.O_RDWR, 0)
		s.must(err)
		_, err = f.WriteAt(make([]byte, 3900), 100)
		s.must(errors.Join(err, f.Close()))
	}, "store.damaged", "pometka restore"},
	{"register of a newer version", func(s *site) { s.damage("PRAGMA user_version = 99") }, "store.newer", "Обновите"},
	{"another program's database", func(s *site) { writeFile(s.T, s.path("pometka.db"), "hello", 0o660) }, "store.foreign", "store.path"},
	{"history changed", func(s *site) { s.damage("UPDATE events SET actor = 'nobody' WHERE seq = 1") }, "store.chain", "audit verify"},
	{"what was purged is not overwritten", func(s *site) { s.damage("INSERT INTO meta VALUES ('scrub', 'pending')") }, "store.traces", "purge --before"},
	{"copy older than the retention", func(s *site) {
		s.edit("store:", "path: pometka.db", "path: pometka.db\n  retention: 30d")
		writeFile(s.T, s.path(".half.db.part"), "x", 0o600)
		long := time.Now().AddDate(0, -2, 0)
		s.must(os.Chtimes(s.path(".half.db.part"), long, long))
	}, "backup.retention", "Удалите"},
	{"register open to others", func(s *site) { s.must(os.Chmod(s.path("pometka.db"), 0o666)) }, "access.open", "chmod 0660"},
	{"broken template", func(s *site) {
		s.must(os.MkdirAll(s.path("words/ru"), 0o755))
		writeFile(s.T, s.path("words/ru/acknowledgement.txt"), "Subject: x\n\n{{.Nonsense}}\n", 0o644)
		s.add("acknowledge:\n  templates: words\n")
	}, "templates.wrong", "templates preview"},
	{"bad policy", func(s *site) {
		writeFile(s.T, s.path("p.yaml"), "policy: x\nkindz: []\n", 0o644)
		s.add("policy: p.yaml\n")
	}, "policy.wrong", "policy check"},
	{"no policy file", func(s *site) { s.add("policy: none.yaml\n") }, "policy.unreadable", "policy"},
	{"target for no kind", func(s *site) { s.add("deadlines:\n  targets: {nonsense: 5}\n") }, "policy.target", "policy show"},
	{"wrong calendar file", func(s *site) {
		writeFile(s.T, s.path("calendar.csv"), "date,kind,name_ru,source\n2026-02-31,holiday,x,y\n", 0o644)
	}, "calendar.wrong", "date,kind"},
	{"year that is not published", func(s *site) {
		writeFile(s.T, s.path("calendar.csv"), calendarHead+holidays(s.T, time.Now().In(almaty).Year(), "law (provisional)"), 0o644)
	}, "calendar.provisional", "calendar import"},
	{"clock put back", func(s *site) {
		s.damage("UPDATE events SET at = '2099-01-01T00:00:00.000Z' WHERE seq = (SELECT max(seq) FROM events)")
	}, "clock.back", "timedatectl"},
	{"no such user", func(s *site) { s.add("staff:\n  - {name: Ким, address: a@license.kz, login: nosuchuser}\n") }, "staff.unknown", "adduser"},
	{"no alarm program", func(s *site) { s.add("alarm:\n  command: [/no/such/program]\n") }, "people.command", "alarm.command"},
	{"health port taken", func(s *site) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		s.must(err)
		s.Cleanup(func() { l.Close() })
		s.add("http:\n  listen: \"" + l.Addr().String() + "\"\n")
	}, "daemon.port", "http.listen"},
}
