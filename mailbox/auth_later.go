package mailbox

import (
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// ErrNotNow: the server lets nobody in for a while, and says nothing against the name or
// the secret. That is read out of its words mostly, and so it is asked again less often
// than a server that is out of order.
var ErrNotNow = errors.New("log-in put off")

const (
	codeThrottled imap.ResponseCode = "THROTTLED"
	codeReferral  imap.ResponseCode = "REFERRAL" // RFC 2221: the account is on another server
)

// ofSecret: by its code the answer speaks of the name or the secret, whatever its words.
func ofSecret(no *imap.Error) bool {
	switch no.Code {
	case imap.ResponseCodeAuthenticationFailed, imap.ResponseCodeAuthorizationFailed, imap.ResponseCodeExpired, imap.ResponseCodePrivacyRequired:
		return true
	}
	return false
}

// unmeant reports whether BAD to AUTHENTICATE says neither of the secret nor of the moment:
// then the server does not know what it said it does.
func unmeant(no *imap.Error) bool {
	return no.Type == imap.StatusResponseTypeBad && !ofSecret(no) && !holds(strings.ToLower(no.Text), secretWords[:]) && !busy(no)
}

// aboutSecret are the replies of SMTP that do (RFC 4954, 6).
var aboutSecret = map[int]bool{530: true, 534: true, 535: true, 538: true}

// Whose words tell nothing is refused: to try a wrong password again and again locks the
// account, and to wait an hour for a server that had too many connections does not.
var (
	// secretWords speak of the secret.
	secretWords = [...]string{"passwor", "passwd", "passphrase", "credential", "парол", "құпия", "kennwor"}
	// closedWords speak of a name or an account that is not let in.
	closedWords = [...]string{
		"attempt", "invalid", "incorrect", "wrong", "unsuccess", "secur",
		"unknown user", "unknown login", "no such", "bad user", "bad login", "bad auth",
		"lock", "suspend", "disab", "disallow", "not allowed",
		"учетн", "учётн", "неверн", "неправильн", "попыт", "блокир", "отключен", "запрещ",
		"дұрыс емес", "әрекет", "бұғат", "тыйым",
		"ungültig", "falsch", "versuch", "gesperrt",
	}
	// stateWords speak of the server, or of what somebody has too much of.
	stateWords = [...]string{
		"connections", "sessions", "simultaneous", "concurrent", "bandwidth", "throttl", "rate limit", "ratelimit", "temporar", "unavailable", "not connected",
		"system error", "server error", "internal error", "overload", "maintenance", "backoff",
		"соединени", "подключени", "временн", "недоступ", "перегруж", "внутренн", "технич",
		"қосылым", "байланыс", "уақытша", "қолжетімсіз",
		"verbindungen", "vorübergehend", "überlastet",
	}
	// limitWords tell of a limit or of a better moment, unless they are said of a failure.
	limitWords = [...]string{
		"too many", "too much", "exceed", "maximum", "limit", "quota", "busy", "try again later", "try again in", "try later", "again later",
		"слишком много", "слишком част", "превыш", "лимит", "позже", "позднее",
		"тым көп", "тым жиі", "асып", "кейінірек",
		"zu viele", "später",
	}
	failWords = [...]string{"fail", "denied", "reject", "ошибк", "не удал", "отказ", "отклон", "қате", "сәтсіз", "бас тарт", "fehl"}
)

// putsOff reports whether an answer to a log-in that has no code for it lets nobody in for
// now only.
func putsOff(text string) bool {
	text = strings.ToLower(text)
	return !holds(text, secretWords[:]) && !holds(text, closedWords[:]) && (holds(text, stateWords[:]) || holds(text, limitWords[:]) && !holds(text, failWords[:]))
}

func holds(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// putOff words ErrNotNow.
func (s Server) putOff(p protocol, words string, err error) error {
	format := fmt.Sprintf("log in to %s: the server lets nobody in for now (%%s), and says nothing against the %s: try later", s.addr(), s.secretName())
	return s.quoting(p, format, words, Code(err), errors.Join(ErrNotNow, err))
}
