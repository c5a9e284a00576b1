package desk

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/rules"
	"license.kz/pometka/store"
	"license.kz/pometka/templates"
)

// Codes of what came another way.
const (
	codeNoAddress  = "no_address"    // there is no e-mail address: the person is answered as the request came
	codeByHandAddr = "by_hand_to"    // staff, and not the person, wrote the e-mail address down
	paperDomain    = "paper.invalid" // RFC 2606: no such domain can be
)

// MaxPaper bounds the scans of one paper, in bytes.
const MaxPaper = 30 << 20

// Paper is a request that came by post, courier, over the counter or by
// telephone.
type Paper struct {
	Via       store.Via
	Kinds     []rules.Kind
	Received  Receipt
	Why       string // needed for a receipt over a year back
	Name      string // of the person
	Email     string // where the person wants to be answered; "": nowhere
	Send      bool   // the acknowledgement to Email goes out at once, not only after a release
	Text      string // what it says, in the words of the paper or of the call
	Documents bool   // the documents that prove the new data came with it
	Files     []mailbox.File
}

// RegisterPaper registers what is no e-mail. A letter is put together from what
// is known, with the scans attached, and kept as every letter is.
func (d *Desk) RegisterPaper(ctx context.Context, p Paper, a Actor) (Registered, error) {
	if err := d.checkPaper(p); err != nil {
		return Registered{}, err
	}
	ad, err := d.paperAdmission(ctx, p, a)
	if err != nil {
		return Registered{}, err
	}
	raw, err := d.composePaper(p, ad.Letter, a)
	if err != nil {
		return Registered{}, err
	}
	spool := d.Store.Spool()
	defer spool.Discard()
	if _, err := spool.Write(raw); err != nil {
		return Registered{}, err
	}
	ad.Raw, ad.Letter.Size, ad.Letter.RawSHA256 = spool, spool.Size(), spool.SHA256()
	ad.Letter.Attachments = filesOf(mailbox.Parse(bytes.NewReader(raw)))
	done, err := d.Store.Admit(ctx, ad, d.Now())
	if err != nil {
		return Registered{}, fmt.Errorf("register paper: %w", err)
	}
	for _, n := range done.Numbers {
		d.Log.InfoContext(ctx, "request registered by hand", "number", n)
	}
	return Registered{Numbers: done.Numbers}, nil
}

// checkPaper refuses what lacks something or cannot be.
func (d *Desk) checkPaper(p Paper) error {
	if !p.Via.Paper() || len(p.Kinds) == 0 || p.Received.Day.IsZero() || strings.TrimSpace(p.Name) == "" {
		return refused("incomplete")
	}
	if err := d.confirmable(p.Kinds); err != nil {
		return err
	}
	if p.Email != "" && (!isMailbox(p.Email) || d.Operator.Own.Is(p.Email)) {
		return &store.About{What: p.Email, Err: ErrAddress}
	}
	if utf8.RuneCountInString(p.Name) > 200 || strings.ContainsFunc(p.Name, isControl) {
		return refused("name")
	}
	total := 0
	for _, f := range p.Files {
		if len(f.Data) == 0 {
			return refused("empty_file", f.Name)
		}
		if f.Name == "" || strings.ContainsFunc(f.Name, isControl) {
			return refused("file_name")
		}
		if total += len(f.Data); total > MaxPaper {
			return refused("large_files", fmt.Sprint(MaxPaper>>20))
		}
	}
	return d.receivable(p.Received, p.Why)
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }

// paperAdmission is the admission of a paper, without the bytes of the letter.
func (d *Desk) paperAdmission(ctx context.Context, p Paper, a Actor) (store.Admission, error) {
	ci := rules.Circumstances{}
	if p.Documents {
		ci.Documents = p.Received.Day
	}
	ad := d.newAdmission(a.String(), nil)
	if err := d.demand(ctx, &ad, rules.Finding{Verdict: rules.Request, Kinds: p.Kinds}, p.Received.Day, ci); err != nil {
		return ad, err
	}
	ad.ByHand = &store.ByHand{Via: p.Via, Why: p.Why}
	ad.Letter = store.Letter{
		Via: p.Via, ReceivedAt: d.instantOf(p.Received), Trust: rules.TrustNone, Verdict: rules.Request, ReasonCode: codeByHand,
		Language: d.languageIn(p.Text), FromName: strings.TrimSpace(p.Name), FromAddr: p.Email, Text: strings.TrimSpace(p.Text),
	}
	var err error
	if ad.Possibly, err = d.samePerson(ctx, p); err != nil {
		return ad, err
	}
	ad.Ack, ad.Letter.AnswerCode, err = d.paperAck(ctx, p, ad.Letter)
	return ad, err
}

