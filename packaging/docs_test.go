package packaging_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// rootBlocks are the commands of a document that root runs: what stands between
// "```sh root" and "```". Everything else is played by cmd/pometka/docs_test.go.
func rootBlocks(t *testing.T, path string) (blocks []string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(string(b), "\n```sh root\n")[1:] {
		text, _, ok := strings.Cut(block, "\n```")
		if !ok {
			t.Fatalf("%s: a block has no end", path)
		}
		blocks = append(blocks, text)
	}
	return blocks
}

// answers stand in for the person who reads the document: for the answers to
// what "pometka init" asks, and for the look at what "pometka doctor" and
// "pometka status" say, whose exit code means that they have something to say.
const answers = `
pometka() {
	case $1 in
	init)
		command pometka init --provider own --address info@license.kz --name 'ТОО «I-License»' --prefix LK \
			--imap IMAP --smtp SMTP --ca-file /etc/pometka/ca.pem --password-stdin </tmp/password | tee /dev/stderr |
			grep -q '^  systemctl enable --now pometka$' ;;
	doctor) command pometka "$@" || test $? -eq 4 ;;
	status) command pometka "$@" || test $? -eq 1 ;;
	*) command pometka "$@" ;;
	esac
}
`

// The administrator's page, followed word for word on a fresh machine: at its
// end a person who writes is answered.
func TestDocumentsForRoot(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../docs/ru/*.md")
	if err != nil {
		t.Fatal(err)
	}
	played := 0
	for _, page := range append(pages, "../README.md", "../docs/developer.md", "../SECURITY.md") {
		blocks := rootBlocks(t, page)
		if len(blocks) == 0 {
			continue
		}
		played++
		s := newSite(t)
		s.put(deb(t, "0.0.1"), "/root/pometka_0.0.1_"+arch+".deb", 0o644)
		for name, text := range map[string]string{"/tmp/password": password + "\n", "/tmp/ca.pem": string(s.box.CA)} {
			if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s.do("install -D -m 644 /tmp/ca.pem /etc/pometka/ca.pem; rm -rf /var/backups/pometka*")
		s.letter("person1@mail.example")
		person := strings.NewReplacer("IMAP", s.box.IMAPAddr, "SMTP", s.box.SMTPAddr).Replace(answers)
		for _, block := range blocks {
			s.do("cd /root; mkdir -p /var/backups;" + person + block)
		}
		s.answered("person1@mail.example")
		s.want("systemctl is-active pometka; systemctl is-enabled pometka", "active\nenabled")
		s.letter("person2@mail.example")
		s.answered("person2@mail.example")
		s.do("systemctl reload pometka")
		s.await("configuration reloaded")
		s.do("systemctl stop pometka")
		s.want("ls /var/lib/pometka/backups/*.db | wc -l | sed 's/[1-9]/some/'", "some") // made by the service, within its walls
		s.want("pometka audit verify >/dev/null; find /var/lib/pometka -not -perm /007 -not -group pometka", "")
	}
	if played == 0 {
		t.Error("no document has commands for root")
	}
}
