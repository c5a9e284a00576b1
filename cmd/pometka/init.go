package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"license.kz/pometka/rules"
	"license.kz/pometka/templates"
)

// init makes the configuration of a new installation: it asks at a terminal or
// takes flags, says what the provider of the mailbox wants done first, tries the
// log-ins, and only then writes. It replaces no file, and the configuration
// never holds a password.

// initFlags are what the command line says of the installation to be made.
type initFlags struct {
	address, name, prefix, policy, officer string

	provider         string
	imap, smtp       string // host or host:port
	imapTLS, smtpTLS string
	caFile, user     string
	passwordFile     string
	passwordStdin    bool
	tokenCommand     string
	smtpNoLogin      bool
	database         string
	backups          string
	noTest           bool
}

func (a *app) initCommand() *cobra.Command {
	var f initFlags
	c := &cobra.Command{
		Use: "init", Short: a.t("help.init"), Long: a.t("help.init.long"), Args: exactly(0),
		RunE: func(c *cobra.Command, _ []string) error { return a.initialise(c.Context(), f) },
	}
	for _, x := range []struct {
		to         *string
		name, text string
	}{
		{&f.address, "address", "address"}, {&f.name, "name", "name"}, {&f.provider, "provider", "provider"},
		{&f.user, "user", "user"}, {&f.passwordFile, "password-file", "password_file"}, {&f.tokenCommand, "token-command", "token_command"},
		{&f.imap, "imap", "imap"}, {&f.imapTLS, "imap-tls", "tls"}, {&f.smtp, "smtp", "smtp"}, {&f.smtpTLS, "smtp-tls", "tls"},
		{&f.caFile, "ca-file", "ca_file"}, {&f.officer, "officer", "officer"}, {&f.policy, "policy", "policy"},
		{&f.prefix, "prefix", "prefix"}, {&f.database, "database", "database"}, {&f.backups, "backups", "backups"},
	} {
		c.Flags().StringVar(x.to, x.name, "", a.t("help.flag.init."+x.text))
	}
	c.Flags().BoolVar(&f.passwordStdin, "password-stdin", false, a.t("help.flag.init.password_stdin"))
	c.Flags().BoolVar(&f.smtpNoLogin, "smtp-no-login", false, a.t("help.flag.init.smtp_no_login"))
	c.Flags().BoolVar(&f.noTest, "no-test", false, a.t("help.flag.init.no_test"))
	c.Flags().SortFlags = false
	return c
}

// initialise makes the installation. Where the command line says something of
// it, only what must be known and is missing is asked.
func (a *app) initialise(ctx context.Context, f initFlags) error {
	s, err := a.newSetup(f)
	if err != nil {
		return err
	}
	var d *dialogue
	if a.interactive() && !f.passwordStdin {
		d = newDialogue(ctx, a)
		a.say(a.t("init.begin", templates.Safe(s.path)))
	}
	if err := a.fill(ctx, s, f, d, f == initFlags{}); err != nil {
		return err
	}
	if err := a.sound(s); err != nil {
		return err
	}
	if err := a.tryServers(ctx, s, f, d); err != nil {
		return err
	}
	made, err := s.write(a.configText(s))
	if err != nil {
		return err
	}
	a.initDone(s, made, d != nil)
	return nil
}

// sound reports what would be wrong with the configuration: what only several
// answers together can show.
func (a *app) sound(s *setup) error {
	_, problems := parseConfig(s.path, []byte(a.configText(s)), []Need{NeedOperator, NeedStore, NeedIMAP, NeedSMTP})
	for _, p := range problems {
		return a.misuse("init.unsound", p.Key, p.What.in(a.lang))
	}
	return nil
}

// setup is an installation that does not exist yet.
type setup struct {
	path   string // of the configuration, absolute
	preset preset

	address, name, prefix, officer string

	policy     string // as the configuration names it; "" = the built-in one
	policyFile *rules.Policy
	imap, smtp account
	database   string // as the configuration names it
	backups    string // the same; "" = none
}

// account is how pometka gets into one of the two servers.
type account struct {
	section string // "imap" or "smtp"
	host    string
	port    int    // 0 = the usual one
	tls     string // "" = implicit
	caFile  string
	user    string // "" = no log-in
	auth    string // "" = password

	command  []string // token_command
	file     string   // password_file, as the configuration names it
	password string   // typed or read from stdin; "" = not known here
	guessed  bool     // port and TLS were not named

	distrusted, amended bool // the last try failed by its authority; that has been answered
}

// errInitStopped ends the questions; nothing has been written then.
var errInitStopped = errors.New("stopped")

// newSetup finds the place of the configuration, and refuses one that is taken
// before anybody answers a question in vain.
func (a *app) newSetup(f initFlags) (*setup, error) {
	path, err := filepath.Abs(initPath(a.configFlag))
	if err != nil {
		return nil, fmt.Errorf("find the folder: %w", err)
	}
	if _, err := os.Lstat(path); err == nil {
		return nil, a.misuse("init.exists", templates.Safe(path))
	}
	if fi, err := os.Stat(filepath.Dir(path)); err != nil || !fi.IsDir() {
		return nil, a.misuse("init.no_folder", templates.Safe(filepath.Dir(path)))
	}
	s := &setup{path: path, policyFile: rules.BuiltIn(), database: f.database, backups: f.backups}
	s.imap.section, s.smtp.section = "imap", "smtp"
	if s.database == "" {
		s.database = "pometka.db"
		if s.packaged() {
			s.database = "/var/lib/pometka/pometka.db"
		}
	} else {
		s.database = s.named(s.database)
	}
	if s.backups == "" {
		s.backups = filepath.Join(filepath.Dir(s.database), "backups")
	} else {
		s.backups = s.named(s.backups)
	}
	return s, nil
}

// initPath is where the configuration is made: the first place in which it
// would be looked for that the caller has named or may be meant to use.
func initPath(flag string) string {
	const packaged = "/etc/pometka"
	switch env := os.Getenv("POMETKA_CONFIG"); {
	case flag != "":
		return flag
	case env != "":
		return env
	}
	if fi, err := os.Stat(packaged); os.Geteuid() == 0 && err == nil && fi.IsDir() {
		return filepath.Join(packaged, "config.yaml")
	}
	return "config.yaml"
}

// packaged reports whether the configuration belongs to a service of the
// system, whose data lie elsewhere (FHS 3.0, 5.8).
func (s *setup) packaged() bool { return strings.HasPrefix(s.path, "/etc/") }

// named is a path of the command line as the configuration names it: relative
// to its folder where it lies there.
func (s *setup) named(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(filepath.Dir(s.path), abs); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return abs
}

// absolute is the file that the configuration names.
func (s *setup) absolute(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(s.path), path)
}
