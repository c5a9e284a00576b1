package mailbox_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"license.kz/pometka/mailbox"
)

// What servers can do, and what becomes of a letter there: it is marked, moved
// or left alone, and never is anything expunged that was not copied before.
func TestFilingByCapability(t *testing.T) {
	mark, shelf := mailbox.Shelf{Keyword: "$Pometka"}, mailbox.Shelf{Folder: "Обращения"}
	const any = "* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n"
	for name, c := range map[string]struct {
		caps, state string
		command     func(c *talk, tag, cmd string) bool
		to          mailbox.Shelf
		want        []string // the commands after SELECT and the look, by their beginnings
		refused     bool
	}{
		"keywords of any kind": {state: any, to: mark, want: []string{`UID STORE 2:3 +FLAGS.SILENT ($Pometka)`}},
		"this keyword, in small letters": {state: "* OK [PERMANENTFLAGS (\\Seen $pometka)] ok\r\n", to: mark,
			want: []string{`UID STORE 2:3 +FLAGS.SILENT ($Pometka)`}},
		"no keywords":        {state: "* OK [PERMANENTFLAGS (\\Seen \\Deleted)] ok\r\n", to: mark, refused: true},
		"nothing about them": {to: mark, refused: true},
		"keyword refused": {state: any, to: mark, command: no("UID STORE"), refused: true,
			want: []string{`UID STORE 2:3`, `UID STORE 2 `, `UID STORE 3 `}},
		"move":    {caps: "MOVE", to: shelf, want: []string{`UID MOVE 2:3 "&BB4EMQRABDAESQQ1BD0EOARP-"`}},
		"neither": {to: shelf, refused: true},
		"move into no folder": {caps: "MOVE", to: shelf, command: onceNo("UID MOVE"),
			want: []string{`UID MOVE`, `CREATE "&BB4EMQRABDAESQQ1BD0EOARP-"`, `UID MOVE`}},
		"move refused for good": {caps: "MOVE", to: shelf, command: no("UID MOVE", "CREATE"), refused: true,
			want: []string{`UID MOVE 2:3`, `CREATE`, `UID MOVE 2 `, `UID MOVE 3 `}},
		"uidplus": {caps: "UIDPLUS", to: shelf,
			want: []string{`UID COPY 2:3`, `UID STORE 2:3 +FLAGS.SILENT (\Deleted)`, `UID EXPUNGE 2:3`}},
		"only one was copied": {caps: "UIDPLUS", to: shelf, command: says("UID COPY", "OK [COPYUID 9 3 1] done"),
			want: []string{`UID COPY 2:3`, `UID STORE 3 +FLAGS.SILENT (\Deleted)`, `UID EXPUNGE 3`}},
		"only one was copied, into a folder of today": {caps: "UIDPLUS", to: shelf, command: says("UID COPY", "OK [COPYUID 1795996800 3 1] done"),
			want: []string{`UID COPY 2:3`, `UID STORE 3 +FLAGS.SILENT (\Deleted)`, `UID EXPUNGE 3`}},
		"copy refused": {caps: "UIDPLUS", to: shelf, command: no("UID COPY", "CREATE"), refused: true,
			want: []string{`UID COPY 2:3`, `CREATE`, `UID COPY 2 `, `UID COPY 3 `}},
		"expunge refused": {caps: "UIDPLUS", to: shelf, command: no("UID EXPUNGE"), // the copy is there, the letter stays
			want: []string{`UID COPY`, `UID STORE 2:3 +FLAGS.SILENT (\Deleted)`, `UID EXPUNGE`, `UID STORE 2:3 -FLAGS.SILENT (\Deleted)`}},
		"expunge pretended": {caps: "UIDPLUS", to: shelf, command: says("UID EXPUNGE", "OK done"),
			want: []string{`UID COPY`, `UID STORE 2:3 +FLAGS.SILENT (\Deleted)`, `UID EXPUNGE`, `UID STORE 2:3 -FLAGS.SILENT (\Deleted)`}},
		"nothing can be deleted": {caps: "UIDPLUS", state: "* OK [PERMANENTFLAGS (\\Seen)] ok\r\n", to: shelf, refused: true}, // no copy is left behind
		"read-only, with MOVE":   {caps: "MOVE", to: shelf, command: readOnly, refused: true},
		"read-only, keywords":    {state: any, to: mark, command: readOnly, refused: true},
		"no right to move":       {caps: "MOVE", to: shelf, command: says("UID MOVE", "NO [NOPERM] not you"), refused: true, want: []string{`UID MOVE`}},
		"no room":                {caps: "UIDPLUS", to: shelf, command: says("UID COPY", "NO [OVERQUOTA] full"), refused: true, want: []string{`UID COPY`}},
		"deletion refused":       {caps: "UIDPLUS", to: shelf, command: no("UID STORE"), want: []string{`UID COPY`, `UID STORE`}},
	} {
		t.Run(name, func(t *testing.T) {
			f := startFake(t, 4, script{caps: strings.TrimSpace("IMAP4rev1 AUTH=PLAIN SASL-IR " + c.caps), state: c.state, command: c.command, files: true})
			r := f.reader(t, 5*time.Second)
			filed, err := r.File(t.Context(), "INBOX", 7, []uint32{2, 3, 8}, c.to)
			if c.refused != errors.Is(err, mailbox.ErrNoFiling) || !c.refused && err != nil {
				t.Errorf("filing: %v", err)
			}
			if !filed.Of[8].Gone && !c.refused || filed.Of[2].Gone {
				t.Errorf("gone: %v", filed.Of)
			}
			if heads, err := pass(t, r, 1); err != nil || len(heads) != len(f.letters) { // the connection is good still
				t.Errorf("pass after filing: %d heads, %v", len(heads), err)
			}
			f.filed(t, c.want)
		})
	}
}

