package main

import (
	"archive/zip"
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
)

// "-" is stdin or stdout where a stream will do, and refused where it will not; a file
// of that name is never made.
func TestDash(t *testing.T) {
	cfg := demoAt(t)
	t.Chdir(t.TempDir())
	list := demoList(t, cfg)
	number := list[len(list)-1].Number
	call := func(stdin string, args ...string) result {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"--config", cfg}, args...), streams{in: strings.NewReader(stdin), out: &out, err: &errs})
		return result{code, out.String(), errs.String()}
	}
	archive := call("", "casefile", number, "-o", "-").well(t)
	if z, err := zip.NewReader(strings.NewReader(archive.out), int64(len(archive.out))); err != nil || len(z.File) < 10 {
		t.Errorf("no casefile on stdout: %v", err)
	}
	if strings.Contains(archive.err, " -.") || !strings.Contains(archive.err, "proof/check.py") {
		t.Errorf("said of it: %s", archive.err)
	}
	plain := call("", "raw", number).well(t).out
	if to := call("", "raw", number, "-o", "-").well(t); to.out != plain || to.err != "" {
		t.Errorf("raw -o - gives %d bytes, raw %d; %s", len(to.out), len(plain), to.err)
	}
	if got := call("", "export", "-o", "-").well(t).out; got != call("", "export").well(t).out {
		t.Error("export -o - is not export")
	}
	letter := "Received: from mail.example by mx.license.kz; " + time.Now().Add(-time.Hour).Format(time.RFC1123Z) + "\r\n" + string(withdrawal(1))
	if got := call(letter, "classify", "--json", "-").well(t).out; !strings.Contains(got, `"path":"-"`) || !strings.Contains(got, "consent_withdrawal") {
		t.Errorf("classify - gives %s", got)
	}
	call(letter, "register", "-").well(t)
	for _, args := range []string{"backup -", "restore copy.db --to -", "attachments " + number + " --save -"} {
		if got := call("", strings.Fields(args)...); got.code != exitUsage || !strings.Contains(got.err, "«-»") {
			t.Errorf("%s: %+v", args, got)
		}
	}
	if made, err := os.ReadDir("."); err != nil || len(made) > 0 {
		t.Errorf("made %v, %v", made, err)
	}
}