// languageIn is the language of a text, "" where it cannot be told.
func (d *Desk) languageIn(text string) rules.Lang {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return d.Policy.Classify(rules.Facts{Text: text, From: []rules.Address{{Addr: "person@" + paperDomain}}}, d.Operator.Own).Language
}

// samePerson lists the open requests that the paper may belong to: those of its
// address, and those of a person of exactly this name.
func (d *Desk) samePerson(ctx context.Context, p Paper) ([]string, error) {
	var numbers []string
	byAddr, err := d.Store.BriefsFrom(ctx, fold(p.Email), d.Now().Add(-possiblySpan), possiblyLetters)
	if err != nil {
		return nil, err
	}
	for _, r := range byAddr {
		if !r.Status.Closed() {
			numbers = append(numbers, r.Number)
		}
	}
	byName, err := d.Store.Requests(ctx, store.Filter{From: p.Name})
	if err != nil {
		return nil, err
	}
	for _, r := range byName {
		if len(r.Letters) > 0 && fold(r.Letters[0].FromName) == fold(p.Name) && !slices.Contains(numbers, r.Number) {
			numbers = append(numbers, r.Number)
		}
	}
	return numbers, nil
}

// paperAck is the acknowledgement of a paper. Without an address there is none. With one it
// is held, since staff wrote the address down and not the person; if the actor asked for it
// to be sent, it is treated as any other acknowledgement.
func (d *Desk) paperAck(ctx context.Context, p Paper, l store.Letter) (*store.NewMail, string, error) {
	switch {
	case p.Email == "":
		return nil, codeNoAddress, nil
	case !d.Acknowledge.Enabled:
		return nil, codeDisabled, nil
	}
	f := rules.Facts{From: []rules.Address{{Addr: p.Email}}}
	hold := rules.Reason{}
	if !p.Send {
		hold.Code = codeByHandAddr
	}
	return d.ackMail(ctx, f, hold, newAck{template: letterAcknowledgement, letter: l, kinds: p.Kinds})
}

// SubjectOf is the subject of a letter of a request of this kind. What came on
// paper or by telephone has none: that it came, and how, stands in its place, in
// the language of whoever reads it.
func (d *Desk) SubjectOf(l store.Letter, kind rules.Kind, lang rules.Lang) string {
	if l.Subject != "" || !l.Via.Paper() {
		return l.Subject
	}
	name := ""
	if kind != "" {
		name = d.KindName(kind, lang)
	}
	return d.Words.T(string(lang), "register.subject."+string(l.Via), name)
}

func (d *Desk) staffLanguage() rules.Lang { return cmp.Or(d.Language, rules.RU) }

// composePaper makes a letter of a paper: its text, who took it in, and the scans. Where no
// address is known, that in From is under a domain that cannot exist, so that it is
// nobody's.
func (d *Desk) composePaper(p Paper, l store.Letter, a Actor) ([]byte, error) {
	lang := string(d.staffLanguage())
	body := d.Words.T(lang, "register.body."+string(p.Via), templates.Date(lang, p.Received.Day.Time()), l.FromName, a.String())
	if l.Text != "" {
		body += "\n\n" + l.Text
	}
	id := make([]byte, 12)
	rand.Read(id)
	raw, err := mailbox.Compose(mailbox.Letter{
		From:    mailbox.Address{Name: l.FromName, Addr: cmp.Or(p.Email, "no-address@"+paperDomain)},
		To:      mailbox.Address{Addr: d.Operator.Address},
		Subject: d.SubjectOf(l, p.Kinds[0], d.staffLanguage()), Body: body + "\n", Date: d.Now().In(d.Zone),
		MessageID: fmt.Sprintf("<%s.%x@%s>", p.Via, id, paperDomain), Attachments: p.Files,
	})
	if err != nil {
		return nil, fmt.Errorf("put paper together: %w", err)
	}
	return raw, nil
}
