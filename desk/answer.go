package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// A person writes an answer. So the whole letter is made and shown before anything
// changes (DraftAnswer). Once the person has confirmed it, exactly those bytes go into
// the outbox, in one transaction with what the answer does to its request (SendAnswer).

// Names of the letters with which staff answer.
const (
	AnswerDocuments = "documents"
	AnswerDone      = "done"
	AnswerRefusal   = "refusal"
)

// AnswerTemplates lists them.
var AnswerTemplates = []string{AnswerDone, AnswerRefusal, AnswerDocuments}

// StepAnswered is the id of the closing step "the person was answered". The answer
// itself fulfils it, in every policy that has a step of this name.
const StepAnswered = "answered"

// MaxAnswer is the largest answer that is sent, in bytes: what the large providers
// accept (RFC 1870 leaves it to each server).
const MaxAnswer = 25_000_000

// Errors of an answer that a person can mend.
var (
	// ErrUnconfirmed says that a letter on review has no kind yet of which a
	// template could speak.
	ErrUnconfirmed = errors.New("nobody has decided yet what this letter is")
	// ErrNoText says that the words of the answer are missing.
	ErrNoText = errors.New("the answer has no text")
	// ErrTooLarge says that no server would take the answer.
	ErrTooLarge = errors.New("the answer is too large")
)

// Reply is what staff answers a person.
type Reply struct {
	Template string         // one of AnswerTemplates; "": Text alone is the letter
	Text     string         // in the words of staff
	Why      string         // the reason of a refusal, and of closing
	Basis    string         // the clause a refusal rests on; "" names none
	To       string         // the person's address where staff knows better; "": that of the letter
	Language rules.Lang     // "": that of the letter
	Files    []mailbox.File // see CheckFile
	Close    store.Status   // done or refused; "" leaves the request open
	Steps    []store.StepDone
}

// AnswerDraft is an answer that is complete and has not been sent.
type AnswerDraft struct {
	Request store.Request
	To      string
	Raw     []byte // as it will go out
	change  store.Change
}

// DraftAnswer words an answer and finds out what it does to its request; nothing is
// changed. A RecipientError tells why it cannot go to the address of the letter; ErrRepeated:
// the person gets this very answer already.
func (d *Desk) DraftAnswer(ctx context.Context, number string, reply Reply, a Actor) (AnswerDraft, error) {
	r, err := d.Store.Request(ctx, number)
	if err != nil {
		return AnswerDraft{}, err
	}
	if r.Status == store.StatusDismissed {
		return AnswerDraft{}, fmt.Errorf("%s is %s: %w", number, r.Status, store.ErrStatus)
	}
	if len(r.Letters) == 0 {
		r.Letters = []store.Letter{{}}
	}
	l, to, err := d.correspondent(ctx, r, reply.To)
	if err != nil {
		return AnswerDraft{}, err
	}
	if reply.Close != "" {
		reply.Steps = d.withAnswered(r.Kind, reply.Steps)
	}
	c, err := d.answering(ctx, r, reply, a)
	if err != nil {
		return AnswerDraft{}, err
	}
	reply.Language = d.answerLanguage(reply.Language, l.Language)
	words, err := d.answerWords(r, reply, a)
	if err != nil {
		return AnswerDraft{}, err
	}
	same := sameAnswer(to, words, reply)
	if err := d.notRepeated(ctx, number, same); err != nil {
		return AnswerDraft{}, err
	}
	m := store.Mail{Purpose: store.PurposeAnswer, To: to, Language: string(reply.Language), MessageID: d.answerID(r)}
	letter := d.compose(m, l, []rules.Lang{reply.Language}, words)
	letter.Attachments = reply.Files
	raw, err := mailbox.Compose(letter)
	if err != nil {
		return AnswerDraft{}, err
	}
	if len(raw) > MaxAnswer {
		return AnswerDraft{}, fmt.Errorf("%w: %d bytes, servers take %d", ErrTooLarge, len(raw), MaxAnswer)
	}
	c.Answer = &store.NewMail{
		Purpose: m.Purpose, State: store.MailQueued, To: to, Language: m.Language, LetterID: l.ID,
		MessageID: func(string) string { return m.MessageID }, Keys: capKeys(to), Raw: raw, Data: same,
	}
	return AnswerDraft{Request: r, To: to, Raw: raw, change: c}, nil
}

// SendAnswer puts the answer into the outbox and does to the request what it says.
// ErrStale: the request changed since the draft was made; nothing happened.
func (d *Desk) SendAnswer(ctx context.Context, draft AnswerDraft) (store.Request, error) {
	return d.Store.Change(ctx, draft.change, d.Now())
}

