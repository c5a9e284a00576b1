package desk

import (
	"context"
	"encoding/json"
	"time"

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

// Unfiled is how many letters the server did not let be filed when it was asked last.
func (d *Desk) Unfiled(ctx context.Context) (int, error) {
	err := d.learnResting(ctx)
	return len(d.filed.resting), err
}

// rest puts a letter to rest.
func (p *filingPass) rest(ctx context.Context, folder string, l store.Unfiled, why error) {
	hours := min(max(2*p.filed.resting[l.LetterID].Hours, 1), longestRest)
	p.filed.resting[l.LetterID] = rest{p.Now().Add(time.Duration(hours) * time.Hour), hours}
	p.Log.WarnContext(ctx, "a letter is not filed, it stays where it is", "folder", folder, "uid", l.UID, "hours", hours, "error", why)
}

// keepResting writes down which letters rest. Where there are many, those whose rest is over
// are forgotten.
func (d *Desk) keepResting(ctx context.Context) error {
	all := d.filed.resting
	for id, r := range all {
		if len(all) > mostResting && r.Next.Before(d.Now()) {
			delete(all, id)
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return d.Store.SetMeta(ctx, store.MetaUnfiled, string(text))
}
