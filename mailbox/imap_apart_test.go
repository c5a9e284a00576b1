package mailbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// A server may say what was asked of a letter in several answers, in any order and with
// others between them: nothing of it is lost, it costs no command more, and what is
// said beside the answers changes nothing.
func TestAnswersApart(t *testing.T) {
	const letters = 700
	foreign := func(uid uint32) string { // of an earlier letter, under the number of another, of none
		before := max(uid-1, 1)
		return fmt.Sprintf("* %d FETCH (FLAGS (\\Seen))\r\n* %d FETCH (UID %d FLAGS () MODSEQ (7))\r\n"+
			"* %d FETCH (UID %d RFC822.SIZE 3 INTERNALDATE \"01-Jan-2020 00:00:00 +0000\")\r\n"+
			"* %d FETCH (UID %d RFC822.SIZE 3 INTERNALDATE \"01-Jan-2020 00:00:00 +0000\")\r\n"+
			"* %d FETCH (RFC822.SIZE 3)\r\n* 9999 FETCH (UID 9999 RFC822.SIZE 3)\r\n",
			uid, uid, uid, uid+1, uid, uid+2, before, uid)
	}
	again := func(uid uint32) string {
		return fmt.Sprintf("* %d FETCH (UID %d RFC822.SIZE 3 INTERNALDATE \"01-Jan-2020 00:00:00 +0000\")\r\n", uid, uid)
	}
	alone := func(uid uint32, parts []string) (lines []string) {
		for _, p := range parts {
			lines = append(lines, fmt.Sprintf("* %d FETCH (UID %d %s)\r\n", uid, uid, p))
		}
		return lines
	}
	for name, say := range map[string]func(uid uint32, size, date, body string) []string{
		"whole":              func(uid uint32, s, d, b string) []string { return alone(uid, []string{s + " " + d + " " + b}) },
		"header first":       func(uid uint32, s, d, b string) []string { return alone(uid, []string{b, s + " " + d}) },
		"header last":        func(uid uint32, s, d, b string) []string { return alone(uid, []string{s + " " + d, b}) },
		"three, header last": func(uid uint32, s, d, b string) []string { return alone(uid, []string{s, d, b}) },
		"three":              func(uid uint32, s, d, b string) []string { return alone(uid, []string{b, d, s}) },
		"header between":     func(uid uint32, s, d, b string) []string { return alone(uid, []string{d, b, s}) },
		"size with header":   func(uid uint32, s, d, b string) []string { return alone(uid, []string{d, s + " " + b}) },
		"date none at first": func(uid uint32, s, d, b string) []string { return alone(uid, []string{b, "INTERNALDATE NIL", s, d}) },
		"others between": func(uid uint32, s, d, b string) []string {
			lines := alone(uid, []string{b, d, s})
			return slices.Insert(lines, 1, foreign(uid))
		},
		"said twice": func(uid uint32, s, d, b string) []string {
			return append(alone(uid, []string{b, d + " " + s}), again(uid))
		},
		"whole, another": func(uid uint32, s, d, b string) []string {
			return append(alone(uid, []string{d + " " + s + " " + b}), again(uid))
		},
		"another, whole": func(uid uint32, s, d, b string) []string {
			return append([]string{again(uid)}, alone(uid, []string{d + " " + s + " " + b})...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFake(t, letters, script{message: func(k *talk, uid uint32, items string) bool {
				if !strings.Contains(items, "RFC822.SIZE") || !hasBody(items) {
					return false
				}
				raw := letter(int(uid))
				size, date := fmt.Sprintf("RFC822.SIZE %d", len(raw)), fmt.Sprintf(`INTERNALDATE "16-Nov-2026 10:15:%02d +0500"`, uid%60)
				k.say("%s", strings.Join(say(uid, size, date, bodies(items, raw)[0]), ""))
				return true
			}})
			heads, err := pass(t, f.reader(t, 20*time.Second), 1)
			if err != nil || len(heads) != letters {
				t.Fatalf("%d heads, %v", len(heads), err)
			}
			for _, h := range heads {
				at := time.Date(2026, 11, 16, 5, 15, int(h.UID%60), 0, time.UTC)
				if h.Err != nil || len(h.Header) == 0 || h.Size != int64(len(letter(int(h.UID)))) || !h.InternalDate.Equal(at) {
					t.Fatalf("head %d: %d bytes of %d, received %v, %d bytes of header, %v", h.UID, h.Size, len(letter(int(h.UID))), h.InternalDate, len(h.Header), h.Err)
				}
			}
			asked := slices.DeleteFunc(f.commands(), func(cmd string) bool { return !strings.HasPrefix(cmd, "UID FETCH") })
			if len(asked) != 2 {
				t.Errorf("%d commands: %.90q", len(asked), asked)
			}
		})
	}
}

// A server that says no date beside a header, and says it when asked for nothing else, is
// asked so for every chunk.
func TestDatesAlone(t *testing.T) {
	f := startFake(t, 1200, script{message: func(k *talk, uid uint32, items string) bool {
		if !hasBody(items) {
			return false
		}
		k.say("* %d FETCH (%s)\r\n", uid, answer(uid, strings.Replace(items, "INTERNALDATE", "", 1), letter(int(uid))))
		return true
	}})
	heads, err := pass(t, f.reader(t, 20*time.Second), 1)
	undated := slices.DeleteFunc(slices.Clone(heads), func(h mailbox.Head) bool { return !h.InternalDate.IsZero() })
	if err != nil || len(heads) != 1200 || len(undated) > 0 || len(f.commands()) > 12 {
		t.Errorf("%d heads, %d without a date, %v, %d commands", len(heads), len(undated), err, len(f.commands()))
	}
}
