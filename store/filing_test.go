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
			ok(t, db.SetFiled(ctx, []int64{ids[filed]}, Filing{How: filed}, t0))
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

// A letter that was moved is found where the server said that it put it, and by the folder
// alone where it did not say.
func TestFiledTo(t *testing.T) {
	ctx, db := context.Background(), open(t)
	var ids []int64
	for uid := range uint32(3) {
		ids = append(ids, must[Admitted](t)(db.Admit(ctx, admission(t, db, uid+1), t0)).LetterID)
	}
	ok(t, db.SetFiled(ctx, ids[:2], Filing{How: FiledMove, Folder: "Pometka", UIDValidity: 9, UIDs: map[int64]uint32{ids[0]: 71}}, t0))
	want := []Place{{"Pometka", 9, 71}, {"Pometka", 0, 0}, {}}
	for i, q := range must[[]Request](t)(db.Requests(ctx, Filter{All: true})) {
		if l := q.Letters[0]; l.Filed != want[l.Place.UID-1] || l.Place.Folder != "INBOX" {
			t.Errorf("request %d: %+v lies in %+v", i, l.Place, l.Filed)
		}
	}
	for validity, want := range map[uint32][]uint32{9: {71}, 8: nil, 0: nil} {
		var got []uint32
		ok(t, db.EachPlace(ctx, "Pometka", 7, validity, 70, 72, func(uid uint32) error {
			got = append(got, uid)
			return nil
		}))
		if !slices.Equal(got, want) {
			t.Errorf("under the UIDVALIDITY %d: %v, want %v", validity, got, want)
		}
	}
	if breaks := must[[]Break](t)(db.Verify(ctx)); len(breaks) > 0 {
		t.Errorf("history: %v", breaks)
	}
}