// readOnly opens the folder, but not for writing.
func readOnly(c *talk, tag, cmd string) bool {
	opens := strings.HasPrefix(cmd, "SELECT")
	if opens {
		c.say("* 4 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [PERMANENTFLAGS ()] none\r\n%s OK [Read-Only] done\r\n", tag)
	}
	return opens
}

// filed compares what changes the mailbox with what is wanted.
func (f *fakeIMAP) filed(t *testing.T, want []string) {
	t.Helper()
	var got []string
	for _, cmd := range f.commands() {
		if strings.HasPrefix(cmd, "UID ") && !strings.HasPrefix(cmd, "UID FETCH") || strings.HasPrefix(cmd, "CREATE") {
			got = append(got, cmd)
		}
	}
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("commands %q, want %q", got, want)
	}
}

// says answers a command with a line of its own.
func says(begins, answer string) func(*talk, string, string) bool {
	return func(c *talk, tag, cmd string) bool {
		hit := strings.HasPrefix(cmd, begins)
		if hit {
			c.say("%s %s\r\n", tag, answer)
		}
		return hit
	}
}

// no refuses commands.
func no(begins ...string) func(*talk, string, string) bool {
	return func(c *talk, tag, cmd string) bool {
		hit := slices.ContainsFunc(begins, func(b string) bool { return strings.HasPrefix(cmd, b) })
		if hit {
			c.say("%s NO not here\r\n", tag)
		}
		return hit
	}
}

// onceNo refuses a command the first time.
func onceNo(begins string) func(*talk, string, string) bool {
	refused := false
	return func(c *talk, tag, cmd string) bool {
		if refused || !strings.HasPrefix(cmd, begins) {
			return false
		}
		refused = true
		c.say("%s NO [TRYCREATE] no such folder\r\n", tag)
		return true
	}
}

// A folder that means other messages by now is left alone.
func TestFilingOfRecreatedFolder(t *testing.T) {
	f := startFake(t, 4, script{caps: "IMAP4rev1 AUTH=PLAIN SASL-IR MOVE", files: true})
	if _, err := f.reader(t, 5*time.Second).File(t.Context(), "INBOX", 6, []uint32{2}, mailbox.Shelf{Folder: "X"}); !errors.Is(err, mailbox.ErrRecreated) {
		t.Errorf("filing: %v", err)
	}
	f.filed(t, nil)
}
