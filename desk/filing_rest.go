package desk

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"license.kz/pometka/mailbox"
	"license.kz/pometka/store"
)

// A letter that the server does not let be filed lies where it lay, and rests: it is tried
// again an hour later, then after two, at last once a day. The register keeps that, for
// whoever lets the program make one pass a minute. The others are filed meanwhile.

// resting are such letters, by their ids in the register.
type resting map[int64]rest

type rest struct {
	Next  time.Time
	Hours int // before it
}

const (
	longestRest = 24 // hours
	mostResting = 1000
)

func (d *Desk) learnResting(ctx context.Context) error {
	if d.filed.resting != nil {
		return nil
	}
	text, err := d.Store.Meta(ctx, store.MetaUnfiled)
	if err != nil {
		return err
	}
	d.filed.resting = resting{}
	_ = json.Unmarshal([]byte(text), &d.filed.resting) // "": there are none
	return nil
}

// rest puts the letters to rest that were refused, and wakes those that were not.
func (p *filingPass) rest(ctx context.Context, folder string, letters []store.Unfiled, filed mailbox.Filed) error {
	all, changed := p.filed.resting, false
	for _, l := range letters {
		why := refusalOf(filed.Refused, l.UID)
		was, rested := all[l.LetterID]
		switch {
		case why != nil:
			hours := min(max(2*was.Hours, 1), longestRest)
			all[l.LetterID] = rest{p.Now().Add(time.Duration(hours) * time.Hour), hours}
			p.Log.WarnContext(ctx, "a letter is not filed, it stays where it is", "folder", folder, "uid", l.UID, "hours", hours, "error", why)
			changed = true
		case rested && (slices.Contains(filed.Done, l.UID) || slices.Contains(filed.Gone, l.UID)):
			delete(all, l.LetterID)
			changed = true
		}
	}
	if !changed {
		return nil
	}
	for id, r := range all {
		if len(all) > mostResting && r.Next.Before(p.Now()) {
			delete(all, id)
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return p.Store.SetMeta(ctx, store.MetaUnfiled, string(text))
}

func refusalOf(refused []mailbox.Refusal, uid uint32) error {
	for _, r := range refused {
		if r.UID == uid {
			return r.Why
		}
	}
	return nil
}
