package mailbox_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// fileHeads answers what is asked of the parts of letters with a text and a file,
// in which the words of none say that there is no such part.
func fileHeads(none string) func(c *talk, uid uint32, items string) bool {
	return func(c *talk, uid uint32, items string) bool {
		if !strings.Contains(items, ".MIME") {
			return false
		}
		out := []string{fmt.Sprintf("UID %d", uid)}
		for _, m := range section.FindAllStringSubmatch(items, -1) {
			head := map[string]string{"[1.MIME]": "Content-Type: text/plain\r\n\r\n", "[2.MIME]": "Content-Type: application/pdf\r\n\r\n"}[m[1]]
			if head == "" && none == "" {
				continue
			}
			said := none
			if head != "" {
				said = fmt.Sprintf("{%d}\r\n%s", len(head), head)
			}
			out = append(out, "BODY"+m[1]+" "+said)
		}
		c.say("* %d FETCH (%s)\r\n", uid, strings.Join(out, " "))
		return true
	}
}

// heads asks for the heads of letters 1 to 3 and returns of which they came.
func partHeadsOf(t *testing.T, r *mailbox.Reader) []uint32 {
	t.Helper()
	got := map[uint32]bool{}
	if err := r.EachPartHeads(t.Context(), []uint32{1, 2, 3}, func(uid uint32, heads *mailbox.PartHeads) {
		got[uid] = string(heads[1]) == "Content-Type: application/pdf\r\n\r\n" && len(heads[2]) == 0
	})(true); err != nil {
		t.Fatal(err)
	}
	for uid, good := range got {
		if !good {
			t.Errorf("UID %d: another head than the server sent", uid)
		}
	}
	return slices.Sorted(maps.Keys(got))
}

// Servers say in several ways that there is no such part; what one does not say at
// all is not known.
func TestPartHeads(t *testing.T) {
	for none, want := range map[string]int{"NIL": 3, "{0}\r\n": 3, `""`: 3, "": 0} {
		f := startFake(t, 3, script{message: fileHeads(none)})
		r := f.reader(t, 5*time.Second)
		if _, err := pass(t, r, 1); err != nil {
			t.Fatal(err)
		}
		if got := partHeadsOf(t, r); len(got) != want {
			t.Errorf("%q: heads of %v, want %d", none, got, want)
		}
	}
}

// A server that refuses heads, or breaks over them, is asked three times and then
// no more, by a process that comes after, too; the connection is good or made good.
func TestPartHeadsNotKnown(t *testing.T) {
	for name, said := range map[string]func(c *talk, tag string){
		"refused":  func(c *talk, tag string) { c.say("%s BAD what\r\n", tag) },
		"nothing":  func(c *talk, tag string) { c.say("%s OK done\r\n", tag) },
		"broken":   func(c *talk, tag string) { c.say("* 1 FETCH (UID 1 BODY[1.MIME] (what))\r\n%s OK done\r\n", tag) },
		"cut":      func(c *talk, _ string) { c.Close() },
		"too long": func(c *talk, tag string) { c.say("* 1 FETCH (UID 1 BODY[1.MIME] {99999999}\r\n"); c.Close() },
	} {
		f := startFake(t, 3, script{command: func(c *talk, tag, cmd string) bool {
			if !strings.Contains(cmd, ".MIME") {
				return false
			}
			said(c, tag)
			return true
		}})
		r := f.reader(t, 5*time.Second)
		for range 5 {
			if _, err := pass(t, r, 1); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got := partHeadsOf(t, r); len(got) > 0 {
				t.Errorf("%s: heads of %v", name, got)
			}
			if texts, err := r.Texts(t.Context(), []uint32{1, 2, 3}, 10); err != nil || len(texts) != 3 {
				t.Errorf("%s: then %d texts, %v", name, len(texts), err)
			}
			next := f.reader(t, 5*time.Second)
			next.Remember(r.Memory())
			r = next
		}
		asked := 0
		for _, cmd := range f.commands() {
			if strings.Contains(cmd, ".MIME") {
				asked++
			}
		}
		if asked != 3 {
			t.Errorf("%s: asked %d times, want 3", name, asked)
		}
	}
}
