package rules

import (
	"slices"
	"strconv"
	"strings"
	"sync"
)

// policy builds the Policy out of the raw file. The order of the checks is
// the order of the file.
func (b *policyReader) policy(raw *rawPolicy) *Policy {
	p := &Policy{
		Name: raw.Policy, Drafts: raw.Drafts,
		ReviewTarget: raw.Review.Target, ReviewName: raw.Review.Name, TargetBasis: raw.Target,
	}
	if p.Name == "" {
		b.fail(path{"policy"}, "missing", "policy")
	}
	p.Edition = b.date(path{"edition"}, raw.Edition, true)
	for l := range p.Drafts {
		if l != RU && l != KK && l != EN {
			b.fail(path{"drafts", string(l)}, "want", "drafts", string(l), "ru, kk, en")
		}
	}
	p.Operator = b.operator(raw.Operator)
	if p.ReviewTarget < 1 {
		b.fail(path{"review", "target"}, "want", "review.target", strconv.Itoa(p.ReviewTarget), WantNumber, "1", mostDaysText)
	}
	for i := range raw.Kinds {
		p.Kinds = append(p.Kinds, b.kind(path{"kinds", i}, &raw.Kinds[i], raw.Kinds[:i]))
	}
	if len(raw.Kinds) == 0 {
		b.fail(path{"kinds"}, "missing", "kinds")
	}
	for i, pair := range raw.Together {
		b.together(p, path{"together", i}, pair)
	}
	p.recognition = &recognition{recognise: sync.OnceFunc(func() { b.recognition(p, raw) })}
	return p
}

func (b *policyReader) operator(raw rawOperator) Operator {
	at := path{"operator"}
	if b.lang = raw.Name.language(); b.lang == "" {
		b.lang = RU
		b.fail(at.with("name"), "missing", "operator.name")
	}
	if !plainAddress(raw.Address) {
		b.fail(at.with("address"), "want", "operator.address", raw.Address, WantAddress)
	}
	for i, f := range raw.Forms {
		if !plainAddress(f) {
			b.fail(at.with("forms", i), "want", "operator.forms", f, WantAddress)
		}
	}
	if raw.BIN != "" && !validBIN(raw.BIN) {
		b.fail(at.with("bin"), "want", "operator.bin", raw.BIN, WantBIN)
	}
	return Operator(raw)
}

func (b *policyReader) together(p *Policy, at path, pair []Kind) {
	if len(pair) != 2 || pair[0] == pair[1] {
		b.fail(at, "want", "together", "", "[consent_withdrawal, erasure]")
		return
	}
	for _, k := range pair {
		if _, ok := p.Kind(k); !ok {
			b.fail(at, "unknown", "together", string(k))
		}
	}
	p.Together = append(p.Together, [2]Kind{pair[0], pair[1]})
}

var reID = lazily(`^[a-z][a-z0-9_]*$`)

func (b *policyReader) kind(at path, raw *rawKind, before []rawKind) KindRule {
	k := KindRule{
		ID: raw.ID, Name: raw.Name, Formal: raw.Formal, Will: raw.Will, Clause: raw.Clause,
		ByPerson: raw.Register == "person", Claim: raw.Claim, PassedOn: raw.PassedOn, Suppress: raw.Suppress,
	}
	if !reID.MatchString(string(raw.ID)) {
		b.fail(at.with("id"), "want", "id", string(raw.ID), WantID)
	}
	if slices.ContainsFunc(before, func(o rawKind) bool { return o.ID == raw.ID }) {
		b.fail(at.with("id"), "twice", "id", string(raw.ID))
	}
	b.oneOf(at, "register", raw.Register, "machine", "person")
	b.text(at.with("name"), "name", raw.Name)
	b.text(at.with("formal"), "formal", raw.Formal)
	b.text(at.with("will"), "will", raw.Will)
	b.text(at.with("clause"), "clause", raw.Clause)
	for i, m := range raw.Marks {
		if strings.TrimSpace(m.Text) == "" {
			b.fail(at.with("marks", i), "missing", "marks")
		}
		k.Marks = append(k.Marks, Mark(m))
	}
	for i := range raw.Terms {
		k.Terms = append(k.Terms, b.term(at.with("terms", i), &raw.Terms[i], raw.Terms[:i]))
	}
	for i, s := range raw.Steps {
		if !reID.MatchString(s.ID) {
			b.fail(at.with("steps", i), "want", "id", s.ID, WantID)
		}
		if slices.ContainsFunc(raw.Steps[:i], func(o rawStep) bool { return o.ID == s.ID }) {
			b.fail(at.with("steps", i), "twice", "id", s.ID)
		}
		b.text(at.with("steps", i, "text"), "text", s.Text)
		k.Steps = append(k.Steps, Step(s))
	}
	return k
}

