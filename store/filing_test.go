package store

import (
	"context"
	"slices"
	"testing"
)

// What was moved or taken out of the folder is not filed again in any way; what bears the
// keyword may still be moved.
func TestUnfiled(t *testing.T) {
	ctx, db := context.Background(), open(t)
	ids := map[string]int64{}
	for i, filed := range []string{"", FiledKeyword, FiledMove, FiledGone} {
		ids[filed] = must[Admitted](t)(db.Admit(ctx, admission(t, db, uint32(i+1)), t0)).LetterID
		if filed != "" {
			ok(t, db.SetFiled(ctx, []int64{ids[filed]}, filed, t0))
		}
	}
	for how, want := range map[string][]int64{FiledKeyword: {ids[""]}, FiledMove: {ids[""], ids[FiledKeyword]}} {
		var got []int64
		for _, u := range must[[]Unfiled](t)(db.Unfiled(ctx, "INBOX", 7, how, true, 10)) {
			got = append(got, u.LetterID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: letters %v, want %v of %v", how, got, want, ids)
		}
	}
}
