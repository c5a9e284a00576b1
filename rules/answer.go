package rules

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// MayAnswer says whether a machine may acknowledge a letter, and by which
// sign not. It asks the header and the sender alone, never whether the letter
// is a request: a person's request in a robot's clothing is registered all the
// same. What forbids an answer is found before what holds it for a person. The
// reason is the zero Reason where the answer may be sent.
//
// The rules are those of RFC 3834 sections 2 and 3, RFC 5230 section 4.6 and
// of practice; the constants tell which code is which.
func (p *Policy) MayAnswer(f Facts, own Own, t Trust) (Answer, Reason) {
	p.recognise()
	line := parseSubject(f.Subject)
	if r := neverAnswer(&f, own, line); r.Code != "" {
		return AnswerNever, r
	}
	if r := p.holdAnswer(&f, own, line, t); r.Code != "" {
		return AnswerHold, r
	}
	return AnswerSend, Reason{}
}

// NeverAnswer returns the sign by which no machine may ever answer the letter, or
// the zero Reason: what MayAnswer looks at first, and it costs a tenth of that.
func NeverAnswer(f Facts, own Own) Reason {
	return neverAnswer(&f, own, parseSubject(f.Subject))
}

func because(code string, args ...string) Reason { return Reason{Code: code, Args: args} }

// neverAnswer looks for the signs A1 to A12.
func neverAnswer(f *Facts, own Own, line subjectLine) Reason {
	if f.ReturnPath != nil && strings.Trim(*f.ReturnPath, "<> ") == "" {
		return because(NeverNullPath)
	}
	if !anyUsable(f.From) {
		return because(NeverNoAddress)
	}
	if v := f.autoSubmitted(); v != "" {
		return because(NeverAuto, v)
	}
	if f.ContentType == "multipart/report" {
		return because(NeverReport, f.ContentType)
	}
	if v := f.hasPart(reportTypes...); v != "" {
		return because(NeverReport, v)
	}
	if f.field("x-failed-recipients") != "" {
		return because(NeverReport, "x-failed-recipients")
	}
	if r := neverSender(f, own, line); r.Code != "" {
		return r
	}
	if v := f.loopSign(own); v != "" {
		return because(NeverLoop, v)
	}
	if id := f.field("message-id"); own.Domain != "" && strings.HasSuffix(AddressKey(strings.Trim(id, "<> ")), "@"+strings.ToLower(own.Domain)) && f.fromAny(own.Is) == "" {
		return because(NeverLoop, "message-id")
	}
	if v := f.loopField(own); v != "" {
		return because(NeverLoopField, v)
	}
	if v := f.precedence(); v != "" && v != "list" {
		return because(NeverPrecedence, v)
	}
	if v := f.spam(); v == beyondDoubt {
		return because(NeverSpam)
	}
	if f.Received > mostHops {
		return because(NeverHops, strconv.Itoa(f.Received))
	}
	return Reason{}
}

// mostHops is the number of Received fields above which a letter has gone in
// circles.
const mostHops = 25

// neverSender looks for system addresses and for our own. A form of our own
// writes for a person, and a letter that staff passes on holds one: both wait
// for a person.
func neverSender(f *Facts, own Own, line subjectLine) Reason {
	form := f.fromAny(own.IsForm) != ""
	if a := f.fromAny(own.Is); a != "" && !form && !f.passesOn(line) {
		return because(NeverOwn, a)
	}
	if form {
		return Reason{}
	}
	for _, list := range [][]Address{f.From, f.ReplyTo} {
		for _, a := range list {
			if robotLocal(a.Addr) {
				return because(NeverRobotAddress, a.Addr)
			}
		}
	}
	if f.ReturnPath != nil && robotLocal(*f.ReturnPath) {
		return because(NeverRobotAddress, *f.ReturnPath)
	}
	return Reason{}
}

// passesOn reports whether the letter passes another one on.
func (f *Facts) passesOn(line subjectLine) bool {
	return line.forward || len(f.Forwarded) > 0 || separate(f.Text, line.forward).forwarded != ""
}

func anyUsable(list []Address) bool {
	for _, a := range list {
		if usableAddress(a.Addr) {
			return true
		}
	}
	return false
}

// usableAddress reports whether mail can be sent to the address as it is
// written. It looks at the form alone.
func usableAddress(a string) bool {
	local, domain, ok := strings.Cut(a, "@")
	if !ok || len(local) > 64 || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(a, "..") {
		return false
	}
	if _, err := netip.ParseAddr(domain); err == nil {
		return false
	}
	return plainAddress(a) && !strings.HasPrefix(domain, ".") && !strings.HasPrefix(domain, "-")
}

