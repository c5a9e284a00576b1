//go:build unix

package dovecot

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/user"
	"strings"
	"time"
)

// configuration is complete: nothing is read from /etc.
func (s *Server) configuration(o Options) string {
	var b strings.Builder
	uid, gid := owner()
	fmt.Fprintf(&b, `
protocols = imap
listen = 127.0.0.1
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = /dev/stderr
log_timestamp = ""
mail_fsync = never
mail_max_userip_connections = 100
ssl = yes
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
first_valid_uid = 1
last_valid_uid = 0
first_valid_gid = 1
mail_location = maildir:~/mail
mail_home = %[1]s/home
auth_mechanisms = plain login
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
passdb {
  driver = static
  args = user=%[2]s password=%[3]s
}
userdb {
  driver = static
  args = uid=%[4]d gid=%[5]d home=%[1]s/home allow_all_users=yes
}
service imap-login {
  inet_listener imap {
    port = %[6]d
  }
  inet_listener imaps {
    port = %[7]d
    ssl = yes
  }
}
`, s.dir, s.Username, s.Password, uid, gid, s.PlainPort, s.Port)
	b.WriteString(unprivileged())
	if o.Capability != "" {
		fmt.Fprintf(&b, "imap_capability = %s\n", o.Capability)
	}
	separator := "/"
	if o.Prefix != "" {
		separator = o.Prefix[len(o.Prefix)-1:]
	}
	fmt.Fprintf(&b, "namespace inbox {\n  inbox = yes\n  separator = %s\n  prefix = %s\n", separator, o.Prefix)
	for _, name := range o.Folders {
		fmt.Fprintf(&b, "  mailbox %q {\n    auto = create\n  }\n", name)
	}
	fmt.Fprintf(&b, "  mailbox %q {\n    auto = create\n    special_use = \\Junk\n  }\n", named(o.Junk, "Junk"))
	fmt.Fprintf(&b, "  mailbox %q {\n    auto = create\n    special_use = \\Sent\n  }\n}\n", named(o.Sent, "Sent"))
	return b.String()
}

func named(name, usual string) string {
	if name == "" {
		return usual
	}
	return name
}

// unprivileged lets an ordinary user run it: all processes are that user, none
// changes its root. As root the users of the system's package are there.
func unprivileged() string {
	me, err := user.Current()
	if err != nil || os.Getuid() == 0 {
		return ""
	}
	group := me.Gid
	if g, err := user.LookupGroupId(me.Gid); err == nil {
		group = g.Name
	}
	s := fmt.Sprintf("default_internal_user = %s\ndefault_internal_group = %s\ndefault_login_user = %s\n", me.Username, group, me.Username)
	for _, service := range []string{"imap-login", "anvil", "stats", "auth", "auth-worker", "dict"} {
		s += fmt.Sprintf("service %s {\n  chroot =\n}\n", service)
	}
	return s
}

// selfSigned is a certificate for loopback that is its own authority.
func selfSigned() (cert, key []byte, err error) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	now := time.Now()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "dovecot under test"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(0, 1, 0),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &k.PublicKey, k)
	if err != nil {
		return nil, nil, err
	}
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), nil
}
