package desk

import (
	"bytes"
	"slices"
	"strings"

	"license.kz/pometka/mailbox"
)

// What a report says where it has no part for it (RFC 3464, 2.3.3 and 2.3.4).
var (
	reportAction = lazily(`(?im)^Action:[ \t]*([a-z]+)`)
	reportStatus = lazily(`(?im)^Status:[ \t]*([245]\.[0-9]{1,3}\.[0-9]{1,3})`)
	anyStatus    = lazily(`\b5\.[0-9]{1,3}\.[0-9]{1,3}\b`)
	justDelayed  = lazily(`(?i)delayed|will (be retried|retry|keep trying|continue)|still (being )?(retr|try)|not yet been delivered|warning message only|отложен|задерж|кешік`)
	refusal      = lazily(`(?i)rejected|refused|отклон[её]н|отказано|қабылданба`)
	undelivered  = lazily(`(?i)undeliver|not (be )?deliver|n't (be )?deliver|(deliver|mail|message|transmission)[a-z ]{0,20} (failed|failure)|fail(ed|ure)[a-z ]{0,12} (deliver|notice|notification)|` +
		`returned (mail|to sender)|(mail|message) returned|unknown (user|recipient|mailbox)|user unknown|no such (user|mailbox|recipient)|address rejected|` +
		`недостав|не (был[ао]? )?доставлен|не удалось доставить|невозможно доставить|возвращен[оа]? отправителю|жеткізілме|жеткізу мүмкін|` +
		`unzustellbar|non remis|non recapitabile|niedostarcz|teslim edileme`)
)

// outcome is what a report says of the delivery.
type outcome struct {
	failed bool   // for good
	less   bool   // it says something, and no more than delay, relaying or reading
	status string // RFC 3463; "" if it names none
}

// undecided says that the report, as far as it was read, does not tell.
func (o outcome) undecided() bool { return !o.failed && !o.less }

// outcomeOf reads what a report says, from its own parts where it has such
// (RFC 3464, RFC 6533), else from its words, and those count only where a mail
// system speaks: an answering machine that quotes our letter, or a person, says
// nothing about its delivery. The arguments are those of idsIn.
func outcomeOf(head, body *mailbox.Message, text []byte) outcome {
	told := body.Told()
	for _, part := range []string{"disposition-notification", "feedback-report"} {
		ofPart := func(kind string) bool { return strings.HasSuffix(kind, part) }
		if slices.ContainsFunc(body.Parts, ofPart) || bytes.Contains(text, []byte("message/"+part)) {
			refused := slices.ContainsFunc(told, refusedUnread) && refusal().MatchString(head.Subject+"\n"+body.Text)
			return outcome{failed: refused, less: !refused}
		}
	}
	if len(told) == 0 {
		told = toldInText(text)
	}
	for _, o := range told {
		if strings.HasPrefix(o.Action, "fail") {
			return outcome{failed: true, status: permanent(o.Status)}
		}
	}
	if len(told) > 0 {
		return outcome{less: true}
	}
	return outcomeInWords(head, body, text)
}

// refusedUnread reports whether a receipt says that a program threw the letter
// away: the recipient's filter refuses so (RFC 5429, 2.1.2), and says it in
// words.
func refusedUnread(t mailbox.Told) bool {
	return strings.Contains(t.Disposition, "mdn-sent-automatically") && strings.HasSuffix(t.Disposition, "deleted")
}

// toldInText finds the fields of a report in what is no report part.
func toldInText(text []byte) (list []mailbox.Told) {
	status := ""
	for _, s := range reportStatus().FindAllSubmatch(text, -1) {
		if status = string(s[1]); s[1][0] == '5' {
			break
		}
	}
	for _, a := range reportAction().FindAllSubmatch(text, -1) {
		list = append(list, mailbox.Told{Action: strings.ToLower(string(a[1])), Status: status})
	}
	return list
}

// permanent is the status if it says that the failure is for good: a report of
// a letter given up after days names the last delay. It goes into the log, and what is
// written there instead of a status does not.
func permanent(status string) string {
	if at := anyStatus().FindStringIndex(status); at != nil && at[0] == 0 {
		return status[:at[1]]
	}
	return ""
}

// outcomeInWords reads a report in plain words.
func outcomeInWords(head, body *mailbox.Message, text []byte) outcome {
	nobody := head.ReturnPath != nil && *head.ReturnPath == "" // who sends so wants no answer (RFC 5321, 4.5.5)
	reporter := fromReporter(head) || len(head.Fields["x-failed-recipients"]) > 0
	// A filter that asks who wrote says "not delivered" as well, but no status.
	told := undelivered().MatchString(head.Subject) || undelivered().MatchString(body.Text) && anyStatus().MatchString(body.Text)
	if !reporter && (!nobody || !told) {
		return outcome{}
	}
	for _, words := range [][]byte{[]byte(body.Text), text} {
		if s := anyStatus().Find(words); s != nil {
			return outcome{failed: true, status: string(s)}
		}
	}
	switch said := append([]byte(head.Subject+"\n"+body.Text+"\n"), text...); {
	case justDelayed().Match(said):
		return outcome{less: true}
	case nobody, undelivered().Match(said):
		return outcome{failed: true}
	}
	return outcome{}
}
