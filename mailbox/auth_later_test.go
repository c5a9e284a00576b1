package mailbox_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// tries are the log-ins that a server saw.
func (f *fakeIMAP) tries() (n int) {
	for _, cmd := range f.commands() {
		if strings.HasPrefix(cmd, "AUTHENTICATE") || strings.HasPrefix(cmd, "LOGIN") {
			n++
		}
	}
	return n
}

// A limit of the server, or its bad hour, is no wrong password; whatever speaks of the
// password is, also where it speaks of a limit besides. Each costs one try a pass.
func TestLogInPutOff(t *testing.T) {
	later := []string{
		"NO [ALERT] Too many simultaneous connections. (Failure)",
		"NO Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
		"NO [ALERT] Account exceeded command or bandwidth limits. (Failure)",
		"NO Temporary authentication failure.",
		"NO server busy, try again later",
		"NO [CONTACTADMIN] x",
		"NO [REFERRAL imap://user;AUTH=*@SERVER2/] Specified user is invalid on this server. Try SERVER2.",
		"NO Слишком много одновременных подключений",
		"NO Тым көп қосылым, кейінірек қайталаңыз",
		"NO Zu viele Verbindungen",
		"BAD User is authenticated but not connected.",
	}
	coded := []string{"NO [THROTTLED] slow down", "NO [OVERQUOTA] bandwidth", "NO [LIMIT] x", "NO [UNAVAILABLE] x", "NO [SERVERBUG] x"}
	final := []string{
		"NO no", "NO Login failed.", "NO LOGIN failed, please try again", "NO Login failed, try again later", "BAD AUTHENTICATE failed: wrong password",
		"NO [AUTHENTICATIONFAILED] LOGIN Too many requests, try again later",
		"NO [AUTHORIZATIONFAILED] too many", "NO [EXPIRED] maximum age exceeded",
		"NO Too many failed logins", "NO Too many invalid passwords from your connections", "NO Maximum login attempts exceeded",
		"NO Account temporarily locked", "NO [ALERT] Please log in via your web browser",
		"NO Неверный пароль, повторите позже", "NO Превышено число попыток входа", "NO Құпиясөз дұрыс емес",
		"BAD Invalid credentials",
	}
	check := func(says string, fit func(error) bool) {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, 1, instead("AUTHENTICATE", says))
			_, err := f.reader(t, 5*time.Second).Examine(t.Context(), "INBOX")
			if err == nil || !fit(err) || f.tries() != 1 {
				t.Errorf("%d tries, %v", f.tries(), err)
			}
			if errors.Is(err, mailbox.ErrNotNow) && (strings.Contains(err.Error(), "refused") || mailbox.ServerWords(err) == "") {
				t.Errorf("told as %q", err)
			}
		})
	}
	for _, says := range later {
		check(says, func(err error) bool { return errors.Is(err, mailbox.ErrNotNow) && !errors.Is(err, mailbox.ErrLogin) })
	}
	for _, says := range coded {
		check(says, func(err error) bool {
			return strings.Contains(err.Error(), "out of order") && !errors.Is(err, mailbox.ErrLogin)
		})
	}
	for _, says := range final {
		check(says, func(err error) bool { return errors.Is(err, mailbox.ErrLogin) && !errors.Is(err, mailbox.ErrNotNow) })
	}
}

// So it is where letters go out, where the code of the reply speaks of the password or not.
func TestSMTPLogInPutOff(t *testing.T) {
	for reply, want := range map[string]error{
		"550 5.7.0 Too many concurrent connections of info@license.kz": mailbox.ErrNotNow,
		"535 5.7.8 Too many concurrent connections":                    mailbox.ErrLogin,
		"550 5.7.1 Invalid login or too many connections":              mailbox.ErrLogin,
		"454 4.7.0 Temporary authentication failure":                   nil,
	} {
		f := startSMTP(t, &fakeSMTP{ext: []string{"AUTH PLAIN"}, answer: at("AUTH", reply)})
		out := f.keeping(t, 0, "info@license.kz").Send(t.Context(), envelope("a@x.kz"))
		for _, sort := range []error{mailbox.ErrNotNow, mailbox.ErrLogin} {
			if out.Err == nil || errors.Is(out.Err, sort) != (sort == want) || out.Status != mailbox.StatusDeferred || strings.Contains(out.Err.Error(), "info@license.kz") {
				t.Errorf("%s: %+v", reply, out)
			}
		}
	}
}