// answerID is the Message-ID of an answer. It names the revision of the request, which
// grows with every answer, so that no two answers have the same.
func (d *Desk) answerID(r store.Request) string {
	return d.messageID(fmt.Sprintf("answer.%s-%d", r.Number, r.Revision))
}

// answering is what an answer does to its request beside being sent: it closes
// it, or waits for the documents that it asks for, or only stands in the history.
func (d *Desk) answering(ctx context.Context, r store.Request, reply Reply, a Actor) (store.Change, error) {
	if reply.Close != "" {
		return d.closing(ctx, r, reply.Close, reply.Why, reply.Steps, a)
	}
	is, says := r, store.More{Template: &reply.Template}
	if reply.Template == AnswerDocuments && slices.Contains(workable, r.Status) {
		is.Status, says.For = store.StatusWaiting, forDocuments
	}
	return d.becomes(ctx, r, is, act{who: a, code: eventAnswered, says: &says})
}

// withAnswered adds the step that the answer itself fulfils, where the kind has
// it and nobody spoke of it.
func (d *Desk) withAnswered(k rules.Kind, steps []store.StepDone) []store.StepDone {
	if slices.Contains(d.missingSteps(k, steps), StepAnswered) {
		return append(slices.Clone(steps), store.StepDone{ID: StepAnswered, Done: true})
	}
	return steps
}

// answerLanguage is the language of an answer: the one asked for, else the first
// of the acknowledgement's.
func (d *Desk) answerLanguage(asked, letter rules.Lang) rules.Lang {
	return cmp.Or(asked, d.languagesOf(letter)[0])
}

// answerWords words an answer.
func (d *Desk) answerWords(r store.Request, reply Reply, a Actor) (templates.Letter, error) {
	lang := reply.Language
	if reply.Template == "" {
		if reply.Text == "" {
			return templates.Letter{}, ErrNoText
		}
		return templates.Plain(d.Words.T(string(lang), "answer.subject", r.Number), reply.Text), nil
	}
	rule, ok := d.Policy.Kind(r.Kind)
	if !ok {
		return templates.Letter{}, ErrUnconfirmed
	}
	received, _ := d.receivedBy(r.Letters[0], []store.Request{r})
	operator, contact, what := d.Operator.Name.In(lang), d.Operator.Contact, rule.Formal.In(lang)
	var data any
	switch reply.Template {
	case AnswerDone:
		if rule.Claim && reply.Text == "" {
			return templates.Letter{}, ErrNoText
		}
		data = templates.Done{
			Operator: operator, Contact: contact, Number: r.Number, What: what, Received: received,
			Steps: stepsTold(rule, reply.Steps, lang), Text: reply.Text, Claim: rule.Claim, Signed: d.signature(a),
		}
	case AnswerRefusal:
		why := cmp.Or(reply.Text, reply.Why)
		if why == "" {
			return templates.Letter{}, ErrReason
		}
		data = templates.Refusal{
			Operator: operator, Contact: contact, Number: r.Number, What: what, Received: received,
			Why: why, Basis: reply.Basis, Signed: d.signature(a),
		}
	case AnswerDocuments:
		term := d.documentTerm(r.Kind)
		if term.Days == 0 && reply.Text == "" { // nothing says which documents
			return templates.Letter{}, ErrNoText
		}
		data = templates.Documents{
			Operator: operator, Contact: contact, Number: r.Number, What: what, Received: received,
			Text: reply.Text, Days: term.Days, Working: term.Unit != rules.CalendarDays,
		}
	default:
		return templates.Letter{}, fmt.Errorf("%q: %w", reply.Template, ErrTemplate)
	}
	return d.Words.Letter(reply.Template, string(lang), data)
}

// stepsTold are the steps of which an answer tells the person: those that were done,
// except the answer itself. The answer to a claim names none: its text says it all.
func stepsTold(rule *rules.KindRule, steps []store.StepDone, lang rules.Lang) []string {
	var told []string
	for _, s := range rule.Steps {
		if !rule.Claim && s.ID != StepAnswered && slices.Contains(steps, store.StepDone{ID: s.ID, Done: true}) {
			told = append(told, s.Text.In(lang))
		}
	}
	return told
}

// signature is the name under an answer: that of the member who acts, "" for
// somebody whom the configuration does not name.
func (d *Desk) signature(a Actor) string {
	m, _ := d.member(a.Login)
	return m.Name
}
