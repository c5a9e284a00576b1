package templates

// What the templates ask of their data beside its fields: each by the name of
// the method that answers.

func (r AckRequest) words() map[string]any { return map[string]any{"ProofDays": r.ProofDays} }

func (d AckDate) words() map[string]any {
	return map[string]any{"Policy": d.Policy, "Law": d.Law, "Consumer": d.Consumer, "WorkedBy": d.WorkedBy}
}

func (a Acknowledgement) words() map[string]any {
	return map[string]any{"Names": a.Names, "Brief": a.Brief, "Terse": a.Terse, "Curt": a.Curt, "Provisional": a.Provisional, "ProvisionalFrom": a.ProvisionalFrom}
}

func (d Done) words() map[string]any { return map[string]any{"Bare": d.Bare} }

func (l ReminderLine) words() map[string]any {
	return map[string]any{"Short": l.Short}
}

func (m DigestMove) words() map[string]any { return map[string]any{"Short": m.Short} }
