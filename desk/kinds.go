package desk

import (
	"context"
	"errors"
	"slices"

	"license.kz/pometka/rules"
)

// KeepKinds makes the desk know the kinds of requests that are in the register, but in
// the policy no longer, as the edition of their receipt defines them: they are named,
// answered and closed as they would have been. It returns those kinds, and whether a
// request of one is not closed. Nothing new is recognised as one of them.
func (d *Desk) KeepKinds(ctx context.Context) (kept []rules.Kind, open bool, err error) {
	var known []rules.Kind
	for _, k := range d.Policy.Kinds {
		known = append(known, k.ID)
	}
	strange, err := d.Store.StrangeKinds(ctx, known, d.Policy.Digest)
	if err != nil || len(strange) == 0 {
		return nil, false, err
	}
	p := *d.Policy
	p.Kinds = slices.Clone(p.Kinds)
	for _, s := range strange {
		kept, open = append(kept, s.Kind), open || s.Open
		old, err := d.policyOf(ctx, s.Policy)
		if errors.Is(err, ErrPolicy) {
			continue
		} else if err != nil {
			return nil, false, err
		}
		if rule, ok := old.Kind(s.Kind); ok {
			p.Kinds = append(p.Kinds, *rule)
			p.Kinds[len(p.Kinds)-1].Former = true
		}
	}
	d.Policy = &p
	return kept, open, nil
}
