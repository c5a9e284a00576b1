package store

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The script that stands with the documents checks the register by the
// description of the format alone: what is sound is sound to it, also after a
// purge, and what Verify names it names too.
func TestIndependentScript(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("POMETKA_REQUIRE_PYTHON") != "" {
			t.Fatal("python3 is missing: apt-get install python3")
		}
		t.Skip("python3 is missing")
	}
	script, err := filepath.Abs("../docs/verify.py")
	ok(t, err)
	if text, err := os.ReadFile(script); err != nil || bytes.Count(text, []byte("\n")) > 80 {
		t.Errorf("the script is longer than 80 lines (%v)", err)
	}
	check := func(path string, head ...string) (said string, whole bool) {
		out, err := exec.Command(python, append([]string{script, path}, head...)...).CombinedOutput()
		return string(out), err == nil
	}
	path := filepath.Join(t.TempDir(), "p.db")
	db := world(t, path)
	early := must[Event](t)(db.Head(t.Context()))
	for _, number := range []string{"LK-2026-000001", "LK-2026-000002", "LK-2026-000003"} {
		must[Request](t)(db.Change(t.Context(), becoming(t, db, Change{Number: number, Event: Event{Actor: "a", Code: "closed"}}, func(r *Request) { r.Status = StatusDone }), t0.Add(time.Hour)))
	}
	if sum := must[Purged](t)(db.Purge(t.Context(), t0.Add(2*time.Hour), "a", t0.Add(2*time.Hour), nil)); sum.Requests == 0 {
		t.Errorf("nothing was purged: %+v", sum)
	}
	must[Admitted](t)(db.Admit(t.Context(), admission(t, db, 91), t0.Add(3*time.Hour)))
	sound(t, db)
	ok(t, db.Close())
	if said, whole := check(path, early.Digest); !whole {
		t.Fatalf("a sound register: %s", said)
	}
	if said, whole := check(path, strings.Repeat("0", 64)); whole || !strings.Contains(said, "head") {
		t.Errorf("a strange head: %s", said)
	}
	x := tamperWith(t, path)
	gone, _ := x.text(`SELECT min(id) FROM letters WHERE id NOT IN (SELECT owner FROM letter_chunks) AND raw_sha256 IS NOT NULL`)
	for _, c := range []struct{ do, undo string }{
		{`INSERT INTO letter_chunks SELECT ` + gone + `, 0, data FROM letter_chunks LIMIT 1`, `DELETE FROM letter_chunks WHERE owner = ` + gone},
		{`INSERT INTO letter_chunks SELECT owner, 1, x'' FROM letter_chunks LIMIT 1`, `DELETE FROM letter_chunks WHERE no = 1`},
		{`UPDATE requests SET act_by = '2099-01-01' WHERE id = 1`, `UPDATE requests SET act_by = (SELECT min(due) FROM terms WHERE request = 1) WHERE id = 1`},
		{`UPDATE messages SET verdict = verdict || 'x' WHERE id = 2`, `UPDATE messages SET verdict = replace(verdict, 'x', '') WHERE id = 2`},
		{`UPDATE events SET actor = actor || 'x' WHERE seq = 3`, `UPDATE events SET actor = replace(actor, 'x', '') WHERE seq = 3`},
		{`UPDATE letter_chunks SET data = CAST(data || x'00' AS BLOB)`, ``},
	} {
		execute(t, x.hand, c.do)
		if said, whole := check(x.db.path); whole {
			t.Errorf("%s: %s", c.do, said)
		}
		execute(t, x.hand, c.undo)
	}
}
