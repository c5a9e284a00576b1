package mailbox_test

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"license.kz/pometka/mailbox"
)

// minted gives the tokens one after the other.
func minted(tokens ...string) (mailbox.Secret, *int) {
	asked := 0
	return func(context.Context) (string, error) {
		asked++
		return tokens[min(asked, len(tokens))-1], nil
	}, &asked
}

// refusing answers the log-in over the first n connections as Google and
// Microsoft do: with a challenge that explains, and with NO after the answer to
// it; or with the refusal at once, as others do.
func refusing(n int, explains bool) func(int, string) (string, bool) {
	var told atomic.Bool // a connection after the other, each served by a goroutine of its own
	return func(conn int, cmd string) (string, bool) {
		begins := strings.HasPrefix(cmd, "AUTH ")
		switch {
		case conn > n || !begins && !told.Load():
			return "", false
		case begins && explains:
			told.Store(true)
			return "334 " + base64.StdEncoding.EncodeToString([]byte(`{"status":"401","schemes":"bearer"}`)), true
		}
		told.Store(false)
		return "535 5.7.8 token of info@license.kz is stale", true
	}
}

// A token that the submission server refuses is asked for anew, once: the
// letter goes out with the fresh one, or is deferred, and nothing of the token
// or the name stands in the error.
func TestSMTPFreshTokenAfterRefusal(t *testing.T) {
	for auth, ext := range map[string]string{mailbox.AuthXOAuth2: "AUTH XOAUTH2", mailbox.AuthOAuthBearer: "AUTH OAUTHBEARER"} {
		for _, explains := range []bool{false, true} {
			for refusals := 1; refusals <= 2; refusals++ {
				f := startSMTP(t, &fakeSMTP{ext: []string{ext}, answer: refusing(refusals, explains)})
				secret, asked := minted("stale-token", "fresh-token")
				sender := f.sender(t, func(s *mailbox.Server) { s.Username, s.Auth, s.Secret = "info@license.kz", auth, secret })
				out := sender.Send(t.Context(), envelope("a@x.kz"))
				if *asked != 2 || f.dials != 2 {
					t.Errorf("%s, explained %v: %d tokens over %d connections", auth, explains, *asked, f.dials)
				}
				if refusals == 1 {
					if out.Status != mailbox.StatusAccepted || len(f.letters()) != 1 {
						t.Errorf("%s, explained %v: with the fresh token %+v", auth, explains, out)
					}
					continue
				}
				if out.Status != mailbox.StatusDeferred || !errors.Is(out.Err, mailbox.ErrLogin) || len(f.letters()) != 0 {
					t.Errorf("%s, explained %v: refused twice: %+v", auth, explains, out)
				}
				if text := out.Err.Error(); strings.Contains(text, "-token") || strings.Contains(text, "info@license.kz") {
					t.Errorf("%s: %s", auth, text)
				}
			}
		}
	}
}

// A token that cannot be had is trouble of its own, and no server is spoken to.
func TestNoTokenToBeHad(t *testing.T) {
	f := startSMTP(t, &fakeSMTP{ext: []string{"AUTH XOAUTH2"}})
	none := errors.New("token_command ended with exit code 1")
	sender := f.sender(t, func(s *mailbox.Server) {
		s.Username, s.Auth, s.Secret = "info@license.kz", mailbox.AuthXOAuth2, func(context.Context) (string, error) { return "", none }
	})
	if out := sender.Send(t.Context(), envelope("a@x.kz")); out.Status != mailbox.StatusDeferred || !errors.Is(out.Err, none) || f.dials != 0 {
		t.Errorf("%+v over %d connections", out, f.dials)
	}
}
