package mailbox

import (
	"errors"
	"net/textproto"
	"strconv"
	"strings"
	"syscall"

	"github.com/emersion/go-imap/v2"
)

// Logged is the text of an error as a log may hold it. What a server says is free text and
// may speak of anybody: of that the code is kept, and the number of folders instead of
// their names. Everything that this program says stays. A person reads the whole in Error
// and in ServerWords.
func Logged(err error) string {
	if e, ok := err.(interface{ logged() string }); ok {
		return e.logged()
	}
	if code := codeOf(err); code != "" {
		return code
	}
	rest, out, hidden := err.Error(), "", ""
	for _, inner := range causes(err) {
		text, fit := inner.Error(), Logged(inner)
		before, after, ok := strings.Cut(rest, text)
		switch {
		case ok:
			out, rest = out+before+fit, after
		case text != fit: // it stands in there in other words
			hidden = strings.TrimPrefix(hidden+", "+fit, ", ")
		}
	}
	if hidden != "" {
		return hidden
	}
	return out + rest
}

func causes(err error) []error {
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		return e.Unwrap()
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			return []error{inner}
		}
	}
	return nil
}

// tellable are errors in which no server has a word.
var tellable = []error{
	errSlow, errTrickle, errSilent, errShort, errTooBig, errNoBody, errMissing, errOmitted, errUncounted, errChatter, errLongLine, errStartTLSMore,
	ErrStumbled, ErrGone, ErrRecreated,
}

// cause is Logged for an error of which nobody knows who worded it: those of the libraries
// quote what they do not understand.
//
//go:noinline
func cause(err error) string {
	var said *connectError
	if errors.As(err, &said) {
		return said.logged()
	}
	text := ""
	for _, e := range tellable {
		if errors.Is(err, e) {
			text = e.Error()
			break
		}
	}
	var number syscall.Errno
	var odd outOfTurn
	switch code := Code(err); {
	case code != "" && text != "":
		return text + ": " + code
	case code != "":
		return "the server said " + code
	case errors.As(err, &odd):
		return odd.Error()
	case text != "":
	case errors.As(err, &number):
		return number.Error()
	case isCut(err):
		return hungUp
	default:
		return "the answer is not understood"
	}
	return text
}

// Code is what a server said without its words: "NO [UNAVAILABLE]" of IMAP, "550 5.1.1"
// of SMTP, "" where it said nothing.
//
//go:noinline
func Code(err error) string {
	var (
		refused *loginRefusal
		away    turnedAway
		no      *imap.Error
		reply   *textproto.Error
	)
	switch {
	case errors.As(err, &refused):
		return refused.code
	case errors.As(err, &away):
		return codeOf(away)
	case errors.As(err, &no):
		return codeOf(no)
	case errors.As(err, &reply):
		return codeOf(reply)
	}
	return ""
}

// codeOf is the code of an answer itself, not of one inside.
func codeOf(err error) string {
	switch e := err.(type) {
	case turnedAway:
		return statusCode(string(e))
	case *imap.Error:
		return responseCode(string(e.Type), string(e.Code))
	case *textproto.Error:
		code := strconv.Itoa(e.Code)
		if m := enhanced().FindStringSubmatch(e.Msg); m != nil {
			code += " " + m[1]
		}
		return code
	case tokenRefused:
		return "token refused"
	}
	return ""
}

// statusCode is the code of a line such as "* BYE [UNAVAILABLE] later".
func statusCode(line string) string {
	word, rest, _ := strings.Cut(strings.TrimPrefix(line, "* "), " ")
	code, _, ok := strings.Cut(strings.TrimPrefix(rest, "["), "]")
	if !ok || !strings.HasPrefix(rest, "[") {
		code = ""
	}
	return responseCode(word, code)
}

// responseCode keeps of both what a standard or a large provider defines: a server could
// put any word there.
func responseCode(word, code string) string {
	word, code = strings.ToUpper(word), strings.ToUpper(code)
	if !status[word] {
		return "no IMAP"
	}
	if code, _, _ = strings.Cut(code, " "); code != "" && strings.Contains(responseCodes, " "+code+" ") {
		word += " [" + code + "]"
	}
	return word
}

// responseCodes: RFC 9051, 7.1, RFC 5530, RFC 2221 and what Gmail and others say besides.
const responseCodes = " ALERT ALREADYEXISTS APPENDUID AUTHENTICATIONFAILED AUTHORIZATIONFAILED BADCHARSET CANNOT CAPABILITY CLIENTBUG" +
	" CLOSED CONTACTADMIN COPYUID CORRUPTION EXPIRED EXPUNGEISSUED HASCHILDREN INUSE LIMIT NONEXISTENT NOPERM NOTSAVED OVERQUOTA PARSE" +
	" PRIVACYREQUIRED READ-ONLY REFERRAL SERVERBUG THROTTLED TOOBIG TRYCREATE UNAVAILABLE UNKNOWN-CTE WEBALERT "

// where is what stands in the log behind what a server is not quoted with.
const where = "; pometka doctor asks again and shows what the server says"

func (e *connectError) logged() string { return e.log }

func (b *BadMessage) logged() string {
	return ErrBadMessage.Error() + ": UID " + strconv.FormatUint(uint64(b.UID), 10) + ": " + cause(b.Err)
}

func (e *FolderError) logged() string {
	n := strconv.Itoa(e.count)
	if e.Name == "" {
		return "there is no folder of sent mail on " + e.addr + " among " + n + " folders: set imap.sent_folder; pometka doctor lists them"
	}
	return "a folder of imap.folders is not among the " + n + " folders on " + e.addr + "; pometka doctor names it and lists them"
}