func (b *policyReader) term(at path, raw *rawTerm, before []rawTerm) Term {
	t := Term{
		ID: raw.ID, Name: raw.Name, Source: raw.Source, Days: raw.Days, Unit: raw.Unit, Basis: raw.Basis,
		Condition: raw.Condition, Until: raw.Until, Waiting: raw.Waiting, Named: raw.Named, CheckedBy: raw.CheckedBy,
	}
	b.oneOf(at, "id", raw.ID, "policy", "law", "consumer", "target")
	b.oneOf(at, "source", string(raw.Source), string(SourcePolicy), string(SourceLaw), string(SourceTarget))
	b.oneOf(at, "unit", string(raw.Unit), string(WorkingDays), string(CalendarDays))
	b.oneOf(at, "condition", raw.Condition, "", ConditionConsumer, ConditionDocuments)
	b.oneOf(at, "until", raw.Until, "", ConditionDocuments)
	b.oneOf(at, "waiting", raw.Waiting, "runs", "stops", "restarts")
	b.text(at.with("name"), "name", raw.Name)
	b.text(at.with("basis"), "basis", raw.Basis)
	if raw.Days < 1 || raw.Days > mostDays {
		b.fail(at.with("days"), "want", "days", strconv.Itoa(raw.Days), WantNumber, "1", mostDaysText)
	}
	if raw.Source == SourceTarget && raw.Named {
		b.fail(at.with("named"), "named")
	}
	t.ValidFrom = b.date(at.with("from"), raw.From, false)
	t.ValidTo = b.date(at.with("to"), raw.To, false)
	if !t.ValidTo.IsZero() && t.ValidTo.Before(t.ValidFrom) {
		b.fail(at.with("to"), "from_to", raw.From, raw.To)
	}
	t.Checked = b.date(at.with("checked"), raw.Checked, false)
	if t.Checked.IsZero() != (raw.CheckedBy == "") {
		b.fail(at.with("checked"), "checked")
	}
	for _, o := range before {
		if o.ID == raw.ID && overlap(o, *raw) {
			b.fail(at.with("id"), "twice", "id", raw.ID)
		}
	}
	return t
}

// mostDays is the longest term.
const (
	mostDays     = 366
	mostDaysText = "366"
)

// overlap reports whether two terms can hold for one day of receipt. Dates in
// the file are YYYY-MM-DD, so their texts compare as the days do.
func overlap(a, b rawTerm) bool {
	return (a.To == "" || b.From <= a.To) && (b.To == "" || a.From <= b.To)
}

func (b *policyReader) oneOf(at path, key, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		want := strings.Join(slices.DeleteFunc(slices.Clone(allowed), func(s string) bool { return s == "" }), ", ")
		b.fail(at.with(key), "want", key, value, want)
	}
}

// text wants a text in the policy's own language.
func (b *policyReader) text(at path, key string, t Text) {
	if strings.TrimSpace(t.only(b.lang)) == "" {
		b.fail(at, "text", key, string(b.lang))
	}
}

func (b *policyReader) date(at path, s string, must bool) Date {
	if s == "" && !must {
		return Date{}
	}
	d, err := ParseDate(s)
	if err != nil {
		b.fail(at, "want", at.key(), s, WantDay)
	}
	return d
}

var reAddress = lazily(`^[^\s@<>",;:()\[\]\\]+@[^\s@<>",;:()\[\]\\]+\.[^\s@<>",;:()\[\]\\.]+$`)

// plainAddress reports whether s is one mail address and nothing else. It
// looks at the form alone and knows no list of domains.
func plainAddress(s string) bool { return len(s) <= 254 && reAddress.MatchString(s) }

// validBIN checks the control digit of a business identification number: the
// weighted sum of the first eleven digits modulo 11, a second time with other
// weights where the first gives 10.
func validBIN(s string) bool {
	if len(s) != 12 || strings.Trim(s, "0123456789") != "" {
		return false
	}
	sum := func(first int) (n int) {
		for i := range 11 {
			n += int(s[i]-'0') * ((i+first-1)%11 + 1)
		}
		return n % 11
	}
	c := sum(1)
	if c == 10 {
		c = sum(3)
	}
	return c == int(s[11]-'0')
}
