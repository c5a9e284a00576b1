package mailbox_test

import (
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// at answers one command, in the first connection only.
func at(prefix, reply string) func(int, string) (string, bool) {
	return func(n int, cmd string) (string, bool) { return reply, n == 1 && strings.HasPrefix(cmd, prefix) }
}

// Every phase, every class of reply, cut and silence, against the state machine
// of design rule «claim, send, settle».
func TestEachPhase(t *testing.T) {
	phases := []struct{ cmd, phase string }{
		{"greeting", mailbox.PhaseDial}, {"EHLO", mailbox.PhaseDial}, {"AUTH", mailbox.PhaseLogin},
		{"MAIL", mailbox.PhaseMail}, {"RCPT", mailbox.PhaseRcpt}, {"DATA", mailbox.PhaseData}, {".", mailbox.PhaseDot},
	}
	for i, p := range slices.Concat(phases, phases) {
		serial := i < len(phases)
		i %= len(phases)
		for _, reply := range []string{"421 4.3.2 closing", "450 4.2.0 later", "550 5.7.1 no", "250-half of", "999 what", "no code at all", "\x00\x01", cut, hush, accept} {
			t.Run(fmt.Sprintf("%s %s, serial %v", p.cmd, reply, serial), func(t *testing.T) {
				t.Parallel()
				f := startSMTP(t, &fakeSMTP{serial: serial, ext: []string{"AUTH PLAIN"}, answer: at(p.cmd, reply)})
				sender := f.sender(t, func(s *mailbox.Server) { s.Username, s.Timeout = "info@license.kz", time.Second })
				out := sender.Send(t.Context(), envelope("a@example.kz"))
				letter := i >= 3 // the session stood: the reply is about this letter
				want := mailbox.StatusDeferred
				switch {
				case letter && strings.HasPrefix(reply, "550"):
					want = mailbox.StatusRejected
				case p.cmd == "." && !strings.HasPrefix(reply, "4"):
					want = mailbox.StatusUncertain
				}
				phase := p.phase
				if p.cmd == "EHLO" && out.Phase == mailbox.PhaseLogin {
					phase = out.Phase // HELO worked instead, and there is no log-in then
				}
				if !serial && (reply == hush || reply == "250-half of") && i >= 3 && i < 6 {
					phase = out.Phase // the next reply is taken for the one that is missing
				}
				if out.Status != want || out.Phase != phase {
					t.Errorf("%+v, want %s at %s", out, want, phase)
				}
				coded := letter && (strings.HasPrefix(reply, "450") || strings.HasPrefix(reply, "550"))
				if (out.Err == nil) != coded {
					t.Errorf("error %v", out.Err)
				}
				if out.Err != nil && (!strings.Contains(out.Err.Error(), f.addr) && out.Code != 421 || strings.ContainsAny(out.Err.Error(), "\n\x00")) {
					t.Errorf("error %q", out.Err)
				}
				refused := p.cmd == "AUTH" && strings.HasPrefix(reply, "5")
				if errors.Is(out.Err, mailbox.ErrLogin) != refused {
					t.Errorf("error %v", out.Err)
				}
				if coded { // the script would refuse again over this connection
					sender.Release()
				}
				before := len(f.letters())
				if out = sender.Send(t.Context(), envelope("b@example.kz")); out.Status != mailbox.StatusAccepted || len(f.letters()) != before+1 {
					t.Errorf("the next letter: %+v", out)
				}
			})
		}
	}
}

// A letter is cut while it goes out, before its dot left this machine.
func TestCutBeforeTheDot(t *testing.T) {
	f := startSMTP(t, &fakeSMTP{answer: at("first line", cut)})
	e := envelope("a@example.kz")
	e.Raw = []byte("Subject: long\r\n\r\n" + strings.Repeat("0123456789abcdef0123456789abcdef\r\n", 1<<20))
	out := f.sender(t, nil).Send(t.Context(), e)
	if out.Status != mailbox.StatusDeferred || out.Phase != mailbox.PhaseData || out.Err == nil {
		t.Errorf("%+v", out)
	}
}

// A multi-line refusal, one in other words, and one without an enhanced code.
func TestReplies(t *testing.T) {
	for reply, want := range map[string]mailbox.Outcome{
		"550-5.1.1 no such user\r\n550 5.1.1 see https://example.kz": {Code: 550, Enhanced: "5.1.1", Reply: "no such user 5.1.1 see https://example.kz"},
		"550 нет такого":                                             {Code: 550, Reply: "нет такого"},
		"550 5.1.1":                                                  {Code: 550, Enhanced: "5.1.1"},
		"550 5.1.1x y":                                               {Code: 550, Reply: "5.1.1x y"},
		"550 \x1b[2J\u202eabc":                                       {Code: 550, Reply: "[2J abc"},
		"550 " + strings.Repeat("x", 5000):                           {Code: 550, Reply: strings.Repeat("x", 500) + "…"},
	} {
		f := startSMTP(t, &fakeSMTP{answer: at("RCPT", reply)})
		out := f.sender(t, nil).Send(t.Context(), envelope("a@example.kz"))
		want.Status, want.Phase = mailbox.StatusRejected, mailbox.PhaseRcpt
		if out != want {
			t.Errorf("%q: %+v", reply, out)
		}
	}
}

func TestExtensions(t *testing.T) {
	for name, c := range map[string]struct {
		ext  []string
		to   string
		want string
	}{
		"nothing offered": {nil, "a@example.kz", "MAIL FROM:<info@license.kz> BODY=8BITMIME|RCPT TO:<a@example.kz>"},
		"DSN":             {[]string{"DSN"}, "a@example.kz", "MAIL FROM:<info@license.kz> BODY=8BITMIME RET=HDRS ENVID=ack.LK-2026-000001.aaaa|RCPT TO:<a@example.kz> NOTIFY=FAILURE,DELAY"},
		"SMTPUTF8 not needed": {[]string{"SMTPUTF8"}, "a@example.kz",
			"MAIL FROM:<info@license.kz> BODY=8BITMIME|RCPT TO:<a@example.kz>"},
		"SMTPUTF8 needed": {[]string{"SMTPUTF8"}, "асель@почта.қаз",
			"MAIL FROM:<info@license.kz> BODY=8BITMIME SMTPUTF8|RCPT TO:<асель@почта.қаз>"},
		"SMTPUTF8 needed, not offered": {nil, "асель@почта.қаз", ""},
	} {
		f := startSMTP(t, &fakeSMTP{ext: c.ext, serial: true})
		sender := f.sender(t, nil)
		e := envelope(c.to)
		e.ID = "ack.LK-2026-000001.aaaa"
		out := sender.Send(t.Context(), e)
		var got []string
		for _, cmd := range f.commands() {
			if strings.HasPrefix(cmd, "MAIL") || strings.HasPrefix(cmd, "RCPT") {
				got = append(got, cmd)
			}
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s: %q", name, got)
		}
		if c.want == "" && (out.Status != mailbox.StatusRejected || out.Enhanced != "5.6.7" || out.Err != nil) {
			t.Errorf("%s: %+v", name, out)
		}
		if out := sender.Send(t.Context(), envelope("b@example.kz")); out.Status != mailbox.StatusAccepted {
			t.Errorf("%s, the next letter: %+v", name, out)
		}
	}
}

// Two round trips a letter where PIPELINING is offered, else four, whatever
// came before it: no NOOP, no RSET but after a letter that was given up
// half-way. One bad recipient stops nobody else's letter.
func TestRoundTrips(t *testing.T) {
	for _, c := range []struct {
		serial bool
		answer string // to DATA for nobody
		bad    string
	}{
		{true, "", "MAIL RCPT "}, {false, "", "MAIL RCPT DATA "}, {false, "354 go on", "MAIL RCPT DATA . "},
	} {
		f := &fakeSMTP{serial: c.serial}
		last := ""
		f.answer = func(_ int, cmd string) (string, bool) {
			if strings.HasPrefix(cmd, "RCPT") {
				last = cmd
			}
			switch bad := strings.Contains(last, "bad@"); {
			case bad && strings.HasPrefix(cmd, "RCPT"):
				return "550 5.1.1 no", true
			case bad && cmd == "DATA" && c.answer != "":
				return c.answer, true
			case bad && cmd == ".":
				return "554 5.5.1 no valid recipients", true
			}
			return "", false
		}
		startSMTP(t, f)
		sender := f.sender(t, nil)
		for _, to := range []string{"a@x.kz", "b@x.kz", "bad@x.kz", "c@x.kz", "d@x.kz"} {
			out := sender.Send(t.Context(), envelope(to))
			if out.Err != nil || (out.Status == mailbox.StatusAccepted) != (to != "bad@x.kz") || to == "bad@x.kz" && (out.Status != mailbox.StatusRejected || out.Phase != mailbox.PhaseRcpt || out.Code != 550) {
				t.Errorf("%s: %+v", to, out)
			}
		}
		if err := sender.Release(); err != nil {
			t.Error(err)
		}
		var verbs []string
		for _, cmd := range f.commands() {
			verb, _, _ := strings.Cut(cmd, " ")
			verbs = append(verbs, verb)
		}
		good, reset := "MAIL RCPT DATA . ", "RSET "
		if c.answer != "" { // the dot has ended it
			reset = ""
		}
		if got, want := strings.Join(verbs, " "), "greeting EHLO "+good+good+c.bad+reset+good+good+"QUIT"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if len(f.letters()) != 4 || f.dials != 1 {
			t.Errorf("%d letters over %d connections", len(f.letters()), f.dials)
		}
	}
}

// A server that closed the kept connection in between costs nobody a letter.
func TestIdleConnectionClosedByServer(t *testing.T) {
	for _, reply := range []string{cut, "421 4.4.2 idle too long"} {
		f := &fakeSMTP{}
		f.answer = func(n int, cmd string) (string, bool) {
			return reply, n == 1 && strings.HasPrefix(cmd, "MAIL") && len(f.letters()) > 0
		}
		startSMTP(t, f)
		sender := f.sender(t, nil)
		for _, to := range []string{"a@x.kz", "b@x.kz"} {
			if out := sender.Send(t.Context(), envelope(to)); out.Status != mailbox.StatusAccepted || out.Err != nil {
				t.Errorf("%s: %+v", to, out)
			}
		}
		if f.dials != 2 || len(f.letters()) != 2 {
			t.Errorf("%d letters over %d connections", len(f.letters()), f.dials)
		}
	}
}

func TestSMTPLogIn(t *testing.T) {
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for name, c := range map[string]struct {
		ext, auth string
		want      []string
	}{
		"PLAIN":       {"AUTH PLAIN LOGIN", "", []string{"AUTH PLAIN " + b64("\x00info@license.kz\x00s3cret")}},
		"LOGIN":       {"AUTH LOGIN", "", []string{"AUTH LOGIN", b64("info@license.kz"), b64("s3cret")}},
		"XOAUTH2":     {"AUTH XOAUTH2", mailbox.AuthXOAuth2, []string{"AUTH XOAUTH2 " + b64("user=info@license.kz\x01auth=Bearer s3cret\x01\x01")}},
		"OAUTHBEARER": {"AUTH OAUTHBEARER", mailbox.AuthOAuthBearer, []string{"AUTH OAUTHBEARER bixhPWluZm9AbGljZW5zZS5reiw"}},
	} {
		f := startSMTP(t, &fakeSMTP{ext: []string{c.ext}, answer: func(_ int, cmd string) (string, bool) {
			switch cmd {
			case "AUTH LOGIN":
				return "334 " + b64("Username:"), true
			case b64("info@license.kz"):
				return "334 " + b64("password?"), true
			case b64("s3cret"):
				return "235 in", true
			}
			return "", false
		}})
		sender := f.sender(t, func(s *mailbox.Server) { s.Username, s.Auth, s.Secret = "info@license.kz", c.auth, secret("s3cret") })
		out := sender.Send(t.Context(), envelope("a@x.kz"))
		all := strings.Join(f.commands(), "\n")
		if out.Status != mailbox.StatusAccepted || !strings.Contains(all, strings.Join(c.want, "\n")) {
			t.Errorf("%s: %+v\n%s", name, out, all)
		}
	}
}

func TestSMTPStartTLS(t *testing.T) {
	conf, ca := certificate(t, "127.0.0.1", time.Now().AddDate(0, 6, 0))
	old, oldCA := certificate(t, "127.0.0.1", time.Now().AddDate(0, 0, -1))
	for name, c := range map[string]struct {
		ext    []string
		conf   *tls.Config
		ca     []byte
		answer func(int, string) (string, bool)
		want   string
	}{
		"works":               {[]string{"STARTTLS", "AUTH PLAIN"}, conf, ca, nil, ""},
		"not offered":         {nil, nil, ca, nil, "does not offer STARTTLS: check smtp.port and smtp.tls"},
		"refused":             {[]string{"STARTTLS"}, nil, ca, at("STARTTLS", "454 4.7.0 not now"), "turned us away (454"},
		"expired certificate": {[]string{"STARTTLS"}, old, oldCA, nil, "certificate expired on "},
		"unknown authority":   {[]string{"STARTTLS"}, conf, oldCA, nil, "smtp.ca_file"},
		"hangs up":            {[]string{"STARTTLS"}, nil, ca, at("STARTTLS", cut), "hung up"},
	} {
		f := startSMTP(t, &fakeSMTP{ext: c.ext, tls: c.conf, answer: c.answer})
		sender := f.sender(t, func(s *mailbox.Server) {
			s.TLS, s.CA, s.Username, s.Timeout = mailbox.TLSStart, c.ca, "info@license.kz", time.Second
		})
		out := sender.Send(t.Context(), envelope("a@x.kz"))
		if c.want == "" {
			if out.Status != mailbox.StatusAccepted {
				t.Errorf("%s: %+v", name, out)
			}
			continue
		}
		if out.Status != mailbox.StatusDeferred || out.Phase != mailbox.PhaseTLS || out.Err == nil || !strings.Contains(out.Err.Error(), c.want) {
			t.Errorf("%s: %+v", name, out)
		}
		if all := strings.Join(f.commands(), " "); strings.Contains(all, "AUTH ") || strings.Contains(all, "MAIL") {
			t.Errorf("%s: went on in the open: %s", name, all)
		}
	}
}
