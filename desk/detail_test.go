package desk

import (
	"encoding/json"
	"strings"
	"testing"

	"license.kz/pometka/store"
)

// What the history keeps of each act beside what changed by it: the bytes of "more", without
// the count of the dates.
const detailsTable = `
take: taken {"after":"aigul","before":""}
set: set {"trace":…,"why":""}
set documents: set {"trace":…,"why":""}
set received: set {"trace":…,"why":"лежало"}
note: noted {"note":"позвонить"}
confirm: confirmed {"after":["data_correction"],"before":["consent_withdrawal","claim"],"trace":…}
confirm: dropped
confirm: queued
set kind: set {"trace":…,"why":"претензия"}
answer: answered {"template":""}
answer: queued
answer documents: answered {"for":"documents","template":"documents","trace":…}
answer documents: queued
resume: resumed {"trace":…}
wait: waiting {"for":"documents","trace":…}
letter: joined {"by_hand":{"via":"file"},"letter":2,"trace":…}
close done: closed {"after":"done","before":"open","steps":[{"id":"consumer","done":true},{"id":"examined","done":true},{"id":"signed","done":true},{"id":"answered","done":true}],"why":"так решено"}
reopen: reopened {"after":"open","before":"done","trace":…,"why":"не всё"}
close refused: closed {"after":"refused","before":"open","steps":[{"id":"consumer","done":true},{"id":"examined","done":true},{"id":"signed","done":true},{"id":"answered","done":true}],"why":"так решено"}
letter with file: joined {"by_hand":{"via":"file"},"letter":3,"trace":…}
confirm two: confirmed {"after":["opt_out","claim"],"before":["consent_withdrawal","claim"],"trace":…}
confirm two: dropped
confirm two: queued
assign: assigned {"after":"aigul","before":""}
wait: waiting {"for":"documents","trace":…}
close done: closed {"after":"done","before":"waiting","steps":[{"id":"suppressed","done":true},{"id":"contractors","done":true},{"id":"answered","done":true}],"trace":…,"why":"так решено"}
letter: joined {"by_hand":{"via":"file"},"letter":5,"trace":…}
answer done: closed {"after":"done","before":"open","steps":[{"id":"suppressed","done":true},{"id":"contractors","done":true},{"id":"answered","done":true}],"why":"сделано"}
answer done: queued
dismiss: dismissed {"why":"реклама"}
dismiss: dropped
reopen: reopened {"after":"review","before":"dismissed","trace":…,"why":"не всё"}
gets letters: linked {"from":"LK-2026-000006"}
reopen: reopened {"after":"open","before":"done","trace":…,"why":"не всё"}
gives letters: linked_to {"to":"LK-2026-000008"}
reopen: reopened {"after":"open","before":"done","trace":…,"why":"не всё"}
set documents: set {"trace":…,"why":""}
recompute: recomputed {"cause":"calendar","trace":…}
letter: joined {"by_hand":{"via":"file"},"letter":13}
`

// moreOf are the bytes of "more", with the count of the dates cut out; "" if there is none.
func moreOf(t *testing.T, e store.Event) string {
	t.Helper()
	var detail struct {
		More json.RawMessage `json:"more"`
	}
	var more struct {
		Trace json.RawMessage `json:"trace"`
	}
	if e.Detail == "" {
		return ""
	}
	if err := json.Unmarshal([]byte(e.Detail), &detail); err != nil {
		t.Fatal(err)
	}
	if detail.More == nil {
		return ""
	}
	if err := json.Unmarshal(detail.More, &more); err != nil {
		t.Fatal(err)
	}
	if more.Trace == nil {
		return string(detail.More)
	}
	return strings.Replace(string(detail.More), string(more.Trace), "…", 1)
}

// The bytes of a detail are part of the history for good, so no act may come to tell of
// itself in another form.
func TestDetailBytes(t *testing.T) {
	t.Parallel()
	r := newActed(t)
	var lines []string
	for _, c := range []struct {
		status store.Status
		acts   string
	}{
		{store.StatusReview, "take,set,set documents,set received,note,confirm,set kind,answer,answer documents,resume,wait,letter,close done,reopen,close refused,letter with file"},
		{store.StatusReview, "confirm two,assign,wait,close done,letter,answer done"}, {store.StatusReview, "dismiss,reopen"}, {store.StatusOpen, "gets letters"},
		{store.StatusDone, "reopen,gives letters,reopen"}, {store.StatusWaiting, "set documents,recompute"}, {store.StatusReview, "letter,release"},
	} {
		n := r.in(c.status)
		seen := len(r.history(n))
		for _, name := range strings.Split(c.acts, ",") {
			if err := acts[name](r, n); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, e := range r.history(n)[seen:] {
				lines = append(lines, strings.TrimSpace(name+": "+e.Code+" "+moreOf(t, e)))
				seen++
			}
		}
	}
	wants := strings.Split(strings.TrimSpace(detailsTable), "\n")
	if len(lines) != len(wants) {
		t.Fatalf("%d events, want %d", len(lines), len(wants))
	}
	for i, want := range wants {
		if lines[i] != want {
			t.Errorf("%s\nwant\n%s", lines[i], want)
		}
	}
}

func (r *acted) history(n string) []store.Event {
	r.t.Helper()
	h, err := r.Store.History(r.ctx(), n)
	if err != nil {
		r.t.Fatal(err)
	}
	return h
}