// holdAnswer looks for the signs H1 to H9.
func (p *Policy) holdAnswer(f *Facts, own Own, line subjectLine, t Trust) Reason {
	if v := f.listField(); v != "" {
		return because(HoldList, v)
	}
	if f.precedence() == "list" {
		return because(HoldList, "precedence: list")
	}
	for _, v := range f.Fields["x-auto-response-suppress"] {
		for w := range strings.FieldsFuncSeq(strings.ToLower(v), func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
			if w == "all" || w == "autoreply" || w == "oof" {
				return because(HoldSuppress, w)
			}
		}
	}
	if !f.addressed(own) {
		return because(HoldNotAddressed)
	}
	if r := holdSender(f, own, t); r.Code != "" {
		return r
	}
	if t == TrustFailed {
		return because(HoldFailed)
	}
	if f.spam() == likely {
		return because(HoldFailed, "spam")
	}
	if line.automatic || p.absent(f, line) {
		return because(HoldAbsence)
	}
	if sign := p.notice(f, line); sign != "" {
		return because(HoldNotice, sign)
	}
	if slices.Contains(f.Troubles, "header-long") { // the field of a robot may stand in what was cut off
		return because(HoldNotice, "header-long")
	}
	return Reason{}
}

// holdSender looks for senders that do not agree with each other, for staff
// that passes a letter on, and for From fields that are not one plain address.
func holdSender(f *Facts, own Own, t Trust) Reason {
	if a := f.fromAny(own.IsForm); a != "" {
		return because(HoldDisagree, a)
	}
	if a := f.fromAny(own.Is); a != "" {
		return because(HoldStaffForward, a)
	}
	if len(f.From) > 1 {
		return because(HoldDisagree, f.From[0].Addr, f.From[1].Addr)
	}
	if !usableAddress(f.From[0].Addr) {
		return because(HoldNotPlain)
	}
	from := organisation(f.From[0].Addr)
	for _, a := range f.ReplyTo {
		if a.Addr != "" && organisation(a.Addr) != from {
			return because(HoldDisagree, f.From[0].Addr, a.Addr)
		}
	}
	if t == TrustVerified {
		return Reason{} // the domain in From vouches for the letter, whoever carried it
	}
	for _, a := range f.Sender {
		if a.Addr != "" && organisation(a.Addr) != from {
			return because(HoldDisagree, f.From[0].Addr, a.Addr)
		}
	}
	if f.ReturnPath != nil && organisation(strings.Trim(*f.ReturnPath, "<> ")) != from {
		return because(HoldDisagree, f.From[0].Addr, *f.ReturnPath)
	}
	return Reason{}
}

// organisation returns the domain of an address down to the part that somebody
// registers: two labels, three under such as com.kz. It knows no list of
// public suffixes; at worst two customers of one provider look alike.
func organisation(addr string) string {
	_, domain, _ := strings.Cut(AddressKey(addr), "@")
	labels := strings.Split(strings.TrimSuffix(domain, "."), ".")
	n := 2
	if l := len(labels); l >= 3 && len(labels[l-1]) == 2 && len(labels[l-2]) <= 3 {
		n = 3
	}
	return strings.Join(labels[max(0, len(labels)-n):], ".")
}

// addressed reports whether one of our addresses is among the recipients.
func (f *Facts) addressed(own Own) bool {
	for _, list := range [][]Address{f.To, f.Cc} {
		for _, a := range list {
			if own.Is(a.Addr) {
				return true
			}
		}
	}
	for _, name := range []string{"to", "cc", "resent-to", "resent-cc"} {
		for _, v := range f.Fields[name] {
			for w := range strings.FieldsFuncSeq(strings.ToLower(v), func(r rune) bool { return strings.ContainsRune(" \t<>,;:\"'()", r) }) {
				if strings.Contains(w, "@") && own.Is(w) {
					return true
				}
			}
		}
	}
	return false
}

// doubt says how likely our own server holds a letter for spam.
type doubt int

const (
	none doubt = iota
	likely
	beyondDoubt
)

// surelySpam is the spam score from which on nobody wrote the letter.
const surelySpam = 15.0

// spam reads what spam and virus filters usually write into the header. A
// sender who forges these fields only silences the answer to himself.
func (f *Facts) spam() doubt {
	for _, name := range []string{"x-virus-status", "x-virus-result", "x-clamav-result"} {
		v := strings.ToLower(f.field(name))
		if strings.HasPrefix(v, "infected") || strings.HasPrefix(v, "yes") || strings.HasPrefix(v, "virus") {
			return beyondDoubt
		}
	}
	for _, name := range []string{"x-spam-score", "x-rspamd-score"} {
		word, _, _ := strings.Cut(strings.TrimSpace(f.field(name)), " ")
		if n, err := strconv.ParseFloat(word, 64); err == nil && n >= surelySpam {
			return beyondDoubt
		}
	}
	flag := strings.ToLower(strings.TrimSpace(f.field("x-spam-flag")))
	status := strings.ToLower(strings.TrimSpace(f.field("x-spam-status")))
	action := strings.ToLower(strings.TrimSpace(f.field("x-rspamd-action")))
	switch {
	case action == "reject":
		return beyondDoubt
	case flag == "yes" || strings.HasPrefix(status, "yes") || action == "add header" || action == "rewrite subject":
		return likely
	}
	return none
}
