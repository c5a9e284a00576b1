package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

// While another program keeps the register, a command says so in the reader's
// language, names that program, and changes nothing; who only reads does not
// notice.
func TestBusyRegister(t *testing.T) {
	i := withLetters(t, "")
	before := i.call(t, "list", "--all", "--json").well(t).out
	other, err := sql.Open("sqlite", "file:"+filepath.Join(i.dir, "pometka.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	lock, err := other.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if _, err := lock.ExecContext(context.Background(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]string{"ru": "ничего не изменено", "kk": "ештеңе өзгерген жоқ", "en": "nothing was changed"} {
		r := i.call(t, "--lang", lang, "take", "1")
		if r.code != exitFailed || !strings.Contains(r.err, want) || !strings.Contains(r.err, fmt.Sprintf("(PID %d)", os.Getpid())) || strings.Contains(r.err, "locked") {
			t.Errorf("%s: exit %d: %s", lang, r.code, r.err)
		}
	}
	if after := i.call(t, "list", "--all", "--json").well(t).out; after != before {
		t.Errorf("something was changed:\n%s", after)
	}
	if _, err := lock.ExecContext(context.Background(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	i.call(t, "take", "1").well(t)
}
